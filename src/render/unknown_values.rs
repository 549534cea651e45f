//! Checks values that a chart doesn't declare against its templates; Helm ignores such values silently.

use crate::chart::{Chart, EngineKind};
use crate::diagnostic::Diagnostic;
use crate::engine::{Focus, LoadedTree, Scope, may_be_named};
use crate::values::UnknownValue;

/// How many values are searched for one by one. Finding all mentions takes as long as some dozens of searches.
const MAX_SEARCHED: usize = 10;

/// Adjusts the warnings about unknown values to what Go templates use. A value that a template mentions is known, even if
/// values.yaml doesn't have it. A value that no template mentions and no output depends on is reported, whatever its name.
pub(super) fn adjust_warnings(
    unknown: &[UnknownValue],
    scope: &Scope<'_>,
    loaded: &LoadedTree,
    warnings: &mut Vec<Diagnostic>,
) {
    if unknown.is_empty() || !is_all_go(scope.chart) {
        return;
    }
    if unknown.len() <= MAX_SEARCHED {
        // Most often it is a misspelled name, which no template contains, or one that is only missing in values.yaml.
        let is_unnamed =
            |value: &UnknownValue| value.is_suspicious && !may_be_named(scope.chart, scope.values, &value.path);
        let others: Vec<&UnknownValue> = unknown.iter().filter(|value| !is_unnamed(value)).collect();
        let paths: Vec<_> = others.iter().map(|value| &value.path).collect();
        if let Some(named) = loaded.named(scope, &paths) {
            let (known, unknown): (Vec<_>, Vec<_>) = others.iter().zip(named).partition(|(_, is_named)| *is_named);
            warnings.retain(|warning| !known.iter().any(|(value, _)| value.warning == *warning));
            // Where a template uses a map above a value as a whole, it is unknown what it uses of it.
            let unsuspicious = unknown.iter().filter(|(value, _)| !value.is_suspicious);
            let paths: Vec<_> = unsuspicious.map(|(value, _)| &value.path).collect();
            if paths.is_empty() || loaded.use_more_than(scope, &paths) {
                return;
            }
        }
    }
    let mentions = loaded.mentions(scope);
    let (known, unknown): (Vec<_>, Vec<_>) = unknown.iter().partition(|value| mentions.names(&value.path));
    warnings.retain(|warning| !known.iter().any(|value| value.warning == *warning));
    // The same if a template uses all values as a whole.
    let is_open = |value: &UnknownValue| value.is_suspicious || !mentions.mentioned(&value.path).places.is_empty();
    let unsuspicious: Vec<_> = unknown.into_iter().filter(|value| !is_open(value)).collect();
    if unsuspicious.is_empty() || mentions.has_whole() {
        return;
    }
    // A template that prints or ranges over a map doesn't mention its parts.
    let paths: Vec<_> = unsuspicious.iter().map(|value| value.path.clone()).collect();
    let Some(trace) = loaded.trace(scope, Focus::Values(&paths)) else { return };
    let unused = unsuspicious.into_iter().filter(|value| !trace.uses(&value.path));
    warnings.extend(unused.map(|value| value.warning.clone().help("no template uses it")));
}

fn is_all_go(chart: &Chart) -> bool {
    chart.engine() == EngineKind::GoTemplate && chart.subcharts.iter().all(is_all_go)
}
