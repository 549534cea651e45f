//! TOML as Helm writes it, and reading it.

use crate::yaml::{Map, Node, Value};

/// A map as TOML: keys sorted, tables after plain values and indented by their depth.
///
/// # Errors
/// What TOML can't hold: anything but a map at the top.
pub(super) fn write(value: &Value) -> Result<String, String> {
    let map = value.as_map().ok_or_else(|| "toml: top-level values must be Go maps or structs".to_owned())?;
    let mut out = String::new();
    table(&mut out, map, &mut Vec::new());
    Ok(out)
}

fn table(out: &mut String, map: &Map, path: &mut Vec<String>) {
    let mut entries: Vec<(&str, &Value)> = map.iter().map(|(key, node)| (key, &node.value)).collect();
    entries.sort_by_key(|(key, _)| *key);
    let indent = "  ".repeat(path.len());
    for (key, value) in entries.iter().filter(|(_, value)| !is_table(value)) {
        if !value.is_null() {
            out.push_str(&format!("{indent}{} = ", quoted_key(key)));
            inline(out, value);
            out.push('\n');
        }
    }
    for (key, value) in entries.iter().filter(|(_, value)| is_table(value)) {
        path.push(quoted_key(key));
        match value {
            Value::Map(map) => {
                header(out, path, "[", "]");
                table(out, map, path);
            }
            Value::List(items) => {
                for map in items.iter().filter_map(|item| item.value.as_map()) {
                    header(out, path, "[[", "]]");
                    table(out, map, path);
                }
            }
            _ => {}
        }
        path.pop();
    }
}

fn header(out: &mut String, path: &[String], open: &str, close: &str) {
    // Helm's writer sets off tables of the top by an empty line.
    if path.len() == 1 && !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&format!("{}{open}{}{close}\n", "  ".repeat(path.len() - 1), path.join(".")));
}

fn is_table(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(items) => !items.is_empty() && items.iter().all(|item| item.value.as_map().is_some()),
        _ => false,
    }
}

fn inline(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("\"\""),
        Value::Bool(value) => out.push_str(&value.to_string()),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&format!("{number:?}")),
        Value::String(text) => out.push_str(&quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                inline(out, &item.value);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (index, (key, node)) in map.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&format!("{} = ", quoted_key(key)));
                inline(out, &node.value);
            }
            out.push('}');
        }
    }
}

fn quoted_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The map that TOML text holds.
///
/// # Errors
/// The parser's complaint.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| format!("toml: {}", error.message()))?;
    Ok(from_toml(toml::Value::Table(table)))
}

/// The parser limits how deeply values nest.
fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::Int(number),
        toml::Value::Float(number) => Value::Float(number),
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => {
            Value::List(items.into_iter().map(|item| Node::generated(from_toml(item))).collect())
        }
        toml::Value::Table(table) => {
            let mut map = Map::new();
            for (key, value) in table {
                map.insert(key, Default::default(), Node::generated(from_toml(value)));
            }
            Value::Map(map)
        }
    }
}
