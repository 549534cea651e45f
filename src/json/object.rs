//! A builder for JSON objects.

use crate::diagnostic::Span;
use crate::yaml::{Map, Node, Value};

/// A JSON object under construction.
///
/// ```
/// use mim_chart::json::{Object, write};
///
/// let mut object = Object::new();
/// object.text("name", "web");
/// object.count("replicas", 2);
/// assert_eq!(write(&object.into_value()), r#"{"name":"web","replicas":2}"#);
/// ```
#[derive(Debug, Default)]
pub struct Object(Map);

impl Object {
    /// Creates an object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field.
    pub fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key, Span::generated(), Node::generated(value));
    }

    /// Sets a field to a string.
    pub fn text(&mut self, key: &str, text: &str) {
        self.put(key, Value::String(text.to_owned()));
    }

    /// Sets a field to a string, or to null.
    pub fn optional_text(&mut self, key: &str, text: Option<&String>) {
        self.put(key, text.map_or(Value::Null, |text| Value::String(text.clone())));
    }

    /// Sets a field to a number.
    pub fn count(&mut self, key: &str, count: usize) {
        self.put(key, Value::Int(i64::try_from(count).unwrap_or(i64::MAX)));
    }

    /// Sets a field to a list.
    pub fn list(&mut self, key: &str, items: impl Iterator<Item = Value>) {
        self.put(key, Value::List(items.map(Node::generated).collect()));
    }

    /// Returns the finished object.
    pub fn into_value(self) -> Value {
        Value::Map(self.0)
    }
}
