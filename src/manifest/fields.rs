//! Finds where a field is written in a document.

use crate::diagnostic::Span;
use crate::json;
use crate::kubernetes::{FieldPath, PathStep};
use crate::values::{Step, ValuePath};
use crate::yaml::{Node, Value};

/// Returns the place of a field in a document. If the field is missing, it is the place of its nearest existing parent.
pub fn place_of_field(document: &Node, field: &FieldPath) -> Span {
    let path = value_path(document, field);
    let map = document.value.as_map();
    map.and_then(|map| path.get(map)).map_or_else(|| document.span.clone(), |node| node.span.clone())
}

/// Converts a field path to a path in the document, as far as the document has the fields.
pub fn value_path(document: &Node, field: &FieldPath) -> ValuePath {
    let mut steps = Vec::new();
    let mut node = document;
    for step in &field.0 {
        let next = match (step, &node.value) {
            (PathStep::Field(name), Value::Map(map)) => map.get(name).map(|next| (Step::Key(name.clone()), next)),
            (PathStep::Index(index), Value::List(items)) => items.get(*index).map(|next| (Step::Item(*index), next)),
            (PathStep::Item(keys), Value::List(items)) => {
                let has_keys = |item: &Node| {
                    let map = item.value.as_map();
                    keys.iter().all(|(key, value)| {
                        let own = map.and_then(|map| map.get(key)).and_then(|node| json::scalar_text(&node.value));
                        own.as_ref() == Some(value)
                    })
                };
                let index = items.iter().position(has_keys);
                index.map(|index| (Step::Item(index), &items[index]))
            }
            _ => None,
        };
        let Some((step, next)) = next else { break };
        steps.push(step);
        node = next;
    }
    ValuePath::new(steps)
}
