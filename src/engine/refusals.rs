//! Refusals by templates that are collected without ending the render.

use std::cell::RefCell;

use super::paths::helm_order;
use crate::diagnostic::Diagnostic;

/// What `required` and `fail` in a chart's templates would have refused.
#[derive(Debug, Default)]
pub struct Refusals(RefCell<Vec<Refusal>>);

#[derive(Debug)]
struct Refusal {
    /// The path of the rendered template.
    path: String,
    diagnostic: Diagnostic,
}

impl Refusals {
    /// Adds the refusals of the template at `path`.
    pub(super) fn extend(&self, path: &str, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        let refusal = |diagnostic| Refusal { path: path.to_owned(), diagnostic };
        self.0.borrow_mut().extend(diagnostics.into_iter().map(refusal));
    }

    /// Returns all refusals, in the order in which Helm renders.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut refusals = self.0.into_inner();
        refusals.sort_by(|a, b| helm_order(&a.path, &b.path));
        refusals.into_iter().map(|refusal| refusal.diagnostic).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_in_helms_order() {
        let refusals = Refusals::default();
        for (path, what) in
            [("c/templates/a", "1"), ("c/templates/b", "2"), ("c/templates/b", "3"), ("c/templates/d/a", "4")]
        {
            refusals.extend(path, [Diagnostic::warning("required", what)]);
        }
        let messages: Vec<_> = refusals.into_diagnostics().into_iter().map(|diagnostic| diagnostic.message).collect();
        assert_eq!(messages, ["4", "2", "3", "1"]);
    }
}
