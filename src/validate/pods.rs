//! What the API server checks of pods, of what makes them, and of Services, ConfigMaps and Secrets.

use super::containers;
use super::metadata;
use super::report::Report;
use super::services;
use crate::kubernetes::names::{self, DNS_LABEL};
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Node};

/// Checks an object of a kind that the API server knows more about than its schema says.
pub(super) fn check(kind: &str, fields: &Map, report: &mut Report<'_>) {
    match kind {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" => workload(fields, report),
        "ReplicationController" => template(fields, &["spec", "template"], &["Always"], report),
        "PodTemplate" => template(fields, &["template"], &["Always", "OnFailure", "Never"], report),
        "Job" => template(fields, &["spec", "template"], &["OnFailure", "Never"], report),
        "CronJob" => template(fields, &["spec", "jobTemplate", "spec", "template"], &["OnFailure", "Never"], report),
        "Pod" => {
            if let Some(pod) = fields.map_at(&["spec"]) {
                Pod { claims: Vec::new() }.check(pod, &FieldPath::of_fields(&["spec"]), report);
            }
        }
        "Service" => services::check(fields, report),
        "ConfigMap" | "Secret" => configuration(fields, report),
        _ => {}
    }
}

fn workload(fields: &Map, report: &mut Report<'_>) {
    let spec = FieldPath::of_fields(&["spec"]);
    for field in ["replicas", "revisionHistoryLimit", "minReadySeconds"] {
        if let Some(node) =
            fields.at(["spec", field]).filter(|node| node.value.as_number().is_some_and(|number| number < 0.0))
        {
            let message = "Invalid value: must be greater than or equal to 0".to_owned();
            report.error("range", &spec.field(field), message, &node.span);
        }
    }
    if let (Some(selector), Some(labels)) = (fields.map_at(&["spec", "selector", "matchLabels"]), labels_of(fields)) {
        let missing =
            selector.entries().find(|(key, entry)| labels.get(key).is_none_or(|node| node.value != entry.node.value));
        if let Some((key, entry)) = missing {
            let path = FieldPath::of_fields(&["spec", "selector"]);
            let message =
                format!("`selector` does not match template `labels`: the pods have no label {key} with this value");
            report.error("selector", &path, message, &entry.node.span);
        }
    }
    let is_empty = |selector: &Map| {
        ["matchLabels", "matchExpressions"].iter().all(|field| {
            selector.get(field).is_none_or(|node| {
                node.value.is_null()
                    || node.value.as_map().is_some_and(Map::is_empty)
                    || node.value.as_list().is_some_and(<[Node]>::is_empty)
            })
        })
    };
    if let Some(node) = fields.at(["spec", "selector"]).filter(|node| node.value.as_map().is_some_and(is_empty)) {
        let path = FieldPath::of_fields(&["spec", "selector"]);
        report.error("selector", &path, "Invalid value: empty selector is invalid".to_owned(), &node.span);
    }
    template(fields, &["spec", "template"], &["Always"], report);
}

/// The labels of a workload's pods; empty if it gives none.
fn labels_of(fields: &Map) -> Option<Map> {
    let template = fields.map_at(&["spec", "template"])?;
    Some(template.map_at(&["metadata", "labels"]).cloned().unwrap_or_default())
}

fn template(fields: &Map, path: &[&str], restarts: &[&str], report: &mut Report<'_>) {
    let at = FieldPath::of_fields(path);
    let Some(template) = fields.map_at(path) else { return };
    if let Some(found) = template.map_at(&["metadata"]) {
        metadata::labels(found, &at.field("metadata"), report);
    }
    let Some(pod) = template.map_at(&["spec"]) else { return };
    let at = at.field("spec");
    match pod.text_entry("restartPolicy") {
        Some((policy, span))
            if !restarts.contains(&policy) && ["Always", "OnFailure", "Never"].contains(&policy)
                || policy.is_empty() && !restarts.contains(&"Always") =>
        {
            let message = format!("Unsupported value: {policy:?}: supported values: {}", restarts.join(", "));
            report.error("choice", &at.field("restartPolicy"), message, span);
        }
        None if !restarts.contains(&"Always") => {
            let place = pod.entries().next().map(|(_, entry)| entry.key.clone()).unwrap_or_default();
            report.error(
                "required",
                &at.field("restartPolicy"),
                format!("Required value: valid values: {}", restarts.join(", ")),
                &place,
            );
        }
        _ => {}
    }
    let claims = fields.map_at(&["spec"]).unwrap_or(fields).maps_at(&["volumeClaimTemplates"]);
    let claims = claims.filter_map(|claim| Some(claim.text_at(&["metadata", "name"])?.to_owned()));
    Pod { claims: claims.collect() }.check(pod, &at, report);
}

/// A pod, with the volumes that its StatefulSet makes.
struct Pod {
    claims: Vec<String>,
}

impl Pod {
    fn check(&self, pod: &Map, path: &FieldPath, report: &mut Report<'_>) {
        let mut names: Vec<&str> = Vec::new();
        let volumes: Vec<_> = pod.indexed_maps_at(&["volumes"]).collect();
        let known: Vec<&str> = volumes
            .iter()
            .filter_map(|(_, volume)| Some(volume.text_entry("name")?.0))
            .chain(self.claims.iter().map(String::as_str))
            .collect();
        for (at, volume) in &volumes {
            let path = path.field("volumes").with(PathStep::Index(*at)).field("name");
            if let Some((name, span)) = volume.text_entry("name").filter(|(name, _)| !names::is_dns_label(name)) {
                report.error("name", &path, format!("Invalid value: {name:?}: {DNS_LABEL}"), span);
            }
        }
        if pod.get("containers").and_then(|node| node.value.as_list()).is_some_and(<[Node]>::is_empty) {
            let place = pod.entry("containers").map(|entry| entry.key.clone()).unwrap_or_default();
            report.error("required", &path.field("containers"), "Required value".to_owned(), &place);
        }
        for field in ["initContainers", "containers"] {
            for (at, container) in pod.indexed_maps_at(&[field]) {
                let path = path.field(field).with(PathStep::Index(at));
                if let Some((name, span)) = container.text_entry("name") {
                    if !names::is_dns_label(name) {
                        report.error(
                            "name",
                            &path.field("name"),
                            format!("Invalid value: {name:?}: {DNS_LABEL}"),
                            span,
                        );
                    } else if names.contains(&name) && field == "containers" {
                        // Within one list that is reported already.
                        let is_in_other =
                            pod.maps_at(&["initContainers"]).any(|other| other.text_at(&["name"]) == Some(name));
                        if is_in_other {
                            report.error("duplicate", &path.field("name"), format!("Duplicate value: {name:?}"), span);
                        }
                    }
                    names.push(name);
                }
                containers::check(container, &path, &known, report);
            }
        }
    }
}

fn configuration(fields: &Map, report: &mut Report<'_>) {
    for field in ["data", "binaryData", "stringData"] {
        let Some(map) = fields.map_at(&[field]) else { continue };
        for (key, entry) in map.entries().filter(|(key, _)| !names::is_config_key(key)) {
            let path = FieldPath::of_fields(&[field]);
            let message = format!("Invalid value: {key:?}: a key has letters, digits, `-`, `_` and `.`");
            report.error("name", &path, message, &entry.key);
        }
    }
}
