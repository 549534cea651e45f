//! Workloads that create pods, and rules that connect the parts of a pod: selectors, restart policies, names, mounts.

use std::collections::{HashMap, HashSet};

use super::place::{Place, Row, Rule, row};
use crate::diagnostic::nearest;
use crate::kubernetes::FieldPath;
use crate::validate::fields::{is_set, items, text};
use crate::validate::metadata;
use crate::yaml::{Map, Node};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("apps.v1.DeploymentSpec", "selector", Rule::Whole(selector)),
    row("apps.v1.StatefulSetSpec", "selector", Rule::Whole(selector)),
    row("apps.v1.DaemonSetSpec", "selector", Rule::Whole(selector)),
    row("apps.v1.ReplicaSetSpec", "selector", Rule::Whole(selector)),
    row("apps.v1.DeploymentSpec", "template", Rule::Whole(|at| restarts(at, ALWAYS))),
    row("apps.v1.StatefulSetSpec", "template", Rule::Whole(|at| restarts(at, ALWAYS))),
    row("apps.v1.DaemonSetSpec", "template", Rule::Whole(|at| restarts(at, ALWAYS))),
    row("apps.v1.ReplicaSetSpec", "template", Rule::Whole(|at| restarts(at, ALWAYS))),
    row("apps.v1.ReplicaSetSpec", "template", Rule::Whole(template)),
    row("core.v1.ReplicationControllerSpec", "template", Rule::Whole(|at| restarts(at, ALWAYS))),
    row("batch.v1.JobSpec", "template", Rule::Whole(|at| restarts(at, &["OnFailure", "Never"]))),
    row("apps.v1.StatefulSetSpec", "template", Rule::Whole(mounts_of_claims)),
    row("core.v1.PodTemplateSpec", "metadata", Rule::Whole(labels)),
    row("core.v1.PodSpec", "containers", Rule::Whole(containers)),
    row("core.v1.PodSpec", "", Rule::Whole(unique_names)),
    row("core.v1.PodSpec", "volumes", Rule::Whole(mounts)),
];

const ALWAYS: &[&str] = &["Always"];

/// The selector of a workload must match the pods that it creates.
fn selector(at: &mut Place<'_, '_, '_>) {
    let Some(selector) = at.map("selector") else { return };
    let is_empty = |node: &Node| {
        node.value.is_null()
            || node.value.as_map().is_some_and(Map::is_empty)
            || node.value.as_list().is_some_and(<[Node]>::is_empty)
    };
    if ["matchLabels", "matchExpressions"].iter().all(|field| selector.get(field).is_none_or(is_empty)) {
        at.invalid("selector", "empty selector is invalid");
    }
    let Some(template) = at.map("template") else { return };
    let labels = template.map_at(&["metadata", "labels"]);
    let is_missing = |key: &str, value: &Node| {
        labels.and_then(|labels| labels.get(key)).is_none_or(|node| node.value != value.value)
    };
    let wanted = selector.map_at(&["matchLabels"]).into_iter().flat_map(Map::iter);
    if let Some((key, value)) = wanted.into_iter().find(|(key, value)| is_missing(key, value)) {
        let path = at.path.field("template").field("metadata").field("labels");
        at.labels_differ(&path, key, value);
    } else if selector.maps_at(&["matchExpressions"]).any(|requirement| !is_met(requirement, labels)) {
        let path = at.path.field("template").field("metadata").field("labels");
        at.invalid_missing(&path, "`selector` does not match template `labels`");
    }
}

/// Whether labels meet a requirement of a selector. An invalid requirement is reported by the rules for its type.
fn is_met(requirement: &Map, labels: Option<&Map>) -> bool {
    let label = labels.and_then(|labels| labels.get(text(requirement, "key")));
    let values = requirement.list_at(&["values"]);
    let is_value = |label: &Node| {
        let text = |node: &Node| node.value.as_str().unwrap_or_default().to_owned();
        values.iter().any(|value| text(value) == text(label))
    };
    match text(requirement, "operator") {
        "In" => values.is_empty() || label.is_some_and(is_value),
        "NotIn" => values.is_empty() || !label.is_some_and(is_value),
        "Exists" => label.is_some(),
        "DoesNotExist" => label.is_none(),
        _ => true,
    }
}

