//! Containers of `v1`: probes, hooks, variables, resources, rights.

use super::form::{self, LABEL, QUALIFIED};
use super::place::{I32, NOT_NEGATIVE, Place, Row, Rule, row};
use crate::kubernetes::{PathStep, names, quantity};
use crate::validate::fields::text;
use crate::yaml::{Map, Value};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.Container", "imagePullPolicy", Rule::OneOf(&["Always", "IfNotPresent", "Never"])),
    row("core.v1.Container", "terminationMessagePolicy", Rule::OneOf(&["File", "FallbackToLogsOnError"])),
    row("core.v1.Container", "", Rule::Whole(probes)),
    row("core.v1.Container", "", Rule::Whole(devices)),
    row("core.v1.Container", "", Rule::Whole(restart)),
    row("core.v1.ContainerResizePolicy", "restartPolicy", Rule::OneOf(&["NotRequired", "RestartContainer"])),
    row("core.v1.ContainerResizePolicy", "resourceName", Rule::OneOf(&["cpu", "memory"])),
    row("core.v1.SecurityContext", "runAsUser", Rule::Between(0, I32)),
    row("core.v1.SecurityContext", "runAsGroup", Rule::Between(0, I32)),
    row("core.v1.SecurityContext", "procMount", Rule::OneOf(&["Default", "Unmasked"])),
    row("core.v1.SecurityContext", "", Rule::Whole(escalation)),
    row("core.v1.ResourceRequirements", "", Rule::Whole(resources)),
    row("core.v1.LifecycleHandler", "", Rule::Whole(one_handler)),
    row("core.v1.HTTPGetAction", "scheme", Rule::OneOf(&["HTTP", "HTTPS"])),
    row("core.v1.HTTPGetAction", "port", Rule::Given(|port| !port.is_empty(), form::PORT_NAME)),
    row("core.v1.TCPSocketAction", "port", Rule::Given(|port| !port.is_empty(), form::PORT_NAME)),
    row("core.v1.HTTPHeader", "name", Rule::Form(form::is_header, "a valid HTTP header must consist of alphanumeric characters or '-'")),
    row("core.v1.ObjectFieldSelector", "", Rule::Whole(field_selector)),
    row("core.v1.ResourceFieldSelector", "", Rule::Whole(resource_selector)),
    row("core.v1.ConfigMapKeySelector", "key", Rule::Form(names::is_config_key, KEY)),
    row("core.v1.SecretKeySelector", "key", Rule::Form(names::is_config_key, KEY)),
    row("core.v1.EnvFromSource", "prefix", Rule::Form(is_prefix, "must not contain '='")),
    row("core.v1.VolumeMount", "mountPropagation", Rule::OneOf(&["None", "HostToContainer", "Bidirectional"])),
    row("core.v1.VolumeMount", "subPathExpr", Rule::Form(form::is_local_path, form::RELATIVE)),
    row("core.v1.VolumeMount", "", Rule::Whole(mount)),
    row("core.v1.VolumeDevice", "devicePath", Rule::Form(form::has_no_backsteps, "can not contain backsteps ('..')")),
    row("core.v1.PodResourceClaim", "name", Rule::Form(form::is_label, LABEL)),
];

pub(super) const KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";

fn is_prefix(text: &str) -> bool {
    !text.contains('=')
}

fn probes(at: &mut Place<'_, '_, '_>) {
    for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = at.map(field) else { continue };
        let path = at.path.field(field);
        if let Some(node) = probe.get("terminationGracePeriodSeconds").filter(|node| !node.value.is_null()) {
            let path = path.field("terminationGracePeriodSeconds");
            if field == "readinessProbe" {
                at.invalid_at(&path, node, "must not be set for readinessProbes");
            } else if node.value.as_number().is_some_and(|seconds| seconds <= 0.0) {
                at.invalid_at(&path, node, "must be greater than 0");
            }
        }
    }
}

fn devices(at: &mut Place<'_, '_, '_>) {
    let mut known: Vec<(&str, &str)> = Vec::new();
    for (path, device) in at.items("volumeDevices") {
        let pair = (text(device, "name"), text(device, "devicePath"));
        if let Some(node) = device.get("devicePath") {
            if known.iter().any(|other| other.1 == pair.1) {
                at.invalid_at(&path.field("devicePath"), node, "must be unique");
            }
            let is_mounted = at
                .fields
                .list_at(&["volumeMounts"])
                .iter()
                .any(|mount| mount.value.as_map().is_some_and(|mount| text(mount, "mountPath") == pair.1));
            if is_mounted {
                at.invalid_at(&path.field("devicePath"), node, "must not already exist as a path in volumeMounts");
            }
        }
        known.push(pair);
    }
}

