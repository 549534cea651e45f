//! Fields that cannot be changed in an existing object, for every built-in kind.

use super::Impact;
use super::changed::Changed;
use crate::diff::compare::{Change, ChangeKind};
use crate::kubernetes::PathStep;
use crate::yaml::Map;

/// Immutable fields of a kind. The steps of a path are field names.
enum Fixed {
    /// The field cannot be changed.
    Never(&'static [&'static str]),
    /// The field cannot be changed once it is set.
    Once(&'static [&'static str]),
    /// Nothing in the field can be changed except these fields.
    Except(&'static [&'static str], &'static [&'static str]),
}

use Fixed::{Except, Never, Once};

/// The immutable fields by group and kind, from Kubernetes' validation of updates (`pkg/apis/*/validation`). Rules that need more
/// than a path are code, here and in the other files of this folder.
#[rustfmt::skip]
const FIXED: &[(&str, &str, &[Fixed])] = &[
    ("", "Node", &[Once(&["spec", "podCIDR"]), Once(&["spec", "podCIDRs"]), Once(&["spec", "providerID"])]),
    ("", "PersistentVolume", &[
        Except(&["spec"], &["accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName"]),
        Once(&["spec", "nodeAffinity"]),
    ]),
    ("", "PersistentVolumeClaim", &[
        Except(&["spec"], &["resources", "storageClassName", "volumeAttributesClassName", "volumeName"]),
        Once(&["spec", "storageClassName"]), Once(&["spec", "volumeName"]),
        Except(&["spec", "resources"], &["requests"]), Except(&["spec", "resources", "requests"], &["storage"]),
    ]),
    ("", "ResourceQuota", &[Never(&["spec", "scopes"])]),
    ("", "Secret", &[Never(&["type"])]),
    ("apiextensions.k8s.io", "CustomResourceDefinition", &[Never(&["spec", "scope"]), Never(&["spec", "group"]), Never(&["spec", "names", "kind"]), Never(&["spec", "names", "plural"])]),
    ("apps", "ControllerRevision", &[Never(&["data"])]),
    ("apps", "DaemonSet", &[Never(&["spec", "selector"])]),
    ("apps", "Deployment", &[Never(&["spec", "selector"])]),
    ("apps", "ReplicaSet", &[Never(&["spec", "selector"])]),
    ("apps", "StatefulSet", &[Except(&["spec"], &["minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "replicas", "revisionHistoryLimit", "template", "updateStrategy"])]),
    ("batch", "Job", &[
        Never(&["spec", "selector"]), Never(&["spec", "completionMode"]), Never(&["spec", "podFailurePolicy"]), Never(&["spec", "backoffLimitPerIndex"]),
        Never(&["spec", "managedBy"]), Never(&["spec", "successPolicy"]),
    ]),
    ("discovery.k8s.io", "EndpointSlice", &[Never(&["addressType"])]),
    ("events.k8s.io", "Event", &[Except(&[], &["apiVersion", "kind", "metadata", "series"])]),
    ("networking.k8s.io", "IPAddress", &[Never(&["spec", "parentRef"])]),
    ("networking.k8s.io", "IngressClass", &[Never(&["spec", "controller"])]),
    ("node.k8s.io", "RuntimeClass", &[Never(&["handler"])]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &[Never(&["roleRef"])]),
    ("rbac.authorization.k8s.io", "RoleBinding", &[Never(&["roleRef"])]),
    ("resource.k8s.io", "ResourceClaim", &[Never(&["spec"])]),
    ("resource.k8s.io", "ResourceClaimTemplate", &[Never(&["spec"])]),
    ("resource.k8s.io", "ResourceSlice", &[Never(&["spec", "driver"]), Never(&["spec", "pool", "name"]), Never(&["spec", "nodeName"])]),
    ("scheduling.k8s.io", "PriorityClass", &[Never(&["value"]), Never(&["preemptionPolicy"])]),
    ("storage.k8s.io", "CSIDriver", &[Never(&["spec", "attachRequired"]), Never(&["spec", "volumeLifecycleModes"])]),
    ("storage.k8s.io", "CSIStorageCapacity", &[Never(&["nodeTopology"]), Never(&["storageClassName"])]),
    ("storage.k8s.io", "StorageClass", &[Never(&["provisioner"]), Never(&["parameters"]), Never(&["reclaimPolicy"]), Never(&["volumeBindingMode"])]),
    ("storage.k8s.io", "VolumeAttachment", &[Never(&["spec"])]),
    ("storage.k8s.io", "VolumeAttributesClass", &[Never(&["driverName"]), Never(&["parameters"])]),
];

/// Adds the changes to an object that the API server rejects.
pub(super) fn rejections(object: &Changed<'_>, old: &Map, found: &mut Vec<Impact>) {
    let id = &object.difference.id;
    let (group, kind) = (id.group(), id.kind.as_str());
    let rules = FIXED.iter().find(|(known, name, _)| *known == group && *name == kind).map(|(_, _, rules)| *rules);
    for rule in rules.unwrap_or_default() {
        match rule {
            Never(path) if object.differs(path) => found.push(rejection(object, &path.join("."))),
            Once(path)
                if object.differs(path) && old.at(path.iter().copied()).is_some_and(|node| !node.value.is_null()) =>
            {
                found.push(rejection(object, &path.join(".")));
            }
            Except(path, allowed) => {
                for field in fields_below(object, path) {
                    if !allowed.contains(&field.as_str()) {
                        let whole: Vec<&str> = path.iter().copied().chain([field.as_str()]).collect();
                        found.push(rejection(object, &whole.join(".")));
                    }
                }
            }
            _ => {}
        }
    }
    let any_below = |path: &[&str], is_rejected: fn(&Change) -> bool| {
        object.stored_changes().iter().any(|change| change.path.is_below(path) && is_rejected(change))
    };
    match (group, kind) {
        ("networking.k8s.io", "ServiceCIDR") if any_below(&["spec", "cidrs"], |change| !is_second_network(change)) => {
            found.push(rejection(object, "spec.cidrs"));
        }
        ("storage.k8s.io", "CSINode") if any_below(&["spec", "drivers"], is_inside_of_a_driver) => {
            found.push(rejection(object, "the entry of a driver").about(&["spec.drivers"]));
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") if any_below(&["spec", "versions"], removes_storage) => {
            found.push(
                Impact::rejected("the version in which objects are stored")
                    .about(&["spec.versions"])
                    .remedy("keep the version, with served: false if necessary, until no object is stored in it"),
            );
        }
        _ => {}
    }
}

/// Returns the impact of a change that the API server rejects, with a remedy.
pub(super) fn rejection(object: &Changed<'_>, field: &str) -> Impact {
    let kind = object.difference.id.kind.as_str();
    let article = if kind.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    let what = match field {
        "roleRef" => "roleRef of a binding".to_owned(),
        _ => format!("{field} of {article} {kind}"),
    };
    Impact::rejected(&what).remedy(remedy(object, field)).about(&[field])
}

/// Returns what to do to change a field that the API server does not let change.
pub(super) fn remedy(object: &Changed<'_>, field: &str) -> String {
    let (kind, reference) = (object.difference.id.kind.as_str(), object.reference());
    match (kind, field) {
        ("Job", _) => format!("run `kubectl delete {reference}`, then apply: it runs again"),
        ("PersistentVolumeClaim", _) => "create a new claim and copy the data".to_owned(),
        ("RoleBinding" | "ClusterRoleBinding", _) => {
            format!("run `kubectl delete {reference}`, then apply: its permissions are missing in between")
        }
        ("StatefulSet", "spec.volumeClaimTemplates") => format!(
            "run `kubectl delete {reference} --cascade=orphan`, then apply: pods and data stay; existing claims keep their size until you change them"
        ),
        ("StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet", _) => {
            format!("run `kubectl delete {reference} --cascade=orphan`, then apply: the pods stay")
        }
        ("Service", _) => format!("run `kubectl delete {reference}`, then apply: it is not reachable in between"),
        _ => format!("run `kubectl delete {reference}`, then apply"),
    }
}

/// Returns the names of the changed fields below a path, without duplicates.
fn fields_below(object: &Changed<'_>, path: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for change in object.stored_changes() {
        match change.path.name(path.len()) {
            Some(name) if change.path.is_below(path) && !may_be_set(object, change) => found.push(name.to_owned()),
            None if change.path.0.len() == path.len() && change.path.is_below(path) => {
                // The whole object at the path was added or removed.
                let (ChangeKind::Added(value) | ChangeKind::Removed(value)) = &change.kind else { continue };
                found.extend(value.as_map().into_iter().flat_map(Map::keys).map(str::to_owned));
            }
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a change adds the secret that a CSI driver needs to expand a volume, which is allowed.
fn may_be_set(object: &Changed<'_>, change: &Change) -> bool {
    object.difference.id.kind == "PersistentVolume"
        && change.path.0.len() == 3
        && change.path.is_below(&["spec", "csi", "controllerExpandSecretRef"])
        && matches!(change.kind, ChangeKind::Added(_))
}

/// Whether a change adds a second network of the other IP family, which is allowed.
fn is_second_network(change: &Change) -> bool {
    matches!(&change.kind, ChangeKind::Added(_)) && change.path.0.last() == Some(&PathStep::Index(1))
}

/// Whether a change is to a field of a driver other than `allocatable`, which is rejected. Drivers may be added and removed.
fn is_inside_of_a_driver(change: &Change) -> bool {
    change.path.name(3).is_some_and(|field| field != "allocatable")
}

/// Whether a change removes a version in which objects are stored.
fn removes_storage(change: &Change) -> bool {
    matches!(&change.kind, ChangeKind::Removed(version) if version.as_map().is_some_and(|map| map.is_true_at(&["storage"])))
}
