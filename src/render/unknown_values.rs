//! Values that a chart does not know, judged by its templates as well: Helm ignores them in silence.

use crate::chart::{Chart, EngineKind};
use crate::diagnostic::Diagnostic;
use crate::engine::{Focus, LoadedTree, Scope};
use crate::values::UnknownValue;

/// Brings the warnings about unknown values in line with what Go templates do. One that a template mentions is known, whatever
/// values.yaml has. One that no template mentions, and on which nothing depended that was rendered, is reported however it is called.
pub(super) fn judge(unknown: &[UnknownValue], scope: &Scope<'_>, loaded: &LoadedTree, warnings: &mut Vec<Diagnostic>) {
    if unknown.is_empty() || !is_all_go(scope.chart) {
        return;
    }
    let mentions = loaded.mentions(scope);
    let (known, unknown): (Vec<_>, Vec<_>) = unknown.iter().partition(|value| mentions.names(&value.path));
    warnings.retain(|warning| !known.iter().any(|value| value.warning == *warning));
    // Where all values are used as a whole, or something around this one is, nobody knows what is used of it.
    let is_open = |value: &UnknownValue| value.is_suspicious || !mentions.of(&value.path).places.is_empty();
    let unsuspicious: Vec<_> = unknown.into_iter().filter(|value| !is_open(value)).collect();
    if unsuspicious.is_empty() || mentions.has_whole() {
        return;
    }
    // What is printed or looked through as a whole is not mentioned by its parts.
    let paths: Vec<_> = unsuspicious.iter().map(|value| value.path.clone()).collect();
    let Some(trace) = loaded.trace(scope, Focus::Values(&paths)) else { return };
    let unused = unsuspicious.into_iter().filter(|value| !trace.uses(&value.path));
    warnings.extend(unused.map(|value| value.warning.clone().help("no template uses it")));
}

fn is_all_go(chart: &Chart) -> bool {
    chart.engine() == EngineKind::GoTemplate && chart.subcharts.iter().all(is_all_go)
}
