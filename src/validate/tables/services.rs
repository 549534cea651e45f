//! Services, quotas and limits of `v1`, and EndpointSlices.

use std::collections::HashSet;
use std::net::IpAddr;

use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{names, quantity};
use crate::validate::fields::text;
use crate::validate::form::{self, CIDR, IP, LABEL, PORT, PORT_NAME, QUALIFIED, RESERVED, SUBDOMAIN};
use crate::yaml::Map;

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.ServiceSpec", "selector", Rule::Labels),
    row("core.v1.ServiceSpec", "clusterIP", Rule::Form(|text| text == "None" || form::is_ip(text), IP)),
    row("core.v1.ServiceSpec", "", Rule::Whole(needed)),
    row("core.v1.ServiceSpec", "ports", Rule::Whole(ports)),
    row("core.v1.ServiceSpec", "externalTrafficPolicy", Rule::Whole(traffic)),
    row("core.v1.ServiceSpec", "externalIPs", Rule::Items(form::is_ip, IP)),
    row("core.v1.ServiceSpec", "externalIPs", Rule::Items(form::is_ordinary, RESERVED)),
    row("core.v1.ServiceSpec", "clusterIP", Rule::Whole(first_family)),
    row("core.v1.ServiceSpec", "trafficDistribution", Rule::Choice(&["PreferClose", "PreferSameZone", "PreferSameNode"])),
    row("core.v1.ServiceSpec", "ipFamilyPolicy", Rule::Choice(&["PreferDualStack", "RequireDualStack", "SingleStack"])),
    row("core.v1.ServiceSpec", "", Rule::Whole(external_name)),
    row("core.v1.ServiceSpec", "", Rule::Whole(families)),
    row("core.v1.ServiceSpec", "", Rule::Whole(addresses)),
    row("core.v1.ServiceSpec", "", Rule::Whole(balancer)),
    row("core.v1.ServiceSpec", "", Rule::Whole(affinity)),
    row("core.v1.ServiceSpec", "internalTrafficPolicy", Rule::Choice(&["Cluster", "Local"])),
    row("core.v1.ServicePort", "name", Rule::Form(names::is_dns_label, LABEL)),
    row("core.v1.ServicePort", "port", Rule::Number(form::is_port, PORT)),
    row("core.v1.ServicePort", "targetPort", Rule::Number(form::is_port_or_none, PORT)),
    row("core.v1.ServicePort", "targetPort", Rule::Form(names::is_port_name, PORT_NAME)),
    row("core.v1.ServicePort", "appProtocol", Rule::FormIfSet(names::is_qualified_name, QUALIFIED)),
    row("core.v1.LimitRangeSpec", "", Rule::Whole(limit_range)),
    row("core.v1.LimitRangeItem", "", Rule::Whole(limit)),
    row("core.v1.ResourceQuotaSpec", "hard", Rule::Whole(quota)),
    row("core.v1.ResourceQuotaSpec", "scopes", Rule::Items(is_scope, "unsupported scope")),
    row("core.v1.ScopedResourceSelectorRequirement", "", Rule::Whole(scope)),
    row("core.v1.NamespaceSpec", "finalizers", Rule::Whole(finalizers)),
    row("core.v1.ReplicationControllerSpec", "replicas", Rule::AtLeast(0)),
    row("core.v1.ReplicationControllerSpec", "minReadySeconds", Rule::AtLeast(0)),
    row("core.v1.ReplicationControllerSpec", "selector", Rule::Labels),
    row("core.v1.ReplicationControllerSpec", "", Rule::Whole(controller)),
    row("core.v1.PodTemplate", "", Rule::Whole(template)),
];

/// The first address must belong to the first family.
fn first_family(at: &mut Place<'_, '_, '_>) {
    let wanted = at.texts("ipFamilies").first().copied().unwrap_or_default();
    let Ok(address) = at.text("clusterIP").parse::<IpAddr>() else { return };
    if !wanted.is_empty() && address.is_ipv4() != (wanted == "IPv4") {
        at.invalid("clusterIP", &format!("expected an {wanted} value as indicated by `ipFamilies[0]`"));
    }
}

/// The finalizers of a namespace must be Kubernetes' own, or have a domain in their names.
fn finalizers(at: &mut Place<'_, '_, '_>) {
    for text in at.texts("finalizers") {
        if !names::is_qualified_name(text) {
            at.invalid("finalizers", QUALIFIED);
        } else if !text.contains('/') && !["kubernetes", "orphan", "foregroundDeletion"].contains(&text) {
            at.invalid("finalizers", "name is neither a standard finalizer name nor is it fully qualified");
        }
    }
}

/// Returns the type of a Service, which is `ClusterIP` by default.
fn kind<'a>(at: &Place<'a, '_, '_>) -> &'a str {
    Some(at.text("type")).filter(|kind| !kind.is_empty()).unwrap_or("ClusterIP")
}

fn needed(at: &mut Place<'_, '_, '_>) {
    let kind = kind(at);
    let is_headless = at.text("clusterIP") == "None";
    if at.list("ports").is_empty() && !is_headless && kind != "ExternalName" {
        at.required("ports", "");
    }
    if kind == "ExternalName" && !at.has("externalName") {
        at.required("externalName", "");
    }
    if is_headless && matches!(kind, "NodePort" | "LoadBalancer") {
        at.invalid("clusterIP", &format!("may not be set to 'None' for {kind} services"));
    }
}

