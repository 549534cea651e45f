//! Impacts of changed workloads and their volumes: scaling, restarts, changes that the API server rejects, and effects on data.

use std::collections::HashMap;

use super::changed::{Changed, kind_of};
use super::{Impact, ImpactLevel, pods};
use crate::diff::difference::Status;
use crate::kubernetes::quantity;
use crate::yaml::Map;

/// Adds the impacts of a changed workload.
pub(super) fn impacts(object: &Changed<'_>, old: &Map, new: &Map, found: &mut Vec<Impact>) {
    let kind = kind_of(new);
    if kind == "StatefulSet" {
        found.extend(default_left_by_apply(old, new));
    }
    if kind == "Job" {
        pods::rejections_of_job(object, found);
    }
    scaling(old, new, kind, found);
    let template = if kind == "CronJob" { "jobTemplate" } else { "template" };
    if object.touches(&["spec", template]) && kind != "Job" {
        found.push(restart(new, kind).about(&[&format!("spec.{template}")]));
    }
    if kind == "CronJob" && object.touches(&["spec", "schedule"]) {
        let schedule = |map: &Map| map.text_at(&["spec", "schedule"]).unwrap_or_default().to_owned();
        let text = format!("runs at different times: {} → {}", schedule(old), schedule(new));
        found.push(Impact::new("schedule", ImpactLevel::Info, text).about(&["spec.schedule"]));
    }
}

/// Whether the controller replaces the pods when the pod template changes.
pub(super) fn restarts(object: &Changed<'_>) -> bool {
    let strategy = object.new_fields().and_then(|new| new.text_at(&["spec", "updateStrategy", "type"]));
    matches!(object.difference.id.kind.as_str(), "StatefulSet" | "Deployment" | "DaemonSet")
        && strategy != Some("OnDelete")
}

/// Reports a change to `OnDelete` that the API server rejects. If a manifest has no update strategy, the server adds a partition,
/// which client-side apply leaves in place, and which `OnDelete` must not have.
fn default_left_by_apply(old: &Map, new: &Map) -> Option<Impact> {
    let is_set = |map: &Map, field: &str| map.at(["spec", "updateStrategy", field]).is_some();
    let becomes_on_delete = new.text_at(&["spec", "updateStrategy", "type"]) == Some("OnDelete");
    if !becomes_on_delete || is_set(old, "type") || is_set(old, "rollingUpdate") || is_set(new, "rollingUpdate") {
        return None;
    }
    let reason = "OnDelete has no partition, and kubectl apply keeps the one that the server has set";
    let impact = Impact::rejected_because("default-left", reason).about(&["spec.updateStrategy"]);
    Some(impact.remedy("set spec.updateStrategy.rollingUpdate: null too, which removes it"))
}

/// Reports changed pod labels that the API server rejects. If a ReplicationController has no selector, the server takes the pods'
/// labels as its selector, and they cannot change afterwards.
pub(super) fn selector_left_by_apply(object: &Changed<'_>) -> Option<Impact> {
    let is_said =
        |map: Option<&Map>| map.is_some_and(|map| map.map_at(&["spec", "selector"]).is_some_and(|map| !map.is_empty()));
    if is_said(object.old()) || is_said(object.new_fields()) {
        return None;
    }
    let (old, new) = object.stored()?;
    let labels = new.map_at(&["spec", "template", "metadata", "labels"])?;
    let is_kept = old.map_at(&["spec", "selector"])?.iter().all(|(key, node)| labels.get(key) == Some(node));
    (!is_kept).then(|| {
        let reason = "the selector that it took from the pods' labels no longer matches them";
        let impact = Impact::rejected_because("default-left", reason).about(&["spec.template.metadata.labels"]);
        impact.remedy("write spec.selector")
    })
}

fn scaling(old: &Map, new: &Map, kind: &str, found: &mut Vec<Impact>) {
    if !matches!(kind, "StatefulSet" | "Deployment" | "ReplicaSet") {
        return;
    }
    let replicas = |map: &Map| map.number_at(&["spec", "replicas"]).unwrap_or(1);
    let (before, after) = (replicas(old), replicas(new));
    if before == after {
        return;
    }
    let level = if after == 0 { ImpactLevel::Warning } else { ImpactLevel::Info };
    let field = &["spec.replicas"];
    found.push(Impact::new("scales", level, format!("scales {before} → {after}")).about(field));
    if after < before && has_claims(Some(old)) {
        let policy = new.text_at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"]);
        let impact = if policy == Some("Delete") {
            let text = "data is lost: the PersistentVolumeClaims of removed pods are deleted";
            Impact::new("data-lost", ImpactLevel::Warning, text)
        } else {
            let text = "data stays: the PersistentVolumeClaims of removed pods are kept";
            Impact::new("data-stays", ImpactLevel::Info, text)
        };
        found.push(impact.about(field));
    }
}

