//! Compiles the schemas of custom kinds to validate objects.
//!
//! A definition's `openAPIV3Schema` is a structural schema (see "Specify a structural schema" in Kubernetes' documentation). Its
//! constraints are those of JSON Schema draft 4, except for a few additional keywords, which are translated. Unknown fields are
//! rejected, as by the API server with `fieldValidation=Strict`.

use super::rules::Rules;
use super::{defaulting, form};
use crate::cel::whole;
use crate::diagnostic::Span;
use crate::json;
use crate::json_schema::{Offline, Schema};
use crate::kubernetes::{has_format, is_known_format};
use crate::yaml::{Map, Node, Value};

/// A schema that is ready to validate objects.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) schema: Schema,
    pub(super) has_defaults: bool,
    pub(super) rules: Option<Rules>,
}

impl Compiled {
    pub(super) fn compile(structural: &Node) -> Option<Compiled> {
        Self::with(structural, Purpose::Objects)
    }

    /// Compiles a schema to validate the defaults in it, for which `x-kubernetes-int-or-string` has no effect.
    pub(super) fn of_defaults(structural: &Node) -> Option<Compiled> {
        Self::with(structural, Purpose::Defaults)
    }

    fn with(structural: &Node, purpose: Purpose) -> Option<Compiled> {
        let mut document = structural.clone();
        translate(&mut document, purpose, false);
        let draft = Node::generated(Value::String("http://json-schema.org/draft-04/schema#".to_owned()));
        document.value.as_map_mut()?.insert("$schema", Span::generated(), draft);
        // An invalid schema is reported where the definition itself is checked.
        let schema = Schema::from_document(document, &Offline).ok()?.with_formats(has_text_format);
        Some(Compiled { schema, has_defaults: defaulting::has_default(structural), rules: Rules::collect(structural) })
    }
}

/// What is validated against a schema.
#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Objects,
    Defaults,
}

/// Translates a structural schema to JSON Schema. `is_of_values` is set below `allOf` and similar keywords, where a schema only
/// constrains values.
fn translate(node: &mut Node, purpose: Purpose, is_of_values: bool) {
    let Some(map) = node.value.as_map_mut() else { return };
    let generated = |text: &str| Node::generated(Value::String(text.to_owned()));
    if purpose == Purpose::Objects && map.is_true_at(&["x-kubernetes-int-or-string"]) {
        let types = Value::List(vec![generated("integer"), generated("string")]);
        map.insert("type", Span::generated(), Node::generated(types));
    }
    if !map.is_true_at(&["x-kubernetes-int-or-string"]) && map.text_at(&["format"]).is_some_and(is_known_format) {
        any_text_or_list(map);
    }
    if map.is_true_at(&["nullable"])
        && let Some(declared) = map.get_mut("type")
    {
        let mut types = match std::mem::take(&mut declared.value) {
            Value::List(types) => types,
            one => vec![Node::generated(one)],
        };
        types.push(generated("null"));
        declared.value = Value::List(types);
    }
    // Keywords without constraints would be read again for each value.
    map.retain(|name, _| {
        !matches!(name, "default" | "description" | "example" | "title") && !name.starts_with("x-kubernetes-")
    });
    // Formats are checked together with the fields.
    if !is_of_values {
        map.remove("format");
    }
    for key in ["properties", "patternProperties"] {
        if let Some(inner) = map.get_mut(key).and_then(|node| node.value.as_map_mut()) {
            inner.iter_mut().for_each(|(_, node)| translate(node, purpose, is_of_values));
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = map.get_mut(key) {
            translate(inner, purpose, is_of_values);
        }
    }
    if let Some(inner) = map.get_mut("not") {
        translate(inner, purpose, true);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::List(items)) = map.get_mut(key).map(|node| &mut node.value) {
            items.iter_mut().for_each(|item| translate(item, purpose, true));
        }
    }
}

/// Adjusts the type of a schema with a text format: the server then does not distinguish strings from lists (k8s.io/kube-openapi,
/// `pkg/validation/validate/type.go`).
fn any_text_or_list(map: &mut Map) {
    let declared = map.text_at(&["type"]).unwrap_or_default().to_owned();
    if ["integer", "number"].contains(&declared.as_str()) {
        return;
    }
    let mut types = vec!["string", "array"];
    if !declared.is_empty() && !types.contains(&declared.as_str()) {
        types.push(&declared);
    }
    let types = types.into_iter().map(|name| Node::generated(Value::String(name.to_owned()))).collect();
    map.insert("type", Span::generated(), Node::generated(Value::List(types)));
}

/// Whether a string has a format, including bytes in base64.
fn has_text_format(format: &str, text: &str) -> bool {
    if format == "byte" { !text.is_empty() && form::decode_base64(text).is_some() } else { has_format(format, text) }
}

/// Returns why a value does not have the format in its schema: integers of 32 or 64 bits, base64, and formats of strings.
pub(super) fn wrong_format(node: &Node, schema: &Map) -> Option<String> {
    let format = schema.get("format").and_then(|node| node.value.as_str()).unwrap_or_default();
    Some(match (format, &node.value) {
        ("int32" | "int64", value @ (Value::Int(_) | Value::Float(_)))
            if !is_integer(node, value, format == "int32") =>
        {
            format!("expected a whole number of {} bits", &format[3..])
        }
        ("byte", Value::String(text)) if text.is_empty() || form::decode_base64(text).is_none() => {
            "expected base64".to_owned()
        }
        (format, Value::String(text)) if !has_format(format, text) => {
            format!("must be of type {format}: {}", json::write(&node.value))
        }
        _ => return None,
    })
}

fn is_integer(node: &Node, value: &Value, is_32: bool) -> bool {
    if is_32 { form::is_whole(value, true) } else { whole(node).is_some() }
}
