//! What the API server checks of pods, of what makes them, and of Services, ConfigMaps and Secrets.

use super::metadata;
use super::report::Report;
use crate::diagnostic::Span;
use crate::kubernetes::names;
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Node, Value};

/// Checks an object of a kind that the API server knows more about than its schema says.
pub(super) fn check(kind: &str, fields: &Map, report: &mut Report<'_>) {
    match kind {
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" => workload(fields, report),
        "Job" => template(fields, &["spec", "template"], &["OnFailure", "Never"], report),
        "CronJob" => template(fields, &["spec", "jobTemplate", "spec", "template"], &["OnFailure", "Never"], report),
        "Pod" => {
            if let Some(pod) = map_at(fields, &["spec"]) {
                Pod { claims: Vec::new() }.check(pod, &FieldPath::of_fields(&["spec"]), report);
            }
        }
        "Service" => service(fields, report),
        "ConfigMap" | "Secret" => configuration(fields, report),
        _ => {}
    }
}

fn map_at<'m>(fields: &'m Map, path: &[&str]) -> Option<&'m Map> {
    fields.at(path.iter().copied())?.value.as_map()
}

fn items<'m>(map: &'m Map, field: &str) -> Vec<(usize, &'m Map)> {
    let list = map.get(field).and_then(|node| node.value.as_list()).unwrap_or_default();
    list.iter().enumerate().filter_map(|(at, node)| Some((at, node.value.as_map()?))).collect()
}

fn text<'m>(map: &'m Map, field: &str) -> Option<(&'m str, &'m Span)> {
    let node = map.get(field)?;
    Some((node.value.as_str()?, &node.span))
}

fn number(node: &Node) -> Option<f64> {
    node.value.as_number()
}

fn workload(fields: &Map, report: &mut Report<'_>) {
    let spec = FieldPath::of_fields(&["spec"]);
    for field in ["replicas", "revisionHistoryLimit", "minReadySeconds"] {
        if let Some(node) = fields.at(["spec", field]).filter(|node| number(node).is_some_and(|number| number < 0.0)) {
            let message = "Invalid value: must be greater than or equal to 0".to_owned();
            report.error("range", &spec.field(field), message, &node.span);
        }
    }
    if let (Some(selector), Some(labels)) = (map_at(fields, &["spec", "selector", "matchLabels"]), labels_of(fields)) {
        let missing =
            selector.entries().find(|(key, entry)| labels.get(key).is_none_or(|node| node.value != entry.node.value));
        if let Some((key, entry)) = missing {
            let path = FieldPath::of_fields(&["spec", "selector"]);
            let message =
                format!("`selector` does not match template `labels`: the pods have no label {key} with this value");
            report.error("selector", &path, message, &entry.node.span);
        }
    }
    let is_empty = |selector: &Map| {
        ["matchLabels", "matchExpressions"].iter().all(|field| {
            selector.get(field).is_none_or(|node| {
                node.value.is_null()
                    || node.value.as_map().is_some_and(Map::is_empty)
                    || node.value.as_list().is_some_and(<[Node]>::is_empty)
            })
        })
    };
    if let Some(node) = fields.at(["spec", "selector"]).filter(|node| node.value.as_map().is_some_and(is_empty)) {
        let path = FieldPath::of_fields(&["spec", "selector"]);
        report.error("selector", &path, "Invalid value: empty selector is invalid".to_owned(), &node.span);
    }
    template(fields, &["spec", "template"], &["Always"], report);
}

/// The labels of a workload's pods; empty if it gives none.
fn labels_of(fields: &Map) -> Option<Map> {
    let template = map_at(fields, &["spec", "template"])?;
    Some(map_at(template, &["metadata", "labels"]).cloned().unwrap_or_default())
}

