//! Go maps with string keys: shared and mutable. `set` through one handle is visible through all.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use super::list::{List, ListKind};
use super::text::Text;
use super::{Value, drop_deep};

/// The type of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapKind {
    /// `map[string]interface {}`
    Any,
    /// `common.Values`, a named type for `map[string]interface {}` with methods.
    Values,
    /// `map[string]string`
    Strings,
    /// `engine.files`, a `map[string][]uint8` with methods.
    Files,
}

impl MapKind {
    /// The name of the type as `%T` prints it.
    pub fn go_type(self) -> &'static str {
        match self {
            MapKind::Any => "map[string]interface {}",
            MapKind::Values => "common.Values",
            MapKind::Strings => "map[string]string",
            MapKind::Files => "engine.files",
        }
    }

    /// Whether its values have the type `interface {}`.
    pub fn holds_any(self) -> bool {
        matches!(self, MapKind::Any | MapKind::Values)
    }

    /// The value of a missing key.
    pub fn zero(self) -> Value {
        match self {
            MapKind::Any | MapKind::Values => Value::Nil,
            MapKind::Strings => Value::Str(Text::default()),
            MapKind::Files => Value::List(List::nil(ListKind::Bytes)),
        }
    }
}

/// An entry of a map.
pub type Entry = (Text, Value);

/// A handle to a map; clones are the same map. The type belongs to the handle: when `common.Values` is passed to a
/// function, it becomes a `map[string]interface {}` that is still the same map.
#[derive(Debug, Clone)]
pub struct Map {
    kind: MapKind,
    shared: Option<Rc<Shared>>,
}

/// Notes whether any of the maps created with it was changed.
#[derive(Debug, Clone, Default)]
pub struct Watch(Rc<Cell<bool>>);

impl Watch {
    /// Whether a map was changed since the last call, or since the beginning.
    pub fn take(&self) -> bool {
        self.0.take()
    }
}

#[derive(Debug)]
pub(super) struct Shared {
    /// Sorted by key.
    entries: RefCell<Vec<Entry>>,
    watch: Option<Watch>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        drop_deep(self.entries.get_mut());
    }
}

impl Shared {
    fn note_change(&self) {
        if let Some(watch) = &self.watch {
            watch.0.set(true);
        }
    }
}

impl Map {
    /// Creates an empty map.
    pub fn new() -> Map {
        Map::from_entries(MapKind::Any, Vec::new())
    }

    /// Creates a map from entries in any order. Of equal keys, the last one wins.
    pub fn from_entries(kind: MapKind, entries: Vec<Entry>) -> Map {
        Map::watched(kind, entries, None)
    }

