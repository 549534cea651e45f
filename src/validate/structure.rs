//! Checks fields, types, required fields and allowed values.

use super::report::Report;
use super::{form, tables};
use crate::diagnostic::Span;
use crate::kubernetes::is_quantity;
use crate::kubernetes::{Field, ObjectType, Schema, Type};
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Node, Value};

/// Checks an object by its type. `status` is ignored, as the API server does when an object is created.
pub(super) fn check(fields: &Map, type_: &ObjectType, place: &Span, report: &mut Report<'_>) {
    object(fields, type_, &mut FieldPath::default(), place, report);
}

/// Checks the fields of an object at a path.
pub(super) fn object(fields: &Map, type_: &ObjectType, path: &mut FieldPath, place: &Span, report: &mut Report<'_>) {
    for (name, entry) in fields.entries() {
        let Some(field) = type_.field(name) else {
            unknown(name, type_, path, &entry.key, report);
            continue;
        };
        if path.0.is_empty() && name == "status" {
            continue;
        }
        path.0.push(PathStep::Field(name.to_owned()));
        value(&entry.node, &field.type_, Some(field), path, &entry.key, report);
        path.0.pop();
    }
    tables::check(type_.name, fields, path, place, report);
    for field in &type_.fields {
        let value_node = fields.get(field.name).filter(|node| !node.value.is_null());
        // A missing spec of an object or pod template is treated as an empty one.
        if let (None, "spec", Type::Object(name)) = (value_node, field.name, &field.type_)
            && !field.required
            && let Some(type_) = Schema::built_in().object_type(name)
        {
            object(&Map::new(), type_, &mut path.field(field.name), place, report);
        }
        if field.required && lacks(type_, field, value_node) {
            report.error("required", &path.field(field.name), "Required value".to_owned(), place);
        }
    }
}

/// Types and fields for which the tables report an empty string themselves.
#[rustfmt::skip]
const CHECKED_ELSEWHERE: &[(&str, &str)] = &[
    ("HTTPIngressPath", "pathType"),
    ("RoleRef", "kind"),
    ("Subject", "kind"),
];

/// Types and fields that may be missing, although the schema requires them.
#[rustfmt::skip]
const MAY_BE_MISSING: &[(&str, &str)] = &[
    ("ResourceClaimTemplate", "spec"),
    ("ResourceClaimTemplateSpec", "spec"),
    ("DeviceClass", "spec"),
    ("CSIDriver", "spec"),
    ("TokenRequest", "audience"),
    ("HTTPHeader", "value"),
    ("PodFailurePolicy", "rules"),
    ("SleepAction", "seconds"),
    ("Sysctl", "value"),
    ("ResourcePool", "generation"),
    ("ResourceClaim", "spec"),
    ("DeviceCapacity", "value"),
    ("CSINode", "spec"),
    ("CSINodeSpec", "drivers"),
    ("ClusterTrustBundleProjection", "path"),
    ("ImageVolumeSource", "reference"),
    ("ControllerRevision", "revision"),
    ("ISCSIVolumeSource", "lun"),
    ("PreferredSchedulingTerm", "preference"),
    ("LimitRangeSpec", "limits"),
];

/// Whether a required field is missing for the server.
fn lacks(type_: &ObjectType, field: &Field, value_node: Option<&Node>) -> bool {
    let is_in = |table: &[(&str, &str)]| {
        let name = type_.name.rsplit('.').next().unwrap_or_default();
        table.contains(&(name, field.name))
    };
    match value_node {
        _ if field.type_ == Type::Boolean || is_in(MAY_BE_MISSING) => false,
        None => true,
        // The server adds the API group of a role.
        Some(node) => {
            let is_empty = field.type_ == Type::String && field.name != "apiGroup" && node.value.as_str() == Some("");
            is_empty && !is_in(CHECKED_ELSEWHERE)
        }
    }
}

fn unknown(name: &str, type_: &ObjectType, path: &FieldPath, place: &Span, report: &mut Report<'_>) {
    let whole = if path.0.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let message = format!("unknown field {whole:?}");
    let near = crate::diagnostic::nearest(name, type_.fields.iter().map(|field| field.name));
    let finding = report.error("unknown-field", &FieldPath::default(), message, place);
    finding.path = whole;
    if let Some(near) = near {
        finding.help(format!("did you mean {near}?"));
    }
}

