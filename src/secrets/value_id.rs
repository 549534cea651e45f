//! Which value a value is, in a few bytes however deep it is: a path for each of many deep values would take more than the values.

use ahash::RandomState;

use crate::values::{Step, ValuePath};

/// What stands for the path of a value. Two paths that come to the same would only hide a value more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct ValueId(u64, u64);

impl ValueId {
    /// That of a path.
    pub(super) fn of(path: &ValuePath) -> ValueId {
        path.steps().iter().fold(ValueId::default(), |id, step| match step {
            Step::Key(key) => id.key(key),
            Step::Item(index) => id.item(*index),
        })
    }

    /// That of what is under a key.
    pub(super) fn key(self, key: &str) -> ValueId {
        self.step(&(true, key))
    }

    /// That of an item of a list.
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
    fn paths_have_ids_of_their_own() {
        let id = |path: &str| ValueId::of(&ValuePath::parse(&Source::flag("KEY", path)).unwrap());
        assert_eq!(id("a.b[1]"), ValueId::default().key("a").key("b").item(1));
        let all = ["a", "b", "a.b", "a.a", "a[0]", "a[1]", r"a\.b", "a.b.c", "ab.c", r"a\[0]"].map(id);
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one) && *one != ValueId::default(), "{at}");
        }
    }
}
