//! The order in which Helm applies manifests.

use super::document::Manifest;

/// Helm's install order: kinds that other kinds depend on come first.
const KINDS: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Sorts manifests by kind: known kinds in install order, then unknown kinds by name. Manifests of the same kind keep their
/// order.
pub(super) fn sort(manifests: &mut [Manifest]) {
    manifests.sort_by(|a, b| key(&a.id.kind).cmp(&key(&b.id.kind)));
}

fn key(kind: &str) -> (usize, &str) {
    match KINDS.iter().position(|known| *known == kind) {
        Some(position) => (position, ""),
        None => (KINDS.len(), kind),
    }
}
