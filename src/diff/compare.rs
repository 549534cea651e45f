//! Compares two versions of an object field by field. The items of lists are matched by their keys, as the API server does.

use std::collections::{HashMap, HashSet};

use super::cause::Cause;
use super::fingerprint::{Fingerprint, Fingerprints};
use super::origin::Origin;
use crate::alignment::align;
use crate::json;
use crate::kubernetes::{Field, FieldPath, ObjectType, PathStep, Schema, Type, is_default, is_nothing, quantity};
use crate::yaml::{Map, Node, Value};

/// A field that differs between two versions of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The path of the field.
    pub path: FieldPath,
    /// How it changed.
    pub kind: ChangeKind,
    /// The values that caused the change, where they are known.
    pub causes: Vec<Cause>,
    /// The template line that the field comes from, if its side was rendered by an engine that records it.
    pub origin: Option<Box<Origin>>,
}

/// How a field changed.
#[derive(Debug, Clone, PartialEq)]
pub enum ChangeKind {
    /// Only the new version has it.
    Added(Value),
    /// Only the old version has it.
    Removed(Value),
    /// It has another value: the old one and the new one.
    Changed(Value, Value),
    /// A list has the same items in another order.
    Reordered,
}

/// Returns all fields in which two versions of an object differ: first those of the new version in its order, then removed
/// fields.
pub fn compare(old: &Map, new: &Map, type_: Option<&ObjectType>) -> Vec<Change> {
    Comparison::default().compare(old, new, type_)
}

/// Compares like [`compare`], but a default scalar that only the new side has is a difference too.
pub fn compare_exactly(old: &Map, new: &Map, type_: Option<&ObjectType>) -> Vec<Change> {
    Comparison { is_exact: true, ..Comparison::default() }.compare(old, new, type_)
}

/// The type information for the values in a map.
enum Fields<'s> {
    Object(&'s ObjectType),
    Map(&'s Type),
    Unknown,
}

impl<'s> Fields<'s> {
    fn new(type_: Option<&'s ObjectType>) -> Self {
        type_.map_or(Fields::Unknown, Fields::Object)
    }

    /// Returns what the schema declares about the value under a key.
    fn get(&self, key: &str) -> Declared<'s> {
        match self {
            Fields::Object(type_) => type_
                .field(key)
                .map_or_else(Declared::default, |field| Declared { type_: Some(&field.type_), field: Some(field) }),
            Fields::Map(type_) => Declared { type_: Some(type_), field: None },
            Fields::Unknown => Declared::default(),
        }
    }

    fn below(type_: Option<&'s Type>) -> Self {
        match type_ {
            Some(Type::Object(name)) => Fields::new(Schema::built_in().object_type(name)),
            Some(Type::Map(inner)) => Fields::Map(inner),
            _ => Fields::Unknown,
        }
    }
}

/// What the schema declares about a value.
#[derive(Clone, Copy, Default)]
struct Declared<'s> {
    type_: Option<&'s Type>,
    /// The field, if the value is in an object.
    field: Option<&'s Field>,
}

#[derive(Default)]
struct Comparison {
    changes: Vec<Change>,
    fingerprints: Fingerprints,
    is_exact: bool,
    /// The path of the current values.
    path: FieldPath,
}

impl Comparison {
    fn compare(mut self, old: &Map, new: &Map, type_: Option<&ObjectType>) -> Vec<Change> {
        self.maps(old, new, &Fields::new(type_));
        self.changes
    }

    fn push_change(&mut self, path: FieldPath, kind: ChangeKind) {
        let kind = match kind {
            ChangeKind::Added(value) => ChangeKind::Added(written(&value)),
            ChangeKind::Removed(value) => ChangeKind::Removed(written(&value)),
            other => other,
        };
        self.changes.push(Change { path, kind, causes: Vec::new(), origin: None });
    }

    fn maps(&mut self, old: &Map, new: &Map, fields: &Fields<'_>) {
        for (key, node) in new.iter() {
            let declared = fields.get(key);
            match old.get(key) {
                None if self.is_exact && is_default(node) && node.value.is_scalar() => {
                    self.push_change(self.path.field(key), ChangeKind::Added(node.value.clone()));
                }
                None if counts_as_nothing(node, declared.field) => {}
                None => self.push_change(self.path.field(key), ChangeKind::Added(node.value.clone())),
                Some(before) => self.below(PathStep::Field(key.to_owned()), before, node, declared),
            }
        }
        for (key, node) in old.iter().filter(|(key, _)| new.get(key).is_none()) {
            if !counts_as_nothing(node, fields.get(key).field) {
                self.push_change(self.path.field(key), ChangeKind::Removed(node.value.clone()));
            }
        }
    }

