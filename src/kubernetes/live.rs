//! Reduces objects from a cluster to what a user applied.

use super::defaults::SERVER_METADATA;
use crate::diagnostic::Source;
use crate::yaml::{self, Map, Value};

/// The annotation in which `kubectl apply` stores the configuration that was last applied.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Annotations that controllers write.
const OF_CONTROLLERS: [&str; 4] = [
    LAST_APPLIED,
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
    "pv.kubernetes.io/bind-completed",
];

/// Returns what was applied to create an object from a cluster: the last applied configuration if it is stored, otherwise the
/// object without the fields that the server writes. Returns `None` for an object that is not from a cluster.
pub fn as_applied(object: &Map) -> Option<Map> {
    object.at(["metadata", "uid"])?;
    let applied = object.at(["metadata", "annotations", LAST_APPLIED]).and_then(|node| node.value.as_str());
    if let Some(Ok(node)) = applied.map(|text| yaml::read_document(&Source::file(LAST_APPLIED, text)))
        && let Value::Map(mut map) = node.value
    {
        drop_empty_annotations(&mut map);
        return Some(map);
    }
    let mut object = object.clone();
    object.remove("status");
    if let Some(metadata) = object.get_mut("metadata").and_then(|node| node.value.as_map_mut()) {
        for field in SERVER_METADATA {
            metadata.remove(field);
        }
        if let Some(annotations) = metadata.get_mut("annotations").and_then(|node| node.value.as_map_mut()) {
            for name in OF_CONTROLLERS {
                annotations.remove(name);
            }
        }
    }
    drop_empty_annotations(&mut object);
    Some(object)
}

/// Removes the empty map of annotations that `kubectl apply` writes if a manifest has none.
fn drop_empty_annotations(object: &mut Map) {
    let Some(metadata) = object.get_mut("metadata").and_then(|node| node.value.as_map_mut()) else { return };
    let is_empty = |node: &yaml::Node| node.value.as_map().is_some_and(Map::is_empty);
    if metadata.get("annotations").is_some_and(is_empty) {
        metadata.remove("annotations");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> Map {
        yaml::read_values(&Source::file("m.yaml", text)).unwrap()
    }

    #[test]
    fn applied_fields_are_preferred_to_live_ones() {
        let live = map(
            "metadata: {uid: u, name: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{\"metadata\":{\"annotations\":{},\"name\":\"a\"},\"spec\":{\"x\":1}}'}}\nspec: {x: 1, y: 2}",
        );
        assert_eq!(as_applied(&live), Some(map("metadata: {name: a}\nspec: {x: 1}")));
        let live = map(
            "metadata: {uid: u, name: a, resourceVersion: '7', annotations: {deployment.kubernetes.io/revision: '2'}}\nspec: {x: 1}\nstatus: {z: 1}",
        );
        assert_eq!(as_applied(&live), Some(map("metadata: {name: a}\nspec: {x: 1}")));
        assert_eq!(as_applied(&map("metadata: {name: a}")), None);
    }
}