fn template(fields: &Map, path: &[&str], restarts: &[&str], report: &mut Report<'_>) {
    let at = FieldPath::of_fields(path);
    let Some(template) = map_at(fields, path) else { return };
    if let Some(found) = map_at(template, &["metadata"]) {
        metadata::labels(found, &at.field("metadata"), report);
    }
    let Some(pod) = map_at(template, &["spec"]) else { return };
    let at = at.field("spec");
    match text(pod, "restartPolicy") {
        Some((policy, span))
            if !restarts.contains(&policy) && ["Always", "OnFailure", "Never"].contains(&policy)
                || policy.is_empty() && !restarts.contains(&"Always") =>
        {
            let message = format!("Unsupported value: {policy:?}: supported values: {}", restarts.join(", "));
            report.error("choice", &at.field("restartPolicy"), message, span);
        }
        None if !restarts.contains(&"Always") => {
            let place = pod.entries().next().map(|(_, entry)| entry.key.clone()).unwrap_or_default();
            report.error(
                "required",
                &at.field("restartPolicy"),
                format!("Required value: valid values: {}", restarts.join(", ")),
                &place,
            );
        }
        _ => {}
    }
    let claims = items(map_at(fields, &["spec"]).unwrap_or(fields), "volumeClaimTemplates");
    let claims =
        claims.into_iter().filter_map(|(_, claim)| Some(text(map_at(claim, &["metadata"])?, "name")?.0.to_owned()));
    Pod { claims: claims.collect() }.check(pod, &at, report);
}

/// A pod, with the volumes that its StatefulSet makes.
struct Pod {
    claims: Vec<String>,
}

impl Pod {
    fn check(&self, pod: &Map, path: &FieldPath, report: &mut Report<'_>) {
        let mut names: Vec<&str> = Vec::new();
        let volumes = items(pod, "volumes");
        let known: Vec<&str> = volumes
            .iter()
            .filter_map(|(_, volume)| Some(text(volume, "name")?.0))
            .chain(self.claims.iter().map(String::as_str))
            .collect();
        for (at, volume) in &volumes {
            let path = path.field("volumes").with(PathStep::Index(*at)).field("name");
            if let Some((name, span)) = text(volume, "name").filter(|(name, _)| !names::is_dns_label(name)) {
                report.error("name", &path, format!("Invalid value: {name:?}: {LABEL}"), span);
            }
        }
        if pod.get("containers").and_then(|node| node.value.as_list()).is_some_and(<[Node]>::is_empty) {
            let place = pod.entry("containers").map(|entry| entry.key.clone()).unwrap_or_default();
            report.error("required", &path.field("containers"), "Required value".to_owned(), &place);
        }
        for field in ["initContainers", "containers"] {
            for (at, container) in items(pod, field) {
                let path = path.field(field).with(PathStep::Index(at));
                if let Some((name, span)) = text(container, "name") {
                    if !names::is_dns_label(name) {
                        report.error("name", &path.field("name"), format!("Invalid value: {name:?}: {LABEL}"), span);
                    } else if names.contains(&name) && field == "containers" {
                        // Within one list that is reported already.
                        let is_in_other = items(pod, "initContainers")
                            .iter()
                            .any(|(_, other)| text(other, "name").map(|found| found.0) == Some(name));
                        if is_in_other {
                            report.error("duplicate", &path.field("name"), format!("Duplicate value: {name:?}"), span);
                        }
                    }
                    names.push(name);
                }
                container_fields(container, &path, &known, report);
            }
        }
    }
}

const LABEL: &str = "at most 63 small letters, digits and hyphens, a letter or digit at both ends";