    /// Compares two values at a step below the path.
    fn below(&mut self, step: PathStep, old: &Node, new: &Node, declared: Declared<'_>) {
        self.path.0.push(step);
        self.values(old, new, declared);
        self.path.0.pop();
    }

    fn values(&mut self, old: &Node, new: &Node, declared: Declared<'_>) {
        match (is_default(old), is_default(new)) {
            // Defaults on both sides follow from other fields, which are compared themselves.
            (true, true) => return,
            (false, false) => {}
            (is_new, _) => {
                let mut inner =
                    Comparison { is_exact: self.is_exact, path: self.path.clone(), ..Comparison::default() };
                inner.written_values(old, new, declared);
                if !inner.changes.is_empty() {
                    let kind = if is_new {
                        ChangeKind::Added(new.value.clone())
                    } else {
                        ChangeKind::Removed(old.value.clone())
                    };
                    self.push_change(self.path.clone(), kind);
                }
                return;
            }
        }
        self.written_values(old, new, declared);
    }

    fn written_values(&mut self, old: &Node, new: &Node, declared: Declared<'_>) {
        let Declared { type_, field } = declared;
        match (&old.value, &new.value) {
            (Value::Map(old), Value::Map(new)) => self.maps(old, new, &Fields::below(type_)),
            (Value::List(old), Value::List(new)) => self.lists(old, new, declared),
            (old, new) if is_same(old, new, type_) => {}
            _ if counts_as_nothing(old, field) && counts_as_nothing(new, field) => {}
            (Value::Null, new) => self.push_change(self.path.clone(), ChangeKind::Added(new.clone())),
            (old, Value::Null) => self.push_change(self.path.clone(), ChangeKind::Removed(old.clone())),
            (old, new) => self.push_change(self.path.clone(), ChangeKind::Changed(old.clone(), new.clone())),
        }
    }

    fn lists(&mut self, old: &[Node], new: &[Node], Declared { type_, field }: Declared<'_>) {
        let items = match type_ {
            Some(Type::List(items)) => Declared { type_: Some(&**items), field: None },
            _ => Declared::default(),
        };
        if let Some(names) = key_fields(old, new, field)
            && let (Some(old_keys), Some(new_keys)) = (keys_of(old, &names), keys_of(new, &names))
        {
            return self.keyed((old, &old_keys), (new, &new_keys), items);
        }
        let is_set = field.is_some_and(|field| field.is_set);
        let (a, b) = (self.fingerprints.of_items(old), self.fingerprints.of_items(new));
        if a == b {
            return;
        }
        if sorted(&a) == sorted(&b) {
            return self.push_change(self.path.clone(), ChangeKind::Reordered);
        }
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        if is_set {
            let (before, after): (HashSet<_>, HashSet<_>) = (a.iter().collect(), b.iter().collect());
            removed.extend((0..old.len()).filter(|&at| !after.contains(&a[at])));
            added.extend((0..new.len()).filter(|&at| !before.contains(&b[at])));
        } else {
            for stretch in align(&a, &b).into_iter().filter(|stretch| !stretch.is_same) {
                // Items are compared in pairs as far as both sides have some, so that the change inside an item is reported.
                let both = stretch.old.len().min(stretch.new.len());
                for (before, after) in stretch.old.clone().zip(stretch.new.clone()) {
                    self.below(PathStep::Index(after), &old[before], &new[after], items);
                }
                removed.extend(stretch.old.skip(both));
                added.extend(stretch.new.skip(both));
            }
        }
        for at in added {
            self.push_change(self.path.with(PathStep::Index(at)), ChangeKind::Added(new[at].value.clone()));
        }
        for at in removed {
            self.push_change(self.path.with(PathStep::Index(at)), ChangeKind::Removed(old[at].value.clone()));
        }
    }

