//! Access to the fields of an object, for rules.

use std::sync::OnceLock;

use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Node, Value};

/// Returns the text of a field; empty if there is none.
pub(super) fn text<'m>(fields: &'m Map, field: &str) -> &'m str {
    fields.text_at(&[field]).unwrap_or_default()
}

/// Returns the number of a field, without its fraction.
pub(super) fn number(fields: &Map, field: &str) -> Option<i64> {
    fields.number_at(&[field])
}

/// Whether a field is `true`.
pub(super) fn is_true(fields: &Map, field: &str) -> bool {
    fields.is_true_at(&[field])
}

/// Returns the objects in a list with their paths. A null counts as an empty object.
pub(super) fn items<'m>(fields: &'m Map, field: &str, path: &FieldPath) -> Vec<(FieldPath, &'m Map)> {
    static EMPTY: OnceLock<Map> = OnceLock::new();
    let path = path.field(field);
    let object = |node: &'m Node| match &node.value {
        Value::Null => Some(EMPTY.get_or_init(Map::new)),
        value => value.as_map(),
    };
    let objects = fields.list_at(&[field]).iter().enumerate();
    objects.filter_map(|(index, node)| Some((path.with(PathStep::Index(index)), object(node)?))).collect()
}

/// Whether a field has a value other than null.
pub(super) fn is_set(fields: &Map, field: &str) -> bool {
    fields.get(field).is_some_and(|node| !node.value.is_null())
}

/// Whether a field has a value other than null and an empty string, list or map.
pub(super) fn has(fields: &Map, field: &str) -> bool {
    fields.get(field).is_some_and(|node| match &node.value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    })
}
