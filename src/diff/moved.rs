//! Converts objects of removed API versions to the current version.

use crate::diagnostic::Span;
use crate::kubernetes::Id;
use crate::yaml::{Map, Node, Value};

/// Renames fields that another API version names differently: the backends of an Ingress that is older than
/// `networking.k8s.io/v1`.
pub(super) fn convert_removed_version(object: &mut Map, id: &Id) {
    if id.kind != "Ingress" || !matches!(id.api_version.as_str(), "extensions/v1beta1" | "networking.k8s.io/v1beta1") {
        return;
    }
    let Some(spec) = map_in(object, "spec") else { return };
    if let Some(mut backend) = spec.remove("backend") {
        convert_backend(&mut backend);
        let place = backend.span.clone();
        spec.insert("defaultBackend", place, backend);
    }
    for rule in items_in(spec, "rules") {
        let Some(http) = rule.value.as_map_mut().and_then(|rule| map_in(rule, "http")) else { continue };
        for path in items_in(http, "paths").iter_mut().filter_map(|path| path.value.as_map_mut()) {
            if let Some(backend) = path.get_mut("backend") {
                convert_backend(backend);
            }
            if path.get("pathType").is_none() {
                let default = Value::String("ImplementationSpecific".to_owned());
                path.insert("pathType", Span::generated(), Node::generated(default));
            }
        }
    }
}

/// Converts `serviceName` and `servicePort` to `service.name` and `service.port.number` or `service.port.name`.
fn convert_backend(backend: &mut Node) {
    let place = backend.span.clone();
    let Some(fields) = backend.value.as_map_mut() else { return };
    let mut service = Map::new();
    if let Some(name) = fields.remove("serviceName") {
        service.insert("name", place.clone(), name);
    }
    if let Some(port) = fields.remove("servicePort") {
        let key = if port.value.as_str().is_some() { "name" } else { "number" };
        let mut ports = Map::new();
        ports.insert(key, place.clone(), port);
        service.insert("port", place.clone(), Node::new(Value::Map(ports), place.clone()));
    }
    if !service.is_empty() {
        fields.insert("service", place.clone(), Node::new(Value::Map(service), place));
    }
}

fn map_in<'m>(holder: &'m mut Map, field: &str) -> Option<&'m mut Map> {
    holder.get_mut(field)?.value.as_map_mut()
}

fn items_in<'m>(holder: &'m mut Map, field: &str) -> &'m mut [Node] {
    match holder.get_mut(field).map(|node| &mut node.value) {
        Some(Value::List(items)) => items,
        _ => &mut [],
    }
}
