//! Values -> JSON text, as Go's `encoding/json` writes it.

use crate::go::float::format_json_float;
use crate::yaml::{Map, Node, Value};

/// Writes a value as Helm's `toJson` does: compact, keys in byte order, and `<`, `>`, `&` escaped for HTML.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::{json, yaml};
///
/// let node = yaml::read_document(&Source::file("x", "{b: [1, null], a: <x>}")).unwrap();
/// assert_eq!(json::write(&node.value), r#"{"a":"\u003cx\u003e","b":[1,null]}"#);
/// ```
pub fn write(value: &Value) -> String {
    written(value, true, None)
}

/// Writes a value as sprig's `toRawJson` does: like [`write()`], with `<`, `>`, `&` as they are.
pub fn write_raw(value: &Value) -> String {
    written(value, false, None)
}

/// Writes a value as sprig's `toPrettyJson` does: like [`write()`], with an entry a line, indented by two spaces.
pub fn write_pretty(value: &Value) -> String {
    written(value, true, Some(0))
}

fn written(value: &Value, html: bool, depth: Option<usize>) -> String {
    let mut out = String::new();
    write_value(value, html, depth, &mut out);
    out
}

/// `depth` is `None` for compact text.
fn write_value(value: &Value, html: bool, depth: Option<usize>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Float(value) => out.push_str(&format_json_float(*value)),
        Value::String(text) => write_string(text, html, out),
        Value::List(items) => write_list(items, html, depth, out),
        Value::Map(map) => write_map(map, html, depth, out),
    }
}

fn write_list(items: &[Node], html: bool, depth: Option<usize>, out: &mut String) {
    let inner = depth.map(|depth| depth + 1);
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        next_entry(index, inner, out);
        write_value(&item.value, html, inner, out);
    }
    end_entries(items.is_empty(), depth, out);
    out.push(']');
}

fn write_map(map: &Map, html: bool, depth: Option<usize>, out: &mut String) {
    let inner = depth.map(|depth| depth + 1);
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (index, (key, node)) in entries.into_iter().enumerate() {
        next_entry(index, inner, out);
        write_string(key, html, out);
        out.push_str(if inner.is_some() { ": " } else { ":" });
        write_value(&node.value, html, inner, out);
    }
    end_entries(map.is_empty(), depth, out);
    out.push('}');
}

fn next_entry(index: usize, depth: Option<usize>, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
    new_line(depth, out);
}

fn end_entries(empty: bool, depth: Option<usize>, out: &mut String) {
    if !empty {
        new_line(depth, out);
    }
}

fn new_line(depth: Option<usize>, out: &mut String) {
    if let Some(depth) = depth {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    }
}

/// A string in quotes, escaped as Go escapes it.
fn write_string(text: &str, html: bool, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' if html => escape(character, out),
            '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => escape(character, out),
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn escape(character: char, out: &mut String) {
    out.push_str(&format!("\\u{:04x}", u32::from(character)));
}
