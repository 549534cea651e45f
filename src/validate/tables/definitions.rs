//! CustomResourceDefinitions: names, versions, conversions.

use std::collections::HashSet;

use super::place::{Place, Row, Rule, row};
use super::structural::schema;
use super::webhooks;
use crate::kubernetes::{FieldPath, names};
use crate::validate::fields::{has, is_set, is_true, text};
use crate::validate::form::SUBDOMAIN;
use crate::validate::rules::steps;
use crate::yaml::{Map, Value};

const LABEL_1035: &str = names::RFC_1035_RULE.text;
/// The maximum length of a version's deprecation warning, in bytes.
const MAX_WARNING: usize = 256;
/// The maximum number of selectable fields of a version.
const MAX_SELECTABLE: usize = 8;
const COLUMNS: &[&str] = &["boolean", "date", "integer", "number", "string"];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("apiextensions.v1.CustomResourceDefinition", "", Rule::Whole(name)),
    row("apiextensions.v1.CustomResourceDefinition", "", Rule::Whole(approval)),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "", Rule::Whole(group)),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "", Rule::Whole(versions)),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "scope", Rule::OneOf(&["Cluster", "Namespaced"])),
    row("apiextensions.v1.CustomResourceDefinitionSpec", "preserveUnknownFields", Rule::Whole(preserve)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "plural", Rule::Form(names::is_rfc_1035_label, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "singular", Rule::Form(names::is_rfc_1035_label, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "kind", Rule::Form(is_kind, "may have mixed case, but should otherwise match a DNS-1035 label")),
    row("apiextensions.v1.CustomResourceDefinitionNames", "listKind", Rule::Form(is_kind, "may have mixed case, but should otherwise match a DNS-1035 label")),
    row("apiextensions.v1.CustomResourceDefinitionNames", "shortNames", Rule::Items(names::is_rfc_1035_label, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "categories", Rule::Items(names::is_rfc_1035_label, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionNames", "listKind", Rule::Whole(list_kind)),
    row("apiextensions.v1.CustomResourceDefinitionVersion", "name", Rule::Form(names::is_rfc_1035_label, LABEL_1035)),
    row("apiextensions.v1.CustomResourceDefinitionVersion", "", Rule::Whole(schema)),
    row("apiextensions.v1.CustomResourceDefinitionVersion", "deprecationWarning", Rule::Whole(deprecation)),
    row("apiextensions.v1.CustomResourceDefinitionVersion", "selectableFields", Rule::Whole(selectable)),
    row("apiextensions.v1.CustomResourceSubresources", "status", Rule::Whole(status)),
    row("apiextensions.v1.ServiceReference", "port", Rule::Between(1, 65535)),
    row("apiextensions.v1.ServiceReference", "path", Rule::Form(webhooks::is_path, webhooks::PATH)),
    row("apiextensions.v1.WebhookClientConfig", "url", Rule::Whole(webhooks::url)),
    row("apiextensions.v1.CustomResourceColumnDefinition", "type", Rule::OneOf(COLUMNS)),
    row("apiextensions.v1.CustomResourceColumnDefinition", "format", Rule::OneOf(&["byte", "date", "date-time", "double", "float", "int32", "int64", "password"])),
    row("apiextensions.v1.CustomResourceColumnDefinition", "jsonPath", Rule::Form(|path| path.starts_with('.'), "must be a simple json path starting with .")),
    row("apiextensions.v1.CustomResourceConversion", "", Rule::Whole(conversion)),
    row("apiextensions.v1.CustomResourceConversion", "strategy", Rule::OneOf(&["None", "Webhook"])),
    row("apiextensions.v1.CustomResourceSubresourceScale", "labelSelectorPath", Rule::Form(|path| path.starts_with(".spec.") || path.starts_with(".status."), "should be a json path under either .status or .spec")),
    row("apiextensions.v1.CustomResourceSubresourceScale", "specReplicasPath", Rule::Form(|path| path.starts_with(".spec."), "should be a json path under .spec")),
    row("apiextensions.v1.CustomResourceSubresourceScale", "statusReplicasPath", Rule::Form(|path| path.starts_with(".status."), "should be a json path under .status")),
];

fn is_kind(text: &str) -> bool {
    names::is_rfc_1035_label(&text.to_lowercase())
}

fn name(at: &mut Place<'_, '_, '_>) {
    let plural = at.fields.text_at(&["spec", "names", "plural"]).unwrap_or_default();
    let group = at.fields.text_at(&["spec", "group"]).unwrap_or_default();
    let Some(node) = at.fields.at(["metadata", "name"]) else { return };
    if node.value.as_str().is_some_and(|name| !name.is_empty() && name != format!("{plural}.{group}")) {
        at.invalid_at(&FieldPath::of_fields(&["metadata", "name"]), node, "must be spec.names.plural+\".\"+spec.group");
    }
}

/// Groups that belong to Kubernetes need an annotation with an approval.
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
    if storage != 1 && at.is_set("versions") {
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
    if at.is_set("deprecationWarning") && !at.is_true("deprecated") {
        at.invalid("deprecationWarning", "can only be set for deprecated versions");
    }
    if at.is_set("deprecationWarning") && !at.has("deprecationWarning") {
        at.invalid("deprecationWarning", "must not be an empty string");
    }
    let warning = at.text("deprecationWarning");
    if warning.len() > MAX_WARNING {
        at.invalid("deprecationWarning", &format!("must be <= {MAX_WARNING} characters long"));
    } else if warning.chars().any(|c| c.is_control() || c != ' ' && c.is_whitespace()) {
        at.invalid("deprecationWarning", "must only contain printable UTF-8 characters");
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
        if at.is_set("webhook") {
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
        Some(config) if is_set(config, "url") == is_set(config, "service") => {
            at.required_at(&path.field("clientConfig"), "exactly one of url or service is required");
        }
        Some(_) => {}
    }
    at.nested(webhook, &path).webhook_versions("conversionReviewVersions");
}

/// Selectable fields must be strings, booleans or integers in the schema.
fn selectable(at: &mut Place<'_, '_, '_>) {
    let schema = at.fields.map_at(&["schema", "openAPIV3Schema"]);
    let mut known = HashSet::new();
    for (path, field) in at.items("selectableFields") {
        let Some(node) = field.get("jsonPath").filter(|_| has(field, "jsonPath")) else { continue };
        let path = path.field("jsonPath");
        let steps = steps(text(field, "jsonPath")).filter(|_| !text(field, "jsonPath").contains('['));
        let below = |schema: Option<&'_ Map>, name: &String| -> Option<Map> {
            schema?.map_at(&["properties", name.as_str()]).cloned()
        };
        let found = steps.and_then(|steps| {
            let is_metadata = steps.first().is_some_and(|first| first == "metadata");
            let start = schema.cloned().filter(|_| !is_metadata);
            steps.iter().fold(start, |schema, name| below(schema.as_ref(), name))
        });
        let kind = found.as_ref().map(|schema| text(schema, "type"));
        if kind.is_none() {
            at.invalid_at(&path, node, "is an invalid path: does not refer to a valid field");
        } else if !matches!(kind, Some("string" | "boolean" | "integer")) {
            at.invalid_at(&path, node, "must point to a field of type string, boolean or integer");
        } else if !known.insert(text(field, "jsonPath")) {
            at.duplicate_at(&path, text(field, "jsonPath"));
        }
    }
    if known.len() > MAX_SELECTABLE {
        at.too_many(&at.path.field("selectableFields"), MAX_SELECTABLE);
    }
}

/// The status subresource is enabled by an empty map.
fn status(at: &mut Place<'_, '_, '_>) {
    match at.fields.get("status").map(|node| &node.value) {
        None | Some(Value::Null) => {}
        Some(Value::Map(map)) => {
            if let Some(name) = map.keys().next() {
                at.invalid("status", &format!("unknown field {name:?}"));
            }
        }
        Some(_) => at.invalid("status", "expected a map"),
    }
}
