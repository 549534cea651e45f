//! The tree of values: each [`Node`] records the place in the source it came from.

use std::sync::Arc;

use super::entries::Entries;
use crate::diagnostic::Span;

/// A value in Helm's data model: the types of JSON, except that integers given with `--set` stay distinct from the
/// floats of files.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer given with `--set`. Numbers in files are floats, as in Helm.
    Int(i64),
    /// A number from a file or from `--set-json`. Never infinite or NaN.
    Float(f64),
    /// A string.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in source order.
    Map(Map),
}

impl Value {
    /// Returns the name that Go's JSON messages, and so Helm's, use for the type: `object`, `array`, `string`, `number`,
    /// `bool` or `null`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::List(_) => "array",
            Value::Map(_) => "object",
        }
    }

    /// Whether it is neither a map nor a list.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Value::Map(_) | Value::List(_))
    }

    /// Returns the map, or `None` for any other type.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    /// Returns the map, or `None` for any other type.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    /// Returns the items, or `None` if it is not a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        if let Value::List(items) = self { Some(items) } else { None }
    }

    /// Returns the text, or `None` if it is not a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = self { Some(text) } else { None }
    }

    /// Returns the boolean, or `None` for any other type.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(value) = self { Some(*value) } else { None }
    }

    /// Returns the number, or `None` for any other type.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

/// A value with the place it came from. Equality compares only the values.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The source and the byte range it was read from.
    pub span: Span,
}

impl Node {
    /// Creates a node from a value and its place.
    pub fn new(value: Value, span: Span) -> Self {
        Node { value, span }
    }

    /// Creates a node for a value that appears in no source.
    pub fn generated(value: Value) -> Self {
        Node { value, span: Span::generated() }
    }

    /// Returns the raw content of the file that `--set-file` read into this string, if the file is not UTF-8. Helm keeps
    /// such content as bytes.
    pub fn file_bytes(&self) -> Option<&[u8]> {
        let source = self.span.source()?;
        let is_file = source.is_transcoded() && source.given_by().is_some();
        (is_file && matches!(self.value, Value::String(_))).then(|| source.bytes())
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The value of one key in a [`Map`], with the place of the key.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The place of the key.
    pub key: Span,
    /// The value.
    pub node: Node,
}

/// A map with string keys, in source order. Equality ignores the order and the places.
///
/// Clones share their entries until one of them is changed: the values of a tree of charts are merged several times, and
/// most of them stay unchanged.
#[derive(Debug, Clone, Default)]
pub struct Map(Option<Arc<Entries<Entry>>>);

impl Map {
    fn list(&self) -> &[(String, Entry)] {
        self.0.as_deref().map_or(&[], Entries::as_slice)
    }

