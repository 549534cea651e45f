//! The templates of a tree of charts after they were rendered, for what else is asked of them.

use super::language::LoadedTemplates;
use super::mentions::{Found, Mentions};
use super::scope::{Rendered, Scope, in_order};
use super::trace::{Focus, Trace};
use super::{switches, tree};

/// Templates that were rendered, a member for each language of the tree; `None` for a language that does not keep them.
pub struct LoadedTree(pub(super) Vec<Option<Box<dyn LoadedTemplates + Send>>>);

impl LoadedTree {
    /// Renders the templates again, and says where what they give comes from. `None` if an engine of the tree can't say it, or there is
    /// too much of it.
    pub fn trace(&self, scope: &Scope<'_>, focus: Focus<'_>) -> Option<Trace> {
        self.render_traced(scope, Some(focus)).map(|(_, trace)| trace)
    }

    /// The same with what they give, as [`trace`](super::trace) has it.
    pub fn render_traced(&self, scope: &Scope<'_>, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        put_together(scope, self.0.iter().map(|loaded| loaded.as_ref()?.trace(scope, focus)))
    }

    /// Where Go templates mention values; texts among the values that are templates themselves count too.
    pub fn mentions(&self, scope: &Scope<'_>) -> Mentions {
        let members = tree::by_kind(tree::members(scope.chart, scope.values));
        let mut found = Found::default();
        for (loaded, (_, members)) in self.0.iter().zip(&members) {
            found.extend(loaded.as_ref().map(|loaded| loaded.mentions(members)).unwrap_or_default());
        }
        Mentions::of_chart(scope.chart, found)
    }
}

/// What all languages of a tree gave, and the trace of it; `None` if one has no trace.
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
