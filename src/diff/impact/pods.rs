//! Changes that the API server rejects in Pods and in the pod templates of Jobs.

use super::Impact;
use super::changed::Changed;
use super::fixed::rejection;
use crate::diff::compare::{Change, ChangeKind};
use crate::kubernetes::PathStep;
use crate::yaml::{Map, Node, Value};

/// The fields that a suspended Job may change in its pod template.
const OF_SUSPENDED_JOBS: [&[&str]; 5] = [
    &["metadata"],
    &["spec", "nodeSelector"],
    &["spec", "affinity", "nodeAffinity"],
    &["spec", "tolerations"],
    &["spec", "schedulingGates"],
];

/// Adds the changes to a Pod that the API server rejects: all except images, earlier deadlines, additional tolerations and
/// removed gates.
pub(super) fn rejections_of_pod(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let Some((old, new)) = object.stored() else { return };
    let is_gated = !old.list_at(&["spec", "schedulingGates"]).is_empty();
    let mut fields: Vec<String> = Vec::new();
    for change in object.stored_changes().iter().filter(|change| change.path.is_below(&["spec"])) {
        let name = change.path.name(1).unwrap_or("containers");
        let is_allowed = match name {
            "containers" | "initContainers" => is_image(change),
            "activeDeadlineSeconds" => comes_nearer(old, new),
            "tolerations" => old.list_at(&["spec", name]).iter().all(|one| is_tolerated(one, new)),
            "schedulingGates" => {
                new.list_at(&["spec", name]).iter().all(|gate| old.list_at(&["spec", name]).contains(gate))
            }
            "nodeSelector" => is_gated && matches!(change.kind, ChangeKind::Added(_)),
            "affinity" => is_gated && change.path.has_field("nodeAffinity") | old.at(["spec", name]).is_none(),
            _ => false,
        };
        if !is_allowed {
            fields.push(format!("spec.{name}"));
        }
    }
    fields.sort_unstable();
    fields.dedup();
    found.extend(fields.iter().map(|field| rejection(object, field)));
}

/// Adds the changes to a Job that the API server rejects. The template can change only while the Job is suspended, and only in
/// its metadata and in fields that decide where and with which resources it runs. The completions can change only if the Job is
/// indexed and the parallelism changes with them.
pub(super) fn rejections_of_job(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let Some((old, new)) = object.stored() else { return };
    let is_suspended = old.is_true_at(&["spec", "suspend"]);
    let is_fixed = |change: &Change| {
        let inner = &change.path.0[2.min(change.path.0.len())..];
        let is_below = |path: &&[&str]| {
            inner.len() >= path.len()
                && path.iter().zip(inner).all(|(name, step)| matches!(step, PathStep::Field(field) if field == name))
        };
        let is_resource = matches!(inner, [PathStep::Field(spec), PathStep::Field(containers), PathStep::Item(_), PathStep::Field(resources), ..]
            if spec == "spec" && matches!(containers.as_str(), "containers" | "initContainers") && resources == "resources");
        // Labels that the server adds to the pods, which contain the name of the Job.
        let is_its_name = ["job-name", "controller-uid"].into_iter().any(|label| {
            change
                .path
                .0
                .last()
                .is_some_and(|step| matches!(step, PathStep::Field(name) if name.rsplit('/').next() == Some(label)))
        });
        !(is_suspended && !is_its_name && (OF_SUSPENDED_JOBS.iter().any(is_below) || is_resource))
    };
    if object.stored_changes().iter().any(|change| change.path.is_below(&["spec", "template"]) && is_fixed(change)) {
        found.push(rejection(object, "spec.template"));
    }
    let count = |map: &Map, field: &str| map.number_at(&["spec", field]);
    let in_tandem = new.text_at(&["spec", "completionMode"]) == Some("Indexed")
        && count(new, "completions") == count(new, "parallelism");
    if object.differs(&["spec", "completions"]) && !in_tandem {
        found.push(rejection(object, "spec.completions"));
    }
}

fn is_image(change: &Change) -> bool {
    matches!(&change.path.0[..], [_, _, PathStep::Item(_), PathStep::Field(field)] if field == "image")
}

fn comes_nearer(old: &Map, new: &Map) -> bool {
    let deadline = |map: &Map| map.number_at(&["spec", "activeDeadlineSeconds"]);
    deadline(new).is_some_and(|new| deadline(old).is_none_or(|old| new <= old))
}

/// Whether a toleration is still there. Its duration may change.
fn is_tolerated(one: &Node, pod: &Map) -> bool {
    let but_for_its_time = |node: &Node| {
        let Value::Map(map) = &node.value else { return node.value.clone() };
        let mut map = map.clone();
        map.remove("tolerationSeconds");
        Value::Map(map)
    };
    pod.list_at(&["spec", "tolerations"]).iter().any(|other| but_for_its_time(other) == but_for_its_time(one))
}
