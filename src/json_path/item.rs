//! The items that the steps of a template take and produce.

use std::borrow::Cow;

use crate::go::float::format_float;
use crate::json;
use crate::yaml::Value;

/// A single result of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Item<'a> {
    /// A value, or a part of one.
    Value(&'a Value),
    /// Text from the template.
    Text(&'a str),
    /// A byte of a string: Kubernetes splits strings like lists.
    Byte(u8),
    /// An integer from the template.
    Int(i64),
    /// A float from the template.
    Float(f64),
    /// A boolean from the template.
    Bool(bool),
    /// The input of a `range` body for an item that is null.
    Nothing,
}

impl<'a> Item<'a> {
    /// Whether the item is a null value, which steps ignore.
    pub(super) fn is_null(self) -> bool {
        self == Item::Value(&Value::Null)
    }

    /// Returns the values of a map (in key order; Kubernetes' order is random), the items of a list or the bytes of a
    /// string; nothing for other items.
    pub(super) fn parts(self) -> Vec<Item<'a>> {
        match self {
            Item::Value(Value::Map(map)) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_unstable_by_key(|(key, _)| *key);
                entries.into_iter().map(|(_, node)| Item::Value(&node.value)).collect()
            }
            Item::Value(Value::List(items)) => items.iter().map(|item| Item::Value(&item.value)).collect(),
            Item::Value(Value::String(text)) => text.bytes().map(Item::Byte).collect(),
            Item::Text(text) => text.bytes().map(Item::Byte).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the name of the Go type.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Item::Value(Value::Null) | Item::Nothing => "interface {}",
            Item::Value(Value::Bool(_)) | Item::Bool(_) => "bool",
            Item::Value(Value::Int(_)) => "int64",
            Item::Value(Value::Float(_)) | Item::Float(_) => "float64",
            Item::Value(Value::String(_)) | Item::Text(_) => "string",
            Item::Value(Value::List(_)) => "[]interface {}",
            Item::Value(Value::Map(_)) => "map[string]interface {}",
            Item::Byte(_) => "uint8",
            Item::Int(_) => "int",
        }
    }

    /// Returns the printed form: maps and lists as JSON, everything else without quotes.
    pub(super) fn print(self) -> Cow<'a, str> {
        match self {
            Item::Value(Value::String(text)) => Cow::Borrowed(text),
            Item::Value(Value::Float(number)) => Cow::Owned(format_float(*number)),
            Item::Float(number) => Cow::Owned(format_float(number)),
            Item::Value(value) => Cow::Owned(json::write(value)),
            Item::Text(text) => Cow::Borrowed(text),
            Item::Byte(byte) => Cow::Owned(byte.to_string()),
            Item::Int(number) => Cow::Owned(number.to_string()),
            Item::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
            Item::Nothing => Cow::Borrowed("<no value>"),
        }
    }
}
