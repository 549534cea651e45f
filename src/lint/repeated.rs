//! Omits findings that repeat others, for programs. Helm checks some things once per step, and reports them each time: values
//! against the chart's schema when it reads values.yaml and when it renders, and a chart that cannot be loaded for each of its
//! parts.

use super::report::Finding;

/// Returns the findings, each problem once.
pub(super) fn without_repeated(findings: &[Finding]) -> Vec<Finding> {
    let with_code = |code: &str| findings.iter().find(|finding| finding.diagnostic.code == code);
    let (own_schema, loads) = (with_code("values-schema"), with_code("chart-loads"));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let rest = match (finding.diagnostic.code, own_schema) {
            ("templates-schema", Some(own)) => without_chart(finding, own),
            ("templates-chart-loads" | "crds-chart-loads", _) if loads.is_some() => None,
            _ => Some(finding.clone()),
        };
        // A template that renders several objects breaks a rule once for each of them.
        let is_new =
            |rest: &Finding| !kept.iter().any(|known| known.file == rest.file && known.diagnostic == rest.diagnostic);
        kept.extend(rest.filter(is_new));
    }
    kept
}

/// Removes the part of a finding about the schemas of all charts that `own`, about the schema of the chart itself, reports too.
/// Returns `None` if nothing is left.
fn without_chart(finding: &Finding, own: &Finding) -> Option<Finding> {
    let message = finding.diagnostic.message.trim_end();
    let repeated = format!(":\n{}", own.diagnostic.message.trim_end());
    let is_whole = |at: &usize| matches!(message.as_bytes().get(at + repeated.len()), None | Some(b'\n'));
    let Some(at) = message.match_indices(&repeated).map(|(at, _)| at).find(is_whole) else {
        return Some(finding.clone());
    };
    // In front of it is a line with the chart's name.
    let start = message[..at].rfind('\n')?;
    let left = format!("{}{}", &message[..start], &message[at + repeated.len()..]);
    if !left.contains('\n') {
        return None;
    }
    let mut rest = finding.clone();
    rest.diagnostic.message = left;
    rest.diagnostic.labels.retain(|label| !own.diagnostic.labels.contains(label));
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, Source};

    #[test]
    fn a_violation_of_the_own_schema_is_reported_once() {
        let source = Source::file("values.yaml", "a: x\nsub: {b: y}\n");
        let finding = |code, message: &str, places: &[usize]| Finding {
            file: String::new(),
            diagnostic: places
                .iter()
                .fold(Diagnostic::error(code, message), |error, at| error.at(source.span(*at..*at), "")),
        };
        let own = finding("values-schema", "- at '/a': got string\n", &[3]);
        let of_both =
            finding("templates-schema", "wrong:\nweb:\n- at '/a': got string\nsub:\n- at '/b': got string\n", &[3, 14]);
        let of_sub = finding("templates-schema", "wrong:\nsub:\n- at '/b': got string", &[14]);
        let of_own = finding("templates-schema", "wrong:\nweb:\n- at '/a': got string\n", &[3]);
        let more = finding("templates-schema", "wrong:\nweb:\n- at '/a': got string, want integer\n", &[3]);
        let messages = |findings: &[Finding]| -> Vec<Diagnostic> {
            findings.iter().map(|finding| finding.diagnostic.clone()).collect()
        };
        let check = |findings: &[&Finding], expected: &[&Finding]| {
            let [findings, expected] = [findings, expected].map(|all| all.iter().copied().cloned().collect::<Vec<_>>());
            assert_eq!(messages(&without_repeated(&findings)), messages(&expected));
        };
        check(&[&own, &of_own], &[&own]);
        check(&[&own, &of_both], &[&own, &of_sub]);
        check(&[&own, &more], &[&own, &more]);
        check(&[&of_own, &of_own], &[&of_own]);
    }
}
