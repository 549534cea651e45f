//! Improves errors about values that are not set: shows what removed them, or where they belong.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Label, Span, nearest};
use crate::yaml::{Map, Node};

/// Adds the reason to an error about a nil value: a null that the user or the chart wrote, or a missing default.
pub(super) fn add_origin(error: &mut Diagnostic, chart: &Chart, values: &Map, user: Option<&Map>) {
    let Some(path) = error.about.take() else { return };
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let Some(missing) = (1..=keys.len()).find(|&length| is_nil(values, &keys[..length])) else { return };
    let (key, above) = (keys[missing - 1], &keys[..missing - 1]);
    let name = keys[..missing].join(".");
    let or_test = "or test for it with `if` or `with`";
    let null = null_at(values, &keys[..missing])
        .or_else(|| null_at(user?, &keys[..missing]))
        .or_else(|| null_in_defaults(chart, &keys[..missing]));
    if let Some(span) = null {
        error.labels.push(Label { span, text: format!("{name} is null here") });
        error.help = vec![format!("give {name} a value, {or_test}")];
        return;
    }
    let holder = if above.is_empty() { Some(values) } else { values.map_at(above) };
    let near = holder.and_then(|map| nearest(key, map.keys()));
    if let Some(span) = key_at(values, above) {
        let text = format!("{} has no {key}", above.join("."));
        error.labels.push(Label { span, text });
    }
    error.help = vec![match near {
        Some(near) => format!("{name} is not set; did you mean {near}?"),
        None => format!("{name} is not set and has no default: set it, {or_test}"),
    }];
}

fn at<'v>(values: &'v Map, keys: &[&str]) -> Option<&'v Node> {
    values.at(keys.iter().copied())
}

fn is_nil(values: &Map, keys: &[&str]) -> bool {
    at(values, keys).is_none_or(|node| node.value.is_null())
}

/// Returns where a value, or a map above it, is null.
fn null_at(values: &Map, keys: &[&str]) -> Option<Span> {
    let null = (1..=keys.len()).find_map(|length| at(values, &keys[..length]).filter(|node| node.value.is_null()))?;
    null.span.source().is_some().then(|| null.span.clone())
}

/// Like [`null_at`], in the defaults of the chart and of the subcharts that the keys lead to.
fn null_in_defaults(chart: &Chart, keys: &[&str]) -> Option<Span> {
    null_at(&chart.values, keys).or_else(|| {
        let (first, rest) = keys.split_first().filter(|(_, rest)| !rest.is_empty())?;
        let subchart = chart.subcharts.iter().find(|subchart| subchart.metadata.name == **first)?;
        null_in_defaults(subchart, rest)
    })
}

/// Returns where the last of the keys is written.
fn key_at(values: &Map, keys: &[&str]) -> Option<Span> {
    let (last, above) = keys.split_last()?;
    let holder = if above.is_empty() { values } else { values.map_at(above)? };
    let span = holder.entry(last)?.key.clone();
    span.source().is_some().then_some(span)
}
