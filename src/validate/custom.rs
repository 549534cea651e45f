//! Kinds that CustomResourceDefinitions define, and checks of their objects.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use super::expressions::Evaluation;
use super::report::Report;
use super::rules::steps;
use super::schemas::{Compiled, wrong_format};
use super::{defaulting, metadata, structure};
use crate::cel::Limits;
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::json;
use crate::json_schema::{Budget, Violation};
use crate::kubernetes::Schema as Record;
use crate::kubernetes::names;
use crate::kubernetes::{FieldPath, Object, PathStep};
use crate::yaml::{Map, Node, Value};

/// A kind that a CustomResourceDefinition defines.
#[derive(Debug)]
pub struct CustomKind {
    group: String,
    kind: String,
    is_namespaced: bool,
    versions: Vec<Version>,
}

#[derive(Debug)]
struct Version {
    name: String,
    is_served: bool,
    /// Whether there is a status subresource, so that `status` is ignored on creation.
    has_status: bool,
    /// The path of the replica count of the scale subresource.
    replicas: Vec<String>,
    /// The version's `openAPIV3Schema`.
    structural: Option<Node>,
    /// The compiled schema, built when it is first needed; `None` if the schema is invalid.
    schema: OnceLock<Option<Compiled>>,
}

/// Returns the kinds that CustomResourceDefinitions among the objects define.
pub fn custom_kinds(objects: &[Object]) -> Vec<CustomKind> {
    objects.iter().filter(|object| object.id.kind == "CustomResourceDefinition").filter_map(CustomKind::read).collect()
}

impl CustomKind {
    fn read(definition: &Object) -> Option<CustomKind> {
        let fields = definition.fields();
        let text = |path: &[&str]| Some(fields.at(path.iter().copied())?.value.as_str()?.to_owned());
        let versions = fields.at(["spec", "versions"]).and_then(|node| node.value.as_list()).unwrap_or_default();
        Some(CustomKind {
            group: text(&["spec", "group"])?,
            kind: text(&["spec", "names", "kind"])?,
            is_namespaced: text(&["spec", "scope"]).as_deref() != Some("Cluster"),
            versions: versions.iter().filter_map(|node| Version::read(node.value.as_map()?)).collect(),
        })
    }

    /// Whether it has this group and kind.
    pub(super) fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }
}

impl Version {
    fn read(version: &Map) -> Option<Version> {
        let name = version.get("name")?.value.as_str()?.to_owned();
        let is_served = version.get("served").is_none_or(|node| node.value != Value::Bool(false));
        let structural = version.at(["schema", "openAPIV3Schema"]).cloned();
        let has_status = version.map_at(&["subresources", "status"]).is_some();
        let replicas =
            version.text_at(&["subresources", "scale", "specReplicasPath"]).and_then(steps).unwrap_or_default();
        Some(Version { name, is_served, has_status, replicas, structural, schema: OnceLock::new() })
    }
}

/// Checks an object of a custom kind.
pub(super) fn check(
    object: &Object,
    fields: Cow<'_, Map>,
    kind: &CustomKind,
    place: &Span,
    (budget, limits): (&Budget, &Limits),
    report: &mut Report<'_>,
) {
    metadata::check(object, &fields, Some(kind.is_namespaced), report);
    let version = object.id.api_version.rsplit('/').next().unwrap_or_default();
    let served: Vec<&str> =
        kind.versions.iter().filter(|version| version.is_served).map(|version| version.name.as_str()).collect();
    let Some(version) = kind.versions.iter().find(|known| known.name == version && known.is_served) else {
        // A definition may have no versions.
        if !kind.versions.is_empty() {
            let message = format!("{} is not served in version {version:?}", kind.kind);
            let finding = report.error("unknown-version", &FieldPath::default(), message, place);
            finding.help(format!("its definition serves {}", served.join(", ")));
        }
        return;
    };
    let Some(structural) = &version.structural else { return };
    unknown_fields(&fields, structural, &mut FieldPath::default(), true, report);
    let Some(compiled) = version.compiled() else { return };
    let node = version.stored(compiled, structural, fields, place);
    let before = report.findings.len();
    match compiled.schema.validate(&node, budget) {
        Ok(violations) => violations.iter().for_each(|violation| report_violation(violation, &node, report)),
        Err(given_up) => {
            let place = given_up.labels.first().map_or(place, |label| &label.span);
            let finding = report.error("custom-schema", &FieldPath::default(), given_up.message, place);
            finding.diagnostic.help.extend(given_up.help);
        }
    }
    if let Some(replicas) = node.value.as_map().and_then(|map| map.at(version.replicas.iter().map(String::as_str)))
        && replicas.value.as_number().is_some_and(|number| number < 0.0)
    {
        let path = FieldPath(version.replicas.iter().cloned().map(PathStep::Field).collect());
        report.error("value", &path, "should be a non-negative integer".to_owned(), &replicas.span);
    }
    let Some(rules) = &compiled.rules else { return };
    if report.findings.len() > before {
        let message = "the rules of its CustomResourceDefinition are not evaluated: fix the other errors first";
        report.report(Severity::Info, "custom-rule-not-evaluated", &FieldPath::default(), message.to_owned(), place);
        return;
    }
    let mut evaluation = Evaluation { limits, report, is_update: false };
    evaluation.check(rules, &node, None, &FieldPath::default(), place);
}