    fn keyed(&mut self, old: (&[Node], &[Key]), new: (&[Node], &[Key]), items: Declared<'_>) {
        let before: HashMap<&Key, &Node> = old.1.iter().zip(old.0).collect();
        let after: HashMap<&Key, &Node> = new.1.iter().zip(new.0).collect();
        for (key, node) in new.1.iter().zip(new.0) {
            let step = PathStep::Item(shown(key));
            match before.get(key) {
                None => self.push_change(self.path.with(step), ChangeKind::Added(node.value.clone())),
                Some(before) => self.below(step, before, node, items),
            }
        }
        for (key, node) in old.1.iter().zip(old.0).filter(|(key, _)| !after.contains_key(key)) {
            self.push_change(self.path.with(PathStep::Item(shown(key))), ChangeKind::Removed(node.value.clone()));
        }
        let common = |keys: &[Key], others: &HashMap<&Key, &Node>| -> Vec<Key> {
            keys.iter().filter(|key| others.contains_key(key)).cloned().collect()
        };
        if common(old.1, &after) != common(new.1, &before) {
            self.push_change(self.path.clone(), ChangeKind::Reordered);
        }
    }
}

/// Whether a field that only one side has makes no difference: it is null, a default, or empty to the API server.
fn counts_as_nothing(node: &Node, field: Option<&Field>) -> bool {
    node.value.is_null() || is_default(node) || field.is_some_and(|field| is_nothing(&node.value, field))
}

/// Returns a value as it was written, without the defaults of the API server.
fn written(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let mut kept = map.clone();
            kept.retain(|_, entry| !is_default(&entry.node));
            kept.iter_mut().for_each(|(_, node)| node.value = written(&node.value));
            Value::Map(kept)
        }
        Value::List(items) => Value::List(
            items
                .iter()
                .filter(|item| !is_default(item))
                .map(|item| Node::new(written(&item.value), item.span.clone()))
                .collect(),
        ),
        scalar => scalar.clone(),
    }
}

/// The key fields of an item with their values.
type Key = Vec<(String, String)>;

/// Returns the fields that identify the items of a list: the schema's keys, or the name if every item has one.
fn key_fields(old: &[Node], new: &[Node], field: Option<&Field>) -> Option<Vec<String>> {
    if let Some(field) = field.filter(|field| !field.keys.is_empty()) {
        return Some(field.keys.iter().map(|key| (*key).to_owned()).collect());
    }
    let mut all = old.iter().chain(new).peekable();
    all.peek()?;
    let has = |path: &[&str]| {
        old.iter().chain(new).all(|item| {
            let map = item.value.as_map();
            map.and_then(|map| map.at(path.iter().copied())).is_some_and(|name| name.value.as_str().is_some())
        })
    };
    if has(&["name"]) {
        Some(vec!["name".to_owned()])
    } else if has(&["metadata", "name"]) {
        Some(vec!["metadata.name".to_owned()])
    } else {
        None
    }
}

/// Returns the keys of all items; `None` if two are equal or if an item is not a map.
fn keys_of(items: &[Node], names: &[String]) -> Option<Vec<Key>> {
    let mut found: Vec<Key> = Vec::with_capacity(items.len());
    for item in items {
        let map = item.value.as_map()?;
        let mut key = Key::new();
        for name in names {
            let text = match map.at(name.split('.')).map(|node| &node.value) {
                Some(Value::Null) => String::new(),
                Some(value) => json::scalar_text(value)?,
                // The API server's default.
                None if name == "protocol" => "TCP".to_owned(),
                None => String::new(),
            };
            key.push((name.clone(), text));
        }
        found.push(key);
    }
    let unique: HashSet<&Key> = found.iter().collect();
    (unique.len() == found.len()).then_some(found)
}

/// Returns a key for display, without parts that are empty or a default.
fn shown(key: &Key) -> Vec<(String, String)> {
    let says = |(name, value): &&(String, String)| {
        key.len() == 1 || !(name == "protocol" && value == "TCP" || value.is_empty())
    };
    let shown: Vec<_> = key.iter().filter(says).cloned().collect();
    shown.into_iter().map(|(name, value)| (name.trim_start_matches("metadata.").to_owned(), value)).collect()
}

fn sorted(items: &[Fingerprint]) -> Vec<&Fingerprint> {
    let mut sorted: Vec<&Fingerprint> = items.iter().collect();
    sorted.sort();
    sorted
}

