//! Pods of `v1`: their settings, scheduling and privileges.

use std::collections::HashSet;

use super::place::{I32, Place, Row, Rule, row};
use crate::diagnostic::nearest;
use crate::kubernetes::{FieldPath, PathStep, names, quantity};
use crate::validate::fields::{has, is_set, items, text};
use crate::validate::form::{self, IP, LABEL, LABEL_VALUE, QUALIFIED, SUBDOMAIN};
use crate::yaml::{Map, Value};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.PodSpec", "activeDeadlineSeconds", Rule::Between(1, I32)),
    row("core.v1.PodSpec", "hostname", Rule::Form(names::is_dns_label, LABEL)),
    row("core.v1.PodSpec", "subdomain", Rule::Form(names::is_dns_label, LABEL)),
    row("core.v1.PodSpec", "serviceAccountName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PodSpec", "nodeName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PodSpec", "priorityClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PodSpec", "runtimeClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PodSpec", "nodeSelector", Rule::Labels),
    row("core.v1.PodSpec", "preemptionPolicy", Rule::OneOf(&["PreemptLowerPriority", "Never"])),
    row("core.v1.PodSpec", "", Rule::Whole(dns)),
    row("core.v1.PodSpec", "hostnameOverride", Rule::Whole(hostname_override)),
    row("core.v1.PodSpec", "nodeName", Rule::Whole(gated)),
    row("core.v1.PodSpec", "", Rule::Whole(users)),
    row("core.v1.PodSpec", "os", Rule::Whole(windows)),
    row("core.v1.PodSpec", "", Rule::Whole(processes)),
    row("core.v1.PodSpec", "", Rule::Whole(spread)),
    row("core.v1.PodSpec", "", Rule::Whole(host_ports)),
    row("core.v1.PodSpec", "", Rule::Whole(grace)),
    row("core.v1.PodSpec", "", Rule::Whole(init_containers)),
    row("core.v1.PodSpec", "ephemeralContainers", Rule::Whole(ephemeral)),
    row("core.v1.PodSpec", "schedulingGates", Rule::Whole(gates)),
    row("core.v1.PodSpec", "resourceClaims", Rule::Whole(claims)),
    row("core.v1.PodSpec", "resources", Rule::Whole(requests)),
    row("core.v1.PodDNSConfig", "nameservers", Rule::Items(form::is_ip, IP)),
    row("core.v1.PodDNSConfig", "", Rule::Whole(dns_limits)),
    row("core.v1.PodDNSConfigOption", "name", Rule::Required("must not be empty")),
    row("core.v1.HostAlias", "ip", Rule::Form(form::is_ip, IP)),
    row("core.v1.HostAlias", "hostnames", Rule::Items(names::is_dns_subdomain, SUBDOMAIN)),
    row("core.v1.PodReadinessGate", "conditionType", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("core.v1.PodOS", "name", Rule::OneOf(&["linux", "windows"])),
    row("core.v1.TopologySpreadConstraint", "maxSkew", Rule::Number(|skew| skew > 0, "must be greater than zero")),
    row("core.v1.TopologySpreadConstraint", "minDomains", Rule::Whole(domains)),
    row("core.v1.TopologySpreadConstraint", "matchLabelKeys", Rule::Items(names::is_qualified_name, QUALIFIED)),
    row("core.v1.TopologySpreadConstraint", "matchLabelKeys", Rule::Whole(match_keys)),
    row("core.v1.TopologySpreadConstraint", "nodeAffinityPolicy", Rule::Choice(&["Honor", "Ignore"])),
    row("core.v1.TopologySpreadConstraint", "nodeTaintsPolicy", Rule::Choice(&["Honor", "Ignore"])),
    row("core.v1.Toleration", "key", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("core.v1.Toleration", "", Rule::Whole(toleration)),
    row("core.v1.NodeSelector", "nodeSelectorTerms", Rule::Required("must have at least one node selector term")),
    row("core.v1.NodeSelectorTerm", "", Rule::Whole(node_term)),
    row("core.v1.NodeSelectorRequirement", "", Rule::Whole(node_requirement)),
    row("core.v1.PreferredSchedulingTerm", "weight", Rule::Number(is_weight, WEIGHT)),
    row("core.v1.WeightedPodAffinityTerm", "weight", Rule::Number(is_weight, WEIGHT)),
    row("core.v1.PodAffinityTerm", "topologyKey", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("core.v1.PodAffinityTerm", "namespaces", Rule::Items(names::is_dns_label, LABEL)),
    row("core.v1.PodAffinityTerm", "", Rule::Whole(term_keys)),
    row("core.v1.PodSecurityContext", "fsGroup", Rule::Between(0, I32)),
    row("core.v1.PodSecurityContext", "runAsUser", Rule::Between(0, I32)),
    row("core.v1.PodSecurityContext", "runAsGroup", Rule::Between(0, I32)),
    row("core.v1.PodSecurityContext", "fsGroupChangePolicy", Rule::Choice(&["OnRootMismatch", "Always"])),
    row("core.v1.PodSecurityContext", "supplementalGroupsPolicy", Rule::Choice(&["Merge", "Strict"])),
    row("core.v1.PodSecurityContext", "seLinuxChangePolicy", Rule::Choice(&["Recursive"])),
    row("core.v1.PodSecurityContext", "supplementalGroups", Rule::Whole(groups)),
    row("core.v1.PodSecurityContext", "sysctls", Rule::Whole(sysctls)),
    row("core.v1.SeccompProfile", "", Rule::Whole(seccomp)),
    row("core.v1.AppArmorProfile", "", Rule::Whole(app_armor)),
    row("meta.v1.LabelSelector", "matchLabels", Rule::Whole(match_labels)),
    row("meta.v1.LabelSelectorRequirement", "", Rule::Whole(label_requirement)),
];

const WEIGHT: &str = "must be in the range 1-100";

fn is_weight(weight: i64) -> bool {
    (1..=100).contains(&weight)
}

fn hostname_override(at: &mut Place<'_, '_, '_>) {
    if !at.is_set("hostnameOverride") {
        return;
    }
    if at.is_true("setHostnameAsFQDN") {
        at.forbidden("hostnameOverride", "may not be specified when setHostnameAsFQDN is true");
    }
    if at.is_true("hostNetwork") {
        at.forbidden("hostnameOverride", "may not be specified when hostNetwork is true");
    }
    let name = at.text("hostnameOverride");
    if !names::is_dns_subdomain(name) {
        at.invalid("hostnameOverride", SUBDOMAIN);
    } else if name.len() > 64 {
        at.too_long(&at.path.field("hostnameOverride"), 64);
    }
}

fn gated(at: &mut Place<'_, '_, '_>) {
    if at.has("nodeName") && at.has("schedulingGates") {
        at.forbidden("nodeName", "cannot be set until all schedulingGates have been cleared");
    }
}

/// Some settings of containers depend on whether the pod has its own user namespace.
fn users(at: &mut Place<'_, '_, '_>) {
    let has_own = at.fields.get("hostUsers").is_some_and(|node| node.value == Value::Bool(false));
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for (path, container) in at.items(list) {
            if has_own && has(container, "volumeDevices") {
                at.forbidden_at(&path.field("volumeDevices"), "when `hostUsers` is false");
            }
            let mount = container.at(["securityContext", "procMount"]);
            if let Some(node) = mount.filter(|node| !has_own && node.value.as_str() == Some("Unmasked")) {
                let path = path.field("securityContext").field("procMount");
                at.invalid_at(&path, node, "`hostUsers` must be false to use `Unmasked`");
            }
        }
    }
}

/// Settings that only exist on Linux.
fn windows(at: &mut Place<'_, '_, '_>) {
    const OF_ALL: [&str; 5] = ["appArmorProfile", "seLinuxOptions", "seccompProfile", "runAsUser", "runAsGroup"];
    const OF_PODS: [&str; 5] =
        ["fsGroup", "fsGroupChangePolicy", "sysctls", "supplementalGroups", "supplementalGroupsPolicy"];
    const OF_CONTAINERS: [&str; 5] =
        ["capabilities", "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation", "procMount"];
    const MESSAGE: &str = "cannot be set for a windows pod";
    if at.fields.text_at(&["os", "name"]) != Some("windows") {
        return;
    }
    let mut found = Vec::new();
    let mut check = |holder: &Map, path: &FieldPath, own: &[&str]| {
        let Some(context) = holder.map_at(&["securityContext"]) else { return };
        let fields = OF_ALL.iter().chain(own).filter(|field| is_set(context, field));
        found.extend(fields.map(|field| path.field("securityContext").field(field)));
    };
    check(at.fields, at.path, &OF_PODS);
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        at.items(list).iter().for_each(|(path, container)| check(container, path, &OF_CONTAINERS));
    }
    let of_spec = ["hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"];
    found.extend(of_spec.iter().filter(|field| at.is_set(field)).map(|field| at.path.field(field)));
    found.iter().for_each(|path| at.forbidden_at(path, MESSAGE));
}

