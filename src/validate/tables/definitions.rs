//! CustomResourceDefinitions: names, versions, and schemas, which have to be structural.

use std::collections::HashSet;

use super::definition_rules::{expressions, rules};
use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{FieldPath, PathStep, names};
use crate::validate::fields::{has, is_given, is_true, text};
use crate::validate::form::SUBDOMAIN;
use crate::yaml::{Map, Node, Value};

const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
/// How deep a path of a schema can be before it is given up.
const MAX_DEPTH: usize = 200;
const COLUMNS: &[&str] = &["boolean", "date", "integer", "number", "string"];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("apiextensions.v1.CustomResourceDefinition", "", Rule::Whole(name)),
    row("apiextensions.v1.CustomResourceDefinition", "", Rule::Whole(approval)),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "", Rule::Whole(group)),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "", Rule::Whole(versions)),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "scope", Rule::OneOf(&["Cluster", "Namespaced"])),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "preserveUnknownFields", Rule::Whole(preserve)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "plural", Rule::Form(is_label_1035, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "singular", Rule::Form(is_label_1035, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "kind", Rule::Form(is_kind, "may have mixed case, but should otherwise match a DNS-1035 label")),
    row("apiextensions.v1.CustomResourceDefinitionNames", "listKind", Rule::Form(is_kind, "may have mixed case, but should otherwise match a DNS-1035 label")),
    row("apiextensions.v1.CustomResourceDefinitionNames", "shortNames", Rule::Items(is_label_1035, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "categories", Rule::Items(is_label_1035, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "listKind", Rule::Whole(list_kind)),
    row("apiextensions.v1.CustomResourceDefinitionVersion", "name", Rule::Form(is_label_1035, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionVersion", "", Rule::Whole(schema)),
    row("apiextensions.v1.CustomResourceDefinitionVersion", "deprecationWarning", Rule::Whole(deprecation)),
    row("apiextensions.v1.CustomResourceColumnDefinition", "type", Rule::OneOf(COLUMNS)),
    row("apiextensions.v1.CustomResourceColumnDefinition", "format", Rule::OneOf(&["byte", "date", "date-time", "double", "float", "int32", "int64", "password"])),
    row("apiextensions.v1.CustomResourceColumnDefinition", "jsonPath", Rule::Form(|path| path.starts_with('.'), "must be a simple json path starting with .")),
    row("apiextensions.v1.CustomResourceConversion", "", Rule::Whole(conversion)),
    row("apiextensions.v1.CustomResourceConversion", "strategy", Rule::OneOf(&["None", "Webhook"])),
    row("apiextensions.v1.CustomResourceSubresourceScale", "labelSelectorPath", Rule::Form(|path| path.starts_with(".spec.") || path.starts_with(".status."), "should be a json path under either .status or .spec")),
    row("apiextensions.v1.CustomResourceSubresourceScale", "specReplicasPath", Rule::Form(|path| path.starts_with(".spec."), "should be a json path under .spec")),
    row("apiextensions.v1.CustomResourceSubresourceScale", "statusReplicasPath", Rule::Form(|path| path.starts_with(".status."), "should be a json path under .status")),
];

fn is_label_1035(text: &str) -> bool {
    text.len() <= names::MAX_LABEL && names::has_rfc_1035_form(text)
}

fn is_kind(text: &str) -> bool {
    is_label_1035(&text.to_lowercase())
}

fn name(at: &mut Place<'_, '_, '_>) {
    let plural = at.fields.text_at(&["spec", "names", "plural"]).unwrap_or_default();
    let group = at.fields.text_at(&["spec", "group"]).unwrap_or_default();
    let Some(node) = at.fields.at(["metadata", "name"]) else { return };
    if node.value.as_str().is_some_and(|name| !name.is_empty() && name != format!("{plural}.{group}")) {
        at.invalid_at(&FieldPath::of_fields(&["metadata", "name"]), node, "must be spec.names.plural+\".\"+spec.group");
    }
}

/// Groups of Kubernetes' own need somebody's approval.
fn approval(at: &mut Place<'_, '_, '_>) {
    let group = at.fields.text_at(&["spec", "group"]).unwrap_or_default();
    let is_protected =
        ["k8s.io", "kubernetes.io"].iter().any(|own| group == *own || group.ends_with(&format!(".{own}")));
    if !is_protected {
        return;
    }
    let annotation = "api-approved.kubernetes.io";
    let given = at.fields.at(["metadata", "annotations", annotation]).filter(|node| !node.value.is_null());
    let path = FieldPath::of_fields(&["metadata", "annotations", annotation]);
    match given.and_then(|node| node.value.as_str()) {
        None | Some("") => {
            at.required_at(&path, "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
        Some(text) if text.starts_with("unapproved") => {}
        Some(text) => {
            let is_url = text
                .split_once("://")
                .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty() && !rest.starts_with('/'));
            if let Some(node) = given.filter(|_| !is_url) {
                at.invalid_at(&path, node, "protected groups must have approval annotation \"api-approved.kubernetes.io\" with either a URL or a reason starting with \"unapproved\"");
            }
        }
    }
}

fn group(at: &mut Place<'_, '_, '_>) {
    let group = at.text("group");
    if group.is_empty() {
    } else if !names::is_dns_subdomain(group) {
        at.invalid("group", SUBDOMAIN);
    } else if !group.contains('.') {
        at.invalid("group", "should be a domain with at least one dot");
    }
}

fn preserve(at: &mut Place<'_, '_, '_>) {
    if at.is_true("preserveUnknownFields") {
        at.invalid(
            "preserveUnknownFields",
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
        );
    }
}

fn versions(at: &mut Place<'_, '_, '_>) {
    let items = at.items("versions");
    let storage = items.iter().filter(|(_, version)| is_true(version, "storage")).count();
    if storage != 1 && at.is_given("versions") {
        at.invalid_missing(&at.path.field("versions"), "must have exactly one version marked as storage version");
    }
    let mut known = HashSet::new();
    for (path, version) in &items {
        if !known.insert(text(version, "name")) {
            at.invalid_missing(&at.path.field("versions"), "must contain unique version names");
        }
        if version.at(["schema", "openAPIV3Schema"]).is_none_or(|node| node.value.is_null()) {
            at.required_at(&path.field("schema").field("openAPIV3Schema"), "");
        }
    }
}

fn deprecation(at: &mut Place<'_, '_, '_>) {
    if at.is_given("deprecationWarning") && !at.is_true("deprecated") {
        at.invalid("deprecationWarning", "can only be set for deprecated versions");
    }
    if at.is_given("deprecationWarning") && !at.has("deprecationWarning") {
        at.invalid("deprecationWarning", "must not be an empty string");
    }
}

fn list_kind(at: &mut Place<'_, '_, '_>) {
    if at.has("kind") && at.text("kind") == at.text("listKind") {
        at.invalid("listKind", "kind and listKind may not be the same");
    }
}

fn conversion(at: &mut Place<'_, '_, '_>) {
    let webhook = at.map("webhook");
    let path = at.path.field("webhook");
    if at.text("strategy") != "Webhook" {
        if at.is_given("webhook") {
            at.forbidden("webhook", "should not be set when strategy is not set to Webhook");
        }
        return;
    }
    let Some(webhook) = webhook else {
        at.required_at(&at.path.field("webhookClientConfig"), "required when strategy is set to Webhook");
        return;
    };
    let config = webhook.map_at(&["clientConfig"]);
    match config {
        None => at.required_at(&path.field("clientConfig"), "required when strategy is set to Webhook"),
        Some(config) if is_given(config, "url") == is_given(config, "service") => {
            at.required_at(&path.field("clientConfig"), "exactly one of url or service is required");
        }
        Some(_) => {}
    }
    let versions: Vec<&str> =
        webhook.list_at(&["conversionReviewVersions"]).iter().filter_map(|node| node.value.as_str()).collect();
    if versions.is_empty() {
        at.required_at(&path.field("conversionReviewVersions"), "");
    } else if !versions.iter().any(|version| ["v1", "v1beta1"].contains(version)) {
        at.invalid_missing(&path.field("conversionReviewVersions"), "must include at least one of v1, v1beta1");
    }
}

/// Where a schema is: what it has to say of itself.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

fn schema(at: &mut Place<'_, '_, '_>) {
    let Some(node) = at.fields.at(["schema", "openAPIV3Schema"]) else { return };
    let Some(schema) = node.value.as_map() else { return };
    let path = at.path.field("schema").field("openAPIV3Schema");
    let before = at.report.findings.len();
    structural(schema, Level::Root, &path, at);
    let invalid: Vec<String> = at.report.findings[before..].iter().map(|finding| finding.path.clone()).collect();
    expressions(schema, &path, &invalid, at);
}

/// Checks a schema that has a type and fields.
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
    let additional = schema.get("additionalProperties").filter(|node| !node.value.is_null());
    if additional.is_some() && level == Level::Root {
        at.forbidden_at(&path.field("additionalProperties"), "must not be used at the root");
    }
    if additional.is_some() && embedded {
        at.forbidden_at(
            &path.field("additionalProperties"),
            "must not be used if x-kubernetes-embedded-resource is set",
        );
    }
    if additional.is_some_and(|node| node.value == Value::Bool(false)) {
        at.forbidden_at(&path.field("additionalProperties"), "additionalProperties cannot be set to false");
    }
    if additional.is_some() && has(schema, "properties") {
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
    if is_either && !kind.is_empty() {
        at.forbidden_at(&path.field("type"), "must be empty if x-kubernetes-int-or-string is true");
    }
    if keeps && !kind.is_empty() && kind != "object" {
        at.invalid_missing(&path.field("type"), "must be object if x-kubernetes-preserve-unknown-fields is true");
    }
    if kind == "array" && !is_given(schema, "items") {
        at.required_at(&path.field("items"), "must be specified");
    }
    lists(schema, kind, path, at);
    default(schema, level, path, at);
    values(schema, path, at);
    rules(schema, path, at);
    if let Some(items) = schema.map_at(&["items"]) {
        structural(items, Level::Item, &path.field("items"), at);
    } else if schema.get("items").is_some_and(|node| node.value.as_list().is_some()) {
        at.forbidden_at(&path.field("items"), "items must be a schema object and not an array");
    }
    if let Some(inner) = additional.and_then(|node| node.value.as_map()) {
        structural(inner, Level::Field, &path.field("additionalProperties"), at);
    }
    for (name, node) in schema.map_at(&["properties"]).into_iter().flat_map(Map::iter) {
        let path = path.field("properties").field(name);
        // Those of metadata are known: a schema may only narrow the name.
        let is_metadata = name == "metadata" && (level == Level::Root || embedded);
        match &node.value {
            Value::Map(map) if !is_metadata => structural(map, Level::Field, &path, at),
            Value::Map(map) if text(map, "type") != "object" => {
                at.invalid_missing(&path.field("type"), "must be object");
            }
            Value::Map(map) if level == Level::Root => metadata(map, &path, at),
            // Null is a schema that says nothing.
            Value::Null => structural(&Map::new(), Level::Field, &path, at),
            _ => {}
        }
    }
    nested(schema, schema, path, at);
}

fn metadata(schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
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

/// What tells the items of a list from each other.
fn lists(schema: &Map, kind: &str, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let sort = text(schema, "x-kubernetes-list-type");
    let keys = schema.list_at(&["x-kubernetes-list-map-keys"]);
    if !sort.is_empty() {
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
    if !text(schema, "x-kubernetes-map-type").is_empty() {
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
                let has_default = property.get("default").is_some();
                if !has_default && !required.contains(&key) {
                    let path = path.field("items").field("properties").field(key).field("default");
                    at.required_at(&path, "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
                }
            }
        }
    }
}

/// Whether a default is of its schema's type, and has only fields that the schema knows.
fn default(schema: &Map, level: Level, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let Some(node) = schema.get("default").filter(|node| !node.value.is_null()) else { return };
    let path = path.field("default");
    if level == Level::Root {
        at.forbidden_at(&path, "must not be set at the root");
        return;
    }
    fits(node, schema, &path, at);
}

fn fits(node: &Node, schema: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    if path.0.len() > MAX_DEPTH {
        return;
    }
    let kind = text(schema, "type");
    let is_either = is_true(schema, "x-kubernetes-int-or-string");
    let is_whole = node.value.as_number().is_some_and(|number| number.fract() == 0.0);
    let is_of_type = match &node.value {
        Value::Null => is_true(schema, "nullable"),
        Value::Bool(_) => kind == "boolean" || kind.is_empty() && !is_either,
        Value::Int(_) | Value::Float(_) => {
            kind == "number" || (kind == "integer" || is_either) && is_whole || kind.is_empty() && !is_either
        }
        Value::String(_) => kind == "string" || is_either || kind.is_empty(),
        Value::List(_) => kind == "array" || kind.is_empty() && !is_either,
        Value::Map(_) => kind == "object" || kind.is_empty() && !is_either,
    };
    if !is_of_type {
        at.invalid_at(path, node, &format!("must be of type {kind}"));
        return;
    }
    if !node.value.is_null()
        && let Some(choices) = schema.get("enum").and_then(|node| node.value.as_list())
        && !choices.iter().any(|choice| choice.value == node.value)
    {
        at.invalid_at(path, node, "is not one of the values of enum");
    }
    let limit = |field: &str| schema.get(field).and_then(|node| node.value.as_number());
    if let Some(number) = node.value.as_number()
        && (limit("minimum").is_some_and(|least| number < least) || limit("maximum").is_some_and(|most| number > most))
    {
        at.invalid_at(path, node, "is out of the range of minimum and maximum");
    }
    match &node.value {
        Value::Map(map) => {
            let properties = schema.map_at(&["properties"]);
            let additional = schema.get("additionalProperties");
            for (name, inner) in map.iter() {
                let path = path.field(name);
                let of = properties.and_then(|properties| properties.get(name)).or(additional).map(|node| &node.value);
                match of {
                    Some(Value::Map(of)) => fits(inner, of, &path, at),
                    Some(_) => {}
                    None if is_true(schema, "x-kubernetes-preserve-unknown-fields") => {}
                    None => at.invalid_at(&path, inner, "must not have unknown fields"),
                }
            }
            for required in schema.list_at(&["required"]).iter().filter_map(|node| node.value.as_str()) {
                let has_default = properties.is_some_and(|properties| properties.at([required, "default"]).is_some());
                if map.get(required).is_none() && !has_default {
                    at.required_at(&path.field(required), "");
                }
            }
        }
        Value::List(items) => {
            let Some(of) = schema.map_at(&["items"]) else { return };
            for (index, item) in items.iter().enumerate() {
                fits(item, of, &path.with(PathStep::Index(index)), at);
            }
        }
        _ => {}
    }
}

/// What a schema says of values.
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

/// Schemas below `allOf`, `anyOf`, `oneOf` and `not` say something of values only, and of fields that the outer schema has too.
fn nested(schema: &Map, outer: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    let is_either = is_true(outer, "x-kubernetes-int-or-string");
    for word in ["allOf", "anyOf", "oneOf"] {
        for (index, node) in schema.list_at(&[word]).iter().enumerate() {
            let Some(inner) = node.value.as_map() else { continue };
            // What says that a value is a number or a text is an exception.
            let is_pattern = is_either
                && (word == "anyOf" && is_int_or_string(schema.list_at(&[word]))
                    || word == "allOf" && index == 0 && is_int_or_string(inner.list_at(&["anyOf"])));
            if !is_pattern {
                value_only(inner, outer, &path.field(word).with(PathStep::Index(index)), at);
            }
        }
    }
    if let Some(inner) = schema.map_at(&["not"]) {
        value_only(inner, outer, &path.field("not"), at);
    }
}

fn is_int_or_string(choices: &[Node]) -> bool {
    let kinds: Vec<&str> = choices.iter().filter_map(|node| node.value.as_map()).map(|map| text(map, "type")).collect();
    kinds == ["integer", "string"]
}

fn value_only(schema: &Map, outer: &Map, path: &FieldPath, at: &mut Place<'_, '_, '_>) {
    if path.0.len() > MAX_DEPTH {
        return;
    }
    for (field, is_set) in [
        ("type", has(schema, "type")),
        ("title", has(schema, "title")),
        ("description", has(schema, "description")),
        ("default", is_given(schema, "default")),
        ("additionalProperties", is_given(schema, "additionalProperties")),
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
        let of = outer.map_at(&["properties", name]);
        match (node.value.as_map(), of) {
            (Some(inner), Some(of)) => value_only(inner, of, &path, at),
            (Some(_), None) => at.required_at(&path, "because it is defined in a nested schema"),
            _ => {}
        }
    }
    if let (Some(inner), Some(of)) = (schema.map_at(&["items"]), outer.map_at(&["items"])) {
        value_only(inner, of, &path.field("items"), at);
    }
    nested(schema, outer, path, at);
}