/// Checks the rules that compare an object of a custom kind with its previous version.
pub(super) fn check_update(
    (old, new): (&Object, &Object),
    kind: &CustomKind,
    limits: &Limits,
    report: &mut Report<'_>,
) {
    let name = new.id.api_version.rsplit('/').next().unwrap_or_default();
    let version = kind.versions.iter().find(|known| known.name == name);
    let Some((version, structural)) = version.and_then(|version| Some((version, version.structural.as_ref()?))) else {
        return;
    };
    let Some(compiled) = version.compiled() else { return };
    let Some(rules) = &compiled.rules else { return };
    let stored = |object: &Object| {
        let node = version.stored(compiled, structural, object.fields(), &object.span);
        // An invalid object cannot be compared.
        let is_valid =
            compiled.schema.validate(&node, &Budget::default()).is_ok_and(|violations| violations.is_empty());
        is_valid.then_some(node)
    };
    if let (Some(before), Some(after)) = (stored(old), stored(new)) {
        let mut evaluation = Evaluation { limits, report, is_update: true };
        evaluation.check(rules, &after, Some(&before), &FieldPath::default(), &new.span);
    }
}

impl Version {
    fn compiled(&self) -> Option<&Compiled> {
        self.schema.get_or_init(|| Compiled::compile(self.structural.as_ref()?)).as_ref()
    }

    /// Returns an object as the server stores it: with the defaults of its schema, and without `status` if that is a subresource.
    fn stored(&self, compiled: &Compiled, structural: &Node, fields: Cow<'_, Map>, place: &Span) -> Node {
        let mut fields = fields.into_owned();
        if self.has_status {
            fields.remove("status");
        }
        let mut node = Node::new(Value::Map(fields), place.clone());
        if compiled.has_defaults || defaulting::has_null(&node.value) {
            defaulting::complete(&mut node, structural);
        }
        node
    }
}

/// Reports the innermost reasons of a violation.
fn report_violation(violation: &Violation, root: &Node, report: &mut Report<'_>) {
    if !violation.children.is_empty() && !violation.is_combination {
        violation.children.iter().for_each(|child| report_violation(child, root, report));
        return;
    }
    let mut path = FieldPath::default();
    let mut at = Some(root);
    for step in &violation.instance_path {
        let node = at;
        let index = step.parse::<usize>().ok().filter(|_| node.is_some_and(|node| node.value.as_list().is_some()));
        path = match index {
            Some(index) => path.with(PathStep::Index(index)),
            None => path.field(step),
        };
        at = node.and_then(|node| match (&node.value, index) {
            (Value::List(items), Some(index)) => items.get(index),
            (Value::Map(map), _) => map.get(step),
            _ => None,
        });
    }
    let place = violation.culprits.first().unwrap_or(&violation.instance_span);
    let finding = report.report(Severity::Error, "custom-schema", &path, violation.message.clone(), place);
    finding.diagnostic.help.extend(violation.help.clone());
    for child in &violation.children {
        add_reasons(child, &mut finding.diagnostic);
    }
}

/// Adds the reasons why none of several schemas matches.
fn add_reasons(violation: &Violation, reported: &mut Diagnostic) {
    if violation.children.is_empty() {
        let path = violation.instance_path.join(".");
        reported.help.push(format!("{path}: {}", violation.message));
    }
    violation.children.iter().for_each(|child| add_reasons(child, reported));
}

/// Reports fields that the schema does not declare. With `x-kubernetes-preserve-unknown-fields`, all fields are allowed, but
/// declared objects among them are still checked.
fn unknown_fields(fields: &Map, schema: &Node, path: &mut FieldPath, is_whole_object: bool, report: &mut Report<'_>) {
    let Some(schema) = schema.value.as_map() else { return };
    let properties = schema.get("properties").and_then(|node| node.value.as_map());
    let additional = schema.get("additionalProperties");
    let keeps_unknown =
        schema.is_true_at(&["x-kubernetes-preserve-unknown-fields"]) || schema.is_true_at(&["additionalProperties"]);
    let is_embedded = schema.is_true_at(&["x-kubernetes-embedded-resource"]);
    let is_whole_object = is_whole_object || is_embedded;
    if is_whole_object {
        whole_object(fields, path, is_embedded, report);
    }
    for (name, entry) in fields.entries() {
        if is_whole_object && ["apiVersion", "kind", "metadata"].contains(&name) {
            continue;
        }
        let inner = properties.and_then(|properties| properties.get(name));
        let inner = inner.or_else(|| additional.filter(|node| node.value.as_map().is_some()));
        match inner {
            Some(inner) => {
                path.0.push(PathStep::Field(name.to_owned()));
                below(&entry.node, inner, path, report);
                path.0.pop();
            }
            None if keeps_unknown => {}
            None => {
                let inner = path.field(name);
                let known = properties.into_iter().flat_map(Map::keys);
                let near = crate::diagnostic::nearest(name, known);
                let message = format!("unknown field {:?}", inner.to_string());
                let finding = report.error("unknown-field", &FieldPath::default(), message, &entry.key);
                finding.path = inner.to_string();
                if let Some(near) = near {
                    finding.help(format!("did you mean {near}?"));
                }
            }
        }
    }
}

