//! Defaults that depend on more than the neighbors of a field.

use crate::diagnostic::Span;
use crate::yaml::{Map, Node, Value};

pub(super) fn put(object: &mut Map, field: &str, value: Value) {
    object.insert(field, Span::generated(), Node::generated(value));
}

/// Adds defaults that depend on the kind of the whole object, or on several of its parts.
pub(super) fn of_object(object: &mut Map, kind: &str) {
    match kind {
        "Pod" => pod(object),
        "Namespace" => namespace(object),
        "ReplicationController" => {
            let labels = labels_of_template(object);
            if is_empty(object, &["metadata", "labels"]) {
                put_in(object, "metadata", "labels", labels.clone());
            }
            if is_empty(object, &["spec", "selector"]) {
                put_in(object, "spec", "selector", labels);
            }
        }
        // Older API versions of these kinds do not require a selector.
        "Deployment" | "DaemonSet" | "ReplicaSet" | "StatefulSet" if is_empty(object, &["spec", "selector"]) => {
            if let Some(labels) = labels_of_template(object) {
                let mut selector = Map::new();
                put(&mut selector, "matchLabels", labels);
                put_in(object, "spec", "selector", Some(Value::Map(selector)));
            }
        }
        "Job" => {
            if is_empty(object, &["metadata", "labels"]) {
                let labels = labels_of_template(object);
                put_in(object, "metadata", "labels", labels);
            }
            // Without either, the job runs once. If one is set, the other has no default.
            if is_empty(object, &["spec", "completions"]) && is_empty(object, &["spec", "parallelism"]) {
                put_in(object, "spec", "completions", Some(Value::Int(1)));
            }
        }
        "PersistentVolumeClaim" => data_source(object),
        "ServiceAccount" => secrets_by_name(object),
        // The server does not change it after it was created.
        "CertificateSigningRequest" => drop(object.remove("spec")),
        _ => {}
    }
}

/// Adds defaults that depend on the content of fields, to an object of a type with the given full name.
pub(super) fn of_type(object: &mut Map, name: &str) {
    match name {
        "api.core.v1.Container" | "api.core.v1.EphemeralContainer" if is_empty(object, &["imagePullPolicy"]) => {
            let policy = pull_policy(object.text_at(&["image"]).unwrap_or_default());
            put(object, "imagePullPolicy", policy);
        }
        "api.core.v1.ImageVolumeSource" if is_empty(object, &["pullPolicy"]) => {
            let policy = pull_policy(object.text_at(&["reference"]).unwrap_or_default());
            put(object, "pullPolicy", policy);
        }
        "api.core.v1.Volume" if object.iter().all(|(key, node)| key == "name" || node.value.is_null()) => {
            put(object, "emptyDir", Value::Map(Map::new()));
        }
        "api.core.v1.PodSpec" => same_in_both(object, "serviceAccountName", "serviceAccount"),
        "api.core.v1.NodeSpec" => {
            if object.list_at(&["podCIDRs"]).first().is_some_and(|first| Some(first) != object.get("podCIDR"))
                && !is_empty(object, &["podCIDR"])
            {
                object.remove("podCIDRs");
            }
            listed_first(object, "podCIDR", "podCIDRs");
        }
        "api.core.v1.ServicePort" => {
            let port = object.get("port").map(|node| node.value.clone());
            let is_zero = object.number_at(&["targetPort"]) == Some(0);
            if let Some(port) = port.filter(|_| is_zero || is_empty(object, &["targetPort"])) {
                put(object, "targetPort", port);
            }
        }
        "api.core.v1.ServiceSpec" => service(object),
        "api.core.v1.LimitRangeItem" if object.text_at(&["type"]) == Some("Container") => limits(object),
        // Only if the type is missing too.
        "api.apps.v1.StatefulSetUpdateStrategy"
            if is_empty(object, &["type"]) && object.get("rollingUpdate").is_none_or(|node| node.value.is_null()) =>
        {
            put(object, "rollingUpdate", Value::Map(Map::new()));
        }
        "apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames" => {
            let Some(own) = object.text_at(&["kind"]).map(str::to_owned) else { return };
            if is_empty(object, &["singular"]) {
                put(object, "singular", Value::String(own.to_lowercase()));
            }
            if is_empty(object, &["listKind"]) {
                put(object, "listKind", Value::String(format!("{own}List")));
            }
        }
        _ => {}
    }
}

/// Whether nothing is at a path, or the value there is empty.
fn is_empty(object: &Map, path: &[&str]) -> bool {
    match object.at(path.iter().copied()).map(|node| &node.value) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::List(items)) => items.is_empty(),
        Some(Value::Map(map)) => map.is_empty(),
        Some(_) => false,
    }
}

/// Sets a field of a map in the object, if the value and the map exist.
fn put_in(object: &mut Map, holder: &str, field: &str, value: Option<Value>) {
    if let (Some(value), Some(holder)) = (value, object.get_mut(holder).and_then(|node| node.value.as_map_mut())) {
        put(holder, field, value);
    }
}

