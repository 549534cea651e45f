//! Containers of `v1`: probes, hooks, environment variables, resources, privileges.

use crate::validate::form::{self, KEY, LABEL, PORT, PORT_NAME, QUALIFIED, SUBDOMAIN};
use std::collections::HashSet;

use super::place::{I32, NOT_NEGATIVE, Place, Row, Rule, row};
use crate::kubernetes::{PathStep, names, quantity};
use crate::validate::fields::text;
use crate::yaml::{Map, Value};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.Container", "name", Rule::FormIfSet(names::is_dns_label, LABEL)),
    row("core.v1.Container", "image", Rule::Whole(image)),
    row("core.v1.Container", "ports", Rule::Whole(port_names)),
    row("core.v1.Container", "volumeMounts", Rule::Whole(mount_paths)),
    row("core.v1.Container", "imagePullPolicy", Rule::OneOf(&["Always", "IfNotPresent", "Never"])),
    row("core.v1.Container", "terminationMessagePolicy", Rule::OneOf(&["File", "FallbackToLogsOnError"])),
    row("core.v1.Container", "", Rule::Whole(devices)),
    row("core.v1.Container", "", Rule::Whole(propagation)),
    row("core.v1.Container", "resizePolicy", Rule::Whole(resizes)),
    row("core.v1.Container", "", Rule::Whole(restart)),
    row("core.v1.ContainerPort", "containerPort", Rule::Number(form::is_port, PORT)),
    row("core.v1.ContainerPort", "hostPort", Rule::Number(form::is_port_or_none, PORT)),
    row("core.v1.ContainerPort", "name", Rule::Form(names::is_port_name, PORT_NAME)),
    row("core.v1.EnvVar", "name", Rule::Form(is_variable, "a valid environment variable name must consist only of printable ASCII characters other than '='")),
    row("core.v1.EnvVar", "", Rule::Whole(variable)),
    row("core.v1.Probe", "", Rule::Whole(probe)),
    row("core.v1.Probe", "initialDelaySeconds", Rule::AtLeast(0)),
    row("core.v1.Probe", "timeoutSeconds", Rule::AtLeast(0)),
    row("core.v1.Probe", "periodSeconds", Rule::AtLeast(0)),
    row("core.v1.Probe", "successThreshold", Rule::AtLeast(0)),
    row("core.v1.Probe", "failureThreshold", Rule::AtLeast(0)),
    row("core.v1.ContainerResizePolicy", "restartPolicy", Rule::OneOf(&["NotRequired", "RestartContainer"])),
    row("core.v1.ContainerResizePolicy", "resourceName", Rule::OneOf(&["cpu", "memory"])),
    row("core.v1.SecurityContext", "runAsUser", Rule::Between(0, I32)),
    row("core.v1.SecurityContext", "runAsGroup", Rule::Between(0, I32)),
    row("core.v1.SecurityContext", "procMount", Rule::Choice(&["Default", "Unmasked"])),
    row("core.v1.SecurityContext", "", Rule::Whole(escalation)),
    row("core.v1.ResourceRequirements", "", Rule::Whole(resources)),
    row("core.v1.LifecycleHandler", "", Rule::Whole(one_handler)),
    row("core.v1.HTTPGetAction", "scheme", Rule::OneOf(&["HTTP", "HTTPS"])),
    row("core.v1.HTTPGetAction", "port", Rule::FormIfSet(names::is_port_name, PORT_NAME)),
    row("core.v1.HTTPGetAction", "port", Rule::Number(form::is_port, PORT)),
    row("core.v1.TCPSocketAction", "port", Rule::FormIfSet(names::is_port_name, PORT_NAME)),
    row("core.v1.TCPSocketAction", "port", Rule::Number(form::is_port, PORT)),
    row("core.v1.GRPCAction", "port", Rule::Number(form::is_port, PORT)),
    row("core.v1.ExecAction", "command", Rule::Required("")),
    row("core.v1.HTTPHeader", "name", Rule::Form(form::is_header, "a valid HTTP header must consist of alphanumeric characters or '-'")),
    row("core.v1.ObjectFieldSelector", "", Rule::Whole(field_selector)),
    row("core.v1.ResourceFieldSelector", "", Rule::Whole(resource_selector)),
    row("core.v1.ConfigMapKeySelector", "name", Rule::Required("")),
    row("core.v1.ConfigMapKeySelector", "name", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.ConfigMapKeySelector", "key", Rule::Form(names::is_config_key, KEY)),
    row("core.v1.SecretKeySelector", "name", Rule::Required("")),
    row("core.v1.SecretKeySelector", "name", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.SecretKeySelector", "key", Rule::Form(names::is_config_key, KEY)),
    row("core.v1.ConfigMapEnvSource", "name", Rule::Required("")),
    row("core.v1.ConfigMapEnvSource", "name", Rule::Form(is_source, SUBDOMAIN)),
    row("core.v1.SecretEnvSource", "name", Rule::Required("")),
    row("core.v1.SecretEnvSource", "name", Rule::Form(is_source, SUBDOMAIN)),
    row("core.v1.EnvFromSource", "prefix", Rule::Form(is_variable, "a valid environment variable name must consist only of printable ASCII characters other than '='")),
    row("core.v1.EnvFromSource", "", Rule::Whole(one_reference)),
    row("core.v1.VolumeMount", "mountPropagation", Rule::Choice(&["None", "HostToContainer", "Bidirectional"])),
    row("core.v1.VolumeMount", "subPath", Rule::Form(form::is_local_path, form::RELATIVE)),
    row("core.v1.VolumeMount", "subPathExpr", Rule::Form(form::is_local_path, form::RELATIVE)),
    row("core.v1.VolumeMount", "", Rule::Whole(mount)),
    row("core.v1.VolumeDevice", "devicePath", Rule::Form(form::has_no_backsteps, "can not contain backsteps ('..')")),
    row("core.v1.PodResourceClaim", "name", Rule::Form(names::is_dns_label, LABEL)),
    row("core.v1.PodResourceClaim", "", Rule::Whole(one_claim)),
    row("core.v1.PodResourceClaim", "resourceClaimName", Rule::FormIfSet(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PodResourceClaim", "resourceClaimTemplateName", Rule::FormIfSet(names::is_dns_subdomain, SUBDOMAIN)),
];

/// A claim either exists already or is created from a template.
fn one_claim(at: &mut Place<'_, '_, '_>) {
    let message = "must specify exactly one of `resourceClaimName`, `resourceClaimTemplateName`";
    match at.fields_set(&["resourceClaimName", "resourceClaimTemplateName"]).len() {
        0 => at.required("", message),
        1 => {}
        _ => at.invalid("", message),
    }
}

fn is_variable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'=')
}

/// Whether a string can name the source of environment variables. The API server accepts the start of a name, too.
fn is_source(text: &str) -> bool {
    names::is_dns_subdomain(text.strip_suffix('-').filter(|rest| !rest.is_empty()).unwrap_or(text))
}

fn image(at: &mut Place<'_, '_, '_>) {
    let image = at.text("image");
    if image.trim() != image {
        at.invalid("image", "must not have leading or trailing whitespace");
    } else if !at.has("image") {
        at.required("image", "");
    }
}

fn port_names(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, port) in at.items("ports") {
        let name = text(port, "name");
        if !name.is_empty() && !known.insert(name) {
            at.nested(port, &path).duplicate("name", name);
        }
    }
}

