//! Services, configuration, quotas and limits of `v1`, and EndpointSlices.

use std::collections::HashSet;

use super::form::{self, CIDR, IP, LABEL, QUALIFIED, SUBDOMAIN};
use super::place::{Place, Row, Rule, row};
use crate::diagnostic::Source;
use crate::json;
use crate::kubernetes::{names, quantity};
use crate::validate::fields::text;
use crate::yaml::{Map, Value};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.ServiceSpec", "externalIPs", Rule::Items(form::is_ip, IP)),
    row("core.v1.ServiceSpec", "trafficDistribution", Rule::OneOf(&["PreferClose", "PreferSameZone", "PreferSameNode"])),
    row("core.v1.ServiceSpec", "", Rule::Whole(external_name)),
    row("core.v1.ServiceSpec", "", Rule::Whole(families)),
    row("core.v1.ServiceSpec", "", Rule::Whole(addresses)),
    row("core.v1.ServiceSpec", "", Rule::Whole(balancer)),
    row("core.v1.ServiceSpec", "", Rule::Whole(affinity)),
    row("core.v1.ServiceSpec", "internalTrafficPolicy", Rule::Choice(&["Cluster", "Local"])),
    row("core.v1.ServicePort", "appProtocol", Rule::Given(form::is_qualified, QUALIFIED)),
    row("core.v1.ConfigMap", "", Rule::Whole(configuration)),
    row("core.v1.Secret", "", Rule::Whole(secret)),
    row("core.v1.LimitRangeSpec", "", Rule::Whole(limit_range)),
    row("core.v1.LimitRangeItem", "", Rule::Whole(limit)),
    row("core.v1.ResourceQuotaSpec", "hard", Rule::Whole(quota)),
    row("core.v1.ResourceQuotaSpec", "scopes", Rule::Items(is_scope, "unsupported scope")),
    row("core.v1.ScopedResourceSelectorRequirement", "", Rule::Whole(scope)),
    row("core.v1.NamespaceSpec", "finalizers", Rule::Items(form::is_qualified, QUALIFIED)),
    row("core.v1.EndpointAddress", "hostname", Rule::Form(form::is_label, LABEL)),
    row("core.v1.EndpointAddress", "ip", Rule::Form(form::is_ip, IP)),
    row("core.v1.EndpointPort", "port", Rule::Between(1, 65535)),
    row("core.v1.EndpointPort", "appProtocol", Rule::Form(form::is_qualified, QUALIFIED)),
    row("core.v1.EndpointSubset", "", Rule::Whole(subset)),
    row("core.v1.ReplicationControllerSpec", "replicas", Rule::AtLeast(0)),
    row("core.v1.ReplicationControllerSpec", "minReadySeconds", Rule::AtLeast(0)),
    row("core.v1.ReplicationControllerSpec", "selector", Rule::Labels),
    row("core.v1.ReplicationControllerSpec", "", Rule::Whole(controller)),
    row("core.v1.PodTemplate", "", Rule::Whole(template)),
    row("discovery.v1.EndpointSlice", "", Rule::Whole(slice)),
    row("discovery.v1.Endpoint", "hostname", Rule::Given(form::is_label, LABEL)),
    row("discovery.v1.Endpoint", "nodeName", Rule::Given(form::is_subdomain, SUBDOMAIN)),
    row("discovery.v1.Endpoint", "addresses", Rule::Required("must contain at least 1 address")),
    row("discovery.v1.EndpointPort", "appProtocol", Rule::Given(form::is_qualified, QUALIFIED)),
    row("discovery.v1.EndpointPort", "name", Rule::Form(form::is_label, LABEL)),
];

/// The type of a Service; one that has none is of `ClusterIP`.
fn kind<'a>(at: &Place<'a, '_, '_>) -> &'a str {
    Some(at.text("type")).filter(|kind| !kind.is_empty()).unwrap_or("ClusterIP")
}

