//! What the API server checks of a container.

use super::ports::{port_name, port_number};
use super::report::Report;
use crate::diagnostic::nearest;
use crate::kubernetes::{FieldPath, PathStep, quantity};
use crate::yaml::{Map, Value};

/// Checks a container of a pod that has volumes with these names.
pub(super) fn check(container: &Map, path: &FieldPath, volumes: &[&str], report: &mut Report<'_>) {
    image(container, path, report);
    ports(container, path, report);
    variables(container, path, report);
    mounts(container, path, volumes, report);
    probes(container, path, report);
    limits(container, path, report);
}

fn image(container: &Map, path: &FieldPath, report: &mut Report<'_>) {
    match container.text_entry("image") {
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
}

fn ports(container: &Map, path: &FieldPath, report: &mut Report<'_>) {
    let mut names: Vec<&str> = Vec::new();
    for (at, port) in container.indexed_maps_at(&["ports"]) {
        let path = path.field("ports").with(PathStep::Index(at));
        for field in ["containerPort", "hostPort"] {
            port_number(port.get(field), &path.field(field), field == "hostPort", report);
        }
        if let Some((name, span)) = port.text_entry("name") {
            port_name(name, &path.field("name"), span, report);
            if names.contains(&name) {
                report.error("duplicate", &path.field("name"), format!("Duplicate value: {name:?}"), span);
            }
            names.push(name);
        }
    }
}

fn variables(container: &Map, path: &FieldPath, report: &mut Report<'_>) {
    for (at, variable) in container.indexed_maps_at(&["env"]) {
        let path = path.field("env").with(PathStep::Index(at));
        if let Some((name, span)) =
            variable.text_entry("name").filter(|(name, _)| name.is_empty() || name.contains('='))
        {
            report.error(
                "name",
                &path.field("name"),
                format!("Invalid value: {name:?}: a variable has a name without `=`"),
                span,
            );
        }
        let has_value = variable.text_entry("value").is_some_and(|(value, _)| !value.is_empty());
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
}

fn mounts(container: &Map, path: &FieldPath, volumes: &[&str], report: &mut Report<'_>) {
    for (at, device) in container.indexed_maps_at(&["volumeDevices"]) {
        let path = path.field("volumeDevices").with(PathStep::Index(at));
        if let Some((name, span)) = device.text_entry("name").filter(|(name, _)| !volumes.contains(name)) {
            report.error("volume", &path.field("name"), format!("Not found: {name:?}: no volume has this name"), span);
        }
    }
    let mut places: Vec<&str> = Vec::new();
    for (at, mount) in container.indexed_maps_at(&["volumeMounts"]) {
        let path = path.field("volumeMounts").with(PathStep::Index(at));
        if let Some((name, span)) = mount.text_entry("name").filter(|(name, _)| !volumes.contains(name)) {
            let near = nearest(name, volumes.iter().copied());
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
        if let Some((place, span)) = mount.text_entry("mountPath") {
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
        if let Some((inside, span)) = mount
            .text_entry("subPath")
            .filter(|(inside, _)| inside.starts_with('/') || inside.split('/').any(|part| part == ".."))
        {
            let message = format!("Invalid value: {inside:?}: must be a relative path without `..`");
            report.error("volume", &path.field("subPath"), message, span);
        }
    }
}

fn probes(container: &Map, path: &FieldPath, report: &mut Report<'_>) {
    for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = container.map_at(&[field]) else { continue };
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
            if let Some(node) =
                probe.get(name).filter(|node| node.value.as_number().is_some_and(|number| number < least))
            {
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
            .filter(|node| field != "readinessProbe" && node.value.as_number().is_some_and(|number| number > 1.0));
        if let Some(node) = once {
            report.error("range", &path.field("successThreshold"), "Invalid value: must be 1".to_owned(), &node.span);
        }
        for handler in ["httpGet", "tcpSocket", "grpc"] {
            let Some(port) = probe.map_at(&[handler]).and_then(|handler| handler.get("port")) else { continue };
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
        (container.map_at(&["resources", "requests"]), container.map_at(&["resources", "limits"]))
    else {
        return;
    };
    for (name, node) in requests.iter() {
        let Some(limit) = limits.get(name) else { continue };
        if let (Some(request), Some(limit)) = (quantity(&node.value), quantity(&limit.value))
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
