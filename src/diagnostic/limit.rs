//! Limits the number of messages of a kind, so that the output for an invalid file with a million lines stays readable.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Diagnostic, Severity, counted};

/// The maximum number of diagnostics with the same code and severity.
const MAX_OF_A_KIND: usize = 100;

/// Drops the diagnostics of a code beyond the first hundred, and adds one for each such code that says how many were dropped.
pub fn limited(diagnostics: &[Diagnostic]) -> Cow<'_, [Diagnostic]> {
    if diagnostics.len() <= MAX_OF_A_KIND {
        return Cow::Borrowed(diagnostics);
    }
    let mut counts: BTreeMap<(Severity, &'static str), usize> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for diagnostic in diagnostics {
        let count = counts.entry((diagnostic.severity, diagnostic.code)).or_default();
        *count += 1;
        if *count <= MAX_OF_A_KIND {
            kept.push(diagnostic.clone());
        }
    }
    let more = counts.into_iter().filter(|(_, count)| *count > MAX_OF_A_KIND);
    kept.extend(more.map(|((severity, code), count)| {
        let more = count - MAX_OF_A_KIND;
        let are = if more == 1 { "is" } else { "are" };
        let message = format!("{} of the kind {code} {are} not shown", counted(more, "more message"));
        Diagnostic::new(severity, code, message)
    }));
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_hundred_of_a_kind_are_kept() {
        let mut all: Vec<Diagnostic> = (0..150).map(|n| Diagnostic::warning("template", n.to_string())).collect();
        all.push(Diagnostic::error("schema", "last"));
        let shown = limited(&all);
        assert_eq!(shown.len(), 102);
        assert_eq!(shown[100].message, "last");
        assert_eq!(shown[101].message, "50 more messages of the kind template are not shown");
        assert!(matches!(limited(&all[..100]), Cow::Borrowed(_)));
    }
}