fn traffic(at: &mut Place<'_, '_, '_>) {
    let is_outside = matches!(kind(at), "NodePort" | "LoadBalancer");
    if !at.text("externalTrafficPolicy").is_empty() && !is_outside && !at.has("externalIPs") {
        at.invalid("externalTrafficPolicy", "may only be set for externally-accessible services");
    }
}

/// Checks the ports of a Service against each other and against its type.
fn ports(at: &mut Place<'_, '_, '_>) {
    let kind = kind(at);
    let ports = at.items("ports");
    let (mut known_names, mut known_numbers) = (HashSet::new(), HashSet::new());
    for (path, port) in &ports {
        let mut of_port = at.nested(port, path);
        let name = of_port.text("name");
        if name.is_empty() && ports.len() > 1 {
            of_port.required("name", "");
        } else if names::is_dns_label(name) && !known_names.insert(name) {
            of_port.duplicate("name", name);
        }
        let protocol = Some(of_port.text("protocol")).filter(|text| !text.is_empty()).unwrap_or("TCP");
        if let Some(number) = of_port.number("port")
            && !known_numbers.insert((number, protocol))
        {
            of_port.duplicate("", &format!("{number}/{protocol}"));
        }
        if let Some(number) = of_port.number("nodePort").filter(|number| *number != 0) {
            if kind == "ClusterIP" {
                of_port.forbidden("nodePort", "may not be used when `type` is 'ClusterIP'");
            } else if !(30_000..=32_767).contains(&number) {
                of_port.warn(
                    "nodePort",
                    "the valid range of node ports is 30000-32767, unless the cluster is configured differently",
                );
            }
        }
    }
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
    // The default policy is a single family, except for a headless Service without a selector.
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
    if at.is_set("loadBalancerClass") {
        if !is_balancer {
            at.forbidden("loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
        } else if !names::is_qualified_name(at.text("loadBalancerClass")) {
            at.invalid("loadBalancerClass", QUALIFIED);
        }
    }
    if at.is_set("allocateLoadBalancerNodePorts") && !is_balancer {
        at.forbidden("allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
    }
    if at.has("loadBalancerSourceRanges") {
        if !is_balancer {
            at.forbidden("loadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
        }
        for (index, text) in at.indexed_texts("loadBalancerSourceRanges") {
            if form::network(text.trim()).is_none() {
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
    // Without affinity, the server removes its settings.
    if at.text("sessionAffinity") != "ClientIP" {
        return;
    }
    let Some(node) = at.fields.at(["sessionAffinityConfig", "clientIP", "timeoutSeconds"]) else { return };
    if node.value.as_number().is_some_and(|seconds| seconds <= 0.0 || seconds > 86400.0) {
        let path = at.path.field("sessionAffinityConfig").field("clientIP").field("timeoutSeconds");
        at.invalid_at(&path, node, "must be greater than 0 and less than 86400");
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
    let is_full = kind.contains('/') && names::is_qualified_name(kind);
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
    limited_resources(kind, at);
    // Pairs of limits of which the first must not be greater than the second, and the field that is reported.
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

/// Checks the names of limited resources, which depend on the type of the limit.
fn limited_resources(kind: &str, at: &mut Place<'_, '_, '_>) {
    let fields: &[&str] = match kind {
        "Pod" => &["min", "max", "maxLimitRequestRatio"],
        _ => &["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"],
    };
    for field in fields {
        for (name, node) in at.map(field).into_iter().flat_map(Map::iter) {
            let message = match kind {
                "Pod" | "Container" if !form::is_container_resource(name) => {
                    "must be a standard resource for containers"
                }
                "Pod" | "Container" => continue,
                _ if !names::is_qualified_name(name) => QUALIFIED,
                _ if !name.contains('/') && !is_standard_resource(name) => {
                    "must be a standard resource type or fully qualified"
                }
                _ => continue,
            };
            at.invalid_at(&at.path.field(field).field(name), node, message);
        }
    }
}

/// Whether a resource is a standard one of quotas and limits.
fn is_standard_resource(name: &str) -> bool {
    let others = ["storage", "limits.storage", "services.nodeports", "services.loadbalancers"];
    QUOTAS.contains(&name) || others.contains(&name) || is_huge(name)
}

fn is_huge(name: &str) -> bool {
    ["hugepages-", "requests.hugepages-"].iter().any(|prefix| name.starts_with(prefix))
}

/// The resources that quotas support.
const QUOTAS: [&str; 19] = [
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

fn quota(at: &mut Place<'_, '_, '_>) {
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
        if !names::is_qualified_name(name) {
            at.invalid_at(&path, node, QUALIFIED);
        } else if !name.contains('/') && !is_huge(name) && !QUOTAS.contains(&name) {
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
    if !at.is_set("template") {
        at.required("template", "");
    }
    let labels = at.fields.map_at(&["template", "metadata", "labels"]);
    let differs = |(key, node): (&str, &crate::yaml::Node)| {
        labels.is_none_or(|labels| labels.get(key).is_none_or(|label| label.value != node.value))
    };
    if at.is_set("template") && at.map("selector").into_iter().flat_map(Map::iter).any(differs) {
        let path = at.path.field("template").field("metadata").field("labels");
        at.invalid_missing(&path, "`selector` does not match template `labels`");
    }
}

fn template(at: &mut Place<'_, '_, '_>) {
    if !at.is_set("template") {
        at.required_at(&at.path.field("template").field("spec").field("containers"), "");
    }
}
