//! A comparison for programs.

use super::{Cause, Comparison, Difference, What};
use crate::diagnostic::{Span, printable_json};
use crate::json;
use crate::yaml::{Map, Node, Value};

/// Writes a comparison as one JSON object; the README describes it.
pub fn write_json(comparison: &Comparison) -> String {
    let mut top = Object::default();
    top.put("summary", text(&comparison.summary()));
    top.put("unchanged", Value::Int(comparison.unchanged as i64));
    top.put("objects", list(comparison.differences.iter().map(difference)));
    format!("{}\n", printable_json(&json::write(&Value::Map(top.0))))
}

#[derive(Default)]
struct Object(Map);

impl Object {
    fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key, Span::generated(), Node::generated(value));
    }
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn optional(value: Option<&String>) -> Value {
    value.map_or(Value::Null, |value| text(value))
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::List(items.map(Node::generated).collect())
}

fn difference(difference: &Difference) -> Value {
    let mut object = Object::default();
    object.put("status", text(difference.status.word()));
    object.put("apiVersion", text(&difference.id.api_version));
    object.put("kind", text(&difference.id.kind));
    object.put("namespace", text(&difference.id.namespace));
    object.put("name", text(&difference.id.name));
    object.put("oldName", optional(difference.old_name.as_ref()));
    object.put("origin", text(&difference.origin));
    let impact = |impact: &super::Impact| {
        let mut object = Object::default();
        object.put("rule", text(impact.rule));
        object.put("gravity", text(impact.gravity.word()));
        object.put("text", text(&impact.text));
        object.put("wayOut", optional(impact.way_out.as_ref()));
        Value::Map(object.0)
    };
    object.put("causes", list(difference.own_causes.iter().map(cause)));
    object.put("impacts", list(difference.impacts.iter().map(impact)));
    let changes = difference.changes.iter().zip(&difference.causes).map(|(change, causes)| {
        let mut object = Object::default();
        object.put("path", text(&change.path.to_string()));
        let (word, old, new) = match &change.what {
            What::Added(new) => ("added", None, Some(new)),
            What::Removed(old) => ("removed", Some(old), None),
            What::Changed(old, new) => ("changed", Some(old), Some(new)),
            What::Reordered => ("reordered", None, None),
        };
        object.put("change", text(word));
        object.put("old", old.cloned().unwrap_or_default());
        object.put("new", new.cloned().unwrap_or_default());
        object.put("causes", list(causes.iter().map(cause)));
        Value::Map(object.0)
    });
    object.put("changes", list(changes));
    Value::Map(object.0)
}

fn cause(cause: &Cause) -> Value {
    let mut object = Object::default();
    object.put("key", text(&cause.key));
    object.put("old", optional(cause.old.as_ref()));
    object.put("new", optional(cause.new.as_ref()));
    object.put("place", text(&cause.place));
    Value::Map(object.0)
}