    /// Returns the entries for modification, after copying them if a clone shares them.
    fn own(&mut self) -> &mut Entries<Entry> {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// Creates an empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty map with room for `keys` keys.
    pub fn with_capacity(keys: usize) -> Self {
        if keys == 0 { Self::default() } else { Map(Some(Arc::new(Entries::with_capacity(keys)))) }
    }

    /// Creates a map from a list of entries. A repeated key replaces the earlier entry.
    pub fn of_list(list: Vec<(String, Entry)>) -> Self {
        if list.is_empty() { Self::default() } else { Map(Some(Arc::new(Entries::of_list(list)))) }
    }

    /// Whether both maps share the same entries, because one is an unchanged clone of the other, or both are empty.
    pub fn is_same(&self, other: &Map) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(theirs)) => Arc::ptr_eq(own, theirs),
            (own, theirs) => own.is_none() && theirs.is_none(),
        }
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.list().len()
    }

    /// Whether the map has no keys.
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Returns the value of a key for modification.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.get(key)?;
        self.own().get_mut(key).map(|entry| &mut entry.node)
    }

    /// Returns the value of a key with the place of the key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.as_ref()?.get(key)
    }

    /// Returns the value at a path of keys; `None` for an empty path.
    pub fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        let mut path = path.into_iter();
        let first = self.get(path.next()?)?;
        path.try_fold(first, |node, key| node.value.as_map()?.get(key))
    }

    /// Returns the string at a path of keys.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path.iter().copied())?.value.as_str()
    }

    /// Whether the value at a path of keys is `true`.
    pub fn is_true_at(&self, path: &[&str]) -> bool {
        self.at(path.iter().copied()).is_some_and(|node| node.value == Value::Bool(true))
    }

    /// Returns the number at a path of keys as an integer; a fraction is truncated.
    pub fn number_at(&self, path: &[&str]) -> Option<i64> {
        match self.at(path.iter().copied())?.value {
            Value::Int(number) => Some(number),
            Value::Float(number) => Some(number as i64),
            _ => None,
        }
    }

    /// Returns the items of the list at a path of keys; an empty slice if there is no list.
    pub fn list_at(&self, path: &[&str]) -> &[Node] {
        self.at(path.iter().copied()).and_then(|node| node.value.as_list()).unwrap_or_default()
    }

    /// Returns the map at a path of keys.
    pub fn map_at(&self, path: &[&str]) -> Option<&Map> {
        self.at(path.iter().copied())?.value.as_map()
    }

    /// Returns the maps in the list at a path of keys, skipping other items.
    pub fn maps_at<'m>(&'m self, path: &[&str]) -> impl Iterator<Item = &'m Map> + use<'m> {
        self.indexed_maps_at(path).map(|(_, map)| map)
    }

    /// Returns the maps in the list at a path of keys with their indices in that list.
    pub fn indexed_maps_at<'m>(&'m self, path: &[&str]) -> impl Iterator<Item = (usize, &'m Map)> + use<'m> {
        self.list_at(path).iter().enumerate().filter_map(|(at, node)| Some((at, node.value.as_map()?)))
    }

    /// Returns the string value of a key and its place.
    pub fn text_entry(&self, key: &str) -> Option<(&str, &Span)> {
        let node = self.get(key)?;
        Some((node.value.as_str()?, &node.span))
    }

    /// Sets a key, which is at `key_span`, and returns its old value. An existing key keeps its position in the order.
    pub fn insert(&mut self, key: impl Into<String>, key_span: Span, node: Node) -> Option<Node> {
        self.own().insert(key.into(), Entry { key: key_span, node }).map(|old| old.node)
    }

    /// Merges a later map into this one, deeply: maps are merged, everything else is replaced, even by null.
    pub fn merge(&mut self, later: Map) {
        for (key, entry) in later {
            match (self.get_mut(&key).map(|node| &mut node.value), entry.node) {
                (Some(Value::Map(ours)), Node { value: Value::Map(theirs), .. }) => ours.merge(theirs),
                (_, node) => {
                    self.insert(key, entry.key, node);
                }
            }
        }
    }

    /// Removes a key and returns its value; the order of the other keys is kept.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        self.get(key)?;
        self.own().remove(key).map(|entry| entry.node)
    }

    /// Keeps only the entries for which `keep` returns true.
    pub fn retain(&mut self, keep: impl FnMut(&str, &mut Entry) -> bool) {
        if !self.is_empty() {
            self.own().retain(keep);
        }
    }

    /// Iterates over keys and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Node)> + DoubleEndedIterator {
        self.list().iter().map(|(key, entry)| (key.as_str(), &entry.node))
    }

    /// Iterates over keys and mutable values, in order.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Node)> {
        self.own().iter_mut().map(|(key, entry)| (key, &mut entry.node))
    }

    /// Iterates over keys and entries, in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &Entry)> {
        self.list().iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// Iterates over keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.list().iter().map(|(key, _)| key.as_str())
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.len() == other.len() && self.iter().all(|(key, node)| other.get(key) == Some(node))
    }
}

impl IntoIterator for Map {
    type Item = (String, Entry);
    type IntoIter = std::vec::IntoIter<(String, Entry)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map(Arc::unwrap_or_clone).unwrap_or_default().into_list().into_iter()
    }
}

impl FromIterator<(String, Entry)> for Map {
    /// A repeated key replaces the earlier entry, as in Helm.
    fn from_iter<T: IntoIterator<Item = (String, Entry)>>(entries: T) -> Self {
        Map(Some(Arc::new(entries.into_iter().collect())))
    }
}
