//! Chooses the rules that apply to a difference, and defines those of kinds that have only a few.

use super::changed::{Changed, reference as reference_of};
use super::configuration::Users;
use super::workloads::LeftData;
use super::{Impact, ImpactLevel, fixed, hooks, pods, services, workloads};
use crate::diff::difference::Status;
use crate::kubernetes::Object;
use crate::yaml::Map;

/// The rules, with the information about other objects that they need.
pub(in crate::diff) struct Rules<'c, 'o> {
    users: Users<'c, 'o>,
    left_data: LeftData<'c>,
}

impl<'c, 'o> Rules<'c, 'o> {
    /// Prepares the rules for all objects that differ. `new` are all objects of the new side.
    pub(in crate::diff) fn new(all: &'c [Changed<'o>], new: &'o [Object]) -> Self {
        Rules { users: Users::new(all, new), left_data: workloads::left_data(all) }
    }

    /// Returns the impacts of an object's difference.
    pub(in crate::diff) fn impacts(&self, object: &Changed<'_>) -> Vec<Impact> {
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
                        format!("a new object is created; {}", left(object, &reference_of(kind, old))),
                    )
                    .remedy(format!("run `kubectl delete {}` or `kubectl apply --prune`", object.reference_by(old))),
                );
                if kind == "StatefulSet" && workloads::has_claims(object.new_fields()) {
                    found.push(workloads::starts_empty("the old name"));
                }
            }
            Status::Added if object.difference.id.kind == "Service" => {
                found.extend(object.new_fields().and_then(services::opened_by_new));
            }
            Status::Added => {
                let old = workloads::data_of(object, object.new_fields()).and_then(|data| self.left_data.get(&data));
                found.extend(old.map(|old| workloads::starts_empty(&reference_of("StatefulSet", old))));
            }
            Status::Changed => {
                changed_fields(object, &self.users, &mut found);
                hooks::soften(object, &mut found);
            }
        }
        found
    }
}

/// Describes what happens to an object that is no longer in the manifests: `kubectl apply` leaves it, and Helm deletes it unless
/// an annotation prevents that. Helm does not track hooks. Only kinds that create pods are running.
fn left(object: &Changed<'_>, what: &str) -> String {
    let runs =
        ["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob"];
    let kind = object.difference.id.kind.as_str();
    let place = if runs.contains(&kind) { "running" } else { "in the cluster" };
    let annotation = |name| object.old()?.text_at(&["metadata", "annotations", name]);
    let policy = annotation("helm.sh/resource-policy").unwrap_or_default();
    let by_helm = if annotation("helm.sh/hook").is_some() {
        "so does Helm, as it is a hook"
    } else if policy.trim().eq_ignore_ascii_case("keep") {
        "so does Helm (helm.sh/resource-policy: keep)"
    } else {
        "Helm deletes it"
    };
    format!("kubectl apply leaves {what} {place}; {by_helm}")
}

fn removed(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let reference = object.reference();
    found.push(
        Impact::new("removed", ImpactLevel::Warning, left(object, "it"))
            .remedy(format!("run `kubectl delete {reference}` or `kubectl apply --prune`")),
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
        "CustomResourceDefinition" => {
            let kind = object.old().and_then(|fields| fields.text_at(&["spec", "names", "kind"]));
            let what =
                kind.map_or("every object of its kind".to_owned(), |kind| format!("every {kind} in the cluster"));
            let text = format!("deleting it deletes {what}");
            found.push(Impact::new("custom-objects-deleted", ImpactLevel::Warning, text));
        }
        _ => {}
    }
}

fn changed_fields(object: &Changed<'_>, users: &Users<'_, '_>, found: &mut Vec<Impact>) {
    let (Some(old), Some(fields)) = (object.old(), object.new_fields()) else { return };
    fixed::rejections(object, old, found);
    match object.difference.id.kind.as_str() {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob" => {
            found.extend(taken_over(old, fields));
            workloads::impacts(object, old, fields, found);
        }
        "Service" => services::impacts(object, old, fields, found),
        "ConfigMap" | "Secret" => users.impacts(object, old, found),
        "PersistentVolumeClaim" => workloads::claim(old, fields, found),
        "Pod" => pods::rejections_of_pod(object, found),
        "ReplicationController" => found.extend(workloads::selector_left_by_apply(object)),
        _ => {}
    }
}

/// Warns if a workload changes the release that it belongs to, because both releases use the same name.
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
        .remedy("to run both releases, rename one with --set fullnameOverride=NAME")
    })
}
