//! The endpoints of Services: Endpoints of `v1`, EndpointSlices of `discovery.k8s.io/v1`.

use std::collections::HashSet;

use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{PathStep, names};
use crate::validate::fields::text;
use crate::validate::form::{self, IP, LABEL, LABEL_VALUE, QUALIFIED, RESERVED, SUBDOMAIN};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("core.v1.EndpointAddress", "hostname", Rule::Form(names::is_dns_label, LABEL)),
    row("core.v1.EndpointAddress", "ip", Rule::Form(form::is_ip, IP)),
    row("core.v1.EndpointAddress", "ip", Rule::Form(form::is_ordinary, RESERVED)),
    row("core.v1.EndpointPort", "port", Rule::Between(1, 65535)),
    row("core.v1.EndpointPort", "appProtocol", Rule::FormIfSet(names::is_qualified_name, QUALIFIED)),
    row("core.v1.EndpointSubset", "", Rule::Whole(subset)),
    row("discovery.v1.EndpointSlice", "", Rule::Whole(slice)),
    row("discovery.v1.Endpoint", "hostname", Rule::FormIfSet(names::is_dns_label, LABEL)),
    row("discovery.v1.Endpoint", "nodeName", Rule::FormIfSet(names::is_dns_subdomain, SUBDOMAIN)),
    row("discovery.v1.Endpoint", "addresses", Rule::Required("must contain at least 1 address")),
    row("discovery.v1.EndpointHints", "forZones", Rule::Whole(|at| hints(at, "forZones", names::is_label_value, LABEL_VALUE))),
    row("discovery.v1.EndpointHints", "forNodes", Rule::Whole(|at| hints(at, "forNodes", names::is_dns_subdomain, SUBDOMAIN))),
    row("discovery.v1.EndpointPort", "appProtocol", Rule::FormIfSet(names::is_qualified_name, QUALIFIED)),
    row("discovery.v1.EndpointPort", "protocol", Rule::Choice(&["SCTP", "TCP", "UDP"])),
    row("discovery.v1.EndpointPort", "name", Rule::Form(names::is_dns_label, LABEL)),
];

/// The maximum number of zones, or of nodes, in the hints of an endpoint.
const MAX_HINTS: usize = 8;

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
            let path = path.field("addresses").with(PathStep::Index(index));
            // A null is an empty string.
            let address = if node.value.is_null() { Some("") } else { node.value.as_str() };
            let Some(address) = address else { continue };
            match kind {
                "IPv4" | "IPv6" if !form::is_ip(address) => at.invalid_at(&path, node, IP),
                "IPv4" if address.contains(':') => at.invalid_at(&path, node, "must be an IPv4 address"),
                "IPv6" if !address.contains(':') => at.invalid_at(&path, node, "must be an IPv6 address"),
                "IPv4" | "IPv6" if !form::is_ordinary(address) => at.invalid_at(&path, node, RESERVED),
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

/// Checks the zones or nodes in the hints of an endpoint: a limited number, without duplicates.
fn hints(at: &mut Place<'_, '_, '_>, field: &str, form: fn(&str) -> bool, message: &str) {
    let items = at.items(field);
    if items.len() > MAX_HINTS {
        at.too_many(&at.path.field(field), MAX_HINTS);
        return;
    }
    let mut known = HashSet::new();
    for (path, hint) in items {
        let path = path.field("name");
        let name = text(hint, "name");
        if !known.insert(name) {
            at.duplicate_at(&path, name);
        } else if let Some(node) = hint.get("name").filter(|_| !form(name)) {
            at.invalid_at(&path, node, message);
        }
    }
}
