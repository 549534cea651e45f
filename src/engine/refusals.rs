//! What templates refuse, where that is to be known without ending the render.

use std::cell::RefCell;

use crate::diagnostic::Diagnostic;

/// What `required` and `fail` of a chart's templates would have refused.
#[derive(Debug, Default)]
pub struct Refusals(RefCell<Vec<Refusal>>);

#[derive(Debug)]
struct Refusal {
    /// The path of the template that was rendered.
    path: String,
    diagnostic: Diagnostic,
}

impl Refusals {
    /// Adds what the template at `path` refused.
    pub(super) fn extend(&self, path: &str, diagnostic: impl IntoIterator<Item = Diagnostic>) {
        self.0
            .borrow_mut()
            .extend(diagnostic.into_iter().map(|diagnostic| Refusal { path: path.to_owned(), diagnostic }));
    }

    /// All of it, in the order in which Helm renders: the deepest path first, of equally deep ones the last.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut refusals = self.0.into_inner();
        let depth = |path: &str| path.matches('/').count();
        refusals.sort_by(|a, b| (depth(&b.path), &b.path).cmp(&(depth(&a.path), &a.path)));
        refusals.into_iter().map(|refusal| refusal.diagnostic).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_come_in_helms_order() {
        let refusals = Refusals::default();
        for (path, what) in
            [("c/templates/a", "1"), ("c/templates/b", "2"), ("c/templates/b", "3"), ("c/templates/d/a", "4")]
        {
            refusals.extend(path, [Diagnostic::warning("required", what)]);
        }
        let diagnostic: Vec<_> = refusals.into_diagnostics().into_iter().map(|diagnostic| diagnostic.message).collect();
        assert_eq!(diagnostic, ["4", "2", "3", "1"]);
    }
}
