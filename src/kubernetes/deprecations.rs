//! API versions that Kubernetes has deprecated, as in its client library v0.36.

use super::version::KubeVersion;

/// Kinds of an API version that were deprecated and removed together, in versions 1.x of Kubernetes.
struct Deprecated {
    api_version: &'static str,
    /// The minor version in which they were deprecated.
    since: u32,
    /// The minor version in which they were removed; 0 if that is not decided.
    removed: u32,
    /// The API version to use instead; empty if there is none.
    replacement: &'static str,
    kinds: &'static [&'static str],
    /// Whether the list kinds are included.
    with_lists: bool,
}

/// Returns Helm's warning for an object whose API version is deprecated in a version of Kubernetes; `None` if it is not.
pub fn deprecation(api_version: &str, kind: &str, kubernetes: &KubeVersion) -> Option<String> {
    let found = DEPRECATED.iter().find(|row| row.api_version == api_version && row.has(kind))?;
    if !found.holds_in(kubernetes) {
        return None;
    }
    let Deprecated { since, removed, replacement, .. } = found;
    let removed_text = match removed {
        0 => String::new(),
        removed => format!(", unavailable in v1.{removed}+"),
    };
    let instead = match *replacement {
        "" => String::new(),
        replacement => format!("; use {replacement} {}", replacing_kind(api_version, kind)),
    };
    Some(format!("{api_version} {kind} is deprecated in v1.{since}+{removed_text}{instead}"))
}

/// Whether a kind of an API version is removed in a version of Kubernetes.
pub fn is_removed(api_version: &str, kind: &str, kubernetes: &KubeVersion) -> bool {
    let found = DEPRECATED.iter().find(|row| row.api_version == api_version && row.has(kind));
    found.is_some_and(|row| row.removed > 0 && row.is_removed_in(kubernetes))
}

/// Returns the kind that Kubernetes recommends instead. It is the same kind, except for a renamed one and three errors in the
/// library.
fn replacing_kind<'a>(api_version: &str, kind: &'a str) -> &'a str {
    match (api_version, kind) {
        ("v1", "Endpoints") => "EndpointSlice",
        ("v1", "EndpointsList") => "EndpointSliceList",
        ("discovery.k8s.io/v1beta1", "EndpointSliceList") => "EndpointSlice",
        ("networking.k8s.io/v1beta1", "IngressClass") => "IngressClassList",
        ("storage.k8s.io/v1beta1", "CSINodeList") => "CSINode",
        _ => kind,
    }
}

impl Deprecated {
    const fn new(
        api_version: &'static str,
        since: u32,
        removed: u32,
        replacement: &'static str,
        kinds: &'static [&'static str],
    ) -> Deprecated {
        Deprecated { api_version, since, removed, replacement, kinds, with_lists: true }
    }

    const fn without_lists(
        api_version: &'static str,
        since: u32,
        removed: u32,
        replacement: &'static str,
        kinds: &'static [&'static str],
    ) -> Deprecated {
        Deprecated { with_lists: false, ..Deprecated::new(api_version, since, removed, replacement, kinds) }
    }

    fn has(&self, kind: &str) -> bool {
        let item = kind.strip_suffix("List").filter(|_| self.with_lists);
        self.kinds.iter().any(|known| *known == kind || item == Some(*known))
    }

    /// Whether it is deprecated in a version. As in the client library, 0.0 is an unknown version, in which everything is
    /// deprecated.
    fn holds_in(&self, kubernetes: &KubeVersion) -> bool {
        Deprecated::is_from(self.since, kubernetes)
    }

    fn is_removed_in(&self, kubernetes: &KubeVersion) -> bool {
        Deprecated::is_from(self.removed, kubernetes)
    }

    fn is_from(minor: u32, kubernetes: &KubeVersion) -> bool {
        // A number that does not fit is greater than all others.
        let number = |digits: &str| digits.parse::<u32>().unwrap_or(u32::MAX);
        let version = (number(&kubernetes.major), number(&kubernetes.minor));
        version == (0, 0) || version >= (1, minor)
    }
}