fn restart(at: &mut Place<'_, '_, '_>) {
    let is_init = at.path.0.iter().any(|step| matches!(step, PathStep::Field(name) if name == "initContainers"));
    if at.fields.text_at(&["restartPolicy"]).is_some() {
        at.choice("restartPolicy", &["Always", "OnFailure", "Never"]);
    } else if at.has("restartPolicyRules") && !is_init {
        at.required("restartPolicy", "must specify restartPolicy when restart rules are used");
    }
}

fn escalation(at: &mut Place<'_, '_, '_>) {
    let may_not = at.fields.get("allowPrivilegeEscalation").is_some_and(|node| node.value == Value::Bool(false));
    if !may_not {
        return;
    }
    if at.is_true("privileged") {
        at.invalid("", "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    }
    let added = at.map("capabilities").map(|map| map.list_at(&["add"])).unwrap_or_default();
    if added.iter().any(|node| node.value.as_str() == Some("CAP_SYS_ADMIN")) {
        at.invalid("", "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }
}

/// Whether a resource is not Kubernetes' own: a device.
fn is_extended(name: &str) -> bool {
    name.contains('/') && !name.split_once('/').is_some_and(|(domain, _)| domain.ends_with("kubernetes.io"))
}

fn resources(at: &mut Place<'_, '_, '_>) {
    let (requests, limits) = (at.map("requests"), at.map("limits"));
    for (field, map) in [("limits", limits), ("requests", requests)] {
        for (name, node) in map.into_iter().flat_map(Map::iter) {
            let path = at.path.field(field).field(name);
            let Some(amount) = quantity(&node.value) else { continue };
            if amount < 0 {
                at.invalid_at(&path, node, NOT_NEGATIVE);
            } else if is_extended(name) && amount % 1000 != 0 {
                at.invalid_at(&path, node, "must be an integer");
            }
        }
    }
    let is_of_a_pod = at.path.0.iter().any(|step| matches!(step, PathStep::Field(name) if name.ends_with("ontainers")));
    if !is_of_a_pod {
        return;
    }
    let mut own = false;
    let mut huge = false;
    for (field, map) in [("limits", limits), ("requests", requests)] {
        for (name, node) in map.into_iter().flat_map(Map::iter) {
            own |= name == "cpu" || name == "memory";
            huge |= name.starts_with("hugepages-");
            let path = at.path.field(field).field(name);
            if name.contains('/') && !names::is_qualified_name(name) {
                at.invalid_at(&path, node, QUALIFIED);
            } else if name.contains('/') && !is_extended(name) && !name.starts_with("kubernetes.io/") {
                at.invalid_at(&path, node, "doesn't follow extended resource name standard");
            }
        }
    }
    if huge && !own {
        at.forbidden("", "HugePages require cpu or memory");
    }
    for (name, node) in requests.into_iter().flat_map(Map::iter) {
        let is_fixed = is_extended(name) || name.starts_with("hugepages-");
        if !is_fixed || node.value.is_null() {
            continue;
        }
        let limit = limits.and_then(|limits| limits.get(name));
        match limit {
            None => at.required("limits", "Limit must be set for non overcommitable resources"),
            Some(limit) if quantity(&limit.value) != quantity(&node.value) => {
                let path = at.path.field("requests").field(name);
                at.invalid_at(&path, node, &format!("must be equal to {name} limit"));
            }
            Some(_) => {}
        }
    }
}

fn one_handler(at: &mut Place<'_, '_, '_>) {
    at.at_most_one(&["exec", "httpGet", "tcpSocket", "sleep"], "may not specify more than 1 handler type");
    for handler in ["httpGet", "tcpSocket"] {
        let Some(port) = at.map(handler).and_then(|map| map.get("port")) else { continue };
        let path = at.path.field(handler).field("port");
        let is_wrong = match &port.value {
            Value::String(name) => !names::is_port_name(name),
            value => value.as_number().is_some_and(|number| !(1.0..=65535.0).contains(&number)),
        };
        if is_wrong {
            at.invalid_at(&path, port, "must be between 1 and 65535, inclusive, or the name of a port");
        }
    }
}

/// Fields of a pod that variables and files can hold.
const FIELDS: [&str; 5] =
    ["metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"];
const FIELDS_OF_VARIABLES: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// Fields that can be given to a pod by their old or full names.
const KNOWN: [&str; 5] = ["spec.restartPolicy", "spec.schedulerName", "spec.hostNetwork", "status.phase", "spec.host"];

fn field_selector(at: &mut Place<'_, '_, '_>) {
    let path = at.text("fieldPath");
    if path.is_empty() {
        return;
    }
    if !["", "v1"].contains(&at.text("apiVersion")) {
        at.invalid("fieldPath", "error converting fieldPath: unsupported pod version");
        return;
    }
    let is_variable = at.path.0.iter().any(|step| matches!(step, PathStep::Field(name) if name == "valueFrom"));
    if let Some((map, rest)) = path.split_once('[') {
        let key = rest.strip_suffix(']').map(|key| key.trim_matches('\''));
        let is_map = ["metadata.labels", "metadata.annotations"].contains(&map);
        if !is_map || key.is_none() {
            at.invalid("fieldPath", &format!("error converting fieldPath: field label not supported: {path}"));
        } else if !key.is_some_and(|key| {
            names::is_qualified_name(&if map.ends_with('s') && map.contains("annot") {
                key.to_lowercase()
            } else {
                key.to_owned()
            })
        }) {
            at.invalid("fieldPath", QUALIFIED);
        }
        return;
    }
    let choices: &[&str] = if is_variable { &FIELDS_OF_VARIABLES } else { &FIELDS };
    if choices.contains(&path) {
        return;
    }
    let is_field = FIELDS.contains(&path) || FIELDS_OF_VARIABLES.contains(&path) || KNOWN.contains(&path);
    if is_field {
        let path_of = at.path.field("fieldPath");
        at.unsupported_at(&path_of, path, choices);
    } else {
        at.invalid("fieldPath", &format!("error converting fieldPath: field label not supported: {path}"));
    }
}

fn resource_selector(at: &mut Place<'_, '_, '_>) {
    let name = at.text("resource");
    if name.is_empty() {
        return;
    }
    let known = [
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.ephemeral-storage",
    ];
    if !known.contains(&name) && !name.starts_with("limits.hugepages-") && !name.starts_with("requests.hugepages-") {
        let path = at.path.field("resource");
        at.unsupported_at(&path, name, &known);
        return;
    }
    let is_variable = at.path.0.iter().any(|step| matches!(step, PathStep::Field(name) if name == "valueFrom"));
    if !is_variable && at.text("containerName").is_empty() {
        at.required("containerName", "");
    }
    let Some(node) = at.fields.get("divisor") else { return };
    let Some(amount) = quantity(&node.value).filter(|amount| *amount != 0) else { return };
    let is_known = if name.ends_with(".cpu") {
        [1, 1000].contains(&amount)
    } else {
        let units: [i128; 13] = [
            1,
            1000,
            1_000_000,
            1_000_000_000,
            1_000_000_000_000,
            1_000_000_000_000_000,
            1_000_000_000_000_000_000,
            1 << 10,
            1 << 20,
            1 << 30,
            1 << 40,
            1 << 50,
            1 << 60,
        ];
        amount % 1000 == 0 && units.contains(&(amount / 1000))
    };
    if !is_known {
        at.invalid("divisor", "only divisor's values of whole units are supported");
    }
}

fn mount(at: &mut Place<'_, '_, '_>) {
    if at.has("subPath") && at.has("subPathExpr") {
        at.invalid("subPathExpr", "subPathExpr and subPath are mutually exclusive");
    }
    let recursive = at.text("recursiveReadOnly");
    if matches!(recursive, "Enabled" | "IfPossible") {
        if !at.is_true("readOnly") {
            at.forbidden("recursiveReadOnly", "may only be specified when readOnly is true");
        } else if !["", "None"].contains(&at.text("mountPropagation")) {
            at.forbidden("recursiveReadOnly", "may only be specified when mountPropagation is None or not specified");
        }
    } else {
        at.choice("recursiveReadOnly", &["Disabled", "Enabled", "IfPossible"]);
    }
}
