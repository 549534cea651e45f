//! Derives the types of data in expressions from a structural schema (k8s.io/apiserver, `SchemaDeclType`).

use std::sync::Arc;

use crate::cel::{Field, Kind, ListType, Shape, escaped};
use crate::yaml::{Map, Node};

/// Returns the type of the data of a schema; `None` if expressions cannot access it.
pub(super) fn shape_of(schema: &Map, is_whole_object: bool) -> Option<Shape> {
    let kind = kind_of(schema, is_whole_object || schema.is_true_at(&["x-kubernetes-embedded-resource"]))?;
    Some(Shape { kind, is_nullable: schema.is_true_at(&["nullable"]) })
}

fn kind_of(schema: &Map, is_whole_object: bool) -> Option<Kind> {
    if schema.is_true_at(&["x-kubernetes-int-or-string"]) {
        return Some(Kind::IntOrString);
    }
    let declared = schema.text_at(&["type"]).unwrap_or(if is_whole_object { "object" } else { "" });
    Some(match declared {
        "array" => {
            let item = shape_of(schema.map_at(&["items"])?, false)?;
            Kind::List(Arc::new(item), list_type_of(schema))
        }
        "object" => match schema.get("additionalProperties").and_then(|node| node.value.as_map()) {
            Some(inner) if !is_whole_object => Kind::Map(Arc::new(shape_of(inner, false)?)),
            _ => Kind::Object(fields(schema, is_whole_object)),
        },
        "string" => match schema.text_at(&["format"]) {
            Some("byte") => Kind::Bytes,
            Some("duration") => Kind::Duration,
            Some("date") => Kind::Date,
            Some("date-time") => Kind::DateTime,
            _ => Kind::String,
        },
        "boolean" => Kind::Bool,
        "number" => Kind::Double,
        "integer" => Kind::Int,
        _ => return None,
    })
}

fn list_type_of(schema: &Map) -> ListType {
    let keys = || schema.list_at(&["x-kubernetes-list-map-keys"]).iter().filter_map(|key| key.value.as_str());
    match schema.text_at(&["x-kubernetes-list-type"]) {
        Some("set") => ListType::Set,
        Some("map") => ListType::Map(keys().map(|key| escaped(key).unwrap_or_else(|| key.to_owned())).collect()),
        _ => ListType::Atomic,
    }
}

fn fields(schema: &Map, is_whole_object: bool) -> Vec<Field> {
    let mut fields = Vec::new();
    let field = |name: &str, kind: Kind| Field {
        escaped: name.to_owned(),
        name: name.to_owned(),
        shape: Arc::new(Shape::new(kind)),
    };
    if is_whole_object {
        let metadata = ["name", "generateName"].map(|name| field(name, Kind::String)).into();
        fields.push(field("apiVersion", Kind::String));
        fields.push(field("kind", Kind::String));
        fields.push(field("metadata", Kind::Object(metadata)));
    }
    let properties = schema.map_at(&["properties"]).into_iter().flat_map(Map::iter);
    for (name, node) in properties {
        if is_whole_object && fields.iter().take(3).any(|field| field.name == name) {
            continue;
        }
        let field = |node: &Node| {
            let shape = shape_of(node.value.as_map()?, false)?;
            Some(Field { escaped: escaped(name)?, name: name.to_owned(), shape: Arc::new(shape) })
        };
        fields.extend(field(node));
    }
    fields
}