fn external_name(at: &mut Place<'_, '_, '_>) {
    if kind(at) != "ExternalName" {
        return;
    }
    let name = at.text("externalName");
    if !name.is_empty() && !names::is_dns_subdomain(name.strip_suffix('.').unwrap_or(name)) {
        at.invalid("externalName", SUBDOMAIN);
    }
    for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        if at.has(field) {
            at.forbidden(field, "may not be set for ExternalName services");
        }
    }
}

fn families(at: &mut Place<'_, '_, '_>) {
    let families = at.list("ipFamilies");
    let mut known = HashSet::new();
    for (index, node) in families.iter().enumerate() {
        let family = if node.value.is_null() { Some("") } else { node.value.as_str() };
        let Some(family) = family else { continue };
        let path = at.path.field("ipFamilies").with(crate::kubernetes::PathStep::Index(index));
        if !["IPv4", "IPv6"].contains(&family) {
            at.unsupported_at(&path, family, &["IPv4", "IPv6"]);
        } else if !known.insert(family) {
            at.duplicate_at(&path, family);
        }
    }
    let several = families.len() > 1 || at.list("clusterIPs").len() > 1;
    // Without a policy it is that of one family, but for a headless Service that selects no pods.
    let is_free = at.text("clusterIP") == "None" && !at.has("selector");
    let is_single = at.text("ipFamilyPolicy") == "SingleStack" || !at.has("ipFamilyPolicy") && !is_free;
    if several && is_single && kind(at) != "ExternalName" {
        at.invalid(
            "ipFamilyPolicy",
            "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
        );
    }
}

fn addresses(at: &mut Place<'_, '_, '_>) {
    let list = at.list("clusterIPs");
    let first = list.first().and_then(|node| node.value.as_str());
    let one = at.text("clusterIP");
    if let Some(first) = first.filter(|_| kind(at) != "ExternalName") {
        if one.is_empty() {
            at.invalid("clusterIPs", "must be empty when `clusterIP` is not specified");
        } else if one != first {
            at.invalid("clusterIPs", "first value must match `clusterIP`");
        }
        if first == "None" && list.len() > 1 {
            at.invalid("clusterIPs", "'None' must be the first and only value");
        }
    }
    if list.len() > 2 {
        at.invalid("clusterIPs", "may only hold up to 2 values");
    }
    for (index, node) in list.iter().enumerate() {
        let is_wrong = node.value.as_str().is_some_and(|text| text != "None" && !form::is_ip(text));
        if is_wrong {
            at.invalid_item("clusterIPs", index, IP);
        }
    }
}

