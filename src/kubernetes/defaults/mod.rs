//! The API server's changes to an object that is created: the defaults that it adds, and the values that it treats as missing.
//!
//! | file | content |
//! |---|---|
//! | `recorded.txt` | the defaults of fields, written by `tests/cluster/record_defaults` |
//! | `table` | reads these defaults |
//! | `computed` | defaults that depend on more than the neighbors of a field |

mod computed;
mod table;

use self::computed::put;
use self::table::{Default, Table};
use super::id::Id;
use super::quantity::quantity;
use super::schema::{Field, ObjectType, Schema, Type};
use crate::diagnostic::Span;
use crate::yaml::{Map, Node, Value};

/// Fields of `metadata` that the API server always sets itself.
pub(super) const SERVER_METADATA: [&str; 8] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

/// Fields to which the API server or its admission plugins assign a value if a manifest does not set them: addresses, ports,
/// generated values. The entries are the end of a type's name, and a field.
const SERVER_ASSIGNED: &[(&str, &str)] = &[
    ("admissionregistration.v1.WebhookClientConfig", "caBundle"),
    ("batch.v1.JobSpec", "selector"),
    ("core.v1.NamespaceSpec", "finalizers"),
    ("core.v1.NodeSpec", "taints"),
    ("core.v1.PersistentVolumeSpec", "claimRef"),
    ("core.v1.PodSpec", "nodeName"),
    ("core.v1.PodSpec", "preemptionPolicy"),
    ("core.v1.PodSpec", "priority"),
    ("core.v1.ServiceAccount", "secrets"),
    ("core.v1.ServicePort", "nodePort"),
    ("core.v1.ServiceSpec", "clusterIP"),
    ("core.v1.ServiceSpec", "clusterIPs"),
    ("core.v1.ServiceSpec", "healthCheckNodePort"),
    ("core.v1.ServiceSpec", "ipFamilies"),
    ("core.v1.ServiceSpec", "ipFamilyPolicy"),
    ("core.v1.PersistentVolumeClaimSpec", "storageClassName"),
    ("core.v1.PersistentVolumeClaimSpec", "volumeName"),
    ("certificates.v1.CertificateSigningRequestSpec", "extra"),
    ("certificates.v1.CertificateSigningRequestSpec", "groups"),
    ("certificates.v1.CertificateSigningRequestSpec", "uid"),
    ("certificates.v1.CertificateSigningRequestSpec", "username"),
];

/// Whether the API server assigns a value to a field that a manifest does not set.
pub fn is_server_assigned(type_: &ObjectType, field: &str) -> bool {
    SERVER_ASSIGNED.iter().any(|(name, known)| *known == field && type_.name.ends_with(name))
}

/// Whether [`add_defaults`] added a value.
pub fn is_default(node: &Node) -> bool {
    node.span.source().is_none()
}

/// Adds the defaults to an object of a built-in kind, and removes the fields that the server writes itself. Other objects are not
/// changed.
///
/// Defaults have a generated place, by which [`is_default`] recognizes them. `namespace` applies to an object that declares
/// none.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::kubernetes::{Id, add_defaults};
///
/// let text = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n";
/// let mut service = mim_chart::yaml::read_values(&Source::file("m.yaml", text)).unwrap();
/// let id = Id { api_version: "v1".into(), kind: "Service".into(), namespace: String::new(), name: "a".into() };
/// add_defaults(&mut service, &id, "default");
/// assert_eq!(service.text_at(&["spec", "type"]), Some("ClusterIP"));
/// let port = service.maps_at(&["spec", "ports"]).next().unwrap();
/// assert_eq!((port.number_at(&["targetPort"]), port.text_at(&["protocol"])), (Some(80), Some("TCP")));
/// ```
pub fn add_defaults(object: &mut Map, id: &Id, namespace: &str) {
    let schema = Schema::built_in();
    let Some(kind) = schema.kind(&id.api_version, &id.kind) else { return };
    let Some(type_) = schema.object_type(kind.type_name) else { return };
    object.remove("status");
    if let Some(metadata) = object.get_mut("metadata").and_then(|node| node.value.as_map_mut()) {
        SERVER_METADATA.iter().for_each(|field| drop(metadata.remove(field)));
        if kind.is_namespaced == Some(true) && metadata.text_at(&["namespace"]).unwrap_or_default().is_empty() {
            put(metadata, "namespace", Value::String(namespace.to_owned()));
        }
    }
    computed::of_object(object, &id.kind);
    Filling { table: Table::recorded(), kind: &id.kind }.object(object, type_, "");
}

struct Filling<'a> {
    table: &'static Table,
    /// The kind of the whole object.
    kind: &'a str,
}