#[rustfmt::skip]
const DEPRECATED: &[Deprecated] = &[
    Deprecated::new("v1", 19, 0, "", &["ComponentStatus"]),
    Deprecated::new("v1", 33, 0, "discovery.k8s.io/v1", &["Endpoints"]),
    Deprecated::new("admissionregistration.k8s.io/v1alpha1", 35, 38, "", &["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]),
    Deprecated::new("admissionregistration.k8s.io/v1alpha1", 29, 32, "", &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]),
    Deprecated::new("admissionregistration.k8s.io/v1beta1", 37, 40, "admissionregistration.k8s.io/v1", &["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]),
    Deprecated::new("admissionregistration.k8s.io/v1beta1", 16, 22, "admissionregistration.k8s.io/v1", &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]),
    Deprecated::new("admissionregistration.k8s.io/v1beta1", 31, 34, "", &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]),
    Deprecated::new("apps/v1beta1", 8, 16, "apps/v1", &["ControllerRevision", "Deployment", "StatefulSet"]),
    Deprecated::without_lists("apps/v1beta1", 8, 16, "apps/v1", &["DeploymentRollback"]),
    Deprecated::without_lists("apps/v1beta1", 8, 16, "autoscaling/v1", &["Scale"]),
    Deprecated::new("apps/v1beta2", 9, 16, "apps/v1", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    Deprecated::without_lists("apps/v1beta2", 9, 16, "autoscaling/v1", &["Scale"]),
    Deprecated::without_lists("authentication.k8s.io/v1alpha1", 29, 32, "", &["SelfSubjectReview"]),
    Deprecated::without_lists("authentication.k8s.io/v1beta1", 30, 33, "", &["SelfSubjectReview"]),
    Deprecated::without_lists("authentication.k8s.io/v1beta1", 19, 22, "authentication.k8s.io/v1", &["TokenReview"]),
    Deprecated::without_lists("authorization.k8s.io/v1beta1", 19, 22, "authorization.k8s.io/v1", &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"]),
    Deprecated::new("batch/v1beta1", 21, 25, "batch/v1", &["CronJob"]),
    Deprecated::new("certificates.k8s.io/v1alpha1", 34, 37, "", &["ClusterTrustBundle"]),
    Deprecated::new("certificates.k8s.io/v1beta1", 19, 22, "certificates.k8s.io/v1", &["CertificateSigningRequest"]),
    Deprecated::new("certificates.k8s.io/v1beta1", 37, 40, "", &["ClusterTrustBundle"]),
    Deprecated::new("certificates.k8s.io/v1beta1", 38, 41, "", &["PodCertificateRequest"]),
    Deprecated::new("coordination.k8s.io/v1alpha2", 35, 38, "", &["LeaseCandidate"]),
    Deprecated::new("coordination.k8s.io/v1beta1", 19, 22, "coordination.k8s.io/v1", &["Lease"]),
    Deprecated::new("coordination.k8s.io/v1beta1", 36, 39, "", &["LeaseCandidate"]),
    Deprecated::new("discovery.k8s.io/v1beta1", 21, 25, "discovery.k8s.io/v1", &["EndpointSlice"]),
    Deprecated::new("events.k8s.io/v1beta1", 22, 25, "", &["Event"]),
    Deprecated::new("extensions/v1beta1", 8, 16, "apps/v1", &["DaemonSet", "Deployment", "ReplicaSet"]),
    Deprecated::without_lists("extensions/v1beta1", 8, 16, "", &["DeploymentRollback"]),
    Deprecated::new("extensions/v1beta1", 14, 22, "networking.k8s.io/v1", &["Ingress"]),
    Deprecated::new("extensions/v1beta1", 9, 16, "networking.k8s.io/v1", &["NetworkPolicy"]),
    Deprecated::without_lists("extensions/v1beta1", 2, 16, "", &["Scale"]),
    Deprecated::new("flowcontrol.apiserver.k8s.io/v1beta1", 23, 26, "flowcontrol.apiserver.k8s.io/v1beta3", &["FlowSchema", "PriorityLevelConfiguration"]),
    Deprecated::new("flowcontrol.apiserver.k8s.io/v1beta2", 26, 29, "flowcontrol.apiserver.k8s.io/v1beta3", &["FlowSchema", "PriorityLevelConfiguration"]),
    Deprecated::new("flowcontrol.apiserver.k8s.io/v1beta3", 29, 32, "flowcontrol.apiserver.k8s.io/v1", &["FlowSchema", "PriorityLevelConfiguration"]),
    Deprecated::new("networking.k8s.io/v1beta1", 34, 37, "", &["IPAddress", "ServiceCIDR"]),
    Deprecated::new("networking.k8s.io/v1beta1", 19, 22, "networking.k8s.io/v1", &["Ingress", "IngressClass"]),
    Deprecated::new("node.k8s.io/v1beta1", 22, 25, "", &["RuntimeClass"]),
    Deprecated::without_lists("policy/v1beta1", 22, 25, "", &["Eviction"]),
    Deprecated::new("policy/v1beta1", 21, 25, "policy/v1", &["PodDisruptionBudget"]),
    Deprecated::new("rbac.authorization.k8s.io/v1beta1", 17, 22, "rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    Deprecated::new("resource.k8s.io/v1alpha3", 36, 39, "", &["DeviceTaintRule"]),
    Deprecated::new("resource.k8s.io/v1alpha3", 39, 42, "", &["ResourcePoolStatusRequest"]),
    Deprecated::new("resource.k8s.io/v1beta1", 35, 38, "", &["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"]),
    Deprecated::new("resource.k8s.io/v1beta2", 36, 39, "", &["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"]),
    Deprecated::new("resource.k8s.io/v1beta2", 39, 42, "", &["DeviceTaintRule"]),
    Deprecated::new("scheduling.k8s.io/v1beta1", 14, 22, "scheduling.k8s.io/v1", &["PriorityClass"]),
    Deprecated::new("storage.k8s.io/v1alpha1", 21, 24, "storage.k8s.io/v1beta1", &["CSIStorageCapacity"]),
    Deprecated::new("storage.k8s.io/v1alpha1", 21, 24, "storage.k8s.io/v1", &["VolumeAttachment"]),
    Deprecated::new("storage.k8s.io/v1alpha1", 32, 35, "storage.k8s.io/v1", &["VolumeAttributesClass"]),
    Deprecated::new("storage.k8s.io/v1beta1", 19, 22, "storage.k8s.io/v1", &["CSIDriver", "StorageClass", "VolumeAttachment"]),
    Deprecated::new("storage.k8s.io/v1beta1", 17, 22, "storage.k8s.io/v1", &["CSINode"]),
    Deprecated::new("storage.k8s.io/v1beta1", 24, 27, "storage.k8s.io/v1", &["CSIStorageCapacity"]),
    Deprecated::new("storage.k8s.io/v1beta1", 34, 37, "storage.k8s.io/v1", &["VolumeAttributesClass"]),
    Deprecated::new("storagemigration.k8s.io/v1beta1", 38, 41, "", &["StorageVersionMigration"]),
];
