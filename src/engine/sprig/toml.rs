//! TOML as Helm writes it, and reading it.

use crate::go::float::format_float;
use crate::yaml::{Map, Node, Value};

/// A map as TOML: keys sorted, tables after plain values and indented by their depth. Any other value is written as it
/// is behind a key.
///
/// # Errors
/// What TOML can't hold: a list of tables without a key, a list with null in it.
pub fn write(value: &Value) -> Result<String, String> {
    let mut out = String::new();
    match value {
        Value::Map(map) => table(&mut out, map, &mut Vec::new())?,
        value if is_table(value) => return Err("toml: top-level values must be Go maps or structs".to_owned()),
        value => inline(&mut out, value)?,
    }
    Ok(out)
}

fn table(out: &mut String, map: &Map, path: &mut Vec<String>) -> Result<(), String> {
    let indent = "  ".repeat(path.len());
    let (tables, plain) = sorted(map);
    for (key, value) in plain {
        out.push_str(&format!("{indent}{} = ", quoted_key(key)));
        inline(out, value)?;
        out.push('\n');
    }
    for (key, value) in tables {
        path.push(quoted_key(key));
        let name = path.join(".");
        match value {
            Value::Map(map) => {
                // An empty line sets off tables of the top, and those of a list anywhere.
                out.push_str(if path.len() == 1 && !out.is_empty() { "\n" } else { "" });
                out.push_str(&format!("{indent}[{name}]\n"));
                table(out, map, path)?;
            }
            Value::List(items) => {
                for map in items.iter().filter_map(|item| item.value.as_map()) {
                    out.push_str(if out.is_empty() { "" } else { "\n" });
                    out.push_str(&format!("{indent}[[{name}]]\n"));
                    table(out, map, path)?;
                }
            }
            _ => {}
        }
        path.pop();
    }
    Ok(())
}

type Entries<'a> = Vec<(&'a str, &'a Value)>;

/// The entries of a map that are tables, and the others without those that are null, each sorted by key.
fn sorted(map: &Map) -> (Entries<'_>, Entries<'_>) {
    let entries = map.iter().map(|(key, node)| (key, &node.value)).filter(|(_, value)| !value.is_null());
    let mut entries: Entries<'_> = entries.collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries.into_iter().partition(|(_, value)| is_table(value))
}

fn is_table(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(items) => !items.is_empty() && items.iter().all(|item| item.value.as_map().is_some()),
        _ => false,
    }
}

fn inline(out: &mut String, value: &Value) -> Result<(), String> {
    match value {
        Value::Null => return Err("toml: cannot encode array with nil element".to_owned()),
        Value::Bool(value) => out.push_str(&value.to_string()),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Float(number) => {
            let digits = format_float(*number);
            out.push_str(&digits);
            out.push_str(if digits.contains(['.', 'e']) { "" } else { ".0" });
        }
        Value::String(text) => out.push_str(&quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                inline(out, &item.value)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            let (tables, plain) = sorted(map);
            for (index, (key, value)) in plain.into_iter().chain(tables).enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&format!("{} = ", quoted_key(key)));
                inline(out, value)?;
            }
            out.push('}');
        }
    }
    Ok(())
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
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c.is_ascii_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
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
pub fn read(text: &str) -> Result<Value, String> {
    let table: ::toml::Table = text.parse().map_err(|error: ::toml::de::Error| format!("toml: {}", error.message()))?;
    Ok(from_toml(::toml::Value::Table(table)))
}

/// The parser limits how deeply values nest.
fn from_toml(value: ::toml::Value) -> Value {
    match value {
        ::toml::Value::String(text) => Value::String(text),
        ::toml::Value::Integer(number) => Value::Int(number),
        ::toml::Value::Float(number) => Value::Float(number),
        ::toml::Value::Boolean(value) => Value::Bool(value),
        ::toml::Value::Datetime(time) => Value::String(time.to_string()),
        ::toml::Value::Array(items) => {
            Value::List(items.into_iter().map(|item| Node::generated(from_toml(item))).collect())
        }
        ::toml::Value::Table(table) => {
            let mut map = Map::new();
            for (key, value) in table {
                map.insert(key, Default::default(), Node::generated(from_toml(value)));
            }
            Value::Map(map)
        }
    }
}
