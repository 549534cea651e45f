//! Checks the schemas in CustomResourceDefinitions, which must be structural (k8s.io/apiextensions-apiserver,
//! `pkg/apiserver/schema` and `pkg/apis/apiextensions/validation`).

use std::collections::{BTreeSet, HashSet};

use super::definition_rules::{expressions, rules};
use super::place::Place;
use crate::kubernetes::{FieldPath, PathStep};
use crate::validate::defaults;
use crate::validate::fields::{has, is_set, is_true, text};
use crate::yaml::{Map, Node, Value};

/// The depth to which a schema is checked.
const MAX_DEPTH: usize = 200;

/// The position of a schema, which decides what it must declare.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

pub(super) fn schema(at: &mut Place<'_, '_, '_>) {
    let Some(node) = at.fields.at(["schema", "openAPIV3Schema"]) else { return };
    let Some(schema) = node.value.as_map() else { return };
    let path = at.path.field("schema").field("openAPIV3Schema");
    let before = at.report.findings.len();
    root(schema, &path, at);
    structural(schema, Level::Root, &path, at);
    let invalid: BTreeSet<String> = at.report.findings[before..].iter().map(|finding| finding.path.clone()).collect();
    expressions(schema, &path, &invalid, at);
}

/// Checks a schema that must declare its type and fields.
fn structural(schema: &Map, level: Level, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    if path.0.len() > MAX_DEPTH {
        return;
    }
    let kind = text(schema, "type");
    let is_either = is_true(schema, "x-kubernetes-int-or-string");
    let keeps = is_true(schema, "x-kubernetes-preserve-unknown-fields");
    let embedded = is_true(schema, "x-kubernetes-embedded-resource");
    if embedded && kind != "object" {
        at.required_at(&path.field("type"), "must be object if x-kubernetes-embedded-resource is true");
    } else if kind.is_empty() && !is_either && !keeps {
        let message = match level {
            Level::Root => "must not be empty at the root",
            Level::Item => "must not be empty for specified array items",
            Level::Field => "must not be empty for specified object fields",
        };
        at.required_at(&path.field("type"), message);
    }
    if level == Level::Root && !kind.is_empty() && kind != "object" {
        at.invalid_missing(&path.field("type"), "must be object at the root");
    }
    let types = ["array", "boolean", "integer", "number", "object", "string"];
    if !kind.is_empty() && !types.contains(&kind) {
        at.unsupported_at(&path.field("type"), kind, &types);
    }
    if embedded && !keeps && !has(schema, "properties") {
        at.required_at(
            &path.field("properties"),
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
        );
    }
    let additional = schema.get("additionalProperties").filter(|node| !node.value.is_null());
    if let Some(node) = additional.filter(|node| !matches!(node.value, Value::Bool(_) | Value::Map(_))) {
        at.invalid_at(&path.field("additionalProperties"), node, "boolean or JSON schema expected");
    }
    if additional.is_some() && level == Level::Root {
        at.forbidden_at(&path.field("additionalProperties"), "must not be used at the root");
    }
    if additional.is_some() && embedded {
        at.forbidden_at(
            &path.field("additionalProperties"),
            "must not be used if x-kubernetes-embedded-resource is set",
        );
    }
    if additional.is_some_and(|node| node.value != Value::Bool(true)) && has(schema, "properties") {
        at.forbidden_at(
            &path.field("additionalProperties"),
            "additionalProperties and properties are mutual exclusive",
        );
    }
    if is_either && keeps {
        at.invalid_missing(
            &path.field("x-kubernetes-preserve-unknown-fields"),
            "must be false if x-kubernetes-int-or-string is true",
        );
    }
    if schema.get("x-kubernetes-preserve-unknown-fields").is_some_and(|node| node.value == Value::Bool(false)) {
        at.invalid_missing(&path.field("x-kubernetes-preserve-unknown-fields"), "must be true or undefined");
    }
    if is_either && embedded {
        at.invalid_missing(
            &path.field("x-kubernetes-embedded-resource"),
            "must be false if x-kubernetes-int-or-string is true",
        );
    }
    if kind == "array"
        && !schema.get("items").is_some_and(|node| {
            matches!(node.value, Value::Map(_)) || has(schema, "items") && matches!(node.value, Value::List(_))
        })
    {
        at.required_at(&path.field("items"), "must be specified");
    }
    lists(schema, kind, path, at);
    default(schema, level, path, at);
    values(schema, path, at);
    rules(schema, path, at);
    if let Some(items) = schema.map_at(&["items"]) {
        structural(items, Level::Item, &path.field("items"), at);
    } else if schema.get("items").is_some_and(|node| node.value.as_list().is_some_and(|items| !items.is_empty())) {
        at.forbidden_at(&path.field("items"), "items must be a schema object and not an array");
    }
    if let Some(inner) = additional.and_then(|node| node.value.as_map()) {
        structural(inner, Level::Field, &path.field("additionalProperties"), at);
    }
    for (name, node) in schema.map_at(&["properties"]).into_iter().flat_map(Map::iter) {
        let path = path.field("properties").field(name);
        // The fields of metadata are known: a schema may only restrict the name.
        let is_whole_object = level == Level::Root || embedded;
        let is_metadata = name == "metadata" && is_whole_object;
        if ["apiVersion", "kind"].contains(&name)
            && is_whole_object
            && let Some(map) = node.value.as_map().filter(|map| text(map, "type") != "string")
        {
            at.invalid_missing(&path.field("type"), &format!("must be string, not {:?}", text(map, "type")));
        }
        match &node.value {
            Value::Map(map) if !is_metadata => structural(map, Level::Field, &path, at),
            Value::Map(map) if text(map, "type") != "object" => {
                at.invalid_missing(&path.field("type"), "must be object");
            }
            Value::Map(map) if level == Level::Root => metadata(map, &path, at),
            Value::Map(map) => inner_fields(map, &path, at),
            // A null is an empty schema.
            Value::Null => structural(&Map::new(), Level::Field, &path, at),
            // In other places, it is reported when the whole object is checked.
            _ if path.has_field("items") || path.has_field("additionalProperties") => {
                at.invalid_at(&path, node, "expected a schema");
            }
            _ => {}
        }
    }
    nested((schema, schema), level == Level::Root, Exceptions::new(schema), path, at);
}

