//! Compares two versions of an object as the API server would store them.

use super::compare::{Change, compare, compare_exactly};
use super::live::is_kept_by_server;
use super::moved::convert_removed_version;
use crate::kubernetes::{Id, Object, ObjectType, Schema, add_defaults};
use crate::yaml::{Map, Node, Value};

/// A version of an object, with its secrets masked.
pub(super) struct Version<'v> {
    pub(super) fields: &'v Map,
    pub(super) id: &'v Id,
    /// Whether it comes from a cluster.
    pub(super) is_live: bool,
}

/// Two versions of an object as the API server would store them.
pub(super) struct Stored {
    pub(super) old: Map,
    pub(super) new: Map,
    /// The stored fields that change when the new version is applied over the old one. Defaults of the old version stay where the
    /// new one does not set them.
    pub(super) changes: Vec<Change>,
}

impl Stored {
    /// Adds the server's defaults to both versions and compares them.
    pub(super) fn compare(old: &Version<'_>, new: &Version<'_>) -> Stored {
        let (before, after) = filled(old, new, "default");
        let type_ = type_of(new.id);
        let mut changes = compare_exactly(&before, &after, type_);
        changes.retain(|change| !is_kept_by_server(change, &before, type_, old.is_live));
        Stored { old: before, new: after, changes }
    }
}

/// Returns the fields in which two versions of an object differ.
pub fn changes(old: &Object, new: &Object) -> Vec<Change> {
    let (before, after) = (old.fields(), new.fields());
    let old = Version { fields: &before, id: &old.id, is_live: false };
    written_changes(&old, &Version { fields: &after, id: &new.id, is_live: false }, "default")
}

/// Returns the fields in which two versions of an object differ as they are written: the API server's defaults make no
/// difference. `namespace` applies to objects that declare none.
pub(super) fn written_changes(old: &Version<'_>, new: &Version<'_>, namespace: &str) -> Vec<Change> {
    let (before, after) = filled(old, new, namespace);
    let type_ = type_of(new.id);
    let mut changes = compare(&before, &after, type_);
    changes.retain(|change| !is_kept_by_server(change, &before, type_, old.is_live));
    changes
}

fn filled(old: &Version<'_>, new: &Version<'_>, namespace: &str) -> (Map, Map) {
    let is_one_text = old.id.kind == "Secret" && !(has_only_text(old.fields) && has_only_text(new.fields));
    let filled = |version: &Version<'_>| {
        let mut fields = version.fields.clone();
        if is_one_text {
            put_texts_into_data(&mut fields);
        }
        convert_removed_version(&mut fields, version.id);
        // An API version that the schema does not know has the defaults of the new version.
        let id = if type_of(version.id).is_some() { version.id } else { new.id };
        add_defaults(&mut fields, id, namespace);
        fields
    };
    (filled(old), filled(new))
}

/// Returns the schema's type for an identity.
pub(super) fn type_of(id: &Id) -> Option<&'static ObjectType> {
    let schema = Schema::built_in();
    schema.object_type(schema.kind(&id.api_version, &id.kind)?.type_name)
}

fn has_only_text(secret: &Map) -> bool {
    secret.map_at(&["data"]).is_none_or(Map::is_empty)
}

/// Moves a Secret's `stringData` into `data`, where it overrides existing keys. Both are plain text here, or masked.
fn put_texts_into_data(secret: &mut Map) {
    let Some(texts) = secret.remove("stringData") else { return };
    let Value::Map(texts_of) = texts.value else { return };
    match secret.get_mut("data").map(|node| &mut node.value) {
        Some(Value::Map(data)) => {
            for (key, entry) in texts_of {
                data.insert(key, entry.key, entry.node);
            }
        }
        _ => drop(secret.insert("data", texts.span.clone(), Node::new(Value::Map(texts_of), texts.span))),
    }
}