fn labels_of_template(object: &Map) -> Option<Value> {
    let labels = object.map_at(&["spec", "template", "metadata", "labels"])?;
    (!labels.is_empty()).then(|| generated(&Value::Map(labels.clone())))
}

/// Returns a value without places, like a default.
pub(super) fn generated(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let mut copy = Map::new();
            for (key, node) in map.iter() {
                put(&mut copy, key, generated(&node.value));
            }
            Value::Map(copy)
        }
        Value::List(items) => Value::List(items.iter().map(|item| Node::generated(generated(&item.value))).collect()),
        scalar => scalar.clone(),
    }
}

/// Returns `Always` for an image whose tag is `latest` or missing, otherwise `IfNotPresent`.
fn pull_policy(image: &str) -> Value {
    let (name, digest) = image.split_once('@').unwrap_or((image, ""));
    let path = name.rfind('/').map_or(0, |slash| slash + 1);
    let tag = name[path..].split_once(':').map(|(_, tag)| tag);
    // An invalid image name has no tag.
    let is_name = !name.is_empty()
        && name[path..].split(':').next().is_some_and(|last| {
            !last.is_empty()
                && last.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
        });
    let is_latest = is_name && (tag == Some("latest") || tag.is_none() && digest.is_empty());
    Value::String(if is_latest { "Always" } else { "IfNotPresent" }.to_owned())
}

/// Synchronizes two names of the same field; the first takes precedence.
fn same_in_both(object: &mut Map, first: &str, second: &str) {
    if !is_empty(object, &[first]) {
        object.remove(second);
    }
    copy(object, first, second);
    copy(object, second, first);
}

/// Copies a field to another one if that is empty.
fn copy(object: &mut Map, from: &str, to: &str) {
    if let Some(value) = object.get(from).map(|node| generated(&node.value)).filter(|_| is_empty(object, &[to])) {
        put(object, to, value);
    }
}

/// Synchronizes a field that is also the first item of a list.
fn listed_first(object: &mut Map, one: &str, all: &str) {
    let first = object.list_at(&[all]).first().map(|node| generated(&node.value));
    match (object.get(one).map(|node| generated(&node.value)), first) {
        (Some(value @ Value::String(_)), None) => put(object, all, Value::List(vec![Node::generated(value)])),
        (None, Some(value)) => put(object, one, value),
        _ => {}
    }
}

fn service(spec: &mut Map) {
    if spec.text_at(&["sessionAffinity"]).is_none_or(|affinity| affinity != "ClientIP") {
        spec.remove("sessionAffinityConfig");
    }
    if spec.text_at(&["type"]) == Some("ExternalName") {
        return;
    }
    let address = spec.text_at(&["clusterIP"]).unwrap_or_default();
    let is_headless = address == "None";
    // Nearly all clusters prefer IPv4. The others set the field to their own first family.
    let families = if address.contains(':') { ["IPv6", "IPv4"] } else { ["IPv4", "IPv6"] };
    if is_empty(spec, &["ipFamilyPolicy"]) {
        let both = spec.list_at(&["ipFamilies"]).len() > 1 || spec.list_at(&["clusterIPs"]).len() > 1;
        let policy =
            if both || is_headless && is_empty(spec, &["selector"]) { "RequireDualStack" } else { "SingleStack" };
        put(spec, "ipFamilyPolicy", Value::String(policy.to_owned()));
    }
    let is_single = spec.text_at(&["ipFamilyPolicy"]) == Some("SingleStack");
    if is_headless || is_single {
        listed_first(spec, "clusterIP", "clusterIPs");
    }
    let count = match spec.text_at(&["ipFamilyPolicy"]) {
        Some("SingleStack") => 1,
        Some("RequireDualStack") => 2,
        _ => return,
    };
    if is_empty(spec, &["ipFamilies"]) {
        let named = |name: &&str| Node::generated(Value::String((*name).to_owned()));
        put(spec, "ipFamilies", Value::List(families[..count].iter().map(named).collect()));
    }
}

/// Adds the defaults of containers in a LimitRange: the default limit is the maximum, and the default request is the default
/// limit, or else the minimum.
fn limits(item: &mut Map) {
    for (to, from) in [("default", "max"), ("defaultRequest", "default"), ("defaultRequest", "min")] {
        copy_missing(item, from, to);
    }
}

/// Copies those entries of a map to a neighboring map that are missing there.
fn copy_missing(object: &mut Map, from: &str, to: &str) {
    let Some(source) = object.map_at(&[from]).cloned().filter(|map| !map.is_empty()) else { return };
    if object.map_at(&[to]).is_none() {
        put(object, to, Value::Map(Map::new()));
    }
    let Some(target) = object.get_mut(to).and_then(|node| node.value.as_map_mut()) else { return };
    for (key, node) in source.iter() {
        if target.get(key).is_none() {
            put(target, key, generated(&node.value));
        }
    }
}

