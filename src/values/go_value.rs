//! Prints values as Go's `fmt` does, for Helm's messages about merging.

use std::borrow::Cow;

use crate::go::fmt::{Dialect, GoValue, Printer, View};
use crate::yaml::Value;

impl<'v> GoValue for &'v Value {
    type Key = &'v [u8];

    fn view(&self) -> View<'_, Self> {
        match self {
            Value::Null => View::Nil,
            Value::Bool(truth) => View::Bool(*truth),
            Value::Int(number) => View::Int(*number),
            Value::Float(number) => View::Float(*number),
            Value::String(text) => View::String(text.as_bytes()),
            Value::List(items) => View::List(items.iter().map(|item| &item.value).collect()),
            Value::Map(map) => {
                let entries = map.iter().map(|(key, node)| (key.as_bytes(), &node.value));
                let mut entries: Vec<_> = entries.collect();
                entries.sort_by_key(|(key, _)| *key);
                View::Map(entries)
            }
        }
    }

    fn go_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Value::Null => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int64",
            Value::Float(_) => "float64",
            Value::String(_) => "string",
            Value::List(_) => "[]interface {}",
            Value::Map(_) => "map[string]interface {}",
        })
    }
}

/// Returns a value as Go's `%v` prints it: `map[x:1]`, `[a b]`, `<nil>`.
pub fn display(value: &Value) -> String {
    formatted(value, "%v")
}

/// Returns what Go's `%t` prints for a value that is not a boolean, which one of Helm's messages contains: `%!t(float64=5)`.
pub(super) fn wrong_verb(value: &Value) -> String {
    formatted(value, "%t")
}

fn formatted(value: &Value, format: &str) -> String {
    let mut out = Vec::new();
    // A value that nests too deeply is cut off, which is acceptable in a message.
    let _ = Printer::new(&mut out, usize::MAX, Dialect::GO).printf(format.as_bytes(), &[value]);
    String::from_utf8_lossy(&out).into_owned()
}
