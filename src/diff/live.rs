//! Identifies fields that the API server and controllers set in an object, and that stay although the manifest does not have
//! them.

use super::compare::{Change, ChangeKind};
use crate::kubernetes::{Object, ObjectType, PathStep, Schema, Type, is_server_assigned};
use crate::yaml::{Map, Value};

/// Labels and annotations that controllers, kubectl, Helm and other tools add to objects. An entry that ends in a slash is a
/// prefix.
const ADDED: &[&str] = &[
    "app.kubernetes.io/managed-by",
    "argocd.argoproj.io/tracking-id",
    "autoscaling.alpha.kubernetes.io/",
    "batch.kubernetes.io/",
    "control-plane.alpha.kubernetes.io/",
    "controller-revision-hash",
    "controller-uid",
    "deployment.kubernetes.io/",
    "deprecated.daemonset.template.generation",
    "endpoints.kubernetes.io/",
    "endpointslice.kubernetes.io/",
    "helm.toolkit.fluxcd.io/",
    "job-name",
    "kubectl.kubernetes.io/",
    "kubernetes.io/metadata.name",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
    "pod-template-generation",
    "pod-template-hash",
    "pv.kubernetes.io/",
    "statefulset.kubernetes.io/",
    "volume.beta.kubernetes.io/",
    "volume.kubernetes.io/",
];

/// Whether the API server keeps a field that the manifest no longer has. For an object in a manifest, these are the ports and
/// address families that it assigns to a Service. For an object from a cluster, they are all fields that the server or a
/// controller has set.
pub(super) fn is_kept_by_server(change: &Change, object: &Map, type_: Option<&ObjectType>, is_live: bool) -> bool {
    if is_live && is_of_controllers(change) {
        return true;
    }
    let ChangeKind::Removed(value) = &change.kind else { return false };
    let Some((PathStep::Field(field), above)) = change.path.0.split_last() else { return false };
    let Some(type_) = type_at(type_, above) else { return false };
    let is_address = matches!(field.as_str(), "clusterIP" | "clusterIPs");
    let is_service = type_.name.ends_with("core.v1.ServiceSpec") || type_.name.ends_with("core.v1.ServicePort");
    if is_address && object.text_at(&["spec", "clusterIP"]) == Some("None") || !is_live && (is_address || !is_service) {
        // A headless Service is chosen on purpose, and so is an address in a manifest.
        return false;
    }
    // The server sets these fields in objects, but not in templates inside other objects.
    let is_own = change.path.0.len() == 2;
    match (type_.name, field.as_str()) {
        ("api.core.v1.PodSpec" | "api.core.v1.PersistentVolumeClaimSpec" | "api.batch.v1.JobSpec", _) if !is_own => {
            false
        }
        // The service account of every Pod that names none.
        ("api.core.v1.PodSpec", "serviceAccountName" | "serviceAccount") => value.as_str() == Some("default"),
        // The resources of the whole Pod: the sum of the requests of its containers.
        ("api.core.v1.ResourceRequirements", "requests") => is_live && change.path.is_below(&["spec", "resources"]),
        ("api.rbac.v1.ClusterRole", "rules") => object.get("aggregationRule").is_some(),
        _ => is_server_assigned(type_, field),
    }
}

/// Whether a change to an object from a cluster is made by controllers, admission plugins and tools: finalizers, owners, labels,
/// annotations, taints, and the token of a Pod's service account.
fn is_of_controllers(change: &Change) -> bool {
    let path = &change.path;
    if ["finalizers", "ownerReferences"].into_iter().any(|field| path.is_below(&["metadata", field])) {
        return matches!(change.kind, ChangeKind::Removed(_) | ChangeKind::Reordered);
    }
    let ChangeKind::Removed(value) = &change.kind else { return false };
    let is_added =
        |key: &str| ADDED.iter().any(|known| key == *known || known.ends_with('/') && key.starts_with(known));
    let is_map = |step: Option<&PathStep>| matches!(step, Some(PathStep::Field(name)) if matches!(name.as_str(), "labels" | "annotations" | "matchLabels"));
    match path.0.last() {
        last if is_map(last) => value.as_map().is_some_and(|map| map.keys().all(is_added)),
        Some(PathStep::Field(key)) if is_map(path.0.iter().nth_back(1)) => is_added(key),
        Some(PathStep::Item(_) | PathStep::Index(_)) => is_token(value) || is_taint(value),
        Some(PathStep::Field(field)) if matches!(field.as_str(), "volumes" | "volumeMounts") => {
            value.as_list().is_some_and(|items| items.iter().all(|item| is_token(&item.value)))
        }
        _ => false,
    }
}

/// Whether an item is the volume that holds the token of a Pod's service account, or the mount of that volume.
fn is_token(value: &Value) -> bool {
    let text = |field: &str| value.as_map().and_then(|map| map.text_at(&[field])).unwrap_or_default();
    text("name").starts_with("kube-api-access-") || text("mountPath") == "/var/run/secrets/kubernetes.io/serviceaccount"
}

/// Whether an item is a taint by which the control plane reports the state of a node.
fn is_taint(value: &Value) -> bool {
    value.as_map().is_some_and(|map| map.text_at(&["key"]).is_some_and(|key| key.starts_with("node.kubernetes.io/")))
}

/// Whether an object from a cluster was not applied by a user: a controller owns it, or the cluster creates it by itself.
pub(super) fn is_created_by_cluster(object: &Object) -> bool {
    if !object.is_live {
        return false;
    }
    let fields = object.fields();
    let is_owned = fields.maps_at(&["metadata", "ownerReferences"]).any(|owner| owner.is_true_at(&["controller"]));
    let of_type = fields.text_at(&["type"]).unwrap_or_default();
    is_owned
        || match (object.id.kind.as_str(), object.id.name.as_str()) {
            ("ConfigMap", "kube-root-ca.crt") | ("ServiceAccount", "default") | ("Service", "kubernetes") => true,
            ("Endpoints" | "Event", _) => true,
            ("Secret", _) => matches!(of_type, "helm.sh/release.v1" | "kubernetes.io/service-account-token"),
            _ => false,
        }
}

fn type_at<'s>(type_: Option<&'s ObjectType>, steps: &[PathStep]) -> Option<&'s ObjectType> {
    let schema = Schema::built_in();
    let mut at = type_?;
    let mut steps = steps.iter().peekable();
    while let Some(step) = steps.next() {
        let PathStep::Field(name) = step else { return None };
        let mut type_ = &at.field(name)?.type_;
        while let Some(PathStep::Item(_) | PathStep::Index(_)) = steps.peek() {
            steps.next();
            let Type::List(items) = type_ else { return None };
            type_ = items;
        }
        let Type::Object(name) = type_ else { return None };
        at = schema.object_type(name)?;
    }
    Some(at)
}
