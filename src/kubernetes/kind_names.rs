//! The names of kinds that kubectl accepts: in any case, in the plural, or abbreviated.

use super::schema::Schema;

/// The short names of kubectl, as in the output of `kubectl api-resources`.
const SHORT: &[(&str, &str)] = &[
    ("cj", "CronJob"),
    ("cm", "ConfigMap"),
    ("crd", "CustomResourceDefinition"),
    ("csr", "CertificateSigningRequest"),
    ("deploy", "Deployment"),
    ("ds", "DaemonSet"),
    ("ep", "Endpoints"),
    ("hpa", "HorizontalPodAutoscaler"),
    ("ing", "Ingress"),
    ("limits", "LimitRange"),
    ("netpol", "NetworkPolicy"),
    ("ns", "Namespace"),
    ("pc", "PriorityClass"),
    ("pdb", "PodDisruptionBudget"),
    ("po", "Pod"),
    ("pv", "PersistentVolume"),
    ("pvc", "PersistentVolumeClaim"),
    ("quota", "ResourceQuota"),
    ("rc", "ReplicationController"),
    ("rs", "ReplicaSet"),
    ("sa", "ServiceAccount"),
    ("sc", "StorageClass"),
    ("sts", "StatefulSet"),
    ("svc", "Service"),
];

/// Returns the built-in kind that a name refers to; `None` if there is no such kind.
///
/// ```
/// use mim_chart::kubernetes::kind_named;
///
/// assert_eq!(kind_named("configmap"), Some("ConfigMap"));
/// assert_eq!(kind_named("networkpolicies"), Some("NetworkPolicy"));
/// assert_eq!(kind_named("cm"), Some("ConfigMap"));
/// assert_eq!(kind_named("servicemonitor"), None);
/// ```
pub fn kind_named(name: &str) -> Option<&'static str> {
    let short = SHORT.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind);
    let is_meant = |kind: &str| kind.eq_ignore_ascii_case(name) || plural(kind).eq_ignore_ascii_case(name);
    short.or_else(|| Schema::built_in().kinds().map(|(_, kind)| kind).find(|kind| is_meant(kind)))
}

/// Returns the resource name of a kind.
fn plural(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        _ if kind.ends_with("points") => kind.to_owned(),
        _ if kind.ends_with('s') => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}
