//! Kinds of Kubernetes' own that its client library has forgotten, and with it Helm's table of deprecations.

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

/// Why a kind is not served in a version of Kubernetes, if it was once.
pub(super) fn why(api_version: &str, kind: &str, kubernetes: &KubeVersion) -> Option<String> {
    let (_, _, removed, instead) = GONE.iter().find(|row| row.0 == api_version && row.1 == kind)?;
    let minor = kubernetes.minor.parse::<u32>().unwrap_or(u32::MAX);
    if kubernetes.major == "1" && minor < *removed {
        return None;
    }
    let instead = if instead.is_empty() { String::new() } else { format!("; use {instead}") };
    Some(format!("{api_version} {kind} is unavailable in v1.{removed}+{instead}"))
}
