//! Fields of an object as the rules ask for them.

use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Value};

/// The text of a field; empty if there is none.
pub(super) fn text<'m>(fields: &'m Map, field: &str) -> &'m str {
    fields.text_at(&[field]).unwrap_or_default()
}

/// The number of a field, without its fraction.
pub(super) fn number(fields: &Map, field: &str) -> Option<i64> {
    fields.number_at(&[field])
}

/// Whether a field is true.
pub(super) fn is_true(fields: &Map, field: &str) -> bool {
    fields.is_true_at(&[field])
}

/// The objects in the list of a field, each with its path.
pub(super) fn items<'m>(fields: &'m Map, field: &str, path: &FieldPath) -> Vec<(FieldPath, &'m Map)> {
    let path = path.field(field);
    fields.indexed_maps_at(&[field]).map(|(index, map)| (path.with(PathStep::Index(index)), map)).collect()
}

/// Whether a field has a value other than null.
pub(super) fn is_given(fields: &Map, field: &str) -> bool {
    fields.get(field).is_some_and(|node| !node.value.is_null())
}

/// Whether a field has a value that is not empty: no null, no empty text, list or map.
pub(super) fn has(fields: &Map, field: &str) -> bool {
    fields.get(field).is_some_and(|node| match &node.value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    })
}
