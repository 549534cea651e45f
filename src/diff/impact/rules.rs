//! Which rules look at a difference, and those of kinds that need only one or two.

use super::changed::{Changed, reference as reference_of};
use super::workloads::LeftData;
use super::{Impact, ImpactLevel, fixed, pods, services, workloads};
use crate::diff::difference::Status;
use crate::kubernetes::Object;
use crate::yaml::Map;

/// The rules, with all that they look at besides the object itself.
pub(in crate::diff) struct Rules<'c, 'o> {
    all: &'c [Changed<'o>],
    /// All objects of the new side.
    new: &'o [Object],
    left_data: LeftData<'c>,
}

impl<'c, 'o> Rules<'c, 'o> {
    /// The rules for all objects that differ; `new` are all objects of the new side.
    pub(in crate::diff) fn new(all: &'c [Changed<'o>], new: &'o [Object]) -> Self {
        Rules { all, new, left_data: workloads::left_data(all) }
    }

    /// What an object's difference does.
    pub(in crate::diff) fn of(&self, object: &Changed<'_>) -> Vec<Impact> {
        of_one(object, self.all, self.new, &self.left_data)
    }
}

fn of_one(object: &Changed<'_>, all: &[Changed<'_>], new: &[Object], left_data: &LeftData<'_>) -> Vec<Impact> {
    let mut found = Vec::new();
    match object.difference.status {
        Status::Rewritten => {}
        Status::Removed => removed(object, &mut found),
        Status::Renamed => {
            let old = object.difference.old_name.as_deref().unwrap_or_default();
            let kind = &object.difference.id.kind;
            found.push(
                Impact::new(
                    "renamed",
                    ImpactLevel::Warning,
                    format!("a new object is made; {}", left(kind, &reference_of(kind, old))),
                )
                .remedy(format!("kubectl delete {}, or kubectl apply --prune", object.reference_by(old))),
            );
            if kind == "StatefulSet" && workloads::has_claims(object.new_fields()) {
                found.push(workloads::starts_empty("the old name"));
            }
        }
        Status::Added if object.difference.id.kind == "Service" => {
            found.extend(object.new_fields().and_then(services::opened_by_new));
        }
        Status::Added => {
            let old = workloads::data_of(object, object.new_fields()).and_then(|data| left_data.get(&data));
            found.extend(old.map(|old| workloads::starts_empty(&reference_of("StatefulSet", old))));
        }
        Status::Changed => changed_fields(object, all, new, &mut found),
    }
    found
}

/// What `kubectl apply` does with an object that it no longer finds: only what makes pods runs.
fn left(kind: &str, what: &str) -> String {
    let runs =
        ["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob"];
    if runs.contains(&kind) {
        format!("kubectl apply leaves {what} running")
    } else {
        format!("kubectl apply leaves {what} in the cluster")
    }
}

fn removed(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let reference = object.reference();
    found.push(
        Impact::new("removed", ImpactLevel::Warning, left(&object.difference.id.kind, "it"))
            .remedy(format!("kubectl delete {reference}, or kubectl apply --prune")),
    );
    match object.difference.id.kind.as_str() {
        "StatefulSet" if workloads::has_claims(object.old()) => found.push(workloads::data_when_deleted(object.old())),
        "PersistentVolumeClaim" => found.push(Impact::new(
            "data-lost",
            ImpactLevel::Warning,
            "deleting it deletes the data, unless the volume's reclaim policy is Retain",
        )),
        "Namespace" => {
            found.push(Impact::new("namespace-deleted", ImpactLevel::Warning, "deleting it deletes everything in it"))
        }
        _ => {}
    }
}

fn changed_fields(object: &Changed<'_>, all: &[Changed<'_>], new: &[Object], found: &mut Vec<Impact>) {
    let (Some(old), Some(fields)) = (object.old(), object.new_fields()) else { return };
    fixed::refusals(object, old, found);
    match object.difference.id.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob" => {
            found.extend(taken_over(old, fields));
            workloads::impacts(object, old, fields, found);
        }
        "Service" => services::impacts(object, old, fields, found),
        "ConfigMap" | "Secret" => configuration(object, old, all, new, found),
        "PersistentVolumeClaim" => workloads::claim(old, fields, found),
        "Pod" => pods::refusals_of_pod(object, found),
        "ReplicationController" => found.extend(workloads::selector_left_by_apply(object)),
        _ => {}
    }
}

/// A workload of another release: both have the same name.
fn taken_over(old: &Map, new: &Map) -> Option<Impact> {
    let release =
        |fields: &Map| Some(fields.text_at(&["metadata", "labels", "app.kubernetes.io/instance"])?.to_owned());
    let (before, after) = (release(old)?, release(new)?);
    (before != after).then(|| {
        Impact::new(
            "taken-over",
            ImpactLevel::Warning,
            format!("it belongs to release {before}; release {after} takes it over"),
        )
        .remedy("to run both releases, give one another name with --set fullnameOverride=NAME")
    })
}

/// A ConfigMap or Secret: who uses it, and when they see the change.
fn configuration(object: &Changed<'_>, old: &Map, all: &[Changed<'_>], new: &[Object], found: &mut Vec<Impact>) {
    let kind = object.difference.id.kind.as_str();
    let reference = object.reference();
    let is_immutable = old.is_true_at(&["immutable"]);
    if is_immutable && object.differs(&["immutable"]) {
        found.push(
            Impact::rejected("immutable, once it is true,").remedy(format!("kubectl delete {reference}, then apply")),
        );
    }
    let fields = ["data", "stringData", "binaryData"];
    if !fields.iter().any(|field| object.differs(&[field])) {
        return;
    }
    if is_immutable {
        found.push(
            Impact::rejected(&format!("data of an immutable {kind}"))
                .remedy("give the new one another name, and name that in what uses it"),
        );
        return;
    }
    for user in new {
        let Some(use_of) = workloads::use_of(user, kind, &object.difference.id.name) else { continue };
        let who = user.id.to_string();
        let restarts = all.iter().find(|other| {
            other.difference.id == user.id && other.touches(&["spec", "template"]) && workloads::restarts(other)
        });
        if restarts.is_some() {
            found.push(Impact::new(
                "configuration-with-restart",
                ImpactLevel::Info,
                format!("{who} restarts with this change, and reads the new configuration"),
            ));
            continue;
        }
        let text = match use_of {
            workloads::Use::OnStart => {
                format!("no restart: pods of {who} keep the old configuration until they are restarted")
            }
            workloads::Use::Files => format!(
                "no restart: the files in pods of {who} change within a minute or two, and what has been read stays as it was until they are restarted"
            ),
        };
        let restart = match user.id.kind.as_str() {
            kind @ ("StatefulSet" | "Deployment" | "DaemonSet") => {
                Some(format!("kubectl rollout restart {}", reference_of(kind, &user.id.name)))
            }
            _ => None,
        };
        found.push(Impact {
            remedy: restart,
            ..Impact::new("configuration-without-restart", ImpactLevel::Warning, text)
        });
    }
}