fn balancer(at: &mut Place<'_, '_, '_>) {
    let is_balancer = kind(at) == "LoadBalancer";
    if at.is_given("loadBalancerClass") {
        if !is_balancer {
            at.forbidden("loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
        } else if !form::is_qualified(at.text("loadBalancerClass")) {
            at.invalid("loadBalancerClass", QUALIFIED);
        }
    }
    if at.is_given("allocateLoadBalancerNodePorts") && !is_balancer {
        at.forbidden("allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
    }
    if at.has("loadBalancerSourceRanges") {
        if !is_balancer {
            at.forbidden("loadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
        }
        for (index, node) in at.list("loadBalancerSourceRanges").iter().enumerate() {
            if node.value.as_str().is_some_and(|text| form::network(text.trim()).is_none()) {
                at.invalid_item("loadBalancerSourceRanges", index, CIDR);
            }
        }
    }
    if at.number("healthCheckNodePort").is_some_and(|port| port != 0)
        && !(is_balancer && at.text("externalTrafficPolicy") == "Local")
    {
        let message = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        at.invalid("healthCheckNodePort", message);
    }
}

fn affinity(at: &mut Place<'_, '_, '_>) {
    // Without affinity the server drops its settings.
    if at.text("sessionAffinity") != "ClientIP" {
        return;
    }
    let Some(node) = at.fields.at(["sessionAffinityConfig", "clientIP", "timeoutSeconds"]) else { return };
    if node.value.as_number().is_some_and(|seconds| seconds <= 0.0 || seconds > 86400.0) {
        let path = at.path.field("sessionAffinityConfig").field("clientIP").field("timeoutSeconds");
        at.invalid_at(&path, node, "must be greater than 0 and less than 86400");
    }
}

/// The greatest size of what a ConfigMap or Secret holds.
const MOST: usize = 1024 * 1024;

/// The size of the values of a map; those in base64 are smaller than their text.
fn size(map: Option<&Map>, is_encoded: bool) -> usize {
    let texts = map.into_iter().flat_map(Map::iter).filter_map(|(_, node)| node.value.as_str());
    texts.map(|text| if is_encoded { text.trim_end_matches('=').len() * 3 / 4 } else { text.len() }).sum()
}

fn configuration(at: &mut Place<'_, '_, '_>) {
    let (data, binary) = (at.map("data"), at.map("binaryData"));
    for (key, node) in data.into_iter().flat_map(Map::iter) {
        if binary.is_some_and(|binary| binary.get(key).is_some()) {
            let path = at.path.field("data").field(key);
            let key = crate::yaml::Node::new(Value::String(key.to_owned()), node.span.clone());
            at.invalid_at(&path, &key, "duplicate of key present in binaryData");
        }
    }
    if size(data, false) + size(binary, true) > MOST {
        let path = at.path.field("data");
        at.too_long(&path, MOST);
    }
}

fn secret(at: &mut Place<'_, '_, '_>) {
    let (data, texts) = (at.map("data"), at.map("stringData"));
    if size(data, true) + size(texts, false) > MOST {
        let path = at.path.field("data");
        at.too_long(&path, MOST);
    }
    let is_there = |key: &str| [data, texts].iter().flatten().any(|map| map.get(key).is_some());
    let is_full = |key: &str| [data, texts].iter().flatten().any(|map| !text(map, key).is_empty());
    let path = at.path.field("data");
    let need = |keys: &[&str], at: &mut Place<'_, '_, '_>| {
        for key in keys {
            at.required_at(&path.field(key), "");
        }
    };
    match at.text("type") {
        "kubernetes.io/tls" => {
            let keys: Vec<&str> = ["tls.crt", "tls.key"].into_iter().filter(|key| !is_there(key)).collect();
            need(&keys, at);
        }
        "kubernetes.io/dockerconfigjson" => docker(".dockerconfigjson", at),
        "kubernetes.io/dockercfg" => docker(".dockercfg", at),
        "kubernetes.io/basic-auth" if !is_there("username") && !is_there("password") => {
            need(&["username", "password"], at);
        }
        "kubernetes.io/ssh-auth" if !is_full("ssh-privatekey") => need(&["ssh-privatekey"], at),
        "kubernetes.io/service-account-token" => {
            let name = at.fields.at(["metadata", "annotations", "kubernetes.io/service-account.name"]);
            if name.and_then(|node| node.value.as_str()).is_none_or(str::is_empty) {
                let path = at.path.field("metadata").field("annotations").field("kubernetes.io/service-account.name");
                at.required_at(&path, "");
            }
        }
        _ => {}
    }
}

/// The configuration of a registry is an object in JSON. What it holds is a secret, and is not shown.
fn docker(key: &str, at: &mut Place<'_, '_, '_>) {
    use base64::Engine;
    let encoded = at.map("data").map(|map| text(map, key));
    let plain = at.map("stringData").and_then(|map| map.get(key)).map(|node| node.value.as_str().unwrap_or_default());
    let path = at.path.field("data").field(key);
    let is_there = ["data", "stringData"].iter().any(|field| at.map(field).is_some_and(|map| map.get(key).is_some()));
    if !is_there {
        at.required_at(&path, "");
        return;
    }
    let decoded = match (plain, encoded) {
        (Some(plain), _) => plain.as_bytes().to_vec(),
        (None, Some(encoded)) => {
            let compact: String = encoded.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
            let Ok(decoded) = base64::engine::general_purpose::STANDARD.decode(compact) else { return };
            decoded
        }
        (None, None) => return,
    };
    let is_object = std::str::from_utf8(&decoded)
        .ok()
        .and_then(|text| json::read(&Source::file(key, text), 0..text.len()).ok())
        .is_some_and(|node| matches!(node.value, Value::Map(_) | Value::Null));
    if !is_object {
        at.redacted(&path, "must be a JSON object");
    }
}

fn limit_range(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, item) in at.items("limits") {
        let kind = text(item, "type");
        if !known.insert(kind) {
            at.duplicate_at(&path.field("type"), kind);
        }
    }
}

fn limit(at: &mut Place<'_, '_, '_>) {
    let kind = at.text("type");
    let is_own = ["", "Pod", "Container", "PersistentVolumeClaim"].contains(&kind);
    let is_full = kind.contains('/') && form::is_qualified(kind);
    if !is_own && !is_full {
        at.invalid("type", "must be a standard limit type or fully qualified");
    }
    if kind == "Pod" {
        for field in ["default", "defaultRequest"] {
            if at.has(field) {
                at.forbidden(field, "may not be specified when `type` is 'Pod'");
            }
        }
    }
    if kind == "PersistentVolumeClaim" {
        let has = |field: &str| at.map(field).is_some_and(|map| map.get("storage").is_some());
        if !has("min") && !has("max") {
            at.required("", "either minimum or maximum storage value is required, but neither was provided");
        }
    }
    if kind == "Container" {
        for field in ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"] {
            for (name, node) in at.map(field).into_iter().flat_map(Map::iter) {
                if !form::is_container_resource(name) {
                    let path = at.path.field(field).field(name);
                    at.invalid_at(&path, node, "must be a standard resource for containers");
                }
            }
        }
    }
    // Each is not greater than the next: what a request may be, by name.
    let amount = |field: &str, name: &str| at.map(field).and_then(|map| quantity(&map.get(name)?.value));
    let order = [
        ("min", "defaultRequest", "defaultRequest"),
        ("min", "default", "default"),
        ("min", "max", "min"),
        ("defaultRequest", "max", "defaultRequest"),
        ("default", "max", "default"),
        ("defaultRequest", "default", "defaultRequest"),
    ];
    let fields = ["min", "max", "default", "defaultRequest"];
    let all: HashSet<&str> = fields.iter().filter_map(|field| at.map(field)).flat_map(Map::keys).collect();
    let mut wrong = Vec::new();
    for name in all {
        for (less, more, shown) in order {
            if let (Some(a), Some(b)) = (amount(less, name), amount(more, name))
                && a > b
            {
                wrong.push((shown, name, format!("{less} value of {name} is greater than {more} value")));
            }
        }
        if let Some(ratio) = amount("maxLimitRequestRatio", name) {
            if ratio < 1000 {
                wrong.push(("maxLimitRequestRatio", name, format!("ratio {name} is less than 1")));
            } else if let (Some(min), Some(max)) = (amount("min", name), amount("max", name))
                && min > 0
                && ratio > max * 1000 / min
            {
                wrong.push(("maxLimitRequestRatio", name, format!("ratio {name} is greater than max/min")));
            }
        }
    }
    wrong.sort_unstable();
    for (field, name, message) in wrong {
        let path = at.path.field(field).field(name);
        if let Some(node) = at.map(field).and_then(|map| map.get(name)) {
            at.invalid_at(&path, node, &message);
        }
    }
}

