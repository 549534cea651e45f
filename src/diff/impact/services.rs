//! Impacts of changed Services: which ports are reachable from where, and changes that the API server rejects.

use super::changed::Changed;
use super::fixed::{rejection, remedy};
use super::{Impact, ImpactLevel};
use crate::yaml::Map;

/// Returns from where a Service can be reached.
fn reach(fields: &Map) -> &'static str {
    match fields.text_at(&["spec", "type"]) {
        Some("LoadBalancer") => "to the outside",
        Some("NodePort") => "on every node",
        _ => "in the cluster",
    }
}

fn is_open_outside(fields: &Map) -> bool {
    reach(fields) != "in the cluster"
}

/// Returns a Service's ports: the number, with the protocol unless it is TCP, and the node port.
fn ports(fields: &Map) -> Vec<(String, Option<i64>)> {
    let list = fields.at(["spec", "ports"]).and_then(|node| node.value.as_list()).unwrap_or_default();
    let port = |port: &Map| {
        let number_text = port.number_at(&["port"])?.to_string();
        let protocol = port.text_at(&["protocol"]).filter(|protocol| *protocol != "TCP");
        let shown = protocol.map_or(number_text.clone(), |protocol| format!("{number_text}/{protocol}"));
        Some((shown, port.number_at(&["nodePort"])))
    };
    list.iter().filter_map(|node| port(node.value.as_map()?)).collect()
}

fn list(ports: &[String]) -> String {
    ports.join(", ")
}

/// Returns the impact of a new Service.
pub(super) fn opened_by_new(fields: &Map) -> Option<Impact> {
    let is_outside = is_open_outside(fields);
    let shown: Vec<String> = ports(fields)
        .into_iter()
        .map(|(port, node_port)| match node_port.filter(|_| is_outside) {
            Some(node_port) => format!("{port} (node port {node_port})"),
            None => port,
        })
        .collect();
    if shown.is_empty() {
        return None;
    }
    let level = if is_outside { ImpactLevel::Warning } else { ImpactLevel::Info };
    Some(Impact::new("opens", level, format!("new Service: opens {} {}", list(&shown), reach(fields))))
}

/// Adds the impacts of a changed Service.
pub(super) fn impacts(object: &Changed<'_>, old: &Map, new: &Map, found: &mut Vec<Impact>) {
    let (before, after) = (ports(old), ports(new));
    let only = |these: &[(String, Option<i64>)], those: &[(String, Option<i64>)]| -> Vec<String> {
        these
            .iter()
            .map(|(port, _)| port)
            .filter(|port| !those.iter().any(|(other, _)| other == *port))
            .cloned()
            .collect()
    };
    let level = if is_open_outside(new) { ImpactLevel::Warning } else { ImpactLevel::Info };
    let opened = only(&after, &before);
    if !opened.is_empty() {
        let text = format!("opens {} {}", list(&opened), reach(new));
        found.push(Impact::new("opens", level, text).about(&["spec.ports"]));
    }
    let closed = only(&before, &after);
    if !closed.is_empty() {
        let text = format!("closes {} {}", list(&closed), reach(old));
        found.push(Impact::new("closes", ImpactLevel::Warning, text).about(&["spec.ports"]));
    }
    if object.touches(&["spec", "type"]) {
        let service_type = |map: &Map| map.text_at(&["spec", "type"]).unwrap_or("ClusterIP").to_owned();
        let text =
            format!("from {} to {}: its ports are now open {}", service_type(old), service_type(new), reach(new));
        found.push(Impact::new("service-type", ImpactLevel::Warning, text).about(&["spec.type"]));
    }
    if object.touches(&["spec", "selector"]) {
        found.push(Impact::new("selector", ImpactLevel::Warning, "selects different pods").about(&["spec.selector"]));
    }
    for (port, node_port) in &after {
        let was = before.iter().find(|(other, _)| other == port).and_then(|(_, node_port)| *node_port);
        if let (Some(was), Some(is)) = (was, node_port)
            && was != *is
        {
            let text = format!("the node port of {port} changes: {was} → {is}");
            found.push(Impact::new("node-port", ImpactLevel::Warning, text).about(&["spec.ports"]));
        }
    }
    fixed_fields(object, found);
}

/// Adds changes of fields that a Service keeps, unless it is or becomes an ExternalName: its own address, the first IP family,
/// the class of its load balancer, and the port of its health checks.
fn fixed_fields(object: &Changed<'_>, found: &mut Vec<Impact>) {
    let Some((old, new)) = object.stored() else { return };
    let of_type = |map: &Map, name: &str| map.text_at(&["spec", "type"]) == Some(name);
    if of_type(old, "ExternalName") || of_type(new, "ExternalName") {
        return;
    }
    cluster_ip(object, old, new, found);
    let first = |map: &Map| {
        map.list_at(&["spec", "ipFamilies"]).first().and_then(|node| node.value.as_str().map(str::to_owned))
    };
    if object.differs(&["spec", "ipFamilies"])
        && first(old).is_some()
        && first(new).is_some()
        && first(old) != first(new)
    {
        found.push(rejection(object, "the first of spec.ipFamilies").about(&["spec.ipFamilies"]));
    }
    if of_type(old, "LoadBalancer") && of_type(new, "LoadBalancer") {
        let is_local = |map: &Map| map.text_at(&["spec", "externalTrafficPolicy"]) == Some("Local");
        for (field, is_fixed) in [("loadBalancerClass", true), ("healthCheckNodePort", is_local(old) && is_local(new))]
        {
            if is_fixed && object.differs(&["spec", field]) {
                found.push(rejection(object, &format!("spec.{field}")));
            }
        }
    }
}

fn cluster_ip(object: &Changed<'_>, old: &Map, new: &Map, found: &mut Vec<Impact>) {
    let address = |map: &Map| map.text_at(&["spec", "clusterIP"]).unwrap_or_default().to_owned();
    let (before, after) = (address(old), address(new));
    if before == after || !object.differs(&["spec", "clusterIP"]) {
        return;
    }
    if after.is_empty() {
        let stays = if before == "None" { "stays headless" } else { "keeps its address" };
        let text = format!("{stays}: the API server never removes spec.clusterIP from a Service");
        let impact = Impact::new("address-kept", ImpactLevel::Warning, text);
        found.push(impact.about(&["spec.clusterIP"]).remedy(remedy(object, "spec.clusterIP")));
        return;
    }
    // Also if the old manifest has no address: the server has already assigned one.
    found.push(rejection(object, "spec.clusterIP"));
}