fn value(node: &Node, type_: &Type, field: Option<&Field>, path: &mut FieldPath, key: &Span, report: &mut Report<'_>) {
    // The place is only computed for reports. Otherwise, a long line would be read again for each value in it.
    let place = || {
        let is_line = node.span.source().is_some() && node.span.text().lines().nth(1).is_none();
        if is_line { &node.span } else { key }
    };
    let mut wrong = |wanted: &str| {
        let got = type_of(&node.value);
        report.error("type", path, format!("expected {wanted}, got {got}"), place());
    };
    match (type_, &node.value) {
        (_, Value::Null) | (Type::Any, _) => {}
        (Type::Object(name), Value::Map(map)) => {
            if let Some(type_) = Schema::built_in().object_type(name) {
                object(map, type_, path, key, report);
            }
        }
        (Type::Map(type_), Value::Map(map)) => {
            for (name, entry) in map.entries() {
                path.0.push(PathStep::Field(name.to_owned()));
                // A null in a map of objects is an empty object, as in a list.
                match (&entry.node.value, &**type_) {
                    (Value::Null, Type::Object(name)) => {
                        if let Some(type_) = Schema::built_in().object_type(name) {
                            object(&Map::new(), type_, path, &entry.key, report);
                        }
                    }
                    _ => value(&entry.node, type_, None, path, &entry.key, report),
                }
                path.0.pop();
            }
        }
        (Type::List(type_), Value::List(items)) => list(items, type_, field, path, key, report),
        (Type::String, Value::String(text)) => {
            if let Some(field) = field.filter(|field| !field.choices.is_empty() && !text.is_empty()) {
                choice(text, field, path, place(), report);
            }
        }
        (Type::Boolean, Value::Bool(_)) => {}
        (Type::Int32 | Type::Int64, Value::Int(_) | Value::Float(_)) => {
            if !form::is_whole(&node.value, *type_ == Type::Int32) {
                wrong(if *type_ == Type::Int32 { "a whole number of 32 bits" } else { "a whole number" });
            }
        }
        (Type::Number, Value::Int(_) | Value::Float(_)) => {}
        (Type::IntOrString, Value::String(_)) => {}
        (Type::IntOrString, Value::Int(_) | Value::Float(_)) if form::is_whole(&node.value, true) => {}
        (Type::Quantity, Value::Int(_) | Value::Float(_)) => {}
        (Type::Quantity, Value::String(text)) => {
            if !is_quantity(text) {
                let message = format!("invalid quantity {text:?}");
                report.error("quantity", path, message, place()).help("use a quantity such as 500m, 0.5, 128Mi or 1Gi");
            }
        }
        (Type::Bytes, Value::String(text)) => {
            if form::decode_base64(text).is_none() {
                let finding = report.error("base64", path, "expected base64".to_owned(), place());
                finding.help("put text that is not encoded under stringData");
            }
        }
        (Type::Time, Value::String(text)) => {
            if !form::is_time(text) {
                report.error("time", path, format!("invalid time {text:?}: expected RFC 3339"), place());
            }
        }
        (Type::Object(_) | Type::Map(_), _) => wrong("a map"),
        (Type::List(_), _) => wrong("a list"),
        (Type::Boolean, _) => wrong("true or false"),
        (Type::Int32 | Type::Int64, _) => wrong("a whole number"),
        (Type::Number, _) => wrong("a number"),
        (Type::IntOrString, _) => wrong("a whole number or a string"),
        (Type::Quantity, _) => wrong("a quantity, such as 500m or 1Gi"),
        (Type::String | Type::Bytes | Type::Time, _) => {
            wrong("a string");
            if let Some(finding) = report.findings.last_mut().filter(|_| is_scalar(&node.value)) {
                finding.help(format!("quote it: \"{}\"", place().text()));
            }
        }
    }
}

fn choice(text: &str, field: &Field, path: &FieldPath, place: &Span, report: &mut Report<'_>) {
    if field.choices.contains(&text) {
        return;
    }
    let all = field.choices.join(", ");
    let message = format!("Unsupported value: {text:?}: supported values: {all}");
    let near = crate::diagnostic::nearest(text, field.choices.iter().copied());
    let finding = report.error("choice", path, message, place);
    if let Some(near) = near {
        finding.help(format!("did you mean {near}?"));
    }
}

fn list(
    items: &[Node],
    type_: &Type,
    field: Option<&Field>,
    path: &mut FieldPath,
    key: &Span,
    report: &mut Report<'_>,
) {
    for (at, item) in items.iter().enumerate() {
        // A null in a list of objects is an empty object.
        if let (Value::Null, Type::Object(name)) = (&item.value, type_)
            && let Some(type_) = Schema::built_in().object_type(name)
        {
            object(&Map::new(), type_, &mut path.with(PathStep::Index(at)), key, report);
            continue;
        }
        // Findings about an item as a whole are at its first key.
        let first = item.value.as_map().and_then(|map| map.entries().next()).map(|(_, entry)| &entry.key);
        path.0.push(PathStep::Index(at));
        value(item, type_, None, path, first.unwrap_or(key), report);
        path.0.pop();
    }
    let keys = field.map(|field| field.keys.as_slice()).unwrap_or_default();
    // Duplicates are only rejected if the key is `name`. The API server accepts duplicates of other keys.
    if *keys != ["name"] {
        return;
    }
    let mut known: Vec<&str> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Some(name) = item.value.as_map().and_then(|map| map.get("name")) else { continue };
        let Some(text) = name.value.as_str() else { continue };
        let is_variable =
            matches!(path.name(path.0.len() - 1), Some("env" | "variables" | "secrets" | "imagePullSecrets"));
        if known.contains(&text) && !is_variable {
            let path = path.with(PathStep::Index(at)).field("name");
            report.error("duplicate", &path, format!("Duplicate value: {text:?}"), &name.span);
        }
        known.push(text);
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Map(_) | Value::List(_))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::String(_) => "a string",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}
