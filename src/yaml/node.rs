//! The tree that values are: every [`Node`] keeps the place it came from.

use std::sync::Arc;

use super::entries::Entries;
use crate::diagnostic::Span;

/// A value as Helm knows it: what JSON has, with whole numbers of `--set` kept apart from the floats of files.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number given with `--set`; numbers of files are floats, as in Helm.
    Int(i64),
    /// A number of a file or of `--set-json`. Never infinite or NaN.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order in which it was written.
    Map(Map),
}

impl Value {
    /// The name of the type as Go says it for JSON, as Helm's messages have it: `object`, `array`, `string`, `number`,
    /// `bool`, `null`.
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

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    /// The map, if it is one.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        if let Value::List(items) = self { Some(items) } else { None }
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = self { Some(text) } else { None }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(value) = self { Some(*value) } else { None }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

/// A value with the place it came from. Comparing nodes compares values alone.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Who wrote it, and where.
    pub span: Span,
}

impl Node {
    /// A value and its place.
    pub fn new(value: Value, span: Span) -> Self {
        Node { value, span }
    }

    /// A value that nobody wrote.
    pub fn generated(value: Value) -> Self {
        Node { value, span: Span::generated() }
    }

    /// The content of the file that `--set-file` brought in as this text, where it is not UTF-8. To Helm all texts are bytes.
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

/// What a [`Map`] holds under one key.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The place of the key.
    pub key: Span,
    /// The value.
    pub node: Node,
}

/// A map with string keys, in the order in which it was written. Comparing maps ignores the order and the places.
///
/// Clones share their entries until one of them is changed: the values of a tree of charts are merged several times, and most
/// of them come through as they are.
#[derive(Debug, Clone, Default)]
pub struct Map(Option<Arc<Entries<Entry>>>);

impl Map {
    fn list(&self) -> &[(String, Entry)] {
        self.0.as_deref().map_or(&[], Entries::as_slice)
    }

    /// The entries, which are this map's alone from now on.
    fn own(&mut self) -> &mut Entries<Entry> {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty map with room for so many keys.
    pub fn with_capacity(keys: usize) -> Self {
        if keys == 0 { Self::default() } else { Map(Some(Arc::new(Entries::with_capacity(keys)))) }
    }

    /// A map of these entries. A key that comes again replaces the earlier one.
    pub fn of_list(list: Vec<(String, Entry)>) -> Self {
        if list.is_empty() { Self::default() } else { Map(Some(Arc::new(Entries::of_list(list)))) }
    }

    /// Whether it still shares its entries with a clone.
    pub fn is_same(&self, other: &Map) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(theirs)) => Arc::ptr_eq(own, theirs),
            (own, theirs) => own.is_none() && theirs.is_none(),
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.list().len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.get(key)?;
        self.own().get_mut(key).map(|entry| &mut entry.node)
    }

    /// The value of a key, with the place of the key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.as_ref()?.get(key)
    }

    /// The value at a path of keys.
    pub fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        let mut path = path.into_iter();
        let first = self.get(path.next()?)?;
        path.try_fold(first, |node, key| node.value.as_map()?.get(key))
    }

    /// The text at a path of keys.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path.iter().copied())?.value.as_str()
    }

    /// Whether the value at a path of keys is `true`.
    pub fn is_true_at(&self, path: &[&str]) -> bool {
        self.at(path.iter().copied()).is_some_and(|node| node.value == Value::Bool(true))
    }

    /// The whole number at a path of keys; the fraction of any other is cut off.
    pub fn number_at(&self, path: &[&str]) -> Option<i64> {
        match self.at(path.iter().copied())?.value {
            Value::Int(number) => Some(number),
            Value::Float(number) => Some(number as i64),
            _ => None,
        }
    }

    /// The items of the list at a path of keys; none if it is not a list.
    pub fn list_at(&self, path: &[&str]) -> &[Node] {
        self.at(path.iter().copied()).and_then(|node| node.value.as_list()).unwrap_or_default()
    }

    /// The map at a path of keys.
    pub fn map_at(&self, path: &[&str]) -> Option<&Map> {
        self.at(path.iter().copied())?.value.as_map()
    }

    /// The maps in the list at a path of keys.
    pub fn maps_at<'m>(&'m self, path: &[&str]) -> impl Iterator<Item = &'m Map> + use<'m> {
        self.indexed_maps_at(path).map(|(_, map)| map)
    }

    /// The maps in the list at a path of keys, with their positions in it.
    pub fn indexed_maps_at<'m>(&'m self, path: &[&str]) -> impl Iterator<Item = (usize, &'m Map)> + use<'m> {
        self.list_at(path).iter().enumerate().filter_map(|(at, node)| Some((at, node.value.as_map()?)))
    }

    /// The text of a key, and where it is.
    pub fn text_entry(&self, key: &str) -> Option<(&str, &Span)> {
        let node = self.get(key)?;
        Some((node.value.as_str()?, &node.span))
    }

    /// Sets a key whose place is `key_span`. An existing key keeps its position in the order; its old value is returned.
    pub fn insert(&mut self, key: impl Into<String>, key_span: Span, node: Node) -> Option<Node> {
        self.own().insert(key.into(), Entry { key: key_span, node }).map(|old| old.node)
    }

    /// Takes a key out; the order of the others stays.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        self.get(key)?;
        self.own().remove(key).map(|entry| entry.node)
    }

    /// Keeps the entries for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&str, &mut Entry) -> bool) {
        if !self.is_empty() {
            self.own().retain(keep);
        }
    }

    /// Keys and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Node)> + DoubleEndedIterator {
        self.list().iter().map(|(key, entry)| (key.as_str(), &entry.node))
    }

    /// Keys and values, in order, the values to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Node)> {
        self.own().iter_mut().map(|(key, entry)| (key, &mut entry.node))
    }

    /// Keys and entries, in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &Entry)> {
        self.list().iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// Keys, in order.
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
    /// A key that comes again replaces the earlier one, as in Helm.
    fn from_iter<T: IntoIterator<Item = (String, Entry)>>(entries: T) -> Self {
        Map(Some(Arc::new(entries.into_iter().collect())))
    }
}
