//! Volumes of pods in `v1`.

use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{FieldPath, names};
use crate::validate::fields::{has, is_set, items, number, text};
use crate::validate::form::{self, FILE_MODE, LABEL, SUBDOMAIN};
use crate::validate::metadata;
use crate::yaml::Map;

/// The sources of a volume, in the API server's order.
const SOURCES: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.Volume", "name", Rule::FormIfSet(names::is_dns_label, LABEL)),
    row("core.v1.Volume", "", Rule::Whole(one_source)),
    // The API server does not check the form of these names.
    row("core.v1.ConfigMapVolumeSource", "name", Rule::Required("")),
    row("core.v1.ConfigMapProjection", "name", Rule::Required("")),
    row("core.v1.SecretVolumeSource", "secretName", Rule::Required("")),
    row("core.v1.SecretProjection", "name", Rule::Required("")),
    row("core.v1.ConfigMapVolumeSource", "", Rule::Whole(files)),
    row("core.v1.SecretVolumeSource", "", Rule::Whole(files)),
    row("core.v1.DownwardAPIVolumeSource", "", Rule::Whole(files)),
    row("core.v1.ProjectedVolumeSource", "", Rule::Whole(files)),
    row("core.v1.ProjectedVolumeSource", "", Rule::Whole(projected)),
    row("core.v1.KeyToPath", "path", Rule::Form(form::is_file_in_volume, form::RELATIVE)),
    row("core.v1.KeyToPath", "mode", Rule::Whole(mode)),
    row("core.v1.DownwardAPIVolumeFile", "path", Rule::Form(form::is_file_in_volume, form::RELATIVE)),
    row("core.v1.DownwardAPIVolumeFile", "mode", Rule::Whole(mode)),
    row("core.v1.DownwardAPIVolumeFile", "", Rule::Whole(one_field)),
    row("core.v1.ServiceAccountTokenProjection", "expirationSeconds", Rule::Between(600, 1 << 32)),
    row("core.v1.ServiceAccountTokenProjection", "path", Rule::Form(form::is_file_in_volume, form::RELATIVE)),
    row("core.v1.HostPathVolumeSource", "path", Rule::Form(form::has_no_backsteps, "must not contain '..'")),
    row("core.v1.HostPathVolumeSource", "type", Rule::OneOf(&["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"])),
    row("core.v1.EmptyDirVolumeSource", "sizeLimit", Rule::Quantity),
    row("core.v1.NFSVolumeSource", "path", Rule::Form(is_absolute, "must be an absolute path")),
    row("core.v1.GitRepoVolumeSource", "directory", Rule::Form(form::is_local_path, form::RELATIVE)),
    row("core.v1.GCEPersistentDiskVolumeSource", "partition", Rule::Between(0, 255)),
    row("core.v1.AWSElasticBlockStoreVolumeSource", "partition", Rule::Between(0, 255)),
    row("core.v1.ISCSIVolumeSource", "lun", Rule::Between(0, 255)),
    row("core.v1.ISCSIVolumeSource", "iqn", Rule::Form(is_iqn, "must be valid format")),
    row("core.v1.FCVolumeSource", "", Rule::Whole(fibre)),
    row("core.v1.FCVolumeSource", "lun", Rule::Between(0, 255)),
    row("core.v1.RBDVolumeSource", "monitors", Rule::Required("")),
    row("core.v1.CephFSVolumeSource", "monitors", Rule::Required("")),
    row("core.v1.FlockerVolumeSource", "", Rule::Whole(flocker)),
    row("core.v1.FlockerVolumeSource", "datasetName", Rule::Form(|name| !name.contains('/'), "must not contain '/'")),
    row("core.v1.StorageOSVolumeSource", "volumeName", Rule::Required("")),
    row("core.v1.QuobyteVolumeSource", "registry", Rule::Form(is_registry, "must be a host:port pair or multiple pairs separated by commas")),
    row("core.v1.AzureDiskVolumeSource", "cachingMode", Rule::Choice(&["None", "ReadOnly", "ReadWrite"])),
    row("core.v1.AzureDiskVolumeSource", "kind", Rule::Choice(&["Shared", "Dedicated", "Managed"])),
    row("core.v1.AzureDiskVolumeSource", "diskURI", Rule::Whole(disk)),
    row("core.v1.CSIVolumeSource", "driver", Rule::Form(is_driver, SUBDOMAIN)),
    row("core.v1.CSIVolumeSource", "nodePublishSecretRef", Rule::Whole(publish_secret)),
    row("core.v1.EphemeralVolumeSource", "volumeClaimTemplate", Rule::Required("")),
    row("core.v1.PersistentVolumeClaimTemplate", "metadata", Rule::Whole(labels)),
    row("core.v1.ImageVolumeSource", "reference", Rule::Whole(reference)),
    row("core.v1.ImageVolumeSource", "pullPolicy", Rule::OneOf(&["Always", "IfNotPresent", "Never"])),
    row("core.v1.ClusterTrustBundleProjection", "", Rule::Whole(trust)),
    row("core.v1.StorageOSVolumeSource", "volumeName", Rule::Form(names::is_dns_label, LABEL)),
];

/// A managed disk has the name of a resource; other disks have the URL of a blob.
fn disk(at: &mut Place<'_, '_, '_>) {
    let uri = at.text("diskURI");
    let is_managed = at.text("kind") == "Managed";
    let wanted = if is_managed {
        "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
    } else {
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
    };
    if !uri.is_empty() && !uri.starts_with(if is_managed { "/subscriptions" } else { "https://" }) {
        at.unsupported_at(&at.path.field("diskURI"), uri, &[wanted]);
    }
}