/// A ReplicaSet must have a template, even if it is empty.
fn template(at: &mut Place<'_, '_, '_>) {
    if !at.is_set("template") {
        at.required_at(&at.path.field("template").field("spec").field("containers"), "");
    }
}

/// The restart policy of pods must be one that their workload allows.
fn restarts(at: &mut Place<'_, '_, '_>, choices: &[&str]) {
    const KNOWN: [&str; 3] = ["Always", "OnFailure", "Never"];
    let Some(pod) = at.fields.map_at(&["template", "spec"]) else { return };
    let path = at.path.field("template").field("spec").field("restartPolicy");
    let is_default_right = choices.contains(&"Always");
    match pod.text_entry("restartPolicy") {
        // A policy that no workload allows is reported by the rules for its type.
        Some((policy, span))
            if KNOWN.contains(&policy) && !choices.contains(&policy) || policy.is_empty() && !is_default_right =>
        {
            at.unsupported(&path, policy, choices, Some(span));
        }
        None if !is_default_right => at.required_at(&path, &format!("valid values: {}", choices.join(", "))),
        _ => {}
    }
}

fn labels(at: &mut Place<'_, '_, '_>) {
    if let Some(found) = at.map("metadata") {
        metadata::labels(found, &at.path.field("metadata"), at.report);
    }
}

fn containers(at: &mut Place<'_, '_, '_>) {
    if at.fields.get("containers").and_then(|node| node.value.as_list()).is_some_and(<[Node]>::is_empty) {
        at.required("containers", "");
    }
}

/// A container must not have the name of an init container. Duplicates within a list are reported by the list's type.
fn unique_names(at: &mut Place<'_, '_, '_>) {
    let before: HashSet<&str> =
        at.fields.maps_at(&["initContainers"]).map(|container| text(container, "name")).collect();
    for (path, container) in at.items("containers") {
        let name = text(container, "name");
        if !name.is_empty() && before.contains(name) {
            at.nested(container, &path).duplicate("name", name);
        }
    }
}

fn mounts(at: &mut Place<'_, '_, '_>) {
    // A StatefulSet creates volumes itself.
    if !at.is_in("StatefulSet") {
        mounts_of(at.fields, at.path, &[], at);
    }
}

fn mounts_of_claims(at: &mut Place<'_, '_, '_>) {
    let Some(pod) = at.fields.map_at(&["template", "spec"]) else { return };
    let claims = at.fields.maps_at(&["volumeClaimTemplates"]);
    let claims: Vec<&str> = claims.filter_map(|claim| claim.text_at(&["metadata", "name"])).collect();
    mounts_of(pod, &at.path.field("template").field("spec"), &claims, at);
}

/// The containers of a pod can only mount its volumes, or volumes that are created for it. A device must be a claim.
fn mounts_of(pod: &Map, path: &FieldPath, claims: &[&str], at: &mut Place<'_, '_, '_>) {
    let own = pod.maps_at(&["volumes"]).filter_map(|volume| Some((volume.text_at(&["name"])?, is_claim(volume))));
    let known: HashMap<&str, bool> = own.chain(claims.iter().map(|name| (*name, true))).collect();
    for list in ["initContainers", "containers"] {
        for (path, container) in items(pod, list, path) {
            for field in ["volumeMounts", "volumeDevices"] {
                for (path, mount) in items(container, field, &path) {
                    let Some((name, span)) = mount.text_entry("name") else { continue };
                    match known.get(name) {
                        None => {
                            let near = nearest(name, known.keys().copied());
                            at.not_found(&path.field("name"), name, span, near);
                        }
                        Some(false) if field == "volumeDevices" => {
                            let message =
                                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                            at.nested(mount, &path).invalid("name", message);
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }
}

/// Whether a volume is a claim, or a claim is created for it.
fn is_claim(volume: &Map) -> bool {
    ["persistentVolumeClaim", "ephemeral"].iter().any(|field| is_set(volume, field))
}
