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
    object(fields, type_, &FieldPath::default(), place, report);
}

/// Checks the fields of an object at a path.
pub(super) fn object(fields: &Map, type_: &ObjectType, path: &FieldPath, place: &Span, report: &mut Report<'_>) {
    Checker { path: path.clone(), report }.object(fields, type_, place);
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

/// Checks values against types, and reports what does not fit.
struct Checker<'c, 'r> {
    /// The path of the current value.
    path: FieldPath,
    report: &'c mut Report<'r>,
}

impl Checker<'_, '_> {
    /// Checks the fields of an object.
    fn object(&mut self, fields: &Map, type_: &ObjectType, place: &Span) {
        for (name, entry) in fields.entries() {
            let Some(field) = type_.field(name) else {
                self.unknown(name, type_, &entry.key);
                continue;
            };
            if self.path.0.is_empty() && name == "status" {
                continue;
            }
            self.path.0.push(PathStep::Field(name.to_owned()));
            self.value(&entry.node, &field.type_, Some(field), &entry.key);
            self.path.0.pop();
        }
        tables::check(type_.name, fields, &self.path, place, self.report);
        for field in &type_.fields {
            let value_node = fields.get(field.name).filter(|node| !node.value.is_null());
            // A missing spec of an object or pod template is treated as an empty one.
            if let (None, "spec", Type::Object(name)) = (value_node, field.name, &field.type_)
                && !field.required
                && let Some(type_) = Schema::built_in().object_type(name)
            {
                self.empty_object(PathStep::Field(field.name.to_owned()), type_, place);
            }
            if field.required && lacks(type_, field, value_node) {
                self.report.error("required", &self.path.field(field.name), "Required value".to_owned(), place);
            }
        }
    }

    /// Checks an object without fields at a step below the path.
    fn empty_object(&mut self, step: PathStep, type_: &ObjectType, place: &Span) {
        self.path.0.push(step);
        self.object(&Map::new(), type_, place);
        self.path.0.pop();
    }

    fn unknown(&mut self, name: &str, type_: &ObjectType, place: &Span) {
        let whole = if self.path.0.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        let message = format!("unknown field {whole:?}");
        let near = crate::diagnostic::nearest(name, type_.fields.iter().map(|field| field.name));
        let finding = self.report.error("unknown-field", &FieldPath::default(), message, place);
        finding.path = whole;
        if let Some(near) = near {
            finding.help(format!("did you mean {near}?"));
        }
    }

    /// Checks a value. `field` is its field, unless it is an item or an entry; `key` is the place of its key.
    fn value(&mut self, node: &Node, type_: &Type, field: Option<&Field>, key: &Span) {
        // The place is only computed for reports. Otherwise, a long line would be read again for each value in it.
        let place = || {
            let is_line = node.span.source().is_some() && node.span.text().lines().nth(1).is_none();
            if is_line { &node.span } else { key }
        };
        let mut wrong = |wanted: &str| {
            let got = type_of(&node.value);
            self.report.error("type", &self.path, format!("expected {wanted}, got {got}"), place());
        };
        match (type_, &node.value) {
            (_, Value::Null) | (Type::Any, _) => {}
            (Type::Object(name), Value::Map(map)) => {
                if let Some(type_) = Schema::built_in().object_type(name) {
                    self.object(map, type_, key);
                }
            }
            (Type::Map(type_), Value::Map(map)) => {
                for (name, entry) in map.entries() {
                    let step = PathStep::Field(name.to_owned());
                    self.item(step, &entry.node, type_, &entry.key);
                }
            }
            (Type::List(type_), Value::List(items)) => self.list(items, type_, field, key),
            (Type::String, Value::String(text)) => {
                if let Some(field) = field.filter(|field| !field.choices.is_empty() && !text.is_empty()) {
                    self.choice(text, field, place());
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
                    self.report
                        .error("quantity", &self.path, message, place())
                        .help("use a quantity such as 500m, 0.5, 128Mi or 1Gi");
                }
            }
            (Type::Bytes, Value::String(text)) => {
                if form::decode_base64(text).is_none() {
                    let finding = self.report.error("base64", &self.path, "expected base64".to_owned(), place());
                    finding.help("put text that is not encoded under stringData");
                }
            }
            (Type::Time, Value::String(text)) => {
                if !form::is_time(text) {
                    self.report.error("time", &self.path, format!("invalid time {text:?}: expected RFC 3339"), place());
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
                if let Some(finding) = self.report.findings.last_mut().filter(|_| node.value.is_scalar()) {
                    finding.help(format!("quote it: \"{}\"", place().text()));
                }
            }
        }
    }

    /// Checks an item of a list or an entry of a map. Among objects, null is an empty object.
    fn item(&mut self, step: PathStep, node: &Node, type_: &Type, key: &Span) {
        if let (Value::Null, Type::Object(name)) = (&node.value, type_)
            && let Some(type_) = Schema::built_in().object_type(name)
        {
            return self.empty_object(step, type_, key);
        }
        self.path.0.push(step);
        self.value(node, type_, None, key);
        self.path.0.pop();
    }

    fn choice(&mut self, text: &str, field: &Field, place: &Span) {
        if field.choices.contains(&text) {
            return;
        }
        let all = field.choices.join(", ");
        let message = format!("Unsupported value: {text:?}: supported values: {all}");
        let near = crate::diagnostic::nearest(text, field.choices.iter().copied());
        let finding = self.report.error("choice", &self.path, message, place);
        if let Some(near) = near {
            finding.help(format!("did you mean {near}?"));
        }
    }

    fn list(&mut self, items: &[Node], type_: &Type, field: Option<&Field>, key: &Span) {
        for (at, item) in items.iter().enumerate() {
            // Findings about an item as a whole are at its first key.
            let first = item.value.as_map().and_then(|map| map.entries().next()).map(|(_, entry)| &entry.key);
            self.item(PathStep::Index(at), item, type_, first.unwrap_or(key));
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
            let is_variable = matches!(
                self.path.name(self.path.0.len() - 1),
                Some("env" | "variables" | "secrets" | "imagePullSecrets")
            );
            if known.contains(&text) && !is_variable {
                let path = self.path.with(PathStep::Index(at)).field("name");
                self.report.error("duplicate", &path, format!("Duplicate value: {text:?}"), &name.span);
            }
            known.push(text);
        }
    }
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