fn mount_paths(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, mount) in at.items("volumeMounts") {
        let place = text(mount, "mountPath");
        if let Some(node) = mount.get("mountPath").filter(|_| !place.is_empty() && !known.insert(place)) {
            at.invalid_at(&path.field("mountPath"), node, "must be unique");
        }
    }
}

fn variable(at: &mut Place<'_, '_, '_>) {
    let Some(source) = at.map("valueFrom") else { return };
    if at.has("value") {
        at.invalid("valueFrom", "may not be specified when `value` is not empty");
    } else if source.iter().filter(|(_, node)| !node.value.is_null()).count() != 1 {
        at.invalid("valueFrom", "must specify exactly one source");
    }
}

fn one_reference(at: &mut Place<'_, '_, '_>) {
    match at.fields_set(&["configMapRef", "secretRef"]).len() {
        0 => at.invalid("", "must specify one of: `configMapRef` or `secretRef`"),
        1 => {}
        _ => at.invalid("", "may not have more than one field specified at a time"),
    }
}

fn probe(at: &mut Place<'_, '_, '_>) {
    const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];
    match at.fields_set(&HANDLERS).len() {
        0 => at.required("", "must specify a handler type: exec, httpGet, tcpSocket or grpc"),
        1 => {}
        _ => at.forbidden("", "may not specify more than 1 handler type"),
    }
    let is_of_readiness = matches!(at.path.0.last(), Some(PathStep::Field(name)) if name == "readinessProbe");
    if !is_of_readiness && at.number("successThreshold").is_some_and(|times| times > 1) {
        at.invalid("successThreshold", "must be 1");
    }
    if is_of_readiness && at.is_set("terminationGracePeriodSeconds") {
        at.invalid("terminationGracePeriodSeconds", "must not be set for readinessProbes");
    } else if at.number("terminationGracePeriodSeconds").is_some_and(|seconds| seconds <= 0) {
        at.invalid("terminationGracePeriodSeconds", "must be greater than 0");
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
    let is_init = at.path.has_field("initContainers");
    if at.fields.text_at(&["restartPolicy"]).is_some() {
        at.choice("restartPolicy", &["Always", "OnFailure", "Never"]);
    } else if at.has("restartPolicyRules") && !is_init {
        at.required("restartPolicy", "must specify restartPolicy when restart rules are used");
    }
}