fn quota(at: &mut Place<'_, '_, '_>) {
    let known = [
        "cpu",
        "memory",
        "ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.storage",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "pods",
        "resourcequotas",
        "services",
        "replicationcontrollers",
        "secrets",
        "persistentvolumeclaims",
        "configmaps",
        "services.nodeports",
        "services.loadbalancers",
    ];
    let counted = [
        "pods",
        "services",
        "secrets",
        "configmaps",
        "resourcequotas",
        "replicationcontrollers",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
    ];
    for (name, node) in at.map("hard").into_iter().flat_map(Map::iter) {
        let path = at.path.field("hard").field(name);
        let is_huge = ["hugepages-", "requests.hugepages-"].iter().any(|prefix| name.starts_with(prefix));
        if !form::is_qualified(name) {
            at.invalid_at(&path, node, QUALIFIED);
        } else if !name.contains('/') && !is_huge && !known.contains(&name) {
            at.invalid_at(&path, node, "must be a standard resource for quota");
        }
        let Some(amount) = quantity(&node.value) else { continue };
        if amount < 0 {
            at.invalid_at(&path, node, "must be greater than or equal to 0");
        } else if amount % 1000 != 0 && (counted.contains(&name) || name.starts_with("count/")) {
            at.invalid_at(&path, node, "must be an integer");
        }
    }
}