/// The image of a volume may be missing in workloads, where something else can set it later.
fn reference(at: &mut Place<'_, '_, '_>) {
    if at.is_in("Pod") && !at.has("reference") {
        at.required("reference", "");
    }
}

pub(super) fn is_absolute(text: &str) -> bool {
    text.starts_with('/')
}

/// Whether a string is the name of a driver: a subdomain of at most 63 characters, with upper-case letters allowed.
pub(super) fn is_driver(text: &str) -> bool {
    text.len() <= 63 && names::is_dns_subdomain(&text.to_lowercase())
}

fn is_iqn(text: &str) -> bool {
    ["iqn", "eui", "naa"].iter().any(|prefix| text.starts_with(prefix))
}

fn is_registry(text: &str) -> bool {
    text.split(',').all(|pair| pair.split(':').count() == 2)
}

fn one_source(at: &mut Place<'_, '_, '_>) {
    at.at_most_one(&SOURCES, "may not specify more than 1 volume type");
    if at.map("persistentVolumeClaim").is_some_and(|map| !has(map, "claimName")) {
        let path = at.path.field("persistentVolumeClaim").field("claimName");
        at.required_at(&path, "");
    }
}

/// The reference to a driver's secret must have a name.
fn publish_secret(at: &mut Place<'_, '_, '_>) {
    let Some(reference) = at.map("nodePublishSecretRef") else { return };
    let path = at.path.field("nodePublishSecretRef").field("name");
    match reference.get("name").filter(|_| has(reference, "name")) {
        None => at.required_at(&path, ""),
        Some(node) if !names::is_dns_subdomain(text(reference, "name")) => at.invalid_at(&path, node, SUBDOMAIN),
        Some(_) => {}
    }
}

fn labels(at: &mut Place<'_, '_, '_>) {
    if let Some(found) = at.map("metadata") {
        metadata::labels(found, &at.path.field("metadata"), at.report);
    }
}

fn mode(at: &mut Place<'_, '_, '_>) {
    file_mode(at, "mode");
}

fn files(at: &mut Place<'_, '_, '_>) {
    file_mode(at, "defaultMode");
}

fn file_mode(at: &mut Place<'_, '_, '_>, field: &str) {
    if at.number(field).is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        at.invalid(field, FILE_MODE);
    }
}

fn one_field(at: &mut Place<'_, '_, '_>) {
    match (at.is_set("fieldRef"), at.is_set("resourceFieldRef")) {
        (true, true) => at.invalid("", "fieldRef and resourceFieldRef can not be specified simultaneously"),
        (false, false) => at.required("", "one of fieldRef and resourceFieldRef is required"),
        _ => {}
    }
}

/// Returns the paths of the files that a source of a projected volume provides.
fn paths_of<'m>(source: &'m Map, path: &FieldPath) -> Vec<(FieldPath, &'m str)> {
    let mut found = Vec::new();
    for kind in ["secret", "configMap", "downwardAPI"] {
        let Some(map) = source.get(kind).and_then(|node| node.value.as_map()) else { continue };
        for (path, item) in items(map, "items", &path.field(kind)) {
            found.push((path.field("path"), text(item, "path")));
        }
    }
    // Paths of tokens are not compared, and other sources need features that are disabled by default.
    found
}

fn projected(at: &mut Place<'_, '_, '_>) {
    let kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];
    let mut known = std::collections::HashSet::new();
    for (path, source) in at.items("sources") {
        let count = kinds.iter().filter(|kind| is_set(source, kind)).count();
        if count > 1 {
            at.required_at(&path, "may not specify more than 1 volume type");
        }
        for (path, file) in paths_of(source, &path) {
            if !file.is_empty() && !known.insert(file) {
                at.duplicate_at(&path, file);
            }
        }
    }
}

fn fibre(at: &mut Place<'_, '_, '_>) {
    let (names, ids) = (!at.fields.list_at(&["targetWWNs"]).is_empty(), !at.fields.list_at(&["wwids"]).is_empty());
    match (names, ids) {
        (false, false) => at.required("targetWWNs", "must specify either targetWWNs or wwids, but not both"),
        (true, true) => at.invalid("targetWWNs", "targetWWNs and wwids can not be specified simultaneously"),
        (true, false) if number(at.fields, "lun").is_none() => {
            at.required("lun", "lun is required if targetWWNs is specified")
        }
        _ => {}
    }
}

fn flocker(at: &mut Place<'_, '_, '_>) {
    match (at.has("datasetName"), at.has("datasetUUID")) {
        (false, false) => at.required("", "one of datasetName and datasetUUID is required"),
        (true, true) => at.invalid("", "resource: datasetName and datasetUUID can not be specified simultaneously"),
        _ => {}
    }
}

/// Only warns, because the server removes these projections unless a feature gate is enabled.
fn trust(at: &mut Place<'_, '_, '_>) {
    let (name, signer) = (at.is_set("name"), at.is_set("signerName"));
    if name && signer {
        at.warn("signerName", "only one of name and signerName may be used");
    } else if !name && !signer {
        at.warn("name", "either name or signerName must be specified");
    }
    if at.is_set("labelSelector") && !signer {
        at.warn("labelSelector", "labelSelector may only be used with signerName");
    }
    if !at.has("path") {
        at.warn("path", "a path must be specified");
    }
}
