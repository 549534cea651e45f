//! Claims, volumes and storage classes: `v1`, `storage.k8s.io/v1`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::place::{Place, Row, Rule, row};
use super::volumes::is_driver;
use crate::kubernetes::{PathStep, names, quantity};
use crate::validate::fields::{has, text};
use crate::validate::form::{self, QUALIFIED, SUBDOMAIN};
use crate::yaml::Map;

const MODES: &[&str] = &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.PersistentVolumeClaimSpec", "accessModes", Rule::Required("at least 1 access mode is required")),
    row("core.v1.PersistentVolumeClaimSpec", "accessModes", Rule::ItemsOf(MODES)),
    row("core.v1.PersistentVolumeClaimSpec", "accessModes", Rule::Whole(exclusive_access_mode)),
    row("core.v1.PersistentVolumeClaimSpec", "resources", Rule::Whole(request)),
    row("core.v1.PersistentVolumeClaimSpec", "storageClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PersistentVolumeClaimSpec", "volumeMode", Rule::Choice(&["Block", "Filesystem"])),
    row("core.v1.PersistentVolumeClaimSpec", "volumeAttributesClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PersistentVolumeClaimSpec", "", Rule::Whole(sources)),
    row("core.v1.PersistentVolumeSpec", "accessModes", Rule::Whole(exclusive_access_mode)),
    row("core.v1.PersistentVolumeSpec", "accessModes", Rule::ItemsOf(MODES)),
    row("core.v1.PersistentVolumeSpec", "accessModes", Rule::Required("")),
    row("core.v1.PersistentVolumeSpec", "", Rule::Whole(volume)),
    row("core.v1.PersistentVolumeSpec", "persistentVolumeReclaimPolicy", Rule::OneOf(&["Delete", "Recycle", "Retain"])),
    row("core.v1.PersistentVolumeSpec", "storageClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PersistentVolumeSpec", "volumeAttributesClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PersistentVolumeSpec", "volumeMode", Rule::Choice(&["Block", "Filesystem"])),
    row("core.v1.LocalVolumeSource", "path", Rule::Form(form::has_no_backsteps, "must not contain '..'")),
    row("core.v1.CSIPersistentVolumeSource", "driver", Rule::Form(is_driver, SUBDOMAIN)),
    row("core.v1.CSIPersistentVolumeSource", "", Rule::Whole(secrets)),
    row("core.v1.TopologySelectorTerm", "matchLabelExpressions", Rule::Required("")),
    row("core.v1.VolumeNodeAffinity", "required", Rule::Required("must specify required node constraints")),
    row("storage.v1.StorageClass", "provisioner", Rule::Form(is_provisioner, QUALIFIED)),
    row("storage.v1.StorageClass", "reclaimPolicy", Rule::OneOf(&["Delete", "Retain"])),
    row("storage.v1.StorageClass", "volumeBindingMode", Rule::Choice(&["Immediate", "WaitForFirstConsumer"])),
    row("storage.v1.StorageClass", "parameters", Rule::Whole(parameters)),
    row("core.v1.TopologySelectorLabelRequirement", "key", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("core.v1.TopologySelectorLabelRequirement", "values", Rule::Required("")),
    row("storage.v1.CSIDriverSpec", "fsGroupPolicy", Rule::Choice(&["ReadWriteOnceWithFSType", "File", "None"])),
    row("storage.v1.CSIDriverSpec", "volumeLifecycleModes", Rule::ItemsOf(&["Ephemeral", "Persistent"])),
    row("storage.v1.CSIDriverSpec", "tokenRequests", Rule::Whole(audiences)),
    row("storage.v1.TokenRequest", "expirationSeconds", Rule::AtLeast(600)),
    row("storage.v1.CSINodeDriver", "name", Rule::Form(is_driver, SUBDOMAIN)),
    row("storage.v1.CSINodeDriver", "nodeID", Rule::Required("")),
    row("storage.v1.CSINodeDriver", "topologyKeys", Rule::Whole(topology_keys)),
    row("storage.v1.VolumeNodeResources", "count", Rule::AtLeast(0)),
    row("storage.v1.CSIStorageCapacity", "storageClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("storage.v1.CSIStorageCapacity", "capacity", Rule::Quantity),
    row("storage.v1.VolumeAttachmentSpec", "attacher", Rule::Form(is_driver, SUBDOMAIN)),
    row("storage.v1.VolumeAttachmentSpec", "nodeName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("storage.v1.VolumeAttachmentSource", "persistentVolumeName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("storage.v1.VolumeAttachmentSource", "", Rule::Whole(attached)),
    row("storage.v1.VolumeAttributesClass", "parameters", Rule::Required("must contain at least one key/value pair")),
    row("storage.v1.VolumeAttributesClass", "driverName", Rule::Form(is_provisioner, QUALIFIED)),
    row("storage.v1.StorageClass", "allowedTopologies", Rule::Whole(topologies)),
    row("core.v1.TopologySelectorTerm", "matchLabelExpressions", Rule::Whole(unique_keys)),
];

fn exclusive_access_mode(at: &mut Place<'_, '_, '_>) {
    let modes: Vec<&str> = at
        .list("accessModes")
        .iter()
        .filter_map(|node| node.value.as_str())
        .filter(|mode| MODES.contains(mode))
        .collect();
    if modes.contains(&"ReadWriteOncePod") && modes.iter().any(|mode| *mode != "ReadWriteOncePod") {
        at.forbidden("accessModes", "may not use ReadWriteOncePod with other access modes");
    }
}

/// Checks the size that a claim requests.
fn request(at: &mut Place<'_, '_, '_>) {
    let path = at.path.field("resources").field("requests").field("storage");
    let Some(node) = at.fields.at(["resources", "requests", "storage"]) else {
        return at.required_at(&path, "");
    };
    if node.value.is_null() || quantity(&node.value).is_some_and(|amount| amount <= 0) {
        at.invalid_at(&path, node, "must be greater than zero");
    }
}

/// Checks the sources of a claim's initial data.
fn sources(at: &mut Place<'_, '_, '_>) {
    for field in ["dataSource", "dataSourceRef"] {
        let Some(source) = at.map(field) else { continue };
        let path = at.path.field(field);
        let group = text(source, "apiGroup");
        if group.is_empty() && text(source, "kind") != "PersistentVolumeClaim" && !text(source, "kind").is_empty() {
            at.invalid_missing(&path, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        }
        if let Some(node) = source.get("apiGroup").filter(|_| !group.is_empty() && !names::is_dns_subdomain(group)) {
            at.invalid_at(&path.field("apiGroup"), node, SUBDOMAIN);
        }
    }
    if has(at.fields, "dataSource") && at.map("dataSourceRef").is_some_and(|source| has(source, "namespace")) {
        at.invalid("dataSource", "may not be specified when dataSourceRef.namespace is specified");
    }
}

const SOURCES: [&str; 22] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
];

fn volume(at: &mut Place<'_, '_, '_>) {
    // A volume spec in an attachment has its own rules.
    if at.path.0.len() > 1 {
        return;
    }
    match at.map("capacity").filter(|map| !map.is_empty()) {
        None => at.required("capacity", ""),
        Some(capacity) => {
            if capacity.get("storage").is_none() || capacity.len() > 1 {
                let path = at.path.field("capacity");
                at.unsupported_at(&path, "capacity", &["storage"]);
            }
            for (name, node) in capacity.iter() {
                if quantity(&node.value).is_some_and(|amount| amount <= 0) {
                    let path = at.path.field("capacity").field(name);
                    at.invalid_at(&path, node, "must be greater than zero");
                }
            }
        }
    }
    let given = at.fields_set(&SOURCES);
    if given.is_empty() {
        at.required("", "must specify a volume type");
    }
    at.at_most_one(&SOURCES, "may not specify more than 1 volume type");
    if at.is_set("local") && at.map("nodeAffinity").is_none_or(|affinity| !has(affinity, "required")) {
        at.required("nodeAffinity", "Local volume requires node affinity");
    }
    let is_root = at.map("hostPath").is_some_and(|map| {
        !text(map, "path").is_empty() && text(map, "path").split('/').all(|part| part.is_empty() || part == ".")
    });
    if is_root && at.text("persistentVolumeReclaimPolicy") == "Recycle" {
        at.forbidden("persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
    }
    if at.is_set("volumeAttributesClassName") {
        if at.text("volumeAttributesClassName").is_empty() {
            at.required("volumeAttributesClassName", "an empty string is disallowed");
        }
        if !at.is_set("csi") {
            at.required("csi", "has to be specified when using volumeAttributesClassName");
        }
    }
}

/// References to secrets of a driver must have a name and a namespace.
fn secrets(at: &mut Place<'_, '_, '_>) {
    for field in
        ["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"]
    {
        let Some(reference) = at.map(field) else { continue };
        let path = at.path.field(field);
        for (part, is_part, message) in [
            ("name", names::is_dns_subdomain as fn(&str) -> bool, SUBDOMAIN),
            ("namespace", names::is_dns_label, form::LABEL),
        ] {
            let name = text(reference, part);
            if !has(reference, part) {
                at.required_at(&path.field(part), "");
            } else if let Some(node) = reference.get(part).filter(|_| !name.is_empty() && !is_part(name)) {
                at.invalid_at(&path.field(part), node, message);
            }
        }
    }
}

fn parameters(at: &mut Place<'_, '_, '_>) {
    let Some(map) = at.map("parameters") else { return };
    let path = at.path.field("parameters");
    let size: usize = map.iter().map(|(key, node)| key.len() + node.value.as_str().unwrap_or_default().len()).sum();
    if map.len() > 512 {
        at.too_many(&path, 512);
    } else if size > 256 * 1024 {
        at.too_long(&path, 256 * 1024);
    }
    if map.keys().any(str::is_empty) {
        at.invalid("parameters", "field can not be empty.");
    }
}

fn is_provisioner(name: &str) -> bool {
    names::is_qualified_name(&name.to_lowercase())
}

/// Neither keys nor the values of a key may occur twice.
fn unique_keys(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, requirement) in at.items("matchLabelExpressions") {
        if !known.insert(text(requirement, "key")) {
            at.duplicate_at(&path.field("key"), text(requirement, "key"));
        }
        let mut seen = HashSet::new();
        for (index, node) in requirement.list_at(&["values"]).iter().enumerate() {
            let value = node.value.as_str().unwrap_or_default();
            if !seen.insert(value) {
                at.duplicate_at(&path.field("values").with(PathStep::Index(index)), value);
            }
        }
    }
}

/// No two terms may be equal: the same keys with the same values, in any order.
fn topologies(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, term) in at.items("allowedTopologies") {
        let values = |requirement: &Map| -> BTreeSet<String> {
            let texts = requirement.list_at(&["values"]).iter().filter_map(|node| node.value.as_str());
            texts.map(str::to_owned).collect()
        };
        let requirements = term.maps_at(&["matchLabelExpressions"]);
        let keys: BTreeMap<String, BTreeSet<String>> =
            requirements.map(|requirement| (text(requirement, "key").to_owned(), values(requirement))).collect();
        if !known.insert(keys) {
            at.duplicate_at(&path.field("matchLabelExpressions"), "");
        }
    }
}

fn topology_keys(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (index, key) in at.indexed_texts("topologyKeys") {
        let path = at.path.field("topologyKeys").with(PathStep::Index(index));
        if key.is_empty() {
            at.required_at(&path, "");
        } else if !names::is_qualified_name(key) {
            at.invalid_item("topologyKeys", index, QUALIFIED);
        } else if !known.insert(key) {
            at.duplicate_at(&path, key);
        }
    }
}

fn audiences(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, request) in at.items("tokenRequests") {
        let audience = text(request, "audience");
        if !known.insert(audience) {
            at.duplicate_at(&path.field("audience"), audience);
        }
    }
}

fn attached(at: &mut Place<'_, '_, '_>) {
    match (at.is_set("inlineVolumeSpec"), at.is_set("persistentVolumeName")) {
        (false, false) => at.required("", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"),
        (false, true) if !at.has("persistentVolumeName") => {
            at.required("persistentVolumeName", "must specify non empty persistentVolumeName");
        }
        (true, true) => at.forbidden("", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"),
        _ => {}
    }
}
