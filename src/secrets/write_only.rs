//! Finds the secret values: those that a chart's schema marks as `writeOnly`, and as a fallback those whose keys name secrets.

use ahash::{AHashMap, AHashSet};
use regex::Regex;

use super::lines::is_text;
use super::names::{may_name_an_object, names_a_secret};
use super::value_id::ValueId;
use crate::json::scalar_text;
use crate::yaml::{Map, Node, Value};

/// The schema of a chart: the names of the subcharts that lead to it, and the document.
pub type ChartSchema<'s> = (&'s [String], &'s Node);

/// The secrets among some values.
#[derive(Debug, Default)]
pub(super) struct Marked<'v> {
    /// The secret scalars.
    pub(super) secret: Vec<(ValueId, &'v Node)>,
    /// Keys that end in `secret` but hold names of Secret objects: a schema describes them, and marks other values as secret.
    pub(super) plain_keys: AHashSet<String>,
}

/// The limit on the number of steps. Values that are not reached within it count as secret.
const MAX_STEPS: usize = 4_000_000;

/// Finds the secrets in the values of a tree of charts.
pub(super) fn marked<'v>(values: &'v Map, schemas: &[ChartSchema<'_>]) -> Marked<'v> {
    let documents: Vec<Document<'_>> = schemas.iter().map(|(path, node)| Document::new(path, node)).collect();
    let mut walk = Walk { documents: &documents, patterns: AHashMap::new(), steps: 0, marked: Marked::default() };
    walk.map(values, &[], ValueId::default(), false);
    walk.marked
}

/// A schema document, indexed for its references.
struct Document<'s> {
    /// The map of values that it describes.
    describes: ValueId,
    root: Option<&'s Map>,
    /// Subschemas by `$anchor`, `$dynamicAnchor`, and the last part of `$id`.
    names: AHashMap<&'s str, Vec<&'s Map>>,
    /// Where JSON pointers start: the document, and subschemas with an `$id`.
    resources: Vec<&'s Map>,
    has_secrets: bool,
}

impl<'s> Document<'s> {
    fn new(path: &'s [String], node: &'s Node) -> Self {
        let root = node.value.as_map();
        let describes = path.iter().fold(ValueId::default(), |id, name| id.key(name));
        let mut document = Document {
            describes,
            root,
            names: AHashMap::new(),
            resources: root.into_iter().collect(),
            has_secrets: false,
        };
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            match &node.value {
                Value::Map(map) => {
                    document.index(map);
                    pending.extend(map.iter().map(|(_, node)| node));
                }
                Value::List(items) => pending.extend(items),
                _ => {}
            }
        }
        document
    }

    fn index(&mut self, map: &'s Map) {
        for keyword in ["$anchor", "$dynamicAnchor", "$id", "id"] {
            let Some(name) = map.get(keyword).and_then(|node| node.value.as_str()) else { continue };
            let name = name.trim_end_matches('#');
            let last = name.rsplit(['/', '#']).next().unwrap_or(name);
            self.names.entry(last).or_default().push(map);
            if keyword.ends_with("id") && !std::ptr::eq(map, self.root.unwrap_or(map)) {
                self.resources.push(map);
            }
        }
        self.has_secrets |= is_write_only(map);
    }

    /// Returns every subschema that a reference may mean. It is not necessary to know which one, because any of them may mark a
    /// secret.
    fn targets(&self, reference: &str) -> Vec<&'s Map> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let last = file.rsplit('/').next().unwrap_or(file);
        let named = |name: &str| self.names.get(name).cloned().unwrap_or_default();
        let of_file = if file.is_empty() { self.resources.clone() } else { named(last) };
        if fragment.is_empty() {
            return if file.is_empty() { self.root.into_iter().collect() } else { of_file };
        }
        if !fragment.starts_with('/') {
            return named(fragment);
        }
        of_file.into_iter().filter_map(|map| at_pointer(map, fragment)).collect()
    }
}

fn at_pointer<'s>(map: &'s Map, pointer: &str) -> Option<&'s Map> {
    let mut parts = pointer.split('/').skip(1).map(|part| {
        let part = super::spellings::percent_decoded(part);
        part.replace("~1", "/").replace("~0", "~")
    });
    let first = map.get(&parts.next()?)?;
    let found = parts.try_fold(first, |node, part| match &node.value {
        Value::Map(map) => map.get(&part),
        Value::List(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    });
    found?.value.as_map()
}

fn is_write_only(map: &Map) -> bool {
    map.is_true_at(&["writeOnly"])
}

/// A schema that describes a value, and whether it names the value's key in `properties`.
#[derive(Clone, Copy)]
struct View<'s> {
    document: usize,
    schema: &'s Map,
    by_name: bool,
}

struct Walk<'w, 'v> {
    documents: &'w [Document<'w>],
    patterns: AHashMap<&'w str, Option<Regex>>,
    steps: usize,
    marked: Marked<'v>,
}