fn dns(at: &mut Place<'_, '_, '_>) {
    if at.text("dnsPolicy") != "None" {
        return;
    }
    match at.map("dnsConfig") {
        None => at.required("dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None"),
        Some(config) if !has(config, "nameservers") => {
            let path = at.path.field("dnsConfig").field("nameservers");
            at.required_at(&path, "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }
        Some(_) => {}
    }
}

fn dns_limits(at: &mut Place<'_, '_, '_>) {
    if at.list("nameservers").len() > 3 {
        at.invalid("nameservers", "must not have more than 3 nameservers");
    }
    let searches = at.list("searches");
    if searches.len() > 32 {
        at.invalid("searches", "must not have more than 32 search paths");
    }
    let texts = searches.iter().map(|node| node.value.as_str().unwrap_or_default());
    if texts.map(|text| text.len() + 1).sum::<usize>() > 2049 {
        at.invalid("searches", "must not have more than 2048 characters (including spaces) in the search list");
    }
    for (index, text) in at.indexed_texts("searches").into_iter().filter(|(_, text)| *text != ".") {
        // Underscores are allowed here.
        let plain = text.strip_suffix('.').unwrap_or(text).replace('_', "a");
        if !names::is_dns_subdomain(&plain) {
            at.invalid_item("searches", index, SUBDOMAIN);
        }
    }
}

fn processes(at: &mut Place<'_, '_, '_>) {
    if at.is_true("shareProcessNamespace") && at.is_true("hostPID") {
        at.invalid("shareProcessNamespace", "ShareProcessNamespace and HostPID cannot both be enabled");
    }
}

fn spread(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, constraint) in at.items("topologySpreadConstraints") {
        let pair = (text(constraint, "topologyKey"), text(constraint, "whenUnsatisfiable"));
        if !known.insert(pair) {
            let path = path.field("{topologyKey, whenUnsatisfiable}");
            at.duplicate_at(&path, &format!("{{{}, {}}}", pair.0, pair.1));
        }
    }
}

/// A host port occurs only once, and is equal to the container port if the pod uses the node's network.
fn host_ports(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    let is_node_network = at.is_true("hostNetwork");
    for list in ["containers", "initContainers"] {
        for (path, container) in at.items(list) {
            if list == "initContainers" {
                // Init containers run one after the other.
                known.clear();
            }
            for (path, port) in items(container, "ports", &path) {
                let number = |field: &str| port.get(field).and_then(|node| node.value.as_number()).unwrap_or_default();
                let (host, own) = (number("hostPort"), number("containerPort"));
                let protocol = Some(text(port, "protocol")).filter(|text| !text.is_empty()).unwrap_or("TCP");
                let key = format!("{protocol}/{}/{host}", text(port, "hostIP"));
                if is_node_network && host != 0.0 && host != own {
                    let message = "must match `containerPort` when `hostNetwork` is true";
                    if let Some(node) = port.get("hostPort") {
                        at.invalid_at(&path.field("hostPort"), node, message);
                    }
                } else if host != 0.0 && !known.insert(key.clone()) {
                    at.duplicate_at(&path.field("hostPort"), &key);
                }
            }
        }
    }
}

/// A sleep before the end must not be longer than the grace period.
fn grace(at: &mut Place<'_, '_, '_>) {
    let grace = at.number("terminationGracePeriodSeconds").unwrap_or(30).max(1);
    for list in ["containers", "initContainers"] {
        for (path, container) in at.items(list) {
            for hook in ["preStop", "postStart"] {
                let Some(node) = container.at(["lifecycle", hook, "sleep", "seconds"]) else { continue };
                let path = path.field("lifecycle").field(hook).field("sleep");
                if node.value.as_number().is_some_and(|seconds| seconds < 0.0 || seconds > grace as f64) {
                    let message = format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
                    at.invalid_at(&path, node, &message);
                }
            }
        }
    }
}

fn init_containers(at: &mut Place<'_, '_, '_>) {
    for (path, container) in at.items("initContainers") {
        if text(container, "restartPolicy") == "Always" {
            continue;
        }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            if let Some(node) = container.get(field).filter(|node| !node.value.is_null()) {
                let message = "may not be set for init containers without restartPolicy=Always";
                at.invalid_at(&path.field(field), node, message);
            }
        }
    }
}

