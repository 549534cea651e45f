//! Completes custom resources as the API server stores them: adds the defaults of the schema, and removes nulls
//! (k8s.io/apiextensions-apiserver, `pkg/apiserver/schema/defaulting`).

use crate::yaml::{Map, Node, Value};

/// Whether a schema contains a default.
pub(super) fn has_default(schema: &Node) -> bool {
    let Some(schema) = schema.value.as_map() else { return false };
    schema.get("default").is_some_and(|node| !node.value.is_null())
        || inner(schema).any(has_default)
        || schema.map_at(&["properties"]).is_some_and(|properties| properties.iter().any(|(_, node)| has_default(node)))
}

fn inner(schema: &Map) -> impl Iterator<Item = &Node> {
    ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key))
}

/// Whether a value contains a null.
pub(super) fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.iter().any(|node| has_null(&node.value)),
        Value::Map(map) => map.iter().any(|(_, node)| has_null(&node.value)),
        _ => false,
    }
}

/// Adds the defaults of a schema, including in place of nulls that are not allowed, and removes other fields with such nulls.
pub(super) fn complete(node: &mut Node, schema: &Node) {
    let Some(schema) = schema.value.as_map() else { return };
    match &mut node.value {
        Value::Map(map) => complete_map(map, schema),
        Value::List(items) => {
            let Some(inner) = schema.get("items") else { return };
            for item in items {
                if item.value.is_null()
                    && !is_nullable(inner)
                    && let Some(default) = default(inner)
                {
                    *item = default.clone();
                }
                complete(item, inner);
            }
        }
        _ => {}
    }
}

fn complete_map(map: &mut Map, schema: &Map) {
    let properties = schema.map_at(&["properties"]);
    for (name, inner) in properties.into_iter().flat_map(Map::iter) {
        let Some(default) = default(inner) else { continue };
        if map.get(name).is_none_or(|node| node.value.is_null() && !is_nullable(inner)) {
            map.insert(name, default.span.clone(), default.clone());
        }
    }
    let additional = schema.get("additionalProperties");
    let schema_of = |name: &str| properties.and_then(|properties| properties.get(name)).or(additional);
    if let Some(additional) = additional.filter(|additional| !is_nullable(additional))
        && let Some(default) = default(additional)
        && map.iter().any(|(_, node)| node.value.is_null())
    {
        let nulls = map.iter_mut().filter(|(_, node)| node.value.is_null());
        nulls.for_each(|(_, node)| *node = default.clone());
    }
    let is_dropped = |name: &str, node: &Node| node.value.is_null() && !schema_of(name).is_some_and(is_nullable);
    if map.iter().any(|(name, node)| is_dropped(name, node)) {
        map.retain(|name, entry| !is_dropped(name, &entry.node));
    }
    if map.iter().any(|(_, node)| !node.value.is_scalar()) {
        for (name, node) in map.iter_mut() {
            if let Some(inner) = schema_of(name) {
                complete(node, inner);
            }
        }
    }
}

fn default(schema: &Node) -> Option<&Node> {
    schema.value.as_map()?.get("default").filter(|node| !node.value.is_null())
}

fn is_nullable(schema: &Node) -> bool {
    schema.value.as_map().is_some_and(|schema| schema.is_true_at(&["nullable"]))
}