impl<'w, 'v> Walk<'w, 'v> {
    fn map(&mut self, map: &'v Map, views: &[View<'w>], id: ValueId, is_secret: bool) {
        let mut views = views.to_vec();
        for (index, document) in self.documents.iter().enumerate() {
            let view = document.root.map(|schema| View { document: index, schema, by_name: false });
            views.extend(view.filter(|_| document.describes == id));
        }
        let views = self.expanded(views);
        let is_secret = is_secret || views.iter().any(|view| is_write_only(view.schema));
        let entry = env_entry_name(map);
        for (key, node) in map.iter() {
            let mut of_key = Vec::new();
            for view in &views {
                self.property(view, key, &mut of_key);
            }
            let named = if entry.is_some() && key == "value" { entry } else { Some(key) };
            self.node(node, of_key, id.key(key), is_secret, named);
        }
    }

    fn node(&mut self, node: &'v Node, views: Vec<View<'w>>, id: ValueId, is_secret: bool, key: Option<&str>) {
        let is_secret = is_secret || self.steps > MAX_STEPS;
        match &node.value {
            Value::Map(map) => self.map(map, &views, id, is_secret),
            Value::List(items) => {
                let views = self.expanded(views);
                let is_secret = is_secret || views.iter().any(|view| is_write_only(view.schema));
                for (index, item) in items.iter().enumerate() {
                    let mut of_item = Vec::new();
                    for view in &views {
                        self.item(view, index, &mut of_item);
                    }
                    // Items have the key of their list: in `passwords: [a]`, the text `a` is secret.
                    self.node(item, of_item, id.item(index), is_secret, key);
                }
            }
            Value::Null => {}
            value => {
                let views = self.expanded(views);
                let is_marked = is_secret || views.iter().any(|view| is_write_only(view.schema));
                let is_named = key.is_some_and(names_a_secret) && literal_text(value).is_some();
                let described = |view: &View<'_>| view.by_name && self.documents[view.document].has_secrets;
                let is_plain = key.is_some_and(may_name_an_object) && views.iter().any(described);
                if is_marked || is_named && !is_plain {
                    self.marked.secret.push((id, node));
                } else if let Some(key) = key.filter(|_| is_named) {
                    self.marked.plain_keys.insert(key.to_owned());
                }
            }
        }
    }

    /// Returns the views, and all other schemas that apply to the same value through references and combinators.
    fn expanded(&mut self, views: Vec<View<'w>>) -> Vec<View<'w>> {
        if views.is_empty() {
            return views;
        }
        let mut seen: AHashSet<*const Map> = AHashSet::new();
        let mut found: Vec<View<'w>> = Vec::new();
        let mut pending = views;
        while let Some(view) = pending.pop() {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                break;
            }
            if !seen.insert(std::ptr::from_ref(view.schema)) {
                continue;
            }
            found.push(view);
            let mut add = |schema: &'w Map| pending.push(View { schema, ..view });
            for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
                if let Some(reference) = view.schema.get(keyword).and_then(|node| node.value.as_str()) {
                    self.documents[view.document].targets(reference).into_iter().for_each(&mut add);
                }
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                let list = view.schema.get(keyword).and_then(|node| node.value.as_list()).unwrap_or_default();
                list.iter().filter_map(|node| node.value.as_map()).for_each(&mut add);
            }
            for keyword in ["if", "then", "else"] {
                view.schema.get(keyword).and_then(|node| node.value.as_map()).into_iter().for_each(&mut add);
            }
            for keyword in ["dependentSchemas", "dependencies"] {
                let map = view.schema.get(keyword).and_then(|node| node.value.as_map());
                map.into_iter().flat_map(Map::iter).filter_map(|(_, node)| node.value.as_map()).for_each(&mut add);
            }
        }
        found
    }

    fn property(&mut self, view: &View<'w>, key: &str, found: &mut Vec<View<'w>>) {
        let at = |name: &str| view.schema.get(name).map(|node| &node.value);
        let mut is_named = false;
        if let Some(node) = at("properties").and_then(Value::as_map).and_then(|map| map.get(key)) {
            found.extend(node.value.as_map().map(|schema| View { schema, by_name: true, ..*view }));
            is_named = true;
        }
        if let Some(Value::Map(patterns)) = at("patternProperties") {
            for (pattern, node) in patterns.iter() {
                self.steps += 1;
                let regex = self.patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
                if regex.as_ref().is_none_or(|regex| regex.is_match(key)) {
                    found.extend(node.value.as_map().map(|schema| View { schema, by_name: false, ..*view }));
                }
            }
        }
        if !is_named {
            for keyword in ["additionalProperties", "unevaluatedProperties"] {
                found.extend(at(keyword).and_then(Value::as_map).map(|schema| View {
                    schema,
                    by_name: false,
                    ..*view
                }));
            }
        }
    }

    fn item(&mut self, view: &View<'w>, index: usize, found: &mut Vec<View<'w>>) {
        let mut add = |value: Option<&'w Value>| {
            found.extend(value.and_then(Value::as_map).map(|schema| View { schema, by_name: false, ..*view }));
        };
        let at = |name: &str| view.schema.get(name).map(|node| &node.value);
        for keyword in ["prefixItems", "items"] {
            if let Some(Value::List(schemas)) = at(keyword) {
                add(schemas.get(index).map(|node| &node.value));
            }
        }
        for keyword in ["items", "additionalItems", "unevaluatedItems", "contains"] {
            add(at(keyword));
        }
    }
}

/// Returns the name in an environment entry: `{name: DB_PASSWORD, value: x}`.
pub(super) fn env_entry_name(map: &Map) -> Option<&str> {
    match map.get("value")?.value {
        Value::String(_) | Value::Int(_) | Value::Float(_) => map.get("name")?.value.as_str(),
        _ => None,
    }
}

/// Returns the text of a value that is secret if its key names a secret: a literal text, or a number such as a PIN. Booleans
/// switch something on or off, and nulls hold nothing.
pub(super) fn literal_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => is_written(text).then(|| text.clone()),
        Value::Int(_) | Value::Float(_) => scalar_text(value),
        Value::Bool(_) | Value::Null | Value::Map(_) | Value::List(_) => None,
    }
}

/// Whether a string is literal, rather than a reference.
fn is_written(text: &str) -> bool {
    !text.is_empty() && is_text(&format!("'{text}'"))
}
