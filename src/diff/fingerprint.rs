//! Hashes of values, which are equal if the values are equal except for the order of keys.

use ahash::AHashMap;
use sha2::{Digest, Sha256};

use crate::json;
use crate::yaml::{Map, Node, Value};

/// The SHA-256 of a value. Different values have different fingerprints, even in hostile input.
pub(super) type Fingerprint = [u8; 32];

/// Computes fingerprints, and caches those of maps and lists by their addresses. The values must not move in the meantime.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    known: AHashMap<*const Value, Fingerprint>,
}

impl Fingerprints {
    /// Returns the fingerprint of each item.
    pub(super) fn of_items(&mut self, items: &[Node]) -> Vec<Fingerprint> {
        items.iter().map(|item| self.add(&item.value)).collect()
    }

    /// Returns the fingerprint of a map.
    pub(super) fn of_map(&mut self, map: &Map) -> Fingerprint {
        let mut parts: Vec<(&str, Fingerprint)> = map.iter().map(|(key, node)| (key, self.add(&node.value))).collect();
        parts.sort_unstable();
        let mut hash = Sha256::new_with_prefix(b"map");
        for (key, value) in parts {
            hash.update((key.len() as u64).to_le_bytes());
            hash.update(key);
            hash.update(value);
        }
        hash.finalize().into()
    }

    fn add(&mut self, value: &Value) -> Fingerprint {
        let place = std::ptr::from_ref(value);
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let fingerprint = match value {
            Value::Map(map) => self.of_map(map),
            Value::List(items) => {
                let mut hash = Sha256::new_with_prefix(b"list");
                self.of_items(items).iter().for_each(|item| hash.update(item));
                hash.finalize().into()
            }
            scalar => return Sha256::new_with_prefix(b"one").chain_update(json::write(scalar)).finalize().into(),
        };
        self.known.insert(place, fingerprint);
        fingerprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml::read_values;

    fn fingerprint(text: &str) -> Fingerprint {
        Fingerprints::default().of_map(&read_values(&Source::file("m.yaml", text)).unwrap())
    }

    #[test]
    fn only_the_order_of_keys_does_not_matter() {
        assert_eq!(fingerprint("a: [1, {b: c, d: e}]"), fingerprint("{a: [1, {d: e, b: c}]}"));
        let texts =
            ["a: [1, 2]", "a: [2, 1]", "a: [[1, 2]]", "a: [1]", "a: '1'", "a: 1", "a: {b: 1}", "a: null", "a: 'null'"];
        for (at, one) in texts.iter().enumerate() {
            texts[..at].iter().for_each(|other| assert_ne!(fingerprint(one), fingerprint(other), "{one} and {other}"));
        }
    }
}
