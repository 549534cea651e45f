//! The values in which two sides differ.

use std::collections::BTreeSet;

use super::experiment::{Change, Experiment};
use crate::diagnostic::Diagnostic;
use crate::values::{ValuePath, merge_defaults};
use crate::yaml::{Map, Node, Value};

/// The most values that are compared: the first in the order of their paths.
const MAX: usize = 20_000;

/// The values of the old side.
#[derive(Debug, Clone, Copy)]
pub enum Before<'a> {
    /// These values, with the same chart.
    Values(&'a Map),
    /// These values, with another chart. A change that no value explains may come from the chart.
    OtherChart(&'a Map),
    /// Unknown. The chart's own defaults are tried in place of what the user set.
    Unknown,
}

/// A value that differs between the two sides.
pub(super) struct Candidate {
    pub(super) path: ValuePath,
    /// The value on the old side.
    pub(super) old: Option<Value>,
    /// The change that puts it back.
    pub(super) back: Change,
}

/// Returns the values that differ, each with its old value, in the order of their paths.
pub(super) fn candidates(
    experiment: &Experiment<'_>,
    user: &Map,
    before: Before<'_>,
) -> Result<Vec<Candidate>, Vec<Diagnostic>> {
    let now = &experiment.prepared.values;
    let is_unknown = matches!(before, Before::Unknown);
    let defaults;
    let (before, lists) = match before {
        Before::Values(before) | Before::OtherChart(before) => (before, vec![now, before]),
        Before::Unknown => {
            defaults = merge_defaults(&experiment.prepared.chart.values_tree())?.values;
            (&defaults, vec![user])
        }
    };
    let value = |map: &Map, path: &ValuePath| path.get(map).map(|node: &Node| node.value.clone());
    // Only the first ones: there may be very many.
    let mut differing = BTreeSet::new();
    for path in lists.into_iter().flat_map(ValuePath::leaves) {
        if value(now, &path) != value(before, &path) {
            differing.insert(path);
        }
        if differing.len() > MAX {
            differing.pop_last();
        }
    }
    let candidate = |path: ValuePath| {
        let old = value(before, &path);
        // A value without a default is removed together with the maps that the user put around it, which would otherwise stay
        // empty.
        let mut at = path.clone();
        while is_unknown && value(before, &at).is_none() {
            let Some(above) = at.parent().filter(|above| !above.steps().is_empty()) else { break };
            at = above;
        }
        Candidate { old, back: Change { value: value(before, &at), path: at }, path }
    };
    Ok(differing.into_iter().map(candidate).collect())
}
