//! Where Go templates mention values.

use super::switches::switches;
use crate::chart::Chart;
use crate::diagnostic::Span;
use crate::values::ValuePath;

/// The values that templates mention by their paths (`.Values.a.b`), with the places, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Mentions(Vec<(ValuePath, Span)>);

impl Mentions {
    /// Those of a chart's templates, and of what decides which of its subcharts are there.
    pub(super) fn of_chart(chart: &Chart, mut of_templates: Vec<(ValuePath, Span)>) -> Mentions {
        for switches in switches(chart) {
            of_templates.extend(switches.values.into_iter().map(|value| (value, switches.place.clone())));
        }
        Mentions(of_templates)
    }

    /// Where a value is mentioned, or something around it or in it. That all values are used somewhere does not count.
    pub fn of(&self, path: &ValuePath) -> Vec<Span> {
        let is_meant = |known: &ValuePath| known.holds(path) && !known.steps().is_empty() || path.holds(known);
        self.0.iter().filter(|(known, _)| is_meant(known)).map(|(_, span)| span.clone()).collect()
    }

    /// Whether all values are used somewhere as a whole, or by keys that are computed.
    pub fn has_whole(&self) -> bool {
        self.0.iter().any(|(known, _)| known.steps().is_empty())
    }

    /// Whether a value itself is mentioned, or something in it.
    pub fn names(&self, path: &ValuePath) -> bool {
        self.0.iter().any(|(known, _)| path.holds(known))
    }
}
