//! `networking.k8s.io/v1`.

use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{PathStep, names};
use crate::validate::fields::{has, number, text};
use crate::validate::form::{self, CIDR, LABEL, PORT, PORT_NAME, SEGMENT, SUBDOMAIN, WILDCARD};
use crate::yaml::{Map, Value};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("networking.v1.NetworkPolicyPort", "", Rule::Whole(end_port)),
    row("networking.v1.NetworkPolicyPort", "port", Rule::Number(form::is_port, PORT)),
    row("networking.v1.NetworkPolicyPort", "protocol", Rule::Choice(&["TCP", "UDP", "SCTP"])),
    row("networking.v1.NetworkPolicySpec", "policyTypes", Rule::Whole(types)),
    row("networking.v1.NetworkPolicySpec", "policyTypes", Rule::ItemsOf(&["Ingress", "Egress"])),
    row("networking.v1.NetworkPolicyPeer", "", Rule::Whole(peer)),
    row("networking.v1.IPBlock", "cidr", Rule::Whole(network)),
    row("networking.v1.IPBlock", "except", Rule::Whole(except)),
    row("networking.v1.IngressSpec", "", Rule::Whole(rules)),
    row("networking.v1.IngressSpec", "ingressClassName", Rule::FormIfSet(names::is_dns_subdomain, SUBDOMAIN)),
    row("networking.v1.IngressRule", "host", Rule::Whole(host)),
    row("networking.v1.IngressTLS", "hosts", Rule::Whole(tls_hosts)),
    row("networking.v1.IngressTLS", "secretName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("networking.v1.HTTPIngressRuleValue", "paths", Rule::Whole(paths)),
    row("networking.v1.HTTPIngressPath", "pathType", Rule::Choice(&["Exact", "Prefix", "ImplementationSpecific"])),
    row("networking.v1.HTTPIngressPath", "path", Rule::Whole(path)),
    row("networking.v1.IngressBackend", "", Rule::Whole(backend)),
    row("networking.v1.IngressServiceBackend", "name", Rule::Form(names::is_dns_label, LABEL)),
    row("networking.v1.IngressServiceBackend", "port", Rule::Whole(backend_port)),
    row("networking.v1.ServiceBackendPort", "number", Rule::Number(form::is_port_or_none, PORT)),
    row("networking.v1.ServiceBackendPort", "name", Rule::Form(names::is_port_name, PORT_NAME)),
    row("networking.v1.ServiceBackendPort", "", Rule::Whole(one_port)),
    row("networking.v1.IngressClassSpec", "controller", Rule::Form(form::is_domain_prefixed, "must be a domain-prefixed path (such as \"acme.io/foo\")")),
    row("networking.v1.IngressClassSpec", "controller", Rule::Required("")),
    row("networking.v1.IngressClassParametersReference", "namespace", Rule::Form(names::is_dns_label, LABEL)),
    row("networking.v1.IngressClassParametersReference", "apiGroup", Rule::FormIfSet(names::is_dns_subdomain, SUBDOMAIN)),
    row("networking.v1.IngressClassParametersReference", "", Rule::Whole(parameters)),
    row("networking.v1.IngressClass", "spec", Rule::Whole(|at| if at.map("spec").is_none_or(|spec| !has(spec, "controller")) {
        let path = at.path.field("spec").field("controller");
        at.required_at(&path, "");
    })),
    row("networking.v1.ServiceCIDRSpec", "cidrs", Rule::Whole(service_networks)),
    row("networking.v1.IPAddressSpec", "parentRef", Rule::Required("")),
    row("networking.v1.ParentReference", "group", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("networking.v1.ParentReference", "resource", Rule::Form(form::is_path_segment, SEGMENT)),
    row("networking.v1.ParentReference", "name", Rule::Form(form::is_path_segment, SEGMENT)),
    row("networking.v1.ParentReference", "namespace", Rule::Form(form::is_path_segment, SEGMENT)),
];

fn end_port(at: &mut Place<'_, '_, '_>) {
    let port = at.fields.get("port").filter(|node| !node.value.is_null());
    if let Some(Value::String(name)) = port.map(|node| &node.value)
        && !names::is_port_name(name)
    {
        at.invalid("port", PORT_NAME);
    }
    let Some(end) = at.number("endPort") else { return };
    match port.map(|node| (&node.value, node.value.as_number())) {
        None => at.invalid("endPort", "may not be specified when `port` is not specified"),
        Some((Value::String(_), _)) => at.invalid("endPort", "may not be specified when `port` is non-numeric"),
        Some((_, Some(port))) if (end as f64) < port => {
            at.invalid("endPort", "must be greater than or equal to `port`");
        }
        Some(_) if !(1..=65535).contains(&end) => at.invalid("endPort", "must be between 1 and 65535, inclusive"),
        Some(_) => {}
    }
}

fn types(at: &mut Place<'_, '_, '_>) {
    if at.list("policyTypes").len() > 2 {
        at.invalid("policyTypes", "may not specify more than two policyTypes");
    }
}

fn peer(at: &mut Place<'_, '_, '_>) {
    if at.fields_set(&["podSelector", "namespaceSelector", "ipBlock"]).is_empty() {
        at.required("", "must specify a peer");
    }
    if at.is_set("ipBlock") && (at.is_set("podSelector") || at.is_set("namespaceSelector")) {
        at.forbidden("", "may not specify both ipBlock and another peer");
    }
}

fn network(at: &mut Place<'_, '_, '_>) {
    let cidr = at.text("cidr");
    if cidr.is_empty() {
        return;
    }
    if form::network(cidr).is_none() {
        at.invalid("cidr", CIDR);
    } else if !form::is_cidr(cidr) {
        at.invalid("cidr", "must not have bits set beyond the prefix length");
    }
}

fn except(at: &mut Place<'_, '_, '_>) {
    let outer = at.text("cidr");
    for (index, node) in at.list("except").iter().enumerate() {
        let inner = if node.value.is_null() { Some("") } else { node.value.as_str() };
        let Some(inner) = inner else { continue };
        if !form::is_cidr(inner) {
            at.invalid_item("except", index, CIDR);
        } else if !form::is_inside(inner, outer) {
            at.invalid_item("except", index, "must be a strict subset of `cidr`");
        }
    }
}

fn rules(at: &mut Place<'_, '_, '_>) {
    if !at.has("rules") && !at.is_set("defaultBackend") {
        at.invalid("", "either `defaultBackend` or `rules` must be specified");
    }
}

fn host(at: &mut Place<'_, '_, '_>) {
    let host = at.text("host");
    if host.is_empty() {
    } else if host.parse::<std::net::IpAddr>().is_ok() {
        at.invalid("host", "must be a DNS name, not an IP address");
    } else if !form::is_host(host) {
        at.invalid("host", if host.contains('*') { WILDCARD } else { SUBDOMAIN });
    }
}

fn tls_hosts(at: &mut Place<'_, '_, '_>) {
    for (index, node) in at.list("hosts").iter().enumerate() {
        // A null is an empty string.
        let host = if node.value.is_null() { Some("") } else { node.value.as_str() };
        if let Some(host) = host.filter(|host| !form::is_host(host)) {
            at.invalid_item("hosts", index, if host.contains('*') { WILDCARD } else { SUBDOMAIN });
        }
    }
}

fn paths(at: &mut Place<'_, '_, '_>) {
    if at.is_set("paths") && !at.has("paths") {
        at.required("paths", "");
    }
}

fn path(at: &mut Place<'_, '_, '_>) {
    let path = at.text("path");
    match at.text("pathType") {
        "Exact" | "Prefix" => {
            if !path.starts_with('/') {
                at.invalid("path", "must be an absolute path");
            }
            for part in ["//", "/./", "/../", "%2f", "%2F"] {
                if path.contains(part) {
                    at.invalid("path", &format!("must not contain '{part}'"));
                }
            }
            for end in ["/..", "/."] {
                if path.ends_with(end) {
                    at.invalid("path", &format!("cannot end with '{end}'"));
                }
            }
        }
        "ImplementationSpecific" if !path.is_empty() && !path.starts_with('/') => {
            at.invalid("path", "must be an absolute path");
        }
        _ => {}
    }
}

fn backend(at: &mut Place<'_, '_, '_>) {
    if at.is_set("service") && at.is_set("resource") {
        at.invalid("", "cannot set both resource and service backends");
    } else if !at.is_set("service") && !at.is_set("resource") {
        at.invalid("", "resource or service backend is required");
    }
    let Some(resource) = at.map("resource") else { return };
    let path = at.path.field("resource").field("apiGroup");
    let group = resource.get("apiGroup");
    if let Some(node) = group.filter(|node| node.value.as_str().is_some_and(|group| !names::is_dns_subdomain(group))) {
        at.invalid_at(&path, node, SUBDOMAIN);
    }
    for field in ["kind", "name"] {
        if let Some(node) = resource.get(field).filter(|_| !form::is_path_segment(text(resource, field))) {
            at.invalid_at(&at.path.field("resource").field(field), node, SEGMENT);
        }
    }
}

fn backend_port(at: &mut Place<'_, '_, '_>) {
    let is_there = |port: &Map| has(port, "name") || number(port, "number").is_some_and(|number| number != 0);
    if !at.map("port").is_some_and(is_there) {
        at.required("port", "port name or number is required");
    }
}

fn one_port(at: &mut Place<'_, '_, '_>) {
    if at.has("name") && at.number("number").is_some_and(|number| number != 0) {
        at.invalid("", "cannot set both port name & port number");
    }
}

fn parameters(at: &mut Place<'_, '_, '_>) {
    match at.text("scope") {
        "Namespace" if !at.has("namespace") => {
            at.required("namespace", "`parameters.scope` is set to 'Namespace'");
        }
        "Cluster" | "" if at.is_set("namespace") => {
            at.forbidden("namespace", "`parameters.scope` is set to 'Cluster'");
        }
        _ => at.one_of("scope", &["Cluster", "Namespace"]),
    }
    for field in ["kind", "name"] {
        if !form::is_path_segment(at.text(field)) {
            at.invalid(field, SEGMENT);
        }
    }
    if at.is_set("apiGroup") && !at.text("apiGroup").is_empty() && !names::is_dns_subdomain(at.text("apiGroup")) {
        at.invalid("apiGroup", SUBDOMAIN);
    }
}

fn service_networks(at: &mut Place<'_, '_, '_>) {
    let list = at.list("cidrs");
    if list.is_empty() {
        at.required("cidrs", "at least one CIDR required");
    } else if list.len() > 2 {
        at.invalid("cidrs", "may only hold up to 2 values");
    }
    let mut families = Vec::new();
    for (index, cidr) in at.indexed_texts("cidrs") {
        if !form::is_cidr(cidr) {
            at.invalid_item("cidrs", index, CIDR);
        }
        let family = cidr.contains(':');
        if families.contains(&family) {
            let path = at.path.field("cidrs").with(PathStep::Index(index));
            at.duplicate_at(&path, text(at.fields, "cidrs"));
        }
        families.push(family);
    }
}
