//! Identifies a value by a hash of its path. It has a fixed size, while the paths of many deep values would need more memory than
//! the values.

use ahash::RandomState;

use crate::values::{Step, ValuePath};

/// The hash of a value's path, 128 bits. A collision would only mask one value too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct ValueId(u64, u64);

impl ValueId {
    /// Returns the identity of the value at a path.
    pub(super) fn new(path: &ValuePath) -> ValueId {
        path.steps().iter().fold(ValueId::default(), |id, step| match step {
            Step::Key(key) => id.key(key),
            Step::Item(index) => id.item(*index),
        })
    }

    /// Returns the identity of the value under a key of this map.
    pub(super) fn key(self, key: &str) -> ValueId {
        self.step(&(true, key))
    }

    /// Returns the identity of an item of this list.
    pub(super) fn item(self, index: usize) -> ValueId {
        self.step(&(false, index))
    }

    fn step(self, step: &impl std::hash::Hash) -> ValueId {
        let hash = |seed: u64| RandomState::with_seeds(seed, self.0, self.1, 0).hash_one(step);
        ValueId(hash(1), hash(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn each_path_has_its_own_id() {
        let id = |path: &str| ValueId::new(&ValuePath::parse(&Source::flag("KEY", path)).unwrap());
        assert_eq!(id("a.b[1]"), ValueId::default().key("a").key("b").item(1));
        let all = ["a", "b", "a.b", "a.a", "a[0]", "a[1]", r"a\.b", "a.b.c", "ab.c", r"a\[0]"].map(id);
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one) && *one != ValueId::default(), "{at}");
        }
    }
}
