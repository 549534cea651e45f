//! Finds the chart value that a part of the generated mongooseim.toml comes from.

use super::configuration::Configuration;
use crate::diagnostic::Span;
use crate::yaml::{Map, Node, Value};

/// Returns where the value is set that `span` in the text comes from: in a values file, a flag, or the chart's defaults.
pub(super) fn value_place(configuration: &Configuration, values: &Map, span: &Span) -> Option<Span> {
    if values.is_empty() {
        return None;
    }
    let mut path = Vec::new();
    let is_key = find(&configuration.root, span, &mut path)?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let find = |map: Option<&Map>, path: &[&str]| deepest(map?, path, is_key);
    let top = Some(values);
    match path.as_slice() {
        ["modules", ..] => find(top, &path),
        ["general", "hosts", rest @ ..] => find(top, &[&["hosts"], rest].concat()),
        ["general", "loglevel"] => find(top, &["logLevel"]),
        ["general", "language"] => find(top, &["language"]),
        ["outgoing_pools", "rdbms", "default", "connection", key, ..] => {
            let rdbms = values.map_at(&["rdbms"])?;
            let options = rdbms.map_at(&["options"]).filter(|options| options.get(key).is_some());
            find(options.or(Some(rdbms)), &path[4..])
        }
        ["listen", kind, index, rest @ ..] => {
            let section = configuration.root.list_at(&["listen", kind]).get(index.parse::<usize>().ok()?)?;
            let listener = listener(values, kind, section.value.as_map()?.number_at(&["port"])?)?;
            match rest {
                ["handlers", handler, _, rest @ ..] => {
                    find(Some(listener), &[&["handlers", values_name(handler)], rest].concat())
                }
                ["handlers", handler] => find(Some(listener), &["handlers", values_name(handler)]),
                [key, ..] if listener.at(["options", key]).is_some() => find(listener.map_at(&["options"]), rest),
                [key] if listener.get(key).is_some() => find(Some(listener), &[key]),
                ["ip_address"] => find(Some(listener), &["address"]),
                _ => find(Some(listener), &["port"]),
            }
        }
        _ => None,
    }
}

/// Returns the name that the values use for a handler; the chart writes other names before 6.6.0.
fn values_name(handler: &str) -> &str {
    match handler {
        "mod_bosh" => "mongoose_bosh_handler",
        "mod_websockets" => "mongoose_websocket_handler",
        _ => handler,
    }
}

fn listener<'v>(values: &'v Map, kind: &str, port: i64) -> Option<&'v Map> {
    let listeners = values.map_at(&["listeners"])?.iter().filter_map(|(_, node)| node.value.as_map());
    let mut on_port = listeners.filter(|map| map.number_at(&["port"]) == Some(port));
    on_port.find(|map| map.text_at(&["type"]) == Some(kind))
}

/// Follows a path as far as values exist, and returns the place of the last value, or of its key.
fn deepest(map: &Map, path: &[&str], is_key: bool) -> Option<Span> {
    let (first, rest) = path.split_first()?;
    let entry = map.entry(first)?;
    let (mut key, mut node) = (Some(&entry.key), &entry.node);
    let mut is_whole = true;
    for step in rest {
        let next = match &node.value {
            Value::Map(map) => map.entry(step).map(|entry| (Some(&entry.key), &entry.node)),
            Value::List(items) => {
                step.parse::<usize>().ok().and_then(|index| items.get(index)).map(|item| (None, item))
            }
            _ => None,
        };
        let Some(next) = next else {
            is_whole = false;
            break;
        };
        (key, node) = next;
    }
    let key = key.filter(|key| is_key && is_whole && key.source().is_some());
    let span = key.unwrap_or(&node.span);
    span.source().is_some().then(|| span.clone())
}

/// Finds the key or value at a place and its path. Returns whether it is a key.
fn find(map: &Map, span: &Span, path: &mut Vec<String>) -> Option<bool> {
    map.entries().find_map(|(key, entry)| {
        path.push(key.to_owned());
        let found = if entry.key == *span { Some(true) } else { find_in(&entry.node, span, path) };
        if found.is_none() {
            path.pop();
        }
        found
    })
}

fn find_in(node: &Node, span: &Span, path: &mut Vec<String>) -> Option<bool> {
    if node.span == *span {
        return Some(false);
    }
    match &node.value {
        Value::Map(map) => find(map, span, path),
        Value::List(items) => items.iter().enumerate().find_map(|(index, item)| {
            path.push(index.to_string());
            let found = find_in(item, span, path);
            if found.is_none() {
                path.pop();
            }
            found
        }),
        _ => None,
    }
}
