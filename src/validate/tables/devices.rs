//! Devices that pods claim: `resource.k8s.io/v1`.

use std::collections::HashSet;

use super::admission_expressions::of_selector;
use super::place::{Place, Row, Rule, row};
use super::volumes::is_driver;
use crate::kubernetes::{PathStep, names};
use crate::validate::fields::text;
use crate::validate::form::{self, LABEL, LABEL_VALUE, QUALIFIED, SUBDOMAIN};
use crate::yaml::Value;

/// The maximum number of requests, constraints, and configurations.
const MAX_ITEMS: usize = 32;
/// The maximum length of the value of an attribute, in bytes.
const MAX_VALUE: usize = 64;

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("resource.v1.DeviceSelector", "cel", Rule::Required("")),
    row("resource.v1.DeviceRequest", "", Rule::Whole(device)),
    row("resource.v1.DeviceRequest", "name", Rule::Form(names::is_dns_label, LABEL)),
    row("resource.v1.ExactDeviceRequest", "deviceClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("resource.v1.ExactDeviceRequest", "count", Rule::AtLeast(0)),
    row("resource.v1.ExactDeviceRequest", "allocationMode", Rule::OneOf(&["All", "ExactCount"])),
    row("resource.v1.ExactDeviceRequest", "count", Rule::Whole(device_count)),
    row("resource.v1.DeviceSelector", "", Rule::Whole(of_selector)),
    row("resource.v1.DeviceRequest", "firstAvailable", Rule::Whole(|at| unique_named_items(at, "firstAvailable", 8))),
    row("resource.v1.DeviceSubRequest", "name", Rule::Form(names::is_dns_label, LABEL)),
    row("resource.v1.DeviceSubRequest", "deviceClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("resource.v1.DeviceSubRequest", "count", Rule::AtLeast(0)),
    row("resource.v1.DeviceSubRequest", "allocationMode", Rule::OneOf(&["All", "ExactCount"])),
    row("resource.v1.DeviceSubRequest", "count", Rule::Whole(device_count)),
    row("resource.v1.DeviceClaim", "", Rule::Whole(claim)),
    row("resource.v1.DeviceConstraint", "", Rule::Whole(constraint)),
    row("resource.v1.DeviceClaimConfiguration", "opaque", Rule::Required("")),
    row("resource.v1.DeviceClassConfiguration", "opaque", Rule::Required("")),
    row("resource.v1.OpaqueDeviceConfiguration", "driver", Rule::Form(is_driver, SUBDOMAIN)),
    row("resource.v1.OpaqueDeviceConfiguration", "parameters", Rule::Whole(parameters)),
    row("resource.v1.DeviceToleration", "key", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("resource.v1.DeviceToleration", "", Rule::Whole(toleration)),
    row("resource.v1.DeviceToleration", "effect", Rule::OneOf(&["NoExecute", "NoSchedule", "None"])),
    row("resource.v1.ResourceSliceSpec", "driver", Rule::Form(is_driver, SUBDOMAIN)),
    row("resource.v1.ResourceSliceSpec", "", Rule::Whole(slice)),
    row("resource.v1.ResourceSliceSpec", "devices", Rule::Whole(|at| unique_named_items(at, "devices", 128))),
    row("resource.v1.ResourcePool", "name", Rule::Form(|name| name.split('/').all(names::is_dns_subdomain), SUBDOMAIN)),
    row("resource.v1.ResourcePool", "resourceSliceCount", Rule::AtLeast(1)),
    row("resource.v1.ResourcePool", "generation", Rule::AtLeast(0)),
    row("resource.v1.Device", "name", Rule::Form(names::is_dns_label, LABEL)),
    row("resource.v1.Device", "attributes", Rule::Whole(|at| device_names(at, "attributes"))),
    row("resource.v1.Device", "capacity", Rule::Whole(|at| device_names(at, "capacity"))),
    row("resource.v1.DeviceAttribute", "", Rule::Whole(attribute)),
    row("resource.v1.DeviceTaint", "key", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("resource.v1.DeviceTaint", "effect", Rule::OneOf(&["NoExecute", "NoSchedule", "None"])),
];

/// A request is either a single one, or a list of alternatives of which the first available one is used.
fn device(at: &mut Place<'_, '_, '_>) {
    match (at.is_set("exactly"), at.has("firstAvailable")) {
        (false, false) => at.required("", "exactly one of `exactly` or `firstAvailable` is required"),
        (true, true) => {
            at.invalid("", "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set")
        }
        _ => {}
    }
}

fn device_count(at: &mut Place<'_, '_, '_>) {
    if at.text("allocationMode") == "All" && at.number("count").is_some_and(|count| count != 0) {
        at.invalid("count", "must not be specified when allocationMode is 'All'");
    }
}

/// Checks a list whose items have unique names, and its maximum length.
fn unique_named_items(at: &mut Place<'_, '_, '_>, field: &str, most: usize) {
    let mut known = HashSet::new();
    for (path, item) in at.items(field) {
        if !known.insert(text(item, "name")) {
            at.duplicate_at(&path, text(item, "name"));
        }
    }
    if at.list(field).len() > most {
        at.too_many(&at.path.field(field), most);
    }
}

/// The constraints and configurations of a claim must refer to its requests.
fn claim(at: &mut Place<'_, '_, '_>) {
    unique_named_items(at, "requests", MAX_ITEMS);
    let mut known = HashSet::new();
    for (_, request) in at.items("requests") {
        let name = text(request, "name");
        known.insert(name.to_owned());
        known.extend(request.maps_at(&["firstAvailable"]).map(|inner| format!("{name}/{}", text(inner, "name"))));
    }
    for field in ["constraints", "config"] {
        if at.list(field).len() > MAX_ITEMS {
            at.too_many(&at.path.field(field), MAX_ITEMS);
        }
        for (path, holder) in at.items(field) {
            let mut seen = HashSet::new();
            for (index, node) in holder.list_at(&["requests"]).iter().enumerate() {
                let path = path.field("requests").with(PathStep::Index(index));
                let name = node.value.as_str().unwrap_or_default();
                if !seen.insert(name) {
                    at.duplicate_at(&path, name);
                } else if !known.contains(name) {
                    at.invalid_at(&path, node, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'");
                }
            }
        }
    }
}

fn constraint(at: &mut Place<'_, '_, '_>) {
    if !at.is_set("matchAttribute") && !at.is_set("distinctAttribute") {
        at.required("", "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required");
    }
    // The server removes the other field unless a feature gate is enabled.
    let name = at.text("matchAttribute");
    if at.is_set("matchAttribute") && !(name.contains('/') && is_device_name(name)) {
        at.invalid("matchAttribute", "a fully qualified name must be a domain and a name separated by a slash");
    }
}

/// Whether a string is the name of an attribute or a capacity, optionally with a domain.
fn is_device_name(name: &str) -> bool {
    let is_id = |id: &str| id.len() <= 32 && form::is_identifier(id);
    match *name.split('/').collect::<Vec<_>>() {
        [domain, id] => is_driver(domain) && is_id(id),
        [id] => is_id(id),
        _ => true,
    }
}

fn device_names(at: &mut Place<'_, '_, '_>, field: &str) {
    let Some(map) = at.map(field) else { return };
    for (name, entry) in map.entries().filter(|(name, _)| !is_device_name(name)) {
        at.invalid_key(&at.path.field(field), name, &entry.key, "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'");
    }
}

/// An attribute must have exactly one value.
fn attribute(at: &mut Place<'_, '_, '_>) {
    // Lists are removed unless a feature gate is enabled.
    let count = at.fields_set(&["bool", "int", "string", "version"]).len();
    if count > 1 || count == 0 && at.fields_set(&["bools", "ints", "strings", "versions"]).is_empty() {
        at.invalid("", "exactly one value must be specified");
    }
    for field in ["string", "version"] {
        if at.text(field).len() > MAX_VALUE {
            at.too_long(&at.path.field(field), MAX_VALUE);
        }
    }
    if at.is_set("version") && semver::Version::parse(at.text("version")).is_err() {
        at.invalid("version", "must be a string compatible with semver.org spec 2.0.0");
    }
}

fn parameters(at: &mut Place<'_, '_, '_>) {
    match at.fields.get("parameters").map(|node| &node.value) {
        None | Some(Value::Null) => at.required("parameters", ""),
        Some(Value::Map(_)) => {}
        Some(_) => at.invalid("parameters", "must be a valid JSON object"),
    }
}

fn toleration(at: &mut Place<'_, '_, '_>) {
    let (operator, value) = (at.text("operator"), at.text("value"));
    match operator {
        "Exists" if !value.is_empty() => at.invalid("value", "must be empty for operator `Exists`"),
        // A missing operator has a default.
        "Equal" | "" if !names::is_label_value(value) => at.invalid("value", LABEL_VALUE),
        _ => at.one_of("operator", &["Equal", "Exists"]),
    }
}

/// A slice must declare in exactly one way to which nodes its devices belong.
fn slice(at: &mut Place<'_, '_, '_>) {
    for field in ["allNodes", "perDeviceNodeSelection"] {
        if at.fields.get(field).is_some_and(|node| node.value == Value::Bool(false)) {
            at.invalid(field, "must be either unset or set to true");
        }
    }
    if at.is_set("nodeName") && at.text("nodeName").is_empty() {
        at.invalid("nodeName", "must be either unset or set to a non-empty string");
    } else if at.has("nodeName") && !names::is_dns_subdomain(at.text("nodeName")) {
        at.invalid("nodeName", SUBDOMAIN);
    }
    let ways =
        [at.has("nodeName"), at.is_set("nodeSelector"), at.is_true("allNodes"), at.is_true("perDeviceNodeSelection")];
    let message = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    match ways.into_iter().filter(|is_set| *is_set).count() {
        0 => at.required("", message),
        1 => {}
        _ => at.invalid("", message),
    }
    if at.map("nodeSelector").is_some_and(|selector| selector.list_at(&["nodeSelectorTerms"]).len() > 1) {
        let path = at.path.field("nodeSelector").field("nodeSelectorTerms");
        at.invalid_missing(&path, "must have exactly one node selector term");
    }
    if at.is_set("sharedCounters") && at.is_set("devices") {
        at.invalid("", "only one of `sharedCounters` or `devices` is allowed");
    }
}