fn restart(new: &Map, kind: &str) -> Impact {
    let strategy =
        new.text_at(&["spec", "updateStrategy", "type"]).or_else(|| new.text_at(&["spec", "strategy", "type"]));
    let partition = new.number_at(&["spec", "updateStrategy", "rollingUpdate", "partition"]).unwrap_or(0);
    let replicas = new.number_at(&["spec", "replicas"]).unwrap_or(1);
    let rule = "restarts";
    match (kind, strategy) {
        ("CronJob", _) => Impact::new("next-run", ImpactLevel::Info, "takes effect with the next run"),
        ("ReplicaSet", _) | (_, Some("OnDelete")) => {
            Impact::new("no-restart", ImpactLevel::Warning, "no restart: pods stay unchanged until they are deleted")
        }
        ("Deployment", Some("Recreate")) => {
            Impact::new(rule, ImpactLevel::Warning, "restarts all pods: all are stopped before the new ones start")
        }
        ("StatefulSet", _) if partition > 0 && partition < replicas => Impact::new(
            rule,
            ImpactLevel::Warning,
            format!("restarts the pods numbered {partition} and above (rolling update); those below stay unchanged"),
        ),
        ("StatefulSet", _) if partition > 0 => Impact::new(
            "no-restart",
            ImpactLevel::Warning,
            format!("no restart: the partition {partition} leaves all pods unchanged"),
        ),
        _ => Impact::new(rule, ImpactLevel::Warning, "restarts all pods (rolling update)"),
    }
}

/// Whether a StatefulSet creates PersistentVolumeClaims.
pub(super) fn has_claims(fields: Option<&Map>) -> bool {
    let templates =
        fields.and_then(|fields| fields.at(["spec", "volumeClaimTemplates"])).and_then(|node| node.value.as_list());
    templates.is_some_and(|templates| !templates.is_empty())
}

/// The namespace of a StatefulSet, the images of its pods and the names of its volume claims. Two StatefulSets that have these in
/// common do the same work.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Data<'a> {
    namespace: &'a str,
    images: Vec<&'a str>,
    claims: Vec<&'a str>,
}

/// The names of removed StatefulSets that leave data behind, by the workload that the data belongs to.
pub(super) type LeftData<'a> = HashMap<Data<'a>, &'a str>;

/// Finds the data that removed StatefulSets leave behind.
pub(super) fn left_data<'a>(changed: &'a [Changed<'_>]) -> LeftData<'a> {
    let removed = changed.iter().filter(|object| object.difference.status == Status::Removed);
    removed.filter_map(|object| Some((data_of(object, object.old())?, object.difference.id.name.as_str()))).collect()
}

/// Returns the data of a StatefulSet that creates PersistentVolumeClaims; `None` for other objects.
pub(super) fn data_of<'a>(object: &'a Changed<'_>, fields: Option<&'a Map>) -> Option<Data<'a>> {
    let id = &object.difference.id;
    let fields = fields.filter(|fields| id.kind == "StatefulSet" && has_claims(Some(fields)))?;
    let pod = fields.map_at(&["spec", "template", "spec"])?;
    let images = pod.maps_at(&["containers"]).filter_map(|container| container.text_at(&["image"])).collect();
    let claims = fields.maps_at(&["spec", "volumeClaimTemplates"]);
    let claims = claims.filter_map(|claim| claim.text_at(&["metadata", "name"])).collect();
    Some(Data { namespace: &id.namespace, images, claims })
}

/// Returns the impact of a StatefulSet that replaces another one: the existing claims belong to the old name.
pub(super) fn starts_empty(old: &str) -> Impact {
    Impact::new(
        "data-left",
        ImpactLevel::Warning,
        format!("its pods start with empty volumes: the data stays in the PersistentVolumeClaims of {old}"),
    )
}

/// Returns the impact of a deleted StatefulSet on its data.
pub(super) fn data_when_deleted(fields: Option<&Map>) -> Impact {
    let policy =
        fields.and_then(|fields| fields.text_at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]));
    if policy == Some("Delete") {
        Impact::new(
            "data-lost",
            ImpactLevel::Warning,
            "data is lost when it is deleted: its PersistentVolumeClaims are deleted with it",
        )
    } else {
        Impact::new("data-stays", ImpactLevel::Info, "data stays: its PersistentVolumeClaims are kept")
    }
}

/// Adds the impacts of a changed PersistentVolumeClaim.
pub(super) fn claim(old: &Map, new: &Map, found: &mut Vec<Impact>) {
    let storage =
        |map: &Map| map.at(["spec", "resources", "requests", "storage"]).and_then(|node| quantity(&node.value));
    if let (Some(before), Some(after)) = (storage(old), storage(new)) {
        if after < before {
            found.push(
                Impact::rejected_because("immutable", "a claim can't shrink")
                    .about(&["spec.resources.requests.storage"])
                    .remedy("create a new claim and copy the data"),
            );
        } else if after > before {
            found.push(Impact::new(
                "grows",
                ImpactLevel::Info,
                "the volume grows, if its storage class allows expansion",
            ));
        }
    }
}