impl Filling<'_> {
    /// Adds the defaults of an object of a type. `held_by` is the field that contains it.
    fn object(&self, object: &mut Map, type_: &ObjectType, held_by: &str) {
        computed::of_type(object, type_.name);
        for default in self.table.defaults(type_.name) {
            if self.applies(default, object, type_, held_by) {
                put(object, default.field, default.value.clone());
            }
        }
        for field in &type_.fields {
            if let Some(node) = object.get(field.name) {
                if matches!(field.type_, Type::Object(_) | Type::List(_) | Type::Map(_)) && !node.value.is_null() {
                    // Entries are shared with the given object, so that only changed ones are copied.
                    let mut node = node.clone();
                    self.value(&mut node, &field.type_, field.name);
                    replace(object, field.name, node);
                }
            } else if let Type::Object(name) = field.type_
                && !field.is_pointer
                && self.table.is_filled(name)
            {
                let mut node = Node::generated(Value::Map(Map::new()));
                self.value(&mut node, &field.type_, field.name);
                if node.value.as_map().is_some_and(|map| !map.is_empty()) {
                    object.insert(field.name, Span::generated(), node);
                }
            }
        }
    }

    fn value(&self, node: &mut Node, type_: &Type, held_by: &str) {
        match (type_, &mut node.value) {
            (Type::Object(name), Value::Map(map)) => {
                if let Some(type_) = Schema::built_in().object_type(name) {
                    self.object(map, type_, held_by);
                }
            }
            (Type::List(inner), Value::List(items)) if may_hold_objects(inner) => {
                items.iter_mut().for_each(|item| self.value(item, inner, held_by));
            }
            (Type::Map(inner), Value::Map(map)) if may_hold_objects(inner) => {
                map.iter_mut().for_each(|(_, item)| self.value(item, inner, held_by));
            }
            // In lists and maps of strings, null is an empty string.
            (Type::List(inner), Value::List(items)) if **inner == Type::String => {
                items.iter_mut().for_each(empty_text);
            }
            (Type::Map(inner), Value::Map(map)) if **inner == Type::String => {
                map.iter_mut().for_each(|(_, item)| empty_text(item));
            }
            _ => {}
        }
    }

    fn applies(&self, default: &Default, object: &Map, type_: &ObjectType, held_by: &str) -> bool {
        let is_set = |name: &str| {
            let node = object.get(name);
            node.is_some_and(|node| type_.field(name).is_none_or(|field| !is_nothing(&node.value, field)))
        };
        !is_set(default.field)
            && default.conditions.iter().all(|condition| {
                match (condition.split_once('='), condition.strip_prefix('!')) {
                    (Some(("in", kind)), _) => self.kind == kind,
                    (Some(("as", field)), _) => held_by == field,
                    (Some((name, value)), _) => object.text_at(&[name]) == Some(value),
                    (None, Some(name)) => !is_set(name),
                    (None, None) => is_set(condition),
                }
            })
    }
}

fn empty_text(node: &mut Node) {
    if node.value.is_null() {
        node.value = Value::String(String::new());
    }
}

fn may_hold_objects(type_: &Type) -> bool {
    match type_ {
        Type::Object(_) => true,
        Type::List(inner) | Type::Map(inner) => may_hold_objects(inner),
        _ => false,
    }
}

/// Replaces a value without changing the place of its key.
fn replace(object: &mut Map, field: &str, node: Node) {
    if let Some(place) = object.get_mut(field) {
        *place = node;
    }
}

/// Whether the API server treats a value as missing: null, and in a field that is not a pointer also the zero value of its type.
pub fn is_nothing(value: &Value, field: &Field) -> bool {
    match value {
        Value::Null => true,
        _ if field.is_pointer => false,
        value => is_zero(value, &field.type_),
    }
}

fn is_zero(value: &Value, type_: &Type) -> bool {
    match (type_, value) {
        (Type::Any, _) => false,
        (Type::Quantity, value) => quantity(value) == Some(0),
        (Type::Object(name), Value::Map(map)) => {
            let type_ = Schema::built_in().object_type(name);
            map.iter().all(|(key, node)| {
                type_.and_then(|type_| type_.field(key)).is_some_and(|field| is_nothing(&node.value, field))
            })
        }
        (_, Value::Map(map)) => map.is_empty(),
        (_, Value::List(items)) => items.is_empty(),
        (_, Value::String(text)) => text.is_empty(),
        (_, Value::Bool(value)) => !value,
        (_, value) => value.as_number() == Some(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml;

    fn filled(text: &str) -> Map {
        let mut object = yaml::read_values(&Source::file("m.yaml", text)).unwrap();
        let text = |field: &str| object.text_at(&[field]).unwrap_or_default().to_owned();
        let id = Id { api_version: text("apiVersion"), kind: text("kind"), namespace: String::new(), name: "a".into() };
        add_defaults(&mut object, &id, "default");
        object
    }

    #[test]
    fn missing_nested_objects_get_their_defaults() {
        let set = filled("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec: {}");
        let written = |path: &[&str]| crate::json::write(&set.at(path.iter().copied()).unwrap().value);
        assert_eq!(written(&["spec", "updateStrategy"]), r#"{"rollingUpdate":{"partition":0},"type":"RollingUpdate"}"#);
        assert_eq!(
            written(&["spec", "persistentVolumeClaimRetentionPolicy"]),
            r#"{"whenDeleted":"Retain","whenScaled":"Retain"}"#
        );
    }

    #[test]
    fn defaults_depend_on_the_branch_of_a_union() {
        let deployment = |strategy: &str| {
            filled(&format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {{strategy: {strategy}}}"
            ))
        };
        let surge = ["spec", "strategy", "rollingUpdate", "maxSurge"];
        assert_eq!(deployment("{}").text_at(&surge), Some("25%"));
        assert_eq!(deployment("{type: Recreate}").at(surge), None);
    }

    #[test]
    fn a_zero_counts_as_nothing_unless_the_field_is_a_pointer() {
        let schema = Schema::built_in();
        let spec = schema.at("v1", "Pod", ["spec"]).unwrap();
        assert!(is_nothing(&Value::Bool(false), spec.field("hostNetwork").unwrap()));
        assert!(!is_nothing(&Value::Bool(false), spec.field("automountServiceAccountToken").unwrap()));
        assert!(!is_nothing(&Value::Map(Map::new()), spec.field("securityContext").unwrap()));
        assert!(is_nothing(&Value::List(Vec::new()), spec.field("volumes").unwrap()));
    }

    #[test]
    fn server_assigned_fields_exist() {
        for (name, field) in SERVER_ASSIGNED {
            let type_ = Schema::built_in().object_type(&format!("api.{name}")).unwrap_or_else(|| panic!("{name}"));
            assert!(type_.field(field).is_some(), "{name}.{field}");
        }
    }
}