fn ephemeral(at: &mut Place<'_, '_, '_>) {
    if at.has("ephemeralContainers") {
        let is_pod = at.is_in("Pod");
        let message =
            if is_pod { "cannot be set on create" } else { "ephemeral containers not allowed in pod template" };
        at.forbidden("ephemeralContainers", message);
    }
}

/// A pod must request at least the sum of its containers' requests.
fn requests(at: &mut Place<'_, '_, '_>) {
    let Some(requests) = at.fields.map_at(&["resources", "requests"]) else { return };
    let request = |container: &Map, name: &str| {
        let amount = |kind: &str| quantity(&container.at(["resources", kind, name])?.value);
        amount("requests").or_else(|| amount("limits")).unwrap_or_default()
    };
    let path = at.path.field("resources").field("requests");
    for (name, node) in requests.iter() {
        let together: i128 = at.fields.maps_at(&["containers"]).map(|container| request(container, name)).sum();
        if quantity(&node.value).is_some_and(|amount| together > amount) {
            at.invalid_at(&path.field(name), node, "must be greater than or equal to aggregate container requests");
        }
    }
}

/// A claim of a container must be a claim of the pod.
fn claims(at: &mut Place<'_, '_, '_>) {
    let known: HashSet<&str> = at.fields.maps_at(&["resourceClaims"]).map(|claim| text(claim, "name")).collect();
    for list in ["initContainers", "containers"] {
        for (path, container) in at.items(list) {
            let Some(resources) = container.map_at(&["resources"]) else { continue };
            for (path, claim) in items(resources, "claims", &path.field("resources")) {
                if let Some((name, span)) = claim.text_entry("name").filter(|(name, _)| !known.contains(name)) {
                    at.not_found(&path, name, span, nearest(name, known.iter().copied()));
                }
            }
        }
    }
}

