//! Values of the MongooseIM chart that set a key which the chart writes into mongooseim.toml itself, or remove one that it needs.

use super::settings::{MANDATORY, Mistake};
use crate::chart::{EngineKind, Metadata};
use crate::lint::report::Rule;
use crate::yaml::{Map, Value};

pub(super) const WRITTEN: Rule = Rule::error("mongooseim-written");

/// The keys of `rdbms` that must not be in `rdbms.options`.
const CONNECTION: [&str; 6] = ["driver", "host", "port", "database", "username", "password"];

/// Checks the options of `rdbms`, of listeners and of their handlers. Places are where the values are set.
pub(super) fn check(chart: &Metadata, values: &Map) -> Vec<Mistake> {
    if !is_ours(chart) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if values.text_at(&["persistentDatabase"]) == Some("rdbms")
        && let Some(options) = values.map_at(&["rdbms", "options"])
    {
        for key in CONNECTION {
            report(options, key, "rdbms.options", &format!("set rdbms.{key} instead"), &mut found);
        }
    }
    for (name, node) in values.map_at(&["listeners"]).into_iter().flat_map(Map::iter) {
        let listener = node.value.as_map();
        if let Some(listener) = listener.filter(|map| map.is_true_at(&["enabled"])) {
            check_listener(name, listener, writes_ip_version(values), &mut found);
        }
    }
    found
}

fn check_listener(name: &str, listener: &Map, writes_ip_version: bool, found: &mut Vec<Mistake>) {
    let at = format!("listeners.{name}");
    if let Some(options) = listener.map_at(&["options"]) {
        let path = format!("{at}.options");
        for (key, instead) in [("port", "port"), ("ip_address", "address"), ("handlers", "handlers")] {
            report(options, key, &path, &format!("set {at}.{instead} instead"), found);
        }
        if listener.text_at(&["type"]) == Some("component") {
            report(options, "password", &path, &format!("set {at}.password instead"), found);
        }
        if writes_ip_version && !has_text(listener, "address") {
            report(options, "ip_version", &path, "remove it: use ipFamilies and ipFamilyPolicy", found);
        }
    }
    for (kind, node) in listener.map_at(&["handlers"]).into_iter().flat_map(Map::iter) {
        let Some(handler) = node.value.as_map() else { continue };
        let path = format!("{at}.handlers.{kind}");
        for key in ["host", "path"] {
            if let Some(node) = handler.get(key).filter(|node| node.value == Value::Null) {
                let message = format!("{path}.{key}: a handler needs a {key}");
                let help = if key == "host" { "set one, or remove the value" } else { "set one" };
                let (rule, help, span) = (&MANDATORY, help.to_owned(), node.span.clone());
                found.push(Mistake { rule, message, help, span, value: None });
            }
        }
        if handler.text_at(&["schema_endpoint"]) == Some("admin") && has_text(listener, "password") {
            for key in ["username", "password"] {
                report(handler, key, &path, &format!("set only {at}.{key}"), found);
            }
        }
    }
}

fn report(options: &Map, key: &str, path: &str, help: &str, found: &mut Vec<Mistake>) {
    let Some(entry) = options.entry(key).filter(|entry| entry.node.value != Value::Null) else { return };
    let place = if entry.key.source().is_some() { &entry.key } else { &entry.node.span };
    found.push(Mistake {
        rule: &WRITTEN,
        message: format!("{path}.{key}: the chart sets {key} itself"),
        help: help.to_owned(),
        span: place.clone(),
        value: None,
    });
}

/// Whether a chart is mim-chart's own MongooseIM chart. Other charts may write what they like.
pub(super) fn is_ours(chart: &Metadata) -> bool {
    chart.name == "mongooseim" && chart.engine == EngineKind::Tera
}

/// Whether a value is set, and not null, false or empty.
pub(super) fn has_text(map: &Map, key: &str) -> bool {
    map.get(key)
        .is_some_and(|node| !matches!(&node.value, Value::Null | Value::Bool(false)) && node.value.as_str() != Some(""))
}

/// Whether the chart makes listeners bind IPv6.
fn writes_ip_version(values: &Map) -> bool {
    let has_family = values.list_at(&["ipFamilies"]).iter().any(|node| node.value.as_str() == Some("IPv6"));
    has_family || values.text_at(&["ipFamilyPolicy"]).is_some_and(|policy| policy.ends_with("DualStack"))
}