/// Adds the name label of a Namespace, and removes its finalizers, which belong to the server.
fn namespace(object: &mut Map) {
    object.remove("spec");
    let Some(name) = object.text_at(&["metadata", "name"]).map(str::to_owned) else { return };
    if object.map_at(&["metadata", "labels"]).is_none() {
        put_in(object, "metadata", "labels", Some(Value::Map(Map::new())));
    }
    let labels = object.get_mut("metadata").and_then(|node| node.value.as_map_mut()?.get_mut("labels"));
    if let Some(labels) = labels.and_then(|node| node.value.as_map_mut()) {
        put(labels, "kubernetes.io/metadata.name", Value::String(name));
    }
}

/// Adds the defaults of a Pod itself, which do not apply to pod templates: requests equal to limits, host ports on the host
/// network, tolerations for an unavailable node, and priority 0 if there is no priority class.
fn pod(object: &mut Map) {
    let Some(spec) = object.get_mut("spec").and_then(|node| node.value.as_map_mut()) else { return };
    let is_on_host = spec.is_true_at(&["hostNetwork"]);
    for field in ["containers", "initContainers"] {
        let Some(Value::List(containers)) = spec.get_mut(field).map(|node| &mut node.value) else { continue };
        for container in containers.iter_mut().filter_map(|node| node.value.as_map_mut()) {
            if let Some(resources) = container.get_mut("resources").and_then(|node| node.value.as_map_mut()) {
                copy_missing(resources, "limits", "requests");
            }
            if let Some(Value::List(ports)) =
                container.get_mut("ports").filter(|_| is_on_host).map(|node| &mut node.value)
            {
                for port in ports.iter_mut().filter_map(|node| node.value.as_map_mut()) {
                    copy(port, "containerPort", "hostPort");
                }
            }
        }
    }
    tolerations(spec);
    if is_empty(spec, &["priorityClassName"]) {
        for (field, value) in
            [("priority", Value::Int(0)), ("preemptionPolicy", Value::String("PreemptLowerPriority".to_owned()))]
        {
            if is_empty(spec, &[field]) {
                put(spec, field, value);
            }
        }
    }
}

fn tolerations(spec: &mut Map) {
    let tolerates = |key: &str| {
        spec.maps_at(&["tolerations"]).any(|one| {
            let of_key = one.text_at(&["key"]).unwrap_or_default();
            let effect = one.text_at(&["effect"]).unwrap_or_default();
            (of_key.is_empty() || of_key == key) && (effect.is_empty() || effect == "NoExecute")
        })
    };
    let missing: Vec<Node> = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
        .into_iter()
        .filter(|key| !tolerates(key))
        .map(|key| {
            let mut one = Map::new();
            for (field, value) in [("key", key), ("operator", "Exists"), ("effect", "NoExecute")] {
                put(&mut one, field, Value::String(value.to_owned()));
            }
            put(&mut one, "tolerationSeconds", Value::Int(300));
            Node::generated(Value::Map(one))
        })
        .collect();
    if missing.is_empty() {
        return;
    }
    match spec.get_mut("tolerations").map(|node| &mut node.value) {
        Some(Value::List(items)) => items.extend(missing),
        _ => drop(spec.insert("tolerations", Span::generated(), Node::generated(Value::List(missing)))),
    }
}

/// Keeps only the names of a ServiceAccount's secrets, like the server.
fn secrets_by_name(object: &mut Map) {
    let Some(Value::List(secrets)) = object.get_mut("secrets").map(|node| &mut node.value) else { return };
    for secret in secrets.iter_mut().filter_map(|node| node.value.as_map_mut()) {
        secret.retain(|key, _| key == "name");
    }
}

/// Synchronizes the old and the new field for a claim's data source, if the old field supports the source.
fn data_source(object: &mut Map) {
    let Some(spec) = object.get_mut("spec").and_then(|node| node.value.as_map_mut()) else { return };
    let is_elsewhere = spec.at(["dataSourceRef", "namespace"]).is_some();
    let kinds = [("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot")];
    let source = |field: &str| spec.text_at(&["dataSourceRef", field]).unwrap_or_default();
    let is_old_kind = kinds.contains(&(source("apiGroup"), source("kind")));
    if spec.get("dataSource").is_some() || is_old_kind && !is_elsewhere {
        same_in_both(spec, "dataSource", "dataSourceRef");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_without_a_tag_are_pulled_always() {
        let policies = [
            ("a", "Always"),
            ("a:latest", "Always"),
            ("registry:5000/a", "Always"),
            ("registry:5000/a:1", "IfNotPresent"),
            ("a@sha256:0", "IfNotPresent"),
            ("a:1", "IfNotPresent"),
            ("", "IfNotPresent"),
            ("UPPER", "IfNotPresent"),
        ];
        for (image, policy) in policies {
            assert_eq!(pull_policy(image), Value::String(policy.to_owned()), "{image}");
        }
    }
}