fn gates(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, gate) in at.items("schedulingGates") {
        let name = text(gate, "name");
        if !names::is_qualified_name(name) {
            if let Some(node) = gate.get("name") {
                at.invalid_at(&path, node, QUALIFIED);
            }
        } else if !known.insert(name) {
            at.duplicate_at(&path, name);
        }
    }
}

fn domains(at: &mut Place<'_, '_, '_>) {
    let Some(number) = at.number("minDomains") else { return };
    let policy = at.text("whenUnsatisfiable");
    if number <= 0 {
        at.invalid("minDomains", "must be greater than 0");
    } else if policy != "DoNotSchedule" {
        let message = format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {policy}");
        at.invalid("minDomains", &message);
    }
}

fn match_keys(at: &mut Place<'_, '_, '_>) {
    if at.has("matchLabelKeys") && !at.is_set("labelSelector") {
        at.forbidden("matchLabelKeys", "must not be specified when labelSelector is not set");
    }
}

fn toleration(at: &mut Place<'_, '_, '_>) {
    let (operator, value) = (at.text("operator"), at.text("value"));
    if at.text("key").is_empty() && operator != "Exists" {
        let message = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
        at.invalid("operator", message);
    }
    if at.is_set("tolerationSeconds") && at.text("effect") != "NoExecute" {
        at.invalid("effect", "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    match operator {
        "Equal" | "" if !names::is_label_value(value) => at.invalid("value", LABEL_VALUE),
        "Exists" if !value.is_empty() => at.invalid("operator", "value must be empty when `operator` is 'Exists'"),
        "Equal" | "" | "Exists" => {}
        _ => at.one_of("operator", &["Equal", "Exists"]),
    }
    at.one_of("effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
}

fn node_term(at: &mut Place<'_, '_, '_>) {
    // A preferred term may have any value.
    let is_preferred = at.path.has_field("preferredDuringSchedulingIgnoredDuringExecution");
    for (path, requirement) in at.items("matchExpressions") {
        if let Some(node) = requirement.get("key").filter(|_| !names::is_qualified_name(text(requirement, "key"))) {
            at.invalid_at(&path.field("key"), node, QUALIFIED);
        }
        for (index, node) in requirement.list_at(&["values"]).iter().enumerate().filter(|_| !is_preferred) {
            if node.value.as_str().is_some_and(|text| !names::is_label_value(text)) {
                at.invalid_at(&path.field("values").with(PathStep::Index(index)), node, LABEL_VALUE);
            }
        }
    }
    for (path, requirement) in at.items("matchFields") {
        let is_name = text(requirement, "key") == "metadata.name";
        if !is_name {
            at.unsupported_at(&path.field("key"), text(requirement, "key"), &["metadata.name"]);
        }
        let values = requirement.list_at(&["values"]);
        if !matches!(text(requirement, "operator"), "In" | "NotIn") {
            at.unsupported_at(&path.field("operator"), text(requirement, "operator"), &["In", "NotIn"]);
        } else if values.len() != 1 {
            let message = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            at.required_at(&path.field("values"), message);
        }
        for (index, node) in values.iter().enumerate().filter(|_| is_name) {
            if !names::is_dns_subdomain(node.value.as_str().unwrap_or_default()) {
                at.invalid_at(&path.field("values").with(PathStep::Index(index)), node, SUBDOMAIN);
            }
        }
    }
}

/// Label keys need a selector, which must not contain the same keys.
fn term_keys(at: &mut Place<'_, '_, '_>) {
    for field in ["matchLabelKeys", "mismatchLabelKeys"] {
        if at.has(field) && !at.is_set("labelSelector") {
            at.forbidden(field, "must not be specified when labelSelector is not set");
        }
    }
    let Some(selector) = at.map("labelSelector") else { return };
    for field in ["matchLabelKeys", "mismatchLabelKeys"] {
        Row { type_name: "", field, rule: Rule::Items(names::is_qualified_name, QUALIFIED) }.check(at);
    }
    let (own, others) = (at.indexed_texts("matchLabelKeys"), at.texts("mismatchLabelKeys"));
    let mut known: HashSet<&str> = selector.map_at(&["matchLabels"]).into_iter().flat_map(Map::keys).collect();
    let mut seen = HashSet::new();
    for key in selector.maps_at(&["matchExpressions"]).map(|requirement| text(requirement, "key")) {
        if !known.insert(key) {
            seen.insert(key);
        }
    }
    for (index, key) in own {
        if seen.contains(key) {
            at.invalid_item("matchLabelKeys", index, "exists in both matchLabelKeys and labelSelector");
        } else if others.contains(&key) {
            at.invalid_item("matchLabelKeys", index, "exists in both matchLabelKeys and mismatchLabelKeys");
        }
    }
}

fn node_requirement(at: &mut Place<'_, '_, '_>) {
    // Requirements on fields have their own rules.
    if at.path.has_field("matchFields") {
        return;
    }
    let count = at.list("values").len();
    match at.text("operator") {
        "In" | "NotIn" if count == 0 => at.required("values", "must be specified when `operator` is 'In' or 'NotIn'"),
        "Exists" | "DoesNotExist" if count > 0 => {
            at.forbidden("values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        "Gt" | "Lt" if count != 1 => {
            at.required("values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        _ => at.one_of("operator", &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
    }
}

/// Whether a selector belongs to a metric, whose form is not checked.
fn is_of_metric(at: &Place<'_, '_, '_>) -> bool {
    at.is_in("HorizontalPodAutoscaler") && at.path.has_field("metric")
}

fn match_labels(at: &mut Place<'_, '_, '_>) {
    if !is_of_metric(at) {
        Row { type_name: "", field: "matchLabels", rule: Rule::Labels }.check(at);
    }
}

fn label_requirement(at: &mut Place<'_, '_, '_>) {
    if is_of_metric(at) {
        return;
    }
    let count = at.list("values").len();
    match at.text("operator") {
        "In" | "NotIn" if count == 0 => at.required("values", "must be specified when `operator` is 'In' or 'NotIn'"),
        "Exists" | "DoesNotExist" if count > 0 => {
            at.forbidden("values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ if at.fields.get("operator").is_none_or(|node| node.value.as_str().is_some()) => {
            at.invalid("operator", "not a valid selector operator");
        }
        _ => {}
    }
    if !at.text("key").is_empty() && !names::is_qualified_name(at.text("key")) {
        at.invalid("key", QUALIFIED);
    }
    if matches!(at.text("operator"), "In" | "NotIn") {
        Row { type_name: "", field: "values", rule: Rule::Items(names::is_label_value, LABEL_VALUE) }.check(at);
    }
}

fn groups(at: &mut Place<'_, '_, '_>) {
    for (index, node) in at.list("supplementalGroups").iter().enumerate() {
        if node.value.as_number().is_some_and(|number| !(0.0..=f64::from(i32::MAX)).contains(&number)) {
            at.invalid_item("supplementalGroups", index, "must be between 0 and 2147483647, inclusive");
        }
    }
}

fn sysctls(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, sysctl) in at.items("sysctls") {
        let name = text(sysctl, "name");
        let Some(node) = sysctl.get("name").filter(|_| !name.is_empty()) else { continue };
        if !form::is_sysctl(name) {
            at.invalid_at(&path.field("name"), node, "must have at most 253 characters and be the name of a sysctl");
        } else if !known.insert(name.replace('/', ".")) {
            at.duplicate_at(&path.field("name"), name);
        }
    }
}

fn seccomp(at: &mut Place<'_, '_, '_>) {
    let profile = at.text("localhostProfile");
    match at.text("type") {
        "Localhost" if !at.is_set("localhostProfile") => {
            at.required("localhostProfile", "must be set when seccomp type is Localhost");
        }
        "Localhost" if !form::is_local_path(profile) => at.invalid("localhostProfile", form::RELATIVE),
        "Localhost" => {}
        _ if at.is_set("localhostProfile") => {
            at.invalid("localhostProfile", "can only be set when seccomp type is Localhost");
        }
        _ => {}
    }
    at.one_of("type", &["Localhost", "RuntimeDefault", "Unconfined"]);
}

fn app_armor(at: &mut Place<'_, '_, '_>) {
    let profile = at.text("localhostProfile");
    match at.text("type") {
        "Localhost" if profile.trim().is_empty() => {
            at.required("localhostProfile", "must be set when AppArmor type is Localhost");
        }
        "Localhost" if profile.trim() != profile => {
            at.invalid("localhostProfile", "must not be padded with whitespace")
        }
        "Localhost" if profile.len() > 4095 => at.invalid("localhostProfile", "may not be more than 4095 bytes"),
        "RuntimeDefault" | "Unconfined" if at.is_set("localhostProfile") => {
            at.invalid("localhostProfile", "can only be set when AppArmor type is Localhost");
        }
        _ => {}
    }
    at.one_of("type", &["Localhost", "RuntimeDefault", "Unconfined"]);
}
