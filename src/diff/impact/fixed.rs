//! Fields that cannot be changed in an object that is there, of kinds that have no other rules.

use super::Impact;
use super::changed::Changed;

/// The group and the kind, and what is fixed: a path of fields.
#[rustfmt::skip]
const FIXED: &[(&str, &str, &[&[&str]])] = &[
    ("storage.k8s.io", "StorageClass", &[&["provisioner"], &["parameters"], &["reclaimPolicy"], &["volumeBindingMode"]]),
    ("storage.k8s.io", "CSIDriver", &[&["spec", "attachRequired"], &["spec", "volumeLifecycleModes"]]),
    ("storage.k8s.io", "CSIStorageCapacity", &[&["nodeTopology"], &["storageClassName"]]),
    ("storage.k8s.io", "VolumeAttributesClass", &[&["driverName"], &["parameters"]]),
    ("storage.k8s.io", "VolumeAttachment", &[&["spec"]]),
    ("scheduling.k8s.io", "PriorityClass", &[&["value"], &["preemptionPolicy"]]),
    ("node.k8s.io", "RuntimeClass", &[&["handler"]]),
    ("networking.k8s.io", "IngressClass", &[&["spec", "controller"]]),
    ("discovery.k8s.io", "EndpointSlice", &[&["addressType"]]),
    ("apps", "ControllerRevision", &[&["data"]]),
    ("apiextensions.k8s.io", "CustomResourceDefinition", &[&["spec", "scope"], &["spec", "group"], &["spec", "names", "kind"], &["spec", "names", "plural"]]),
    ("resource.k8s.io", "ResourceClaim", &[&["spec"]]),
    ("resource.k8s.io", "ResourceClaimTemplate", &[&["spec"]]),
    ("certificates.k8s.io", "CertificateSigningRequest", &[&["spec"]]),
];

/// What the API server will not change of an object.
pub(super) fn refusals(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let id = &object.difference.id;
    let Some((_, kind, paths)) = FIXED.iter().find(|(group, kind, _)| *group == id.group() && *kind == id.kind) else {
        return;
    };
    for path in paths.iter().filter(|path| object.touches(path)) {
        let remedy = format!("kubectl delete {}, then apply", object.reference());
        found.push(Impact::rejected(&format!("{} of a {kind}", path.join("."))).remedy(remedy));
    }
}