    /// The same, with something that notes changes of the map.
    pub fn watched(kind: MapKind, mut entries: Vec<Entry>, watch: Option<&Watch>) -> Map {
        if !entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            // The sort is stable, so reversing keeps the last of equal keys.
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.reverse();
            entries.dedup_by(|(a, _), (b, _)| a == b);
            entries.reverse();
        }
        let shared = Shared { entries: RefCell::new(entries), watch: watch.cloned() };
        Map { kind, shared: Some(Rc::new(shared)) }
    }

    /// Creates a nil map. It reads as an empty one, and nothing can be set in it.
    pub const fn nil(kind: MapKind) -> Map {
        Map { kind, shared: None }
    }

    /// The type.
    pub fn kind(&self) -> MapKind {
        self.kind
    }

    /// Returns the same map with another type.
    #[must_use]
    pub fn with_kind(mut self, kind: MapKind) -> Map {
        self.kind = kind;
        self
    }

    /// Whether it is nil, as opposed to empty.
    pub fn is_nil(&self) -> bool {
        self.shared.is_none()
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.entries.borrow().len())
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        let entries = self.shared.as_ref()?.entries.borrow();
        let at = find(&entries, key).ok()?;
        Some(entries[at].1.clone())
    }

    /// Whether the key exists.
    pub fn contains(&self, key: &[u8]) -> bool {
        self.shared.as_ref().is_some_and(|shared| find(&shared.entries.borrow(), key).is_ok())
    }

    /// Sets a key. Returns `false` for a nil map, which stays unchanged.
    pub fn insert(&self, key: Text, value: Value) -> bool {
        let Some(shared) = &self.shared else { return false };
        let mut entries = shared.entries.borrow_mut();
        let old = match entries.last() {
            Some((last, _)) if *last >= key => match find(&entries, &key) {
                Ok(at) if shared.watch.is_some() && entries[at].1.is_same(&value) => return true,
                Ok(at) => Some(std::mem::replace(&mut entries[at].1, value)),
                Err(at) => {
                    entries.insert(at, (key, value));
                    None
                }
            },
            // Keys often arrive in order.
            _ => {
                entries.push((key, value));
                None
            }
        };
        // The replaced value may be large, and may contain this very map.
        drop(entries);
        drop(old);
        shared.note_change();
        true
    }

    /// Removes a key and returns its value.
    pub fn remove(&self, key: &[u8]) -> Option<Value> {
        let shared = self.shared.as_ref()?;
        let mut entries = shared.entries.borrow_mut();
        let at = find(&entries, key).ok()?;
        shared.note_change();
        Some(entries.remove(at).1)
    }

    /// Borrows the entries, sorted by key. The map must not be changed meanwhile.
    pub fn entries(&self) -> Option<Ref<'_, [Entry]>> {
        Some(Ref::map(self.shared.as_ref()?.entries.borrow(), Vec::as_slice))
    }

    /// Returns a copy of the current entries, sorted by key.
    pub fn snapshot(&self) -> Vec<Entry> {
        self.entries().map_or_else(Vec::new, |entries| entries.to_vec())
    }

    /// The keys, sorted.
    pub fn keys(&self) -> Vec<Text> {
        self.entries().map_or_else(Vec::new, |entries| entries.iter().map(|(key, _)| key.clone()).collect())
    }

    /// Whether changes of the map are noted.
    #[cfg(test)]
    pub fn is_watched(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.watch.is_some())
    }

    /// An address that distinguishes maps with equal entries; 0 for a nil map.
    pub fn identity(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| Rc::as_ptr(shared).addr())
    }

    /// Returns the entries if no other handle shares them.
    pub(super) fn into_unshared(self) -> Option<Vec<Entry>> {
        let mut shared = Rc::try_unwrap(self.shared?).ok()?;
        Some(std::mem::take(shared.entries.get_mut()))
    }
}

impl Default for Map {
    fn default() -> Self {
        Map::new()
    }
}

fn find(entries: &[Entry], key: &[u8]) -> Result<usize, usize> {
    entries.binary_search_by(|(known, _)| (**known).cmp(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_wins_and_keys_are_sorted() {
        let map = Map::from_entries(
            MapKind::Any,
            vec![("b".into(), Value::Int(1)), ("a".into(), Value::Int(2)), ("b".into(), Value::Int(3))],
        );
        assert_eq!(map.keys(), ["a".into(), "b".into()]);
        assert!(matches!(map.get(b"b"), Some(Value::Int(3))));
    }

    #[test]
    fn a_watch_notes_changes_of_its_maps() {
        let watch = Watch::default();
        let map = Map::watched(MapKind::Any, vec![("a".into(), Value::Nil)], Some(&watch));
        assert!(map.contains(b"a") && !watch.take());
        map.insert("b".into(), Value::Map(Map::new()));
        assert!(watch.take() && !watch.take());
        let Some(Value::Map(inner)) = map.get(b"b") else { panic!() };
        inner.insert("c".into(), Value::Nil);
        assert!(!watch.take());
        map.insert("c".into(), Value::str("x"));
        assert!(watch.take());
        map.insert("c".into(), Value::str("x"));
        assert!(map.remove(b"missing").is_none() && !watch.take());
        map.with_kind(MapKind::Values).remove(b"b");
        assert!(watch.take());
    }

    #[test]
    fn clones_are_the_same_map() {
        let map = Map::new();
        let other = map.clone().with_kind(MapKind::Values);
        assert!(other.insert("z".into(), Value::Nil) && other.insert("a".into(), Value::Nil));
        assert_eq!(map.keys(), ["a".into(), "z".into()]);
        assert!(map.remove(b"a").is_some() && map.remove(b"a").is_none());
        assert_eq!(other.len(), 1);
        assert!(!Map::nil(MapKind::Any).insert("a".into(), Value::Nil));
    }
}
