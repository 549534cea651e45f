//! The ordered storage of a map's entries, with lookup by key.

use std::sync::LazyLock;

use ahash::RandomState;
use hashbrown::HashTable;

/// Maps with at most this many keys are searched linearly: nearly all maps of values, schemas and manifests are that small,
/// and need no hash table.
const FEW: usize = 8;

/// The hash seeds, which all maps of a run share: there are many maps, and a copy of the seeds would make each one larger.
static SEEDS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

fn hash(key: &str) -> u64 {
    SEEDS.hash_one(key)
}

/// Values by string key, in insertion order.
#[derive(Debug, Clone)]
pub(super) struct Entries<T> {
    list: Vec<(String, T)>,
    /// Indices into the list by the hash of the key, once there are more than [`FEW`] keys.
    positions: Option<Box<HashTable<u32>>>,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries { list: Vec::new(), positions: None }
    }
}

impl<T> Entries<T> {
    /// Creates empty storage with room for `capacity` keys.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Entries { list: Vec::with_capacity(capacity), positions: None }
    }

    /// Creates the entries from a list. A repeated key replaces the earlier entry.
    pub(super) fn of_list(list: Vec<(String, T)>) -> Self {
        let comes_again = |at: usize| list[..at].iter().any(|(known, _)| *known == list[at].0);
        if list.len() > FEW || (1..list.len()).any(comes_again) {
            return list.into_iter().collect();
        }
        Entries { list, positions: None }
    }

    /// Returns keys and values, in order.
    pub(super) fn as_slice(&self) -> &[(String, T)] {
        &self.list
    }

    /// Iterates over keys and mutable values, in order.
    pub(super) fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut T)> {
        self.list.iter_mut().map(|(key, value)| (key.as_str(), value))
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.positions {
            None => self.list.iter().position(|(known, _)| known == key),
            Some(positions) => {
                let is_key = |&at: &u32| self.list[at as usize].0 == key;
                positions.find(hash(key), is_key).map(|&at| at as usize)
            }
        }
    }

    /// Returns the value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.position(key).map(|at| &self.list[at].1)
    }

    /// Returns the value of a key for modification.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.position(key).map(|at| &mut self.list[at].1)
    }

    /// Sets a key and returns its old value. An existing key keeps its position in the order.
    pub(super) fn insert(&mut self, key: String, value: T) -> Option<T> {
        if let Some(known) = self.get_mut(&key) {
            return Some(std::mem::replace(known, value));
        }
        let at = self.list.len() as u32;
        let hashed = self.positions.is_some().then(|| hash(&key));
        self.list.push((key, value));
        match (&mut self.positions, hashed) {
            (Some(positions), Some(hashed)) => {
                let list = &self.list;
                positions.insert_unique(hashed, at, |&at| hash(&list[at as usize].0));
            }
            _ if self.list.len() > FEW => self.number(),
            _ => {}
        }
        None
    }

    /// Removes a key and returns its value; the order of the other keys is kept.
    pub(super) fn remove(&mut self, key: &str) -> Option<T> {
        let (_, value) = self.list.remove(self.position(key)?);
        self.number();
        Some(value)
    }

    /// Keeps only the entries for which `keep` returns true.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&str, &mut T) -> bool) {
        let before = self.list.len();
        self.list.retain_mut(|(key, value)| keep(key, value));
        if self.list.len() < before {
            self.number();
        }
    }

    /// Rebuilds the hash table from the list.
    fn number(&mut self) {
        self.positions = None;
        if self.list.len() <= FEW {
            return;
        }
        let mut positions = Box::new(HashTable::with_capacity(self.list.len().max(self.list.capacity())));
        for (at, (key, _)) in self.list.iter().enumerate() {
            positions.insert_unique(hash(key), at as u32, |&at: &u32| hash(&self.list[at as usize].0));
        }
        self.positions = Some(positions);
    }

    /// Returns keys and values, in order.
    pub(super) fn into_list(self) -> Vec<(String, T)> {
        self.list
    }
}

impl<T> FromIterator<(String, T)> for Entries<T> {
    /// A repeated key replaces the earlier entry.
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut all = Entries::with_capacity(entries.size_hint().0);
        entries.for_each(|(key, value)| drop(all.insert(key, value)));
        all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Change {
        Insert(u8, u32),
        Remove(u8),
        Retain(u8),
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            6 => (0u8..24, any::<u32>()).prop_map(|(key, value)| Change::Insert(key, value)),
            2 => (0u8..24).prop_map(Change::Remove),
            1 => (2u8..5).prop_map(Change::Retain),
        ]
    }

    proptest! {
        /// Compares with a list that is always searched linearly.
        #[test]
        fn keys_are_found_in_maps_of_any_size(changes in prop::collection::vec(change(), 0..80)) {
            let mut entries = Entries::default();
            let mut expected: Vec<(String, u32)> = Vec::new();
            for change in changes {
                match change {
                    Change::Insert(key, value) => {
                        let key = format!("key{key}");
                        let known = expected.iter_mut().find(|(known, _)| *known == key);
                        let old = known.map(|(_, known)| std::mem::replace(known, value));
                        if old.is_none() {
                            expected.push((key.clone(), value));
                        }
                        prop_assert_eq!(entries.insert(key, value), old);
                    }
                    Change::Remove(key) => {
                        let key = format!("key{key}");
                        let at = expected.iter().position(|(known, _)| *known == key);
                        prop_assert_eq!(entries.remove(&key), at.map(|at| expected.remove(at).1));
                    }
                    Change::Retain(divisor) => {
                        entries.retain(|_, value| *value % u32::from(divisor) != 0);
                        expected.retain(|(_, value)| *value % u32::from(divisor) != 0);
                    }
                }
                prop_assert_eq!(entries.as_slice(), &expected[..]);
                let rebuilt = Entries::of_list(expected.clone());
                prop_assert_eq!(rebuilt.as_slice(), &expected[..]);
                for key in (0..24).map(|key| format!("key{key}")) {
                    let value = expected.iter().find(|(known, _)| *known == key).map(|(_, value)| value);
                    prop_assert_eq!(entries.get(&key), value);
                }
            }
        }
    }
}
