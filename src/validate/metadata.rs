//! Checks names, namespaces, labels and annotations.

use super::form::{self, IP, LABEL, LABEL_VALUE, QUALIFIED, SEGMENT, SUBDOMAIN};
use super::report::{Report, head};
use crate::diagnostic::Severity;
use crate::kubernetes::{FieldPath, Object, names};
use crate::yaml::{Map, Node};

/// Checks an object's metadata. `is_namespaced` is `None` if that is unknown.
pub(super) fn check(object: &Object, fields: &Map, is_namespaced: Option<bool>, report: &mut Report<'_>) {
    let place = head(fields, &object.span);
    let Some(metadata) = fields.get("metadata").and_then(|node| node.value.as_map()) else {
        if needs_no_name(object) {
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
                report.error("value", &path("name"), format!("Invalid value: {name:?}: {reason}"), span);
            }
        }
        None if text("generateName").is_some_and(|(name, _)| !name.is_empty())
            || metadata.get("name").is_some_and(|node| !node.value.is_null() && node.value.as_str().is_none()) => {}
        None if needs_no_name(object) => {}
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
            let kind = &object.id.kind;
            let message = format!("objects of kind {kind} are not namespaced: the API server ignores the namespace");
            report.report(Severity::Warning, "namespace", &path("namespace"), message, span);
        } else if !names::is_dns_label(namespace) {
            report.error("value", &path("namespace"), format!("Invalid value: {namespace:?}: {LABEL}"), span);
        }
    }
    labels(metadata, &FieldPath::of_fields(&["metadata"]), report);
}

/// Whether the server chooses an object's name, or does not store the object.
fn needs_no_name(object: &Object) -> bool {
    let id = &object.id;
    id.kind == "LimitRange" || ["authentication.k8s.io", "authorization.k8s.io"].contains(&id.group())
}

/// Checks the labels and annotations in a `metadata`.
pub(super) fn labels(metadata: &Map, path: &FieldPath, report: &mut Report<'_>) {
    for field in ["labels", "annotations"] {
        let Some(map) = metadata.get(field).and_then(|node| node.value.as_map()) else { continue };
        let path = path.field(field);
        for (key, entry) in map.entries() {
            // The keys of annotations may have upper-case letters everywhere.
            let checked = if field == "annotations" { key.to_lowercase() } else { key.to_owned() };
            if !names::is_qualified_name(&checked) {
                report.error("value", &path, format!("Invalid value: {key:?}: {QUALIFIED}"), &entry.key);
            }
            let value = entry.node.value.as_str().filter(|_| field == "labels");
            if let Some(value) = value.filter(|value| !names::is_label_value(value)) {
                let message = format!("Invalid value: {value:?}: {LABEL_VALUE}");
                report.error("value", &path.field(key), message, &entry.node.span);
            }
        }
    }
}

/// Checks a map of labels.
pub(super) fn label_values(map: Option<&Node>, path: &FieldPath, report: &mut Report<'_>) {
    let Some(map) = map.and_then(|node| node.value.as_map()) else { return };
    for (key, entry) in map.entries() {
        let value = entry.node.value.as_str();
        let path = path.field(key);
        if !names::is_qualified_name(key) {
            report.error("value", &path, format!("Invalid value: {key:?}: {QUALIFIED}"), &entry.key);
        } else if let Some(value) = value.filter(|value| !names::is_label_value(value)) {
            report.error("value", &path, format!("Invalid value: {value:?}: {LABEL_VALUE}"), &entry.node.span);
        }
    }
}

/// Returns why a name is invalid for a kind.
fn wrong_name(kind: &str, api_version: &str, name: &str) -> Option<&'static str> {
    // The names of these kinds only have to be parts of a path.
    if api_version.starts_with("rbac.authorization.k8s.io/")
        || matches!(kind, "PodDisruptionBudget" | "APIService" | "CertificateSigningRequest")
    {
        return (!form::is_path_segment(name)).then_some(SEGMENT);
    }
    match kind {
        "IPAddress" if api_version.starts_with("networking.k8s.io/") => (!form::is_ip(name)).then_some(IP),
        "Service" | "Namespace" => (!names::is_dns_label(name)).then_some(LABEL),
        _ => (!names::is_dns_subdomain(name)).then_some(SUBDOMAIN),
    }
}
