//! Values as Go's `fmt` prints them, which Helm's messages about merging do.

use super::{Node, Value};
use crate::go::float::format_float;

/// `%v`: `map[x:1]`, `[a b]`, `<nil>`.
pub fn display(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format_float(*number),
        Value::String(text) => text.clone(),
        Value::List(items) => bracketed("[", items.iter().map(|item| display(&item.value))),
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            bracketed("map[", entries.into_iter().map(|(key, node)| format!("{key}:{}", display(&node.value))))
        }
    }
}

/// `%t` of something that is no boolean, as one of Helm's messages has it: `%!t(float64=5)`.
pub(super) fn wrong_verb(value: &Value) -> String {
    match value {
        Value::Null => "%!t(<nil>)".to_owned(),
        other => wrong_verb_inside(other),
    }
}

/// The same of a member of a list or map: null alone differs.
fn wrong_verb_inside(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => format!("%!t(int64={number})"),
        Value::Float(number) => format!("%!t(float64={})", format_float(*number)),
        Value::String(text) => format!("%!t(string={text})"),
        Value::List(items) => bracketed("[", items.iter().map(|item| wrong_verb_inside(&item.value))),
        Value::Map(map) => {
            let mut entries: Vec<(&str, &Node)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let part = |(key, node): (&str, &Node)| format!("%!t(string={key}):{}", wrong_verb_inside(&node.value));
            bracketed("map[", entries.into_iter().map(part))
        }
    }
}

fn bracketed(open: &str, parts: impl Iterator<Item = String>) -> String {
    format!("{open}{}]", parts.collect::<Vec<_>>().join(" "))
}