/// Checks the schemas of the fields of metadata.
fn inner_fields(schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let empty = Map::new();
    for (name, node) in schema.map_at(&["properties"]).into_iter().flat_map(Map::iter) {
        let inner = node.value.as_map().unwrap_or(&empty);
        structural(inner, Level::Field, &path.field("properties").field(name), at);
    }
}

/// Checks what is forbidden at the root of a schema.
fn root(schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    if is_true(schema, "nullable") {
        at.forbidden_at(&path.field("nullable"), "nullable cannot be true at the root");
    }
    for name in ["apiVersion", "kind", "metadata"] {
        let path = path.field("properties").field(name);
        if let Some(property) = schema.map_at(&["properties", name]) {
            no_defaults(property, name, &path, at);
        }
    }
    let has_status = at.fields.map_at(&["subresources", "status"]).is_some();
    let other = schema.iter().find(|(name, node)| has_status && !may_be_at_root(name, node));
    if let Some((name, _)) = other {
        let message = format!("{name} is not allowed at the root of the schema if the status subresource is enabled");
        at.invalid_missing(path, &message);
    }
}

/// Whether the root of a schema may have a keyword if there is a status subresource.
fn may_be_at_root(name: &str, node: &Node) -> bool {
    const ALLOWED: [&str; 22] = [
        "description",
        "type",
        "format",
        "title",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "required",
        "items",
        "properties",
        "externalDocs",
        "example",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    ];
    let is_zero = match &node.value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    ALLOWED.contains(&name) || is_zero
}

fn no_defaults(schema: &Map, type_name: &str, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    if path.0.len() > MAX_DEPTH {
        return;
    }
    if is_set(schema, "default") {
        at.forbidden_at(&path.field("default"), &format!("must not be set in top-level {type_name}"));
    }
    for (name, node) in schema.map_at(&["properties"]).into_iter().flat_map(Map::iter) {
        if let Some(inner) = node.value.as_map() {
            no_defaults(inner, type_name, &path.field("properties").field(name), at);
        }
    }
}

fn metadata(schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    inner_fields(schema, path, at);
    let is_known = |key: &str| matches!(key, "type" | "properties" | "description" | "title");
    let properties = schema.map_at(&["properties"]);
    let others = properties.into_iter().flat_map(Map::keys).any(|name| name != "name" && name != "generateName");
    if others || !schema.keys().all(is_known) {
        at.forbidden_at(
            path,
            "must not specify anything other than name and generateName, but metadata is implicitly specified",
        );
    }
}

