//! The templates of a tree of charts, kept after rendering to trace their output or find the values that they mention.

use super::language::LoadedTemplates;
use super::mentions::{Found, Mentions};
use super::scope::{Rendered, Scope, in_order};
use super::trace::{Focus, Trace};
use super::{switches, tree};

/// Templates that have been rendered, one item for each language in the tree; `None` for a language that does not keep
/// them.
pub struct LoadedTree(pub(super) Vec<Option<Box<dyn LoadedTemplates + Send>>>);

impl LoadedTree {
    /// Renders the templates again, and traces where their output comes from. Returns `None` if an engine of the tree
    /// does not support this, or the trace would be too large.
    pub fn trace(&self, scope: &Scope<'_>, focus: Focus<'_>) -> Option<Trace> {
        self.render_traced(scope, Some(focus)).map(|(_, trace)| trace)
    }

    /// Traces like [`LoadedTree::trace`], but also returns the output, like [`trace`](super::trace).
    pub fn render_traced(&self, scope: &Scope<'_>, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        put_together(scope, self.0.iter().map(|loaded| loaded.as_ref()?.trace(scope, focus)))
    }

    /// Returns where Go templates mention values, including values that are templates themselves.
    pub fn mentions(&self, scope: &Scope<'_>) -> Mentions {
        let members = tree::by_kind(tree::members(scope.chart, scope.values));
        let mut found = Found::default();
        for (loaded, (_, members)) in self.0.iter().zip(&members) {
            found.extend(loaded.as_ref().map(|loaded| loaded.mentions(members)).unwrap_or_default());
        }
        Mentions::of_chart(scope.chart, found)
    }
}

/// Combines the output and the traces of all languages in a tree; `None` if one of them has no trace.
pub(super) fn put_together(
    scope: &Scope<'_>,
    of_kinds: impl Iterator<Item = Option<(Vec<Rendered>, Trace)>>,
) -> Option<(Vec<Rendered>, Trace)> {
    let (mut rendered, mut trace) = (Vec::new(), Trace::default());
    for of_kind in of_kinds {
        let (rendered_of_kind, trace_of_kind) = of_kind?;
        rendered.extend(rendered_of_kind);
        trace.extend(trace_of_kind);
    }
    trace.switches = switches::switches(scope.chart);
    trace.values = scope.values.clone();
    Some((in_order(rendered), trace))
}