fn container_fields(container: &Map, path: &FieldPath, volumes: &[&str], report: &mut Report<'_>) {
    match text(container, "image") {
        Some((image, span)) if image.trim() != image => {
            let message = "Invalid value: must not have leading or trailing whitespace".to_owned();
            report.error("image", &path.field("image"), message, span);
        }
        Some((image, _)) if !image.is_empty() => {}
        _ => {
            let place = container.entries().next().map(|(_, entry)| entry.key.clone()).unwrap_or_default();
            if container.get("image").is_none_or(|node| node.value.is_null() || node.value.as_str() == Some("")) {
                report.error("required", &path.field("image"), "Required value".to_owned(), &place);
            }
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for (at, port) in items(container, "ports") {
        let path = path.field("ports").with(PathStep::Index(at));
        for field in ["containerPort", "hostPort"] {
            port_number(port.get(field), &path.field(field), field == "hostPort", report);
        }
        if let Some((name, span)) = text(port, "name") {
            port_name(name, &path.field("name"), span, report);
            if names.contains(&name) {
                report.error("duplicate", &path.field("name"), format!("Duplicate value: {name:?}"), span);
            }
            names.push(name);
        }
    }
    for (at, variable) in items(container, "env") {
        let path = path.field("env").with(PathStep::Index(at));
        if let Some((name, span)) = text(variable, "name").filter(|(name, _)| name.is_empty() || name.contains('=')) {
            report.error(
                "name",
                &path.field("name"),
                format!("Invalid value: {name:?}: a variable has a name without `=`"),
                span,
            );
        }
        let has_value = text(variable, "value").is_some_and(|(value, _)| !value.is_empty());
        if let Some(entry) =
            variable.entry("valueFrom").filter(|entry| has_value && entry.node.value.as_map().is_some())
        {
            let message = "Invalid value: may not be specified when `value` is not empty".to_owned();
            report.error("variable", &path.field("valueFrom"), message, &entry.key);
        }
        if let Some(entry) = variable.entry("valueFrom")
            && let Some(source) = entry.node.value.as_map()
            && source.iter().filter(|(_, node)| !node.value.is_null()).count() != 1
        {
            let message = "Invalid value: must specify exactly one source".to_owned();
            report.error("variable", &path.field("valueFrom"), message, &entry.key);
        }
    }
    let mut places: Vec<&str> = Vec::new();
    for (at, mount) in items(container, "volumeMounts") {
        let path = path.field("volumeMounts").with(PathStep::Index(at));
        if let Some((name, span)) = text(mount, "name").filter(|(name, _)| !volumes.contains(name)) {
            let near = crate::diagnostic::nearest(name, volumes.iter().copied());
            let finding = report.error(
                "volume",
                &path.field("name"),
                format!("Not found: {name:?}: no volume has this name"),
                span,
            );
            if let Some(near) = near {
                finding.help(format!("did you mean {near}?"));
            }
        }
        if let Some((place, span)) = text(mount, "mountPath") {
            if place.is_empty() {
                report.error("required", &path.field("mountPath"), "Required value".to_owned(), span);
            } else if places.contains(&place) {
                report.error(
                    "duplicate",
                    &path.field("mountPath"),
                    format!("Invalid value: {place:?}: must be unique"),
                    span,
                );
            }
            places.push(place);
        }
        if let Some((inside, span)) = text(mount, "subPath")
            .filter(|(inside, _)| inside.starts_with('/') || inside.split('/').any(|part| part == ".."))
        {
            let message = format!("Invalid value: {inside:?}: must be a relative path without `..`");
            report.error("volume", &path.field("subPath"), message, span);
        }
    }
    probes(container, path, report);
    limits(container, path, report);
}

fn probes(container: &Map, path: &FieldPath, report: &mut Report<'_>) {
    for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = map_at(container, &[field]) else { continue };
        let path = path.field(field);
        let place = container.entry(field).map(|entry| entry.key.clone()).unwrap_or_default();
        let handlers = ["exec", "httpGet", "tcpSocket", "grpc"];
        let given = handlers.iter().filter(|name| probe.get(name).is_some_and(|node| !node.value.is_null())).count();
        if given == 0 {
            report.error(
                "required",
                &path,
                "Required value: must specify a handler type: exec, httpGet, tcpSocket or grpc".to_owned(),
                &place,
            );
        } else if given > 1 {
            report.error("probe", &path, "Forbidden: may not specify more than 1 handler type".to_owned(), &place);
        }
        for (name, least) in [
            ("initialDelaySeconds", 0.0),
            ("timeoutSeconds", 0.0),
            ("periodSeconds", 0.0),
            ("successThreshold", 0.0),
            ("failureThreshold", 0.0),
        ] {
            if let Some(node) = probe.get(name).filter(|node| number(node).is_some_and(|number| number < least)) {
                report.error(
                    "range",
                    &path.field(name),
                    "Invalid value: must be greater than or equal to 0".to_owned(),
                    &node.span,
                );
            }
        }
        let once = probe
            .get("successThreshold")
            .filter(|node| field != "readinessProbe" && number(node).is_some_and(|number| number > 1.0));
        if let Some(node) = once {
            report.error("range", &path.field("successThreshold"), "Invalid value: must be 1".to_owned(), &node.span);
        }
        for handler in ["httpGet", "tcpSocket", "grpc"] {
            let Some(port) = map_at(probe, &[handler]).and_then(|handler| handler.get("port")) else { continue };
            let path = path.field(handler).field("port");
            match &port.value {
                Value::String(name) if handler != "grpc" => port_name(name, &path, &port.span, report),
                _ => port_number(Some(port), &path, false, report),
            }
        }
    }
}

/// A request may not be more than the limit.
fn limits(container: &Map, path: &FieldPath, report: &mut Report<'_>) {
    let (Some(requests), Some(limits)) =
        (map_at(container, &["resources", "requests"]), map_at(container, &["resources", "limits"]))
    else {
        return;
    };
    for (name, node) in requests.iter() {
        let Some(limit) = limits.get(name) else { continue };
        if let (Some(request), Some(limit)) =
            (crate::kubernetes::quantity(&node.value), crate::kubernetes::quantity(&limit.value))
            && request > limit
        {
            let path = path.field("resources").field("requests").field(name);
            report.error(
                "range",
                &path,
                "Invalid value: must be less than or equal to the limit".to_owned(),
                &node.span,
            );
        }
    }
}

fn port_number(node: Option<&Node>, path: &FieldPath, zero_is_none: bool, report: &mut Report<'_>) {
    let Some((node, number)) = node.and_then(|node| Some((node, number(node)?))) else { return };
    let is_none = zero_is_none && number == 0.0;
    if !is_none && !(1.0..=65535.0).contains(&number) {
        report.error(
            "port",
            path,
            format!("Invalid value: {number}: must be between 1 and 65535, inclusive"),
            &node.span,
        );
    }
}

fn port_name(name: &str, path: &FieldPath, span: &Span, report: &mut Report<'_>) {
    if !name.is_empty() && !names::is_port_name(name) {
        let message = format!(
            "Invalid value: {name:?}: a port's name has at most 15 small letters, digits and single hyphens, and a letter"
        );
        report.error("port", path, message, span);
    }
}

fn service(fields: &Map, report: &mut Report<'_>) {
    let empty = Map::new();
    let spec = map_at(fields, &["spec"]).unwrap_or(&empty);
    let path = FieldPath::of_fields(&["spec"]);
    let kind = text(spec, "type").map(|(kind, _)| kind).filter(|kind| !kind.is_empty()).unwrap_or("ClusterIP");
    let is_headless = text(spec, "clusterIP").is_some_and(|(address, _)| address == "None");
    let ports = items(spec, "ports");
    let place = fields.entry("spec").map(|entry| entry.key.clone()).unwrap_or_default();
    if ports.is_empty() && !is_headless && kind != "ExternalName" {
        report.error("required", &path.field("ports"), "Required value".to_owned(), &place);
    }
    if kind == "ExternalName" && text(spec, "externalName").is_none_or(|(name, _)| name.is_empty()) {
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
        match text(port, "name").filter(|(name, _)| !name.is_empty()) {
            Some((name, span)) => {
                if !names::is_dns_label(name) {
                    report.error("name", &path.field("name"), format!("Invalid value: {name:?}: {LABEL}"), span);
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
        let protocol = text(port, "protocol").map_or("TCP", |(protocol, _)| protocol);
        if let Some(number) = port.get("port").and_then(number) {
            let key = (number.to_string(), protocol);
            if numbers.contains(&key) {
                report.error("duplicate", &path, format!("Duplicate value: port {number}/{protocol}"), &place);
            }
            numbers.push(key);
        }
        if let Some(node) = port.get("nodePort") {
            let is_given = number(node).is_some_and(|number| number != 0.0);
            if is_given && kind == "ClusterIP" {
                let message = "Forbidden: may not be used when `type` is 'ClusterIP'".to_owned();
                report.error("service", &path.field("nodePort"), message, &node.span);
            } else if is_given && !number(node).is_some_and(|number| (30000.0..=32767.0).contains(&number)) {
                let message =
                    "the valid range of node ports is 30000-32767, unless the cluster is set up otherwise".to_owned();
                report.report(
                    crate::diagnostic::Severity::Warning,
                    "port",
                    &path.field("nodePort"),
                    message,
                    &node.span,
                );
            }
        }
    }
}

fn configuration(fields: &Map, report: &mut Report<'_>) {
    for field in ["data", "binaryData", "stringData"] {
        let Some(map) = map_at(fields, &[field]) else { continue };
        for (key, entry) in map.entries().filter(|(key, _)| !names::is_config_key(key)) {
            let path = FieldPath::of_fields(&[field]);
            let message = format!("Invalid value: {key:?}: a key has letters, digits, `-`, `_` and `.`");
            report.error("name", &path, message, &entry.key);
        }
    }
}