/// Checks the keywords that identify the items of a list.
fn lists(schema: &Map, kind: &str, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let sort = text(schema, "x-kubernetes-list-type");
    let keys = schema.list_at(&["x-kubernetes-list-map-keys"]);
    if is_set(schema, "x-kubernetes-list-type") {
        if !["atomic", "map", "set"].contains(&sort) {
            at.unsupported_at(&path.field("x-kubernetes-list-type"), sort, &["atomic", "map", "set"]);
        }
        if kind != "array" {
            at.invalid_missing(&path.field("type"), "must be array if x-kubernetes-list-type is specified");
        }
    }
    if !keys.is_empty() && sort != "map" {
        at.invalid_missing(
            &path.field("x-kubernetes-list-type"),
            "must be map if x-kubernetes-list-map-keys is non-empty",
        );
    }
    if is_set(schema, "x-kubernetes-map-type") {
        let map_type = text(schema, "x-kubernetes-map-type");
        if !["atomic", "granular"].contains(&map_type) {
            at.unsupported_at(&path.field("x-kubernetes-map-type"), map_type, &["atomic", "granular"]);
        }
        if kind != "object" {
            at.invalid_missing(&path.field("type"), "must be object if x-kubernetes-map-type is specified");
        }
    }
    let items = schema.map_at(&["items"]);
    if sort == "set"
        && items
            .is_some_and(|items| text(items, "type") == "object" && text(items, "x-kubernetes-map-type") != "atomic")
    {
        at.invalid_missing(
            &path.field("items").field("x-kubernetes-map-type"),
            "must be atomic as item of a list with x-kubernetes-list-type=set",
        );
    }
    if ["map", "set"].contains(&sort) && items.is_some_and(|items| is_true(items, "nullable")) {
        let message = format!("cannot be nullable when x-kubernetes-list-type is {sort}");
        at.forbidden_at(&path.field("items").field("nullable"), &message);
    }
    let is_atomic = |items: &Map| matches!(text(items, "x-kubernetes-list-type"), "" | "atomic");
    if sort == "set" && items.is_some_and(|items| text(items, "type") == "array" && !is_atomic(items)) {
        at.invalid_missing(
            &path.field("items").field("x-kubernetes-list-type"),
            "must be atomic as item of a list with x-kubernetes-list-type=set",
        );
    }
    if sort != "map" {
        return;
    }
    if keys.is_empty() {
        at.required_at(&path.field("x-kubernetes-list-map-keys"), "must not be empty if x-kubernetes-list-type is map");
    }
    let Some(items) = items else { return };
    if text(items, "type") != "object" {
        at.invalid_missing(
            &path.field("items").field("type"),
            "must be object if parent array's x-kubernetes-list-type is map",
        );
    }
    let required: Vec<&str> = items.list_at(&["required"]).iter().filter_map(|node| node.value.as_str()).collect();
    let mut known = HashSet::new();
    for (index, node) in keys.iter().enumerate() {
        let key = if node.value.is_null() { Some("") } else { node.value.as_str() };
        let Some(key) = key else { continue };
        let path_of = path.field("x-kubernetes-list-map-keys").with(PathStep::Index(index));
        if !known.insert(key) {
            at.duplicate_at(&path_of, key);
        }
        match items.map_at(&["properties", key]) {
            None => at.invalid_at(&path_of, node, "is not specified in the properties of the items"),
            Some(property) if ["array", "object"].contains(&text(property, "type")) => {
                at.invalid_missing(
                    &path.field("items").field("properties").field(key).field("type"),
                    "must be a scalar type if parent array's x-kubernetes-list-type is map",
                );
            }
            Some(property) => {
                if is_true(property, "nullable") {
                    let path = path.field("items").field("properties").field(key).field("nullable");
                    at.forbidden_at(&path, "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
                }
                let has_default = property.get("default").is_some();
                if !has_default && !required.contains(&key) {
                    let path = path.field("items").field("properties").field(key).field("default");
                    at.required_at(&path, "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
                }
            }
        }
    }
}

/// A default must conform to its schema.
fn default(schema: &Map, level: Level, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let Some(node) = schema.get("default").filter(|node| !node.value.is_null()) else { return };
    let path = path.field("default");
    if level == Level::Root {
        at.forbidden_at(&path, "must not be set at the root");
    } else if let Some((below, message)) = defaults::problem(node, schema) {
        let path = FieldPath(path.0.iter().chain(&below.0).cloned().collect());
        at.invalid_at(&path, node, &message);
    }
}

/// Checks keywords that constrain values.
fn values(schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    for field in [
        "definitions",
        "dependencies",
        "deprecated",
        "discriminator",
        "id",
        "patternProperties",
        "readOnly",
        "writeOnly",
        "xml",
        "$ref",
    ] {
        if has(schema, field) {
            let message =
                if field == "$ref" { "$ref is not supported".to_owned() } else { format!("{field} is not supported") };
            at.forbidden_at(&path.field(field), &message);
        }
    }
    if is_true(schema, "uniqueItems") {
        at.forbidden_at(
            &path.field("uniqueItems"),
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
        );
    }
    let pattern = text(schema, "pattern");
    if !pattern.is_empty()
        && let Err(reason) = crate::go::regexp::Regexp::parse(pattern)
        && let Some(node) = schema.get("pattern")
    {
        at.invalid_at(
            &path.field("pattern"),
            node,
            &format!("must be a valid regular expression, but isn't: {reason}"),
        );
    }
}

/// Where a schema may declare that a value is an integer or a string: in its `anyOf`, or in the `anyOf` of the first schema in
/// `allOf`.
#[derive(Clone, Copy, Default)]
struct Exceptions {
    any_of: bool,
    first_of_all: bool,
}

impl Exceptions {
    fn new(schema: &Map) -> Self {
        let first = schema.list_at(&["allOf"]).first().and_then(|node| node.value.as_map());
        Exceptions {
            any_of: is_int_or_string(schema.list_at(&["anyOf"])),
            first_of_all: first.is_some_and(|first| is_int_or_string(first.list_at(&["anyOf"]))),
        }
    }
}

/// Checks the schemas below `allOf`, `anyOf`, `oneOf` and `not`, which may only constrain values, and only of fields that the
/// outer schema declares too. The latter is only required at the root.
fn nested(
    (schema, outer): (&Map, &Map),
    is_of_root: bool,
    exceptions: Exceptions,
    path: &FieldPath,
    at: &mut Place<'_, '_, '_>,
) {
    for word in ["allOf", "anyOf", "oneOf"] {
        if word == "anyOf" && exceptions.any_of {
            continue;
        }
        for (index, node) in schema.list_at(&[word]).iter().enumerate() {
            let Some(inner) = node.value.as_map() else { continue };
            let any_of = exceptions.first_of_all && word == "allOf" && index == 0;
            let exceptions = Exceptions { any_of, first_of_all: false };
            let path = path.field(word).with(PathStep::Index(index));
            value_only((inner, Some(outer)), is_of_root, exceptions, &path, at);
        }
    }
    if let Some(inner) = schema.map_at(&["not"]) {
        value_only((inner, Some(outer)), is_of_root, Exceptions::default(), &path.field("not"), at);
    }
}

/// Whether the alternatives are exactly an integer and a string.
fn is_int_or_string(choices: &[Node]) -> bool {
    let kinds = choices.iter().filter_map(|node| node.value.as_map()).filter(|map| map.keys().eq(["type"]));
    choices.len() == 2 && kinds.map(|map| text(map, "type")).eq(["integer", "string"])
}

fn value_only(
    (schema, outer): (&Map, Option<&Map>),
    is_of_root: bool,
    exceptions: Exceptions,
    path: &FieldPath,
    at: &mut Place<'_, '_, '_>,
) {
    if path.0.len() > MAX_DEPTH {
        return;
    }
    for (field, is_set) in [
        ("type", has(schema, "type")),
        ("title", has(schema, "title")),
        ("description", has(schema, "description")),
        ("default", is_set(schema, "default")),
        ("additionalProperties", is_set(schema, "additionalProperties")),
        ("nullable", is_true(schema, "nullable")),
        ("x-kubernetes-preserve-unknown-fields", is_true(schema, "x-kubernetes-preserve-unknown-fields")),
        ("x-kubernetes-embedded-resource", is_true(schema, "x-kubernetes-embedded-resource")),
        ("x-kubernetes-int-or-string", is_true(schema, "x-kubernetes-int-or-string")),
        ("x-kubernetes-list-map-keys", has(schema, "x-kubernetes-list-map-keys")),
        ("x-kubernetes-list-type", has(schema, "x-kubernetes-list-type")),
        ("x-kubernetes-map-type", has(schema, "x-kubernetes-map-type")),
        ("x-kubernetes-validations", has(schema, "x-kubernetes-validations")),
    ] {
        if is_set {
            at.forbidden_at(&path.field(field), "must be empty to be structural");
        }
    }
    values(schema, path, at);
    for (name, node) in schema.map_at(&["properties"]).into_iter().flat_map(Map::iter) {
        let path = path.field("properties").field(name);
        let outer_part = outer.and_then(|outer| outer.map_at(&["properties", name]));
        let Some(inner) = node.value.as_map() else { continue };
        if outer_part.is_none() && is_of_root {
            at.required_at(&path, "because it is defined in a nested schema");
        } else {
            value_only((inner, outer_part), is_of_root, Exceptions::default(), &path, at);
        }
    }
    if let Some(inner) = schema.map_at(&["items"]) {
        let (outer_part, path) = (outer.and_then(|outer| outer.map_at(&["items"])), path.field("items"));
        if outer_part.is_none() && is_of_root {
            at.required_at(&path, "because it is defined in a nested schema");
        } else {
            value_only((inner, outer_part), is_of_root, Exceptions::default(), &path, at);
        }
    }
    nested((schema, outer.unwrap_or(&Map::new())), is_of_root, exceptions, path, at);
}
