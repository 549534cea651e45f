//! Names, namespaces, labels and annotations.

use super::report::{Report, head};
use crate::kubernetes::names::{self, DNS_LABEL};
use crate::kubernetes::{FieldPath, Object};
use crate::yaml::{Map, Node};

/// Checks an object's metadata. `is_namespaced` is `None` where that is not known.
pub(super) fn check(object: &Object, fields: &Map, is_namespaced: Option<bool>, report: &mut Report<'_>) {
    let place = head(fields, &object.span);
    let Some(metadata) = fields.get("metadata").and_then(|node| node.value.as_map()) else {
        if object.id.kind == "LimitRange" {
            return;
        }
        let path = FieldPath::of_fields(&["metadata", "name"]);
        report.error("required", &path, "Required value: name or generateName is required".to_owned(), &place);
        return;
    };
    let path = |name: &str| FieldPath::of_fields(&["metadata", name]);
    let text = |name: &str| metadata.get(name).and_then(|node| Some((node.value.as_str()?, &node.span)));
    match text("name").filter(|(name, _)| !name.is_empty()) {
        Some((name, span)) => {
            if let Some(reason) = wrong_name(&object.id.kind, &object.id.api_version, name) {
                report.error("name", &path("name"), format!("Invalid value: {name:?}: {reason}"), span);
            }
        }
        None if text("generateName").is_some_and(|(name, _)| !name.is_empty())
            || metadata.get("name").is_some_and(|node| !node.value.is_null() && node.value.as_str().is_none()) => {}
        // The server names these itself.
        None if object.id.kind == "LimitRange" => {}
        None => {
            report.error(
                "required",
                &path("name"),
                "Required value: name or generateName is required".to_owned(),
                &place,
            );
        }
    }
    if let Some((namespace, span)) = text("namespace").filter(|(namespace, _)| !namespace.is_empty()) {
        if is_namespaced == Some(false) {
            let message = format!("objects of kind {} are not namespaced", object.id.kind);
            report.error("namespace", &path("namespace"), message, span);
        } else if !names::is_dns_label(namespace) {
            report.error("name", &path("namespace"), format!("Invalid value: {namespace:?}: {DNS_LABEL}"), span);
        }
    }
    labels(metadata, &FieldPath::of_fields(&["metadata"]), report);
}

const SUBDOMAIN: &str = "small letters, digits, hyphens and dots, a letter or digit at both ends and beside each dot";

/// Checks labels and annotations of a `metadata`.
pub(super) fn labels(metadata: &Map, path: &FieldPath, report: &mut Report<'_>) {
    for field in ["labels", "annotations"] {
        let Some(map) = metadata.get(field).and_then(|node| node.value.as_map()) else { continue };
        let path = path.field(field);
        for (key, entry) in map.entries() {
            // Keys of annotations may have capital letters everywhere.
            let checked = if field == "annotations" { key.to_lowercase() } else { key.to_owned() };
            if !names::is_qualified_name(&checked) {
                let message = format!(
                    "Invalid value: {key:?}: a key is a name of letters, digits, `-`, `_` and `.`, after a DNS name and `/` or not"
                );
                report.error("label", &path, message, &entry.key);
            }
            let value = entry.node.value.as_str().filter(|_| field == "labels");
            if let Some(value) = value.filter(|value| !names::is_label_value(value)) {
                let message = format!(
                    "Invalid value: {value:?}: a label has at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends"
                );
                report.error("label", &path.field(key), message, &entry.node.span);
            }
        }
    }
}

/// Checks the labels that a selector asks for.
pub(super) fn selector(selector: &Map, path: &FieldPath, report: &mut Report<'_>) {
    label_values(selector.get("matchLabels"), &path.field("matchLabels"), report);
}

/// Checks a map of labels.
pub(super) fn label_values(map: Option<&Node>, path: &FieldPath, report: &mut Report<'_>) {
    let Some(map) = map.and_then(|node| node.value.as_map()) else { return };
    for (key, entry) in map.entries() {
        let is_value = entry.node.value.as_str().is_none_or(names::is_label_value);
        if !is_value || !names::is_qualified_name(key) {
            let message = "Invalid value: labels have at most 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends";
            report.error("label", &path.field(key), message.to_owned(), &entry.key);
        }
    }
}

/// Why a name is none for objects of a kind.
fn wrong_name(kind: &str, api_version: &str, name: &str) -> Option<&'static str> {
    // The names of these are only parts of paths.
    if api_version.starts_with("rbac.authorization.k8s.io/") || matches!(kind, "PodDisruptionBudget" | "APIService") {
        let is_path = name == "." || name == ".." || name.contains(['/', '%']);
        return is_path.then_some("a name has no `/` and no `%`");
    }
    match kind {
        "Service" | "Namespace" => (!names::is_dns_label(name)).then_some(DNS_LABEL),
        _ => (!names::is_dns_subdomain(name)).then_some(SUBDOMAIN),
    }
}