/// Checks the head of a whole object: an embedded object must have an API version and a kind, and metadata must have valid
/// fields.
fn whole_object(fields: &Map, path: &FieldPath, is_embedded: bool, report: &mut Report<'_>) {
    for name in ["apiVersion", "kind"].into_iter().filter(|_| is_embedded) {
        let given = fields.get(name).filter(|node| !node.value.is_null());
        let place = given.map_or_else(|| report.object_span.clone(), |node| node.span.clone());
        let message = match given.map(|node| &node.value) {
            None => "Required value",
            Some(Value::String(text)) if text.is_empty() => "must not be empty",
            Some(Value::String(text)) if name == "kind" && !is_kind(text) => {
                "a kind has letters, digits and '-', a letter first"
            }
            Some(Value::String(_)) => continue,
            Some(_) => "must be a string",
        };
        report.error("embedded", &path.field(name), message.to_owned(), &place);
    }
    let metadata = Record::built_in().object_type(METADATA);
    let entry = fields.entries().find(|(name, _)| *name == "metadata").map(|(_, entry)| entry);
    if let (Some(metadata), Some(entry)) = (metadata, entry) {
        match &entry.node.value {
            Value::Map(map) => structure::object(map, metadata, &path.field("metadata"), &entry.key, report),
            Value::Null => {}
            _ => {
                report.error("type", &path.field("metadata"), "expected a map".to_owned(), &entry.key);
            }
        }
    }
}

/// The object type of all metadata in the recorded schema.
const METADATA: &str = "apimachinery.pkg.apis.meta.v1.ObjectMeta";

/// Checks the format of a value: integers of 32 or 64 bits, base64, and formats of strings.
fn format(node: &Node, schema: &Map, path: &FieldPath, report: &mut Report<'_>) {
    if let Some(message) = wrong_format(node, schema) {
        report.error("format", path, message, &node.span);
    }
}

fn below(node: &Node, schema: &Node, path: &mut FieldPath, report: &mut Report<'_>) {
    if let Some(schema) = schema.value.as_map() {
        format(node, schema, path, report);
    }
    match &node.value {
        Value::Map(map) => unknown_fields(map, schema, path, false, report),
        Value::List(items) => {
            report_duplicates(items, schema, path, report);
            let Some(inner) = schema.value.as_map().and_then(|schema| schema.get("items")) else { return };
            for (at, item) in items.iter().enumerate() {
                path.0.push(PathStep::Index(at));
                below(item, inner, path, report);
                path.0.pop();
            }
        }
        _ => {}
    }
}

/// Reports duplicate items in lists that are sets or have key fields.
fn report_duplicates(items: &[Node], schema: &Node, path: &FieldPath, report: &mut Report<'_>) {
    let Some(schema) = schema.value.as_map() else { return };
    let sort = schema.get("x-kubernetes-list-type").and_then(|node| node.value.as_str());
    let keys = schema.get("x-kubernetes-list-map-keys").and_then(|node| node.value.as_list()).unwrap_or_default();
    let keys: Vec<&str> = keys.iter().filter_map(|key| key.value.as_str()).collect();
    // Identities are compared as text, because lists may be long.
    let identity = |item: &Node| match sort {
        Some("set") => Some(json::write(&item.value)),
        Some("map") => {
            let map = item.value.as_map()?;
            let default = |key: &str| schema.get("items")?.value.as_map()?.at(["properties", key, "default"]);
            let value = |key: &&str| map.get(key).or_else(|| default(key));
            let values = keys.iter().map(|key| value(key).map_or("-".to_owned(), |node| json::write(&node.value)));
            Some(values.collect::<Vec<_>>().join(","))
        }
        _ => None,
    };
    let mut seen = HashSet::new();
    for (at, item) in items.iter().enumerate() {
        if identity(item).is_some_and(|identity| !seen.insert(identity)) {
            report.error("duplicate", &path.with(PathStep::Index(at)), "Duplicate value".to_owned(), &item.span);
        }
    }
}

/// Whether a string is a DNS label of RFC 1035, in any case.
fn is_kind(text: &str) -> bool {
    names::is_dns_label(&text.to_lowercase()) && text.starts_with(|c: char| c.is_ascii_alphabetic())
}
