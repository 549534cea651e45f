//! Which built-in kinds a version of Kubernetes serves, in addition to Helm's table of deprecations: kinds that its client
//! library has dropped, and kinds that were added later (from the lifecycle markers of k8s.io/api).

use crate::kubernetes::KubeVersion;

/// A kind of an API version, the minor version of Kubernetes that removed it, and the replacement.
#[rustfmt::skip]
const GONE: &[(&str, &str, u32, &str)] = &[
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22, "apiextensions.k8s.io/v1 CustomResourceDefinition"),
    ("apiregistration.k8s.io/v1beta1", "APIService", 22, "apiregistration.k8s.io/v1 APIService"),
    ("auditregistration.k8s.io/v1alpha1", "AuditSink", 19, ""),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2 HorizontalPodAutoscaler"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "autoscaling/v2 HorizontalPodAutoscaler"),
    ("batch/v2alpha1", "CronJob", 21, "batch/v1 CronJob"),
    ("extensions/v1beta1", "PodSecurityPolicy", 16, ""),
    ("policy/v1beta1", "PodSecurityPolicy", 25, ""),
    ("settings.k8s.io/v1alpha1", "PodPreset", 20, ""),
];

/// Kinds of a stable API version, the minor version of Kubernetes that introduced it, the preceding API version, and the minor
/// version that introduced that.
#[rustfmt::skip]
const NEWER: &[(&str, &[&str], u32, &str, u32)] = &[
    ("admissionregistration.k8s.io/v1", &["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"], 36, "admissionregistration.k8s.io/v1beta1", 34),
    ("admissionregistration.k8s.io/v1", &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"], 30, "admissionregistration.k8s.io/v1beta1", 28),
    ("flowcontrol.apiserver.k8s.io/v1", &["FlowSchema", "PriorityLevelConfiguration"], 29, "flowcontrol.apiserver.k8s.io/v1beta3", 26),
    ("networking.k8s.io/v1", &["IPAddress", "ServiceCIDR"], 33, "networking.k8s.io/v1beta1", 31),
    ("resource.k8s.io/v1", &["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"], 34, "resource.k8s.io/v1beta1", 32),
    ("storage.k8s.io/v1", &["VolumeAttributesClass"], 34, "storage.k8s.io/v1beta1", 31),
];

/// Returns why a version of Kubernetes does not serve a kind yet.
pub(super) fn not_yet(api_version: &str, kind: &str, kubernetes: &KubeVersion) -> Option<String> {
    let (_, _, first, before, since) = NEWER.iter().find(|row| row.0 == api_version && row.1.contains(&kind))?;
    let minor = minor(kubernetes)?;
    if minor >= *first {
        return None;
    }
    let instead = if minor >= *since { format!("; use {before} {kind}") } else { String::new() };
    Some(format!("{api_version} {kind} is unavailable before v1.{first}{instead}"))
}

/// Returns the minor version of Kubernetes 1.
fn minor(kubernetes: &KubeVersion) -> Option<u32> {
    (kubernetes.major == "1").then(|| kubernetes.minor.parse().ok())?
}

/// Returns why a version of Kubernetes no longer serves a kind.
pub(super) fn no_longer(api_version: &str, kind: &str, kubernetes: &KubeVersion) -> Option<String> {
    let (_, _, removed, instead) = GONE.iter().find(|row| row.0 == api_version && row.1 == kind)?;
    if minor(kubernetes).is_some_and(|minor| minor < *removed) {
        return None;
    }
    let instead = if instead.is_empty() { String::new() } else { format!("; use {instead}") };
    Some(format!("{api_version} {kind} is unavailable in v1.{removed}+{instead}"))
}
