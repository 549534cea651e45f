//! Which kinds of Kubernetes' own a version serves, as far as Helm's table of deprecations does not say it: kinds that its client library
//! has forgotten, and kinds that came later (the lifecycle markers of k8s.io/api).

use crate::kubernetes::KubeVersion;

/// A kind in an API version, the minor version of Kubernetes from which on it is not served, and what to use.
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

/// Kinds in a stable API version, the minor version of Kubernetes that serves them first, and the API version before, with the minor
/// version that served that first.
#[rustfmt::skip]
const NEWER: &[(&str, &[&str], u32, &str, u32)] = &[
    ("admissionregistration.k8s.io/v1", &["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"], 36, "admissionregistration.k8s.io/v1beta1", 34),
    ("admissionregistration.k8s.io/v1", &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"], 30, "admissionregistration.k8s.io/v1beta1", 28),
    ("flowcontrol.apiserver.k8s.io/v1", &["FlowSchema", "PriorityLevelConfiguration"], 29, "flowcontrol.apiserver.k8s.io/v1beta3", 26),
    ("networking.k8s.io/v1", &["IPAddress", "ServiceCIDR"], 33, "networking.k8s.io/v1beta1", 31),
    ("resource.k8s.io/v1", &["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"], 34, "resource.k8s.io/v1beta1", 32),
    ("storage.k8s.io/v1", &["VolumeAttributesClass"], 34, "storage.k8s.io/v1beta1", 31),
];

/// Why a kind is not served yet in a version of Kubernetes.
pub(super) fn not_yet(api_version: &str, kind: &str, kubernetes: &KubeVersion) -> Option<String> {
    let (_, _, first, before, since) = NEWER.iter().find(|row| row.0 == api_version && row.1.contains(&kind))?;
    let minor = minor(kubernetes)?;
    if minor >= *first {
        return None;
    }
    let instead = if minor >= *since { format!("; use {before} {kind}") } else { String::new() };
    Some(format!("{api_version} {kind} is unavailable before v1.{first}{instead}"))
}

/// The minor version, of Kubernetes 1.
fn minor(kubernetes: &KubeVersion) -> Option<u32> {
    (kubernetes.major == "1").then(|| kubernetes.minor.parse().ok())?
}

/// Why a kind is not served any more in a version of Kubernetes.
pub(super) fn no_longer(api_version: &str, kind: &str, kubernetes: &KubeVersion) -> Option<String> {
    let (_, _, removed, instead) = GONE.iter().find(|row| row.0 == api_version && row.1 == kind)?;
    if minor(kubernetes).is_some_and(|minor| minor < *removed) {
        return None;
    }
    let instead = if instead.is_empty() { String::new() } else { format!("; use {instead}") };
    Some(format!("{api_version} {kind} is unavailable in v1.{removed}+{instead}"))
}