/// Whether two scalars mean the same to the API server.
fn is_same(old: &Value, new: &Value, type_: Option<&Type>) -> bool {
    match (old, new) {
        (Value::Map(_) | Value::List(_), _) | (_, Value::Map(_) | Value::List(_)) => false,
        _ if type_ == Some(&Type::Quantity) => match (quantity(old), quantity(new)) {
            (Some(a), Some(b)) => a == b,
            _ => old == new,
        },
        _ => old == new || old.as_number().is_some() && old.as_number() == new.as_number(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::kubernetes::{Id, add_defaults};

    fn reported(api_version: &str, kind: &str, old: &str, new: &str) -> Vec<String> {
        let id = Id { api_version: api_version.into(), kind: kind.into(), namespace: String::new(), name: "a".into() };
        let read = |text: &str| {
            let mut object = crate::yaml::read_values(&Source::file("m.yaml", text)).unwrap();
            add_defaults(&mut object, &id, "default");
            object
        };
        let schema = Schema::built_in();
        let type_ = schema.kind(api_version, kind).and_then(|kind| schema.object_type(kind.type_name));
        let word = |change: &Change| match &change.kind {
            ChangeKind::Added(value) => format!("{} + {}", change.path, json::write(value)),
            ChangeKind::Removed(value) => format!("{} - {}", change.path, json::write(value)),
            ChangeKind::Changed(old, new) => {
                format!("{} {} -> {}", change.path, json::write(old), json::write(new))
            }
            ChangeKind::Reordered => format!("{} reordered", change.path),
        };
        compare(&read(old), &read(new), type_).iter().map(word).collect()
    }

    #[test]
    fn lists_with_keys_are_compared_by_key() {
        let old = "spec: {containers: [{name: a, image: x, ports: [{containerPort: 1}]}, {name: b, image: w}]}";
        let new = "spec: {containers: [{name: b, image: z}, {name: a, image: x, ports: [{containerPort: 1, protocol: TCP}, {containerPort: 1, protocol: UDP}]}]}";
        assert_eq!(
            reported("v1", "Pod", old, new),
            [
                "spec.containers[name=b].image \"w\" -> \"z\"",
                "spec.containers[name=a].ports[containerPort=1,protocol=UDP] + {\"containerPort\":1,\"protocol\":\"UDP\"}",
                "spec.containers reordered",
            ]
        );
    }

    #[test]
    fn defaults_and_empty_values_make_no_difference() {
        let service = |spec: &str| format!("spec: {{ports: [{{port: 80{spec}}}]}}");
        let compared = |spec: &str| reported("v1", "Service", &service(""), &service(spec));
        assert_eq!(compared(", targetPort: 80, protocol: TCP, nodePort: 0, name: ''"), [""; 0]);
        assert_eq!(compared(", targetPort: 81"), ["spec.ports[port=80].targetPort + 81"]);
        let pod = |spec: &str| format!("spec: {{containers: [{{name: a, image: x:1{spec}}}]}}");
        let compared = |spec: &str| reported("v1", "Pod", &pod(""), &pod(spec));
        assert_eq!(compared(", resources: {limits: {}}, command: [], tty: false"), [""; 0]);
        assert_eq!(compared(", imagePullPolicy: IfNotPresent"), [""; 0]);
        assert_eq!(compared(", securityContext: {}"), ["spec.containers[name=a].securityContext + {}"]);
    }

    #[test]
    fn items_without_keys_are_aligned() {
        let pod = |args: &str| format!("spec: {{containers: [{{name: a, args: [{args}]}}]}}");
        let compared = |old: &str, new: &str| reported("v1", "Pod", &pod(old), &pod(new));
        assert_eq!(compared("a, b, c", "a, x, c"), ["spec.containers[name=a].args[1] \"b\" -> \"x\""]);
        assert_eq!(compared("a, c", "a, b, c"), ["spec.containers[name=a].args[1] + \"b\""]);
        assert_eq!(compared("a, b", "b, a"), ["spec.containers[name=a].args reordered"]);
        assert_eq!(compared("a, b", "a, b"), [""; 0]);
    }

    #[test]
    fn other_spellings_of_a_value_are_not_a_change() {
        let pod = |cpu: &str| format!("spec: {{containers: [{{name: a, resources: {{limits: {{cpu: {cpu}}}}}}}]}}");
        assert_eq!(reported("v1", "Pod", &pod("0.5"), &pod("500m")), [""; 0]);
        assert_eq!(reported("v1", "Pod", &pod("1Gi"), &pod("1024Mi")), [""; 0]);
        assert_eq!(reported("v1", "Pod", &pod("1G"), &pod("1Gi")).len(), 1);
        assert_eq!(reported("v1", "ConfigMap", "data: {a: '1'}\nx: null", "data: {a: '2'}"), ["data.a \"1\" -> \"2\""]);
    }
}
