//! Listeners in the values of the MongooseIM chart that are missing in the user's own mimConfig.

use super::configuration::Configuration;
use super::listeners::PUBLISHED;
use super::settings::Mistake;
use super::written::{has_text, is_ours};
use crate::chart::Metadata;
use crate::yaml::Map;

/// Reports ports that clients or probes connect to but that the configuration does not listen on. Ports of only the headless
/// Service may be unused. The place of a mistake is that of mimConfig.
pub(super) fn check(chart: &Metadata, configuration: &Configuration, values: &Map) -> Vec<Mistake> {
    let heard: Vec<i64> = configuration.listeners.iter().filter_map(|listener| listener.port).collect();
    let Some(file) = values.get("mimConfig").filter(|_| has_text(values, "mimConfig")) else { return Vec::new() };
    if heard.is_empty() || !is_ours(chart) {
        return Vec::new();
    }
    let is_on = |name: &str| values.is_true_at(&[name, "enabled"]);
    let probed = if is_on("readinessProbe") { probed(values) } else { None };
    let mut found = Vec::new();
    for (name, listener) in enabled(values) {
        let is_exposed = |on: &str| listener.is_true_at(&["expose", on]);
        let is_used = is_exposed("loadBalancer") && is_on("loadBalancer")
            || is_exposed("nodePort") && is_on("nodeport")
            || Some(name) == probed;
        let Some(port) = listener.number_at(&["port"]).filter(|port| is_used && !heard.contains(port)) else {
            continue;
        };
        let ports = heard.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        found.push(Mistake {
            rule: &PUBLISHED,
            message: format!("listeners.{name}.port: your mimConfig does not listen on {port}"),
            help: format!("set it to one of {ports}, or listeners.{name}.enabled=false"),
            span: file.span.clone(),
            value: None,
        });
    }
    found
}

fn enabled(values: &Map) -> impl Iterator<Item = (&str, &Map)> {
    let listeners = values.map_at(&["listeners"]).into_iter().flat_map(Map::iter);
    let maps = listeners.filter_map(|(name, node)| Some((name, node.value.as_map()?)));
    maps.filter(|(_, listener)| listener.is_true_at(&["enabled"]))
}

/// Returns the listener that probes connect to: the `c2s` listener with the lowest port, or else any
/// listener with the lowest port.
fn probed(values: &Map) -> Option<&str> {
    let is_loopback = |listener: &Map| {
        listener.text_at(&["address"]).is_some_and(|address| address.starts_with("127.") || address == "::1")
    };
    let reached = enabled(values).filter(|(_, listener)| !is_loopback(listener));
    let is_for_others = |listener: &Map| listener.text_at(&["type"]) != Some("c2s");
    reached.min_by_key(|(_, listener)| (is_for_others(listener), listener.number_at(&["port"]))).map(|(name, _)| name)
}
