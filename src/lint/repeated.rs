//! Omits findings that repeat others, for programs. Helm checks some things once per step, and reports them each time: values
//! against the chart's schema when it reads values.yaml and when it renders, and a chart that cannot be loaded for each of its
//! parts.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::Hash;

use super::report::Finding;
use crate::diagnostic::{Diagnostic, Source};
use crate::json_schema::{Rejection, SchemaError};

/// Returns the findings, each problem once.
pub(super) fn without_repeated<'f>(findings: &'f [Finding]) -> Vec<Finding> {
    let with_code = |code: &str| findings.iter().find(|finding| finding.diagnostic.code == code);
    let own_schema = with_code("values-schema").and_then(|finding| finding.rejections.first());
    let loads = with_code("chart-loads");
    let rest = |finding: &'f Finding| match (finding.diagnostic.code, own_schema) {
        ("templates-schema", Some(own)) => without_rejection(finding, own),
        ("templates-chart-loads" | "crds-chart-loads", _) if loads.is_some() => None,
        _ => Some(Cow::Borrowed(finding)),
    };
    let rest: Vec<Cow<'_, Finding>> = findings.iter().filter_map(rest).collect();
    // A template that renders several objects breaks a rule once for each of them.
    let mut known = HashSet::new();
    rest.iter().filter(|finding| known.insert(identity(finding))).cloned().map(Cow::into_owned).collect()
}

/// Returns what is the same in repeated findings: the file, the rule, the message, the places and the help.
fn identity(finding: &Finding) -> impl Eq + Hash + '_ {
    let Diagnostic { code, message, labels, help, .. } = &finding.diagnostic;
    let places: Vec<_> = labels
        .iter()
        .map(|label| (label.span.source().map(Source::name), label.span.range(), label.text.as_str()))
        .collect();
    (finding.file.as_str(), *code, message.as_str(), places, help.as_slice())
}

/// Removes the rejected values of the root chart from a finding about the schemas of all charts, if `own` reports the same.
/// Returns `None` if nothing is left.
fn without_rejection<'f>(finding: &'f Finding, own: &Rejection) -> Option<Cow<'f, Finding>> {
    let is_repeated = |rejection: &&Rejection| rejection.path.is_empty() && rejection.text() == own.text();
    let (repeated, charts): (Vec<&Rejection>, Vec<&Rejection>) = finding.rejections.iter().partition(is_repeated);
    if repeated.is_empty() {
        return Some(Cow::Borrowed(finding));
    }
    if charts.is_empty() {
        return None;
    }
    let rest = SchemaError { charts: charts.into_iter().cloned().collect() };
    let Diagnostic { message, labels, help, .. } = rest.diagnostic();
    let diagnostic = Diagnostic { message, labels, help, ..finding.diagnostic.clone() };
    Some(Cow::Owned(Finding { file: finding.file.clone(), diagnostic, rejections: rest.charts }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json_schema::{ChartValues, Schema, check, check_chart};
    use crate::lint::report::Rule;
    use crate::yaml::read_document;

    #[test]
    fn a_violation_of_the_own_schema_is_reported_once() {
        let values =
            |text: &str| read_document(&Source::file("values.yaml", text)).unwrap().value.as_map().cloned().unwrap();
        let schema = |name: &str, of: &str| {
            let text = format!("{{\"properties\": {{\"{name}\": {{\"type\": \"{of}\"}}}}}}");
            Schema::parse(&Source::file("values.schema.json", text)).unwrap()
        };
        let (a_is_integer, a_is_boolean, b_is_integer) =
            (schema("a", "integer"), schema("a", "boolean"), schema("b", "integer"));
        let (of_web, of_sub) = (values("a: x"), values("b: y"));
        let path = ["sub".to_owned()];
        let chart = |name, path, schema, values| ChartValues { name, path, schema: Ok(schema), values };
        let web = chart("web", &[], &a_is_integer, &of_web);
        let changed = chart("web", &[], &a_is_boolean, &of_web);
        let sub = chart("sub", &path, &b_is_integer, &of_sub);
        let templates = |charts: &[ChartValues<'_>]| {
            let (mut errors, _) = check(charts);
            let error = errors.remove(0);
            Rule::error("templates-schema").rejected("", &error.diagnostic(), error.charts)
        };
        let rejection = check_chart(&web).unwrap();
        let own = Rule::error("values-schema").rejected("", &rejection.diagnostic(), vec![rejection]);
        let check = |findings: &[&Finding], expected: &[&Finding]| {
            let findings: Vec<Finding> = findings.iter().copied().cloned().collect();
            let left = without_repeated(&findings);
            let diagnostics = |findings: &[&Finding]| -> Vec<Diagnostic> {
                findings.iter().map(|finding| finding.diagnostic.clone()).collect()
            };
            assert_eq!(diagnostics(&left.iter().collect::<Vec<_>>()), diagnostics(expected));
        };
        let (of_own, of_both, of_sub) = (templates(&[web]), templates(&[web, sub]), templates(&[sub]));
        let of_changed = templates(&[changed]);
        check(&[&own, &of_own], &[&own]);
        check(&[&own, &of_both], &[&own, &of_sub]);
        check(&[&own, &of_changed], &[&own, &of_changed]);
        check(&[&of_own, &of_own], &[&of_own]);
    }
}
