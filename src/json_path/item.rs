//! What a template's steps work on.

use std::borrow::Cow;

use crate::go::float::format_float;
use crate::json;
use crate::yaml::Value;

/// One result of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Item<'a> {
    /// A value, or a part of it.
    Value(&'a Value),
    /// Text of the template.
    Text(&'a str),
    /// A byte of a string: Kubernetes takes strings apart like lists.
    Byte(u8),
    /// A whole number of the template.
    Int(i64),
    /// A number of the template.
    Float(f64),
    /// A boolean of the template.
    Bool(bool),
    /// What the body of a `range` works on where the item is null.
    Nothing,
}

impl<'a> Item<'a> {
    /// Whether steps pass it over.
    pub(super) fn is_null(self) -> bool {
        self == Item::Value(&Value::Null)
    }

    /// The parts of a map (by key; Kubernetes' own order is random), a list or a string; none of anything else.
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

    /// The type as Go says it.
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

    /// How it is printed: maps and lists as JSON, everything else bare.
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