/// Only privileged containers can have mounts whose changes reach the node.
fn propagation(at: &mut Place<'_, '_, '_>) {
    if at.fields.is_true_at(&["securityContext", "privileged"]) {
        return;
    }
    for (path, mount) in at.items("volumeMounts") {
        if text(mount, "mountPropagation") == "Bidirectional" {
            let path = path.field("mountPropagation");
            at.forbidden_at(&path, "Bidirectional mount propagation is available only to privileged containers");
        }
    }
}

fn resizes(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, policy) in at.items("resizePolicy") {
        if !known.insert(text(policy, "resourceName")) {
            at.duplicate_at(&path, text(policy, "resourceName"));
        }
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

/// Whether a resource is an extended one, such as a device.
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
            if !name.contains('/') && !form::is_container_resource(name) {
                at.invalid_at(&path, node, "must be a standard resource for containers");
            } else if name.contains('/') && !names::is_qualified_name(name) {
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
        let limit = limits.and_then(|limits| quantity(&limits.get(name)?.value));
        if limit.zip(quantity(&node.value)).is_some_and(|(limit, request)| request > limit) {
            let path = at.path.field("requests").field(name);
            at.invalid_at(&path, node, &format!("must be less than or equal to {name} limit"));
        }
        let is_fixed = is_extended(name) || name.starts_with("hugepages-");
        if !is_fixed {
            continue;
        }
        // A null means zero.
        let amount = |value: &Value| if value.is_null() { Some(0) } else { quantity(value) };
        let limit = limits.and_then(|limits| limits.get(name));
        match limit {
            None => at.required("limits", "Limit must be set for non overcommitable resources"),
            Some(limit) if amount(&limit.value) != amount(&node.value) => {
                let path = at.path.field("requests").field(name);
                at.invalid_at(&path, node, &format!("must be equal to {name} limit"));
            }
            Some(_) => {}
        }
    }
}

fn one_handler(at: &mut Place<'_, '_, '_>) {
    const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "sleep"];
    if at.fields_set(&HANDLERS).is_empty() {
        at.required("", "must specify a handler type");
    }
    at.at_most_one(&HANDLERS, "may not specify more than 1 handler type");
}

/// The fields of a pod that environment variables and files can use.
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
/// Fields of a pod that exist, but that neither can use. Some names are old.
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
    let is_variable = at.path.has_field("valueFrom");
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
    let is_variable = at.path.has_field("valueFrom");
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
