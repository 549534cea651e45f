//! Two versions of an object compared as the API server stores them.

use super::compare::{Change, compare};
use crate::kubernetes::{Id, Object, ObjectType, Schema, fill_in};
use crate::yaml::{Map, Node, Value};

/// The fields in which two versions of an object differ.
pub fn changes(old: &Object, new: &Object) -> Vec<Change> {
    compare_stored((&old.fields(), &old.id), (&new.fields(), &new.id), "default")
}

/// Compares two versions of an object with the defaults of the API server filled in. `namespace` is the one of objects that say none.
pub(super) fn compare_stored(old: (&Map, &Id), new: (&Map, &Id), namespace: &str) -> Vec<Change> {
    let is_one_text = old.1.kind == "Secret" && has_texts(old.0) != has_texts(new.0);
    let filled = |(fields, id): (&Map, &Id)| {
        let mut fields = fields.clone();
        if is_one_text {
            put_texts_into_data(&mut fields);
        }
        fill_in(&mut fields, id, namespace);
        fields
    };
    compare(&filled(old), &filled(new), type_of(new.1))
}

/// What the schema says of objects of an identity.
pub(super) fn type_of(id: &Id) -> Option<&'static ObjectType> {
    let schema = Schema::built_in();
    schema.object_type(schema.kind(&id.api_version, &id.kind)?.type_name)
}

fn has_texts(secret: &Map) -> bool {
    secret.map_at(&["stringData"]).is_some_and(|texts| !texts.is_empty())
}

/// A Secret's `stringData` is another way to write `data`, and goes before what is there. Both are plain text here, or masks of it.
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
