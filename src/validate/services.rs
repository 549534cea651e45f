//! What the API server checks of Services.

use super::ports::{port_name, port_number};
use super::report::Report;
use crate::diagnostic::Severity;
use crate::kubernetes::names::{self, DNS_LABEL};
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Value};

/// Checks a Service.
pub(super) fn check(fields: &Map, report: &mut Report<'_>) {
    let empty = Map::new();
    let spec = fields.map_at(&["spec"]).unwrap_or(&empty);
    let path = FieldPath::of_fields(&["spec"]);
    let kind = spec.text_entry("type").map(|(kind, _)| kind).filter(|kind| !kind.is_empty()).unwrap_or("ClusterIP");
    let is_headless = spec.text_entry("clusterIP").is_some_and(|(address, _)| address == "None");
    let ports: Vec<_> = spec.indexed_maps_at(&["ports"]).collect();
    let place = fields.entry("spec").map(|entry| entry.key.clone()).unwrap_or_default();
    if ports.is_empty() && !is_headless && kind != "ExternalName" {
        report.error("required", &path.field("ports"), "Required value".to_owned(), &place);
    }
    if kind == "ExternalName" && spec.text_entry("externalName").is_none_or(|(name, _)| name.is_empty()) {
        report.error("required", &path.field("externalName"), "Required value".to_owned(), &place);
    }
    if is_headless && matches!(kind, "NodePort" | "LoadBalancer") {
        let message = format!("Invalid value: \"None\": may not be set to 'None' for {kind} services");
        report.error("service", &path.field("clusterIP"), message, &place);
    }
    let mut names: Vec<&str> = Vec::new();
    let mut numbers: Vec<(String, &str)> = Vec::new();
    for (at, port) in &ports {
        let path = path.field("ports").with(PathStep::Index(*at));
        port_number(port.get("port"), &path.field("port"), false, report);
        if let Some(target) = port.get("targetPort") {
            match &target.value {
                Value::String(name) => port_name(name, &path.field("targetPort"), &target.span, report),
                _ => port_number(Some(target), &path.field("targetPort"), true, report),
            }
        }
        match port.text_entry("name").filter(|(name, _)| !name.is_empty()) {
            Some((name, span)) => {
                if !names::is_dns_label(name) {
                    report.error("name", &path.field("name"), format!("Invalid value: {name:?}: {DNS_LABEL}"), span);
                } else if names.contains(&name) {
                    report.error("duplicate", &path.field("name"), format!("Duplicate value: {name:?}"), span);
                }
                names.push(name);
            }
            None if ports.len() > 1 => {
                report.error(
                    "required",
                    &path.field("name"),
                    "Required value: of several ports each has a name".to_owned(),
                    &place,
                );
            }
            None => {}
        }
        let protocol = port.text_entry("protocol").map_or("TCP", |(protocol, _)| protocol);
        if let Some(number) = port.get("port").and_then(|node| node.value.as_number()) {
            let key = (number.to_string(), protocol);
            if numbers.contains(&key) {
                report.error("duplicate", &path, format!("Duplicate value: port {number}/{protocol}"), &place);
            }
            numbers.push(key);
        }
        if let Some(node) = port.get("nodePort") {
            let is_given = node.value.as_number().is_some_and(|number| number != 0.0);
            if is_given && kind == "ClusterIP" {
                let message = "Forbidden: may not be used when `type` is 'ClusterIP'".to_owned();
                report.error("service", &path.field("nodePort"), message, &node.span);
            } else if is_given && !node.value.as_number().is_some_and(|number| (30000.0..=32767.0).contains(&number)) {
                let message =
                    "the valid range of node ports is 30000-32767, unless the cluster is set up otherwise".to_owned();
                report.report(Severity::Warning, "port", &path.field("nodePort"), message, &node.span);
            }
        }
    }
}