fn is_scope(text: &str) -> bool {
    let scopes = [
        "Terminating",
        "NotTerminating",
        "BestEffort",
        "NotBestEffort",
        "PriorityClass",
        "CrossNamespacePodAffinity",
        "VolumeAttributesClass",
    ];
    scopes.contains(&text)
}

fn scope(at: &mut Place<'_, '_, '_>) {
    let count = at.list("values").len();
    let name = at.text("scopeName");
    if !["PriorityClass", "VolumeAttributesClass"].contains(&name) && is_scope(name) && at.text("operator") != "Exists"
    {
        at.invalid("operator", "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
    }
    match at.text("operator") {
        "In" | "NotIn" if count == 0 => {
            at.required("values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
        }
        "Exists" | "DoesNotExist" if count > 0 => {
            at.invalid("values", "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector");
        }
        _ => at.one_of("operator", &["In", "NotIn", "Exists", "DoesNotExist"]),
    }
    if !name.is_empty() && !is_scope(name) {
        at.invalid("scopeName", "unsupported scope");
    }
}

fn controller(at: &mut Place<'_, '_, '_>) {
    if !at.is_given("template") {
        at.required("template", "");
    }
    let labels = at.fields.map_at(&["template", "metadata", "labels"]);
    let differs = |(key, node): (&str, &crate::yaml::Node)| {
        labels.is_none_or(|labels| labels.get(key).is_none_or(|label| label.value != node.value))
    };
    if labels.is_some() && at.map("selector").into_iter().flat_map(Map::iter).any(differs) {
        let path = at.path.field("template").field("metadata").field("labels");
        at.invalid_missing(&path, "`selector` does not match template `labels`");
    }
}

fn template(at: &mut Place<'_, '_, '_>) {
    if !at.is_given("template") {
        at.required_at(&at.path.field("template").field("spec").field("containers"), "");
    }
}

fn subset(at: &mut Place<'_, '_, '_>) {
    if !at.has("addresses") && !at.has("notReadyAddresses") {
        at.required("", "must specify `addresses` or `notReadyAddresses`");
    }
    let ports = at.items("ports");
    for (path, port) in &ports {
        let name = text(port, "name");
        if name.is_empty() && ports.len() > 1 {
            at.required_at(&path.field("name"), "");
        } else if let Some(node) = port.get("name").filter(|_| !name.is_empty() && !names::is_dns_label(name)) {
            at.invalid_at(&path.field("name"), node, LABEL);
        }
    }
}

fn slice(at: &mut Place<'_, '_, '_>) {
    let kind = at.text("addressType");
    at.one_of("addressType", &["IPv4", "IPv6", "FQDN"]);
    for (path, endpoint) in at.items("endpoints") {
        for (index, node) in endpoint.list_at(&["addresses"]).iter().enumerate() {
            let path = path.field("addresses").with(crate::kubernetes::PathStep::Index(index));
            // A null is an empty text.
            let address = if node.value.is_null() { Some("") } else { node.value.as_str() };
            let Some(address) = address else { continue };
            match kind {
                "IPv4" | "IPv6" if !form::is_ip(address) => at.invalid_at(&path, node, IP),
                "IPv4" if address.contains(':') => at.invalid_at(&path, node, "must be an IPv4 address"),
                "IPv6" if !address.contains(':') => at.invalid_at(&path, node, "must be an IPv6 address"),
                "FQDN"
                    if !names::is_dns_subdomain(address.strip_suffix('.').unwrap_or(address))
                        || !address.contains('.') =>
                {
                    at.invalid_at(&path, node, "should be a domain with at least two segments separated by dots");
                }
                _ => {}
            }
        }
    }
    let mut known = HashSet::new();
    for (path, port) in at.items("ports") {
        let name = text(port, "name");
        if !known.insert(name) {
            at.duplicate_at(&path.field("name"), name);
        }
    }
}
