//! Objects for the template function `lookup`, if the user provides any.

use crate::kubernetes::{Id, Object};
use crate::yaml::{Map, Node, Value};

/// Objects of a cluster, sorted as the API server lists them: by namespace, then by name.
#[derive(Debug, Default)]
pub struct ClusterObjects(Vec<Object>);

/// The result of `lookup`.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// The object or the list; empty if there is no object of the name.
    pub content: Map,
    /// The size of the files' text that it was read from, in bytes, which is about its size in memory.
    pub size: usize,
}

impl ClusterObjects {
    /// Of several objects with the same API version, kind, namespace and name, the last one counts.
    pub fn new(mut objects: Vec<Object>) -> ClusterObjects {
        let key = |object: &Object| {
            let Id { api_version, kind, name, namespace } = object.id.clone();
            (api_version, kind, namespace, name)
        };
        objects.sort_by_cached_key(key);
        objects.reverse();
        objects.dedup_by(|a, b| a.id == b.id);
        objects.reverse();
        ClusterObjects(objects)
    }

    /// Returns all objects.
    pub fn all(&self) -> impl Iterator<Item = &Object> {
        self.0.iter()
    }

    /// Returns the object with an API version, kind, namespace and name. Without a name, returns the list of all
    /// objects of the kind in the namespace or, without a namespace, in all namespaces.
    ///
    /// As in a cluster, the namespace is ignored for objects that have none, and an object in a namespace is not found
    /// by its name only.
    pub fn find(&self, wanted: &Id) -> Found {
        let is_wanted = |object: &&Object| {
            let Id { api_version, kind, name, namespace } = &object.id;
            let in_all = wanted.namespace.is_empty() && wanted.name.is_empty();
            *api_version == wanted.api_version
                && *kind == wanted.kind
                && (wanted.name.is_empty() || *name == wanted.name)
                && (in_all || namespace.is_empty() || *namespace == wanted.namespace)
        };
        let found: Vec<&Object> = self.0.iter().filter(is_wanted).collect();
        let size = found.iter().map(|object| object.place().range().len()).sum();
        let content = if wanted.name.is_empty() {
            list(wanted, &found)
        } else {
            found.last().map(|object| as_decoded(&object.fields())).unwrap_or_default()
        };
        Found { content, size }
    }
}

/// Returns a list of objects in the form that the API server returns.
fn list(wanted: &Id, objects: &[&Object]) -> Map {
    let mut list = Map::new();
    let mut set = |key: &str, value: Value| {
        list.insert(key, Default::default(), Node::generated(value));
    };
    set("apiVersion", Value::String(wanted.api_version.clone()));
    set("kind", Value::String(format!("{}List", wanted.kind)));
    let mut metadata = Map::new();
    metadata.insert("resourceVersion", Default::default(), Node::generated(Value::String(String::new())));
    set("metadata", Value::Map(metadata));
    let items = objects.iter().map(|object| Node::generated(Value::Map(as_decoded(&object.fields()))));
    set("items", Value::List(items.collect()));
    list
}

/// Converts integers to `int64`, as Kubernetes does when it decodes objects; in values they are floats.
fn as_decoded(map: &Map) -> Map {
    let mut decoded = Map::new();
    for (key, entry) in map.entries() {
        decoded.insert(key, entry.key.clone(), decoded_node(&entry.node));
    }
    decoded
}

fn decoded_node(node: &Node) -> Node {
    let value = match &node.value {
        Value::Float(_) => node.span.text().parse().map_or_else(|_| node.value.clone(), Value::Int),
        Value::List(items) => Value::List(items.iter().map(decoded_node).collect()),
        Value::Map(map) => Value::Map(as_decoded(map)),
        other => other.clone(),
    };
    Node::new(value, node.span.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::kubernetes::read_stored_stream;

    fn objects(text: &str) -> ClusterObjects {
        ClusterObjects::new(read_stored_stream(&Source::file("o.yaml", text), &[], "o.yaml").objects)
    }

    fn found(objects: &ClusterObjects, kind: &str, namespace: &str, name: &str) -> String {
        let (kind, name, namespace) = (kind.to_owned(), name.to_owned(), namespace.to_owned());
        let found = objects.find(&Id { api_version: "v1".to_owned(), kind, name, namespace });
        crate::json::write(&Value::Map(found.content))
    }

    const OBJECTS: &str = "\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: A, metadata: {name: x, namespace: two, uid: u}, status: {count: 3, half: 1.5, whole: 1.0}}
- {apiVersion: v1, kind: A, metadata: {name: x, namespace: one}}
- {apiVersion: v1, kind: Node, metadata: {name: worker}}
";

    #[test]
    fn an_object_is_found_by_kind_namespace_and_name_with_all_its_fields() {
        let objects = objects(OBJECTS);
        assert_eq!(
            found(&objects, "A", "two", "x"),
            r#"{"apiVersion":"v1","kind":"A","metadata":{"name":"x","namespace":"two","uid":"u"},"status":{"count":3,"half":1.5,"whole":1}}"#
        );
        assert_eq!(found(&objects, "A", "three", "x"), "{}");
        assert_eq!(found(&objects, "A", "", "x"), "{}");
        assert_eq!(found(&objects, "B", "two", "x"), "{}");
        let node = r#"{"apiVersion":"v1","kind":"Node","metadata":{"name":"worker"}}"#;
        assert_eq!([found(&objects, "Node", "", "worker"), found(&objects, "Node", "two", "worker")], [node, node]);
    }

    #[test]
    fn without_a_name_it_is_a_list_in_the_order_of_the_api_server() {
        let objects = objects(OBJECTS);
        let list = objects.find(&Id { api_version: "v1".into(), kind: "A".into(), ..Id::default() });
        assert_eq!(list.content.get("kind").unwrap().value, Value::String("AList".into()));
        let items = list.content.get("items").unwrap().value.as_list().unwrap().to_vec();
        let namespaces: Vec<_> =
            items.iter().map(|item| item.value.as_map().unwrap().at(["metadata", "namespace"]).unwrap()).collect();
        assert_eq!(namespaces.iter().filter_map(|node| node.value.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert!((100..300).contains(&list.size), "{}", list.size);
        assert!(found(&objects, "A", "three", "").contains(r#""items":[]"#));
        assert!(found(&objects, "B", "", "").contains(r#""items":[]"#));
    }

    #[test]
    fn whole_numbers_are_integers_and_the_last_duplicate_object_counts() {
        let object = |n: &str| format!("apiVersion: v1\nkind: A\nmetadata: {{name: x}}\nn: {n}\n");
        let objects = objects(&[object("1"), object("9007199254740993")].join("---\n"));
        assert_eq!(found(&objects, "A", "", "x").matches("9007199254740993").count(), 1);
    }
}
