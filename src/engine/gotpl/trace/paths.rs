//! Paths of values and sets of paths, each identified by a number.

use std::collections::HashMap;
use std::rc::Rc;

use crate::engine::used::{Aspect, UsedPath};
use crate::go::utf8;
use crate::values::{Step, ValuePath};

/// The number of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PathId(u32);

impl PathId {
    /// The values of the root chart as a whole.
    pub(super) const ROOT: PathId = PathId(0);
    /// Randomness, which is traced like a value.
    pub(super) const RANDOM: PathId = PathId(1);
    /// Any value that is left out of the trace.
    const LEFT_OUT: PathId = PathId(2);

    /// Its index among all paths.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether it identifies a value.
    pub(super) fn is_of_a_value(self) -> bool {
        self != PathId::RANDOM && self != PathId::LEFT_OUT
    }
}

/// The number of a set of paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct SetId(u32);

impl SetId {
    /// The set without paths.
    pub(super) const EMPTY: SetId = SetId(0);

    /// Its index among all sets.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A step from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Key(Rc<[u8]>),
    Item(usize),
    /// Not a part, only an aspect of the value.
    Aspect(Aspect),
}

/// How many paths a set can contain. In a larger one, the deepest paths are replaced with those that contain them.
const MAX_PATHS: usize = 256;

/// All paths and sets of a run.
pub(super) struct Paths {
    /// Each path as its parent, its last step and its depth. The first one is the root.
    paths: Vec<(PathId, Part, u32)>,
    numbers: HashMap<(PathId, Part), PathId, ahash::RandomState>,
    sets: Vec<Rc<[PathId]>>,
    set_numbers: HashMap<Rc<[PathId]>, SetId, ahash::RandomState>,
    unions: HashMap<(SetId, SetId), SetId, ahash::RandomState>,
    /// The memory that the sets take, in units of eight paths.
    size_of_sets: usize,
    /// The values that paths are kept for; empty for all values.
    watched: Vec<ValuePath>,
}

impl Default for Paths {
    fn default() -> Self {
        let none: Rc<[PathId]> = Rc::new([]);
        Paths {
            // The top level of values is a map, so no value has these paths.
            paths: vec![
                (PathId::ROOT, Part::Item(0), 0),
                (PathId::ROOT, Part::Item(1), 1),
                (PathId::ROOT, Part::Item(2), 1),
            ],
            numbers: HashMap::default(),
            sets: vec![Rc::clone(&none)],
            set_numbers: HashMap::from_iter([(none, SetId::EMPTY)]),
            unions: HashMap::default(),
            size_of_sets: 0,
            watched: Vec::new(),
        }
    }
}

impl Paths {
    /// Leaves out all paths except those of these values, those that contain them, and those that they contain.
    pub(super) fn watch(&mut self, values: &[ValuePath]) {
        self.watched = values.to_vec();
    }

    /// The path of a key in the value at a path.
    pub(super) fn key(&mut self, above: PathId, key: &[u8]) -> PathId {
        self.below(above, Part::Key(key.into()))
    }

    /// The path of an item in the list at a path.
    pub(super) fn item(&mut self, above: PathId, index: usize) -> PathId {
        self.below(above, Part::Item(index))
    }

    /// The path of an aspect of the value at a path. It has no paths below it.
    pub(super) fn aspect(&mut self, container: PathId, aspect: Aspect) -> PathId {
        self.below(container, Part::Aspect(aspect))
    }

    fn below(&mut self, above: PathId, part: Part) -> PathId {
        if above == PathId::LEFT_OUT {
            return above;
        }
        let key = (above, part);
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let mut number = PathId(self.paths.len() as u32);
        self.paths.push((above, key.1.clone(), self.paths[above.0 as usize].2 + 1));
        if !self.is_watched(number) {
            self.paths.pop();
            number = PathId::LEFT_OUT;
        }
        self.numbers.insert(key, number);
        number
    }

    fn is_watched(&self, path: PathId) -> bool {
        let concerns = |path: &ValuePath| {
            self.watched.iter().any(|watched| watched.is_prefix_of(path) || path.is_prefix_of(watched))
        };
        self.watched.is_empty() || concerns(&self.used(path).path)
    }

    /// How many paths and how many sets there are.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.paths.len(), self.sets.len())
    }

    /// The memory that paths and sets take, in paths.
    pub(super) fn size(&self) -> usize {
        self.paths.len() + self.size_of_sets + self.unions.len()
    }

    /// The set with only this path.
    pub(super) fn only(&mut self, path: PathId) -> SetId {
        self.set(vec![path])
    }

    /// The set of these paths, which must be sorted and unique.
    fn set(&mut self, mut paths: Vec<PathId>) -> SetId {
        while paths.len() > MAX_PATHS {
            paths = self.coarser(&paths);
        }
        if let Some(known) = self.set_numbers.get(&paths[..]) {
            return *known;
        }
        let paths: Rc<[PathId]> = paths.into();
        let id = SetId(self.sets.len() as u32);
        self.size_of_sets += paths.len() / 8 + 1;
        self.sets.push(Rc::clone(&paths));
        self.set_numbers.insert(paths, id);
        id
    }

    /// Replaces the deepest paths with their parents.
    fn coarser(&self, paths: &[PathId]) -> Vec<PathId> {
        let entry = |path: &PathId| &self.paths[path.0 as usize];
        let deepest = paths.iter().map(|path| entry(path).2).max().unwrap_or_default();
        let raised = paths.iter().map(|path| if entry(path).2 == deepest { entry(path).0 } else { *path });
        let mut raised: Vec<PathId> = raised.collect();
        raised.sort_unstable();
        raised.dedup();
        raised
    }

    /// The union of two sets.
    pub(super) fn union(&mut self, a: SetId, b: SetId) -> SetId {
        if a == b || b == SetId::EMPTY {
            return a;
        }
        if a == SetId::EMPTY {
            return b;
        }
        let pair = if a.0 < b.0 { (a, b) } else { (b, a) };
        if let Some(known) = self.unions.get(&pair) {
            return *known;
        }
        let (left, right) = (self.in_set(a), self.in_set(b));
        let all = merged(left, right);
        // Usually one of them contains the other.
        let union = match all.len() {
            length if length == left.len() => a,
            length if length == right.len() => b,
            _ => self.set(all),
        };
        self.unions.insert(pair, union);
        union
    }

    /// Adds the paths of another set to a set.
    pub(super) fn extend(&mut self, set: &mut SetId, more: SetId) {
        *set = self.union(*set, more);
    }

    /// The paths of a set, in the order in which they were created.
    pub(super) fn in_set(&self, set: SetId) -> &[PathId] {
        &self.sets[set.0 as usize]
    }

    /// Whether a set contains randomness.
    pub(super) fn has_random(&self, set: SetId) -> bool {
        self.in_set(set).binary_search(&PathId::RANDOM).is_ok()
    }

    /// The path in the form that other modules use.
    pub(super) fn used(&self, path: PathId) -> UsedPath {
        let mut steps = Vec::new();
        let mut aspect = Aspect::Whole;
        let mut at = path;
        while at != PathId::ROOT {
            let (above, part, _) = &self.paths[at.0 as usize];
            match part {
                Part::Key(key) => steps.push(Step::Key(utf8::to_text(key).into_owned())),
                Part::Item(index) => steps.push(Step::Item(*index)),
                Part::Aspect(of_value) => aspect = *of_value,
            }
            at = *above;
        }
        steps.reverse();
        UsedPath { path: ValuePath::new(steps), aspect }
    }
}

/// Merges two sorted lists without duplicates.
fn merged(mut left: &[PathId], mut right: &[PathId]) -> Vec<PathId> {
    let mut all = Vec::with_capacity(left.len() + right.len());
    while let (Some((a, after_a)), Some((b, after_b))) = (left.split_first(), right.split_first()) {
        all.push(*a.min(b));
        (left, right) = (if a <= b { after_a } else { left }, if b <= a { after_b } else { right });
    }
    all.extend_from_slice(left);
    all.extend_from_slice(right);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_around_and_below_watched_values_are_kept() {
        let mut paths = Paths::default();
        paths.watch(&[ValuePath::new(vec![Step::Key("a".into()), Step::Key("b".into())])]);
        let a = paths.key(PathId::ROOT, b"a");
        let b = paths.key(a, b"b");
        let below = paths.item(b, 0);
        let keys = paths.aspect(a, Aspect::Keys);
        assert!([a, b, below, keys].iter().all(|path| path.is_of_a_value()));
        assert_eq!(paths.used(below).path.to_string(), "a.b[0]");
        let beside = paths.key(a, b"c");
        let other = paths.key(PathId::ROOT, b"d");
        assert!(![beside, other].iter().any(|path| path.is_of_a_value()));
        assert_eq!(paths.key(other, b"e"), beside);
    }

    #[test]
    fn equal_paths_and_sets_have_one_number() {
        let mut paths = Paths::default();
        let a = paths.key(PathId::ROOT, b"a");
        let b = paths.item(a, 2);
        assert_eq!(paths.key(PathId::ROOT, b"a"), a);
        assert_eq!(paths.used(b).path.to_string(), "a[2]");
        let (only_a, only_b) = (paths.only(a), paths.only(b));
        let both = paths.union(only_a, only_b);
        assert_eq!(paths.union(only_b, only_a), both);
        assert_eq!(paths.union(both, only_a), both);
        assert_eq!(paths.union(SetId::EMPTY, only_a), only_a);
        assert_eq!(paths.in_set(both), [a, b]);
    }

    #[test]
    fn large_sets_are_reduced_to_parent_paths() {
        let mut paths = Paths::default();
        let list = paths.key(PathId::ROOT, b"list");
        let mut all = SetId::EMPTY;
        for index in 0..10_000 {
            let item = paths.item(list, index);
            let name = paths.key(item, b"name");
            let only = paths.only(name);
            all = paths.union(all, only);
        }
        assert!(paths.in_set(all).len() <= MAX_PATHS);
        assert!(paths.in_set(all).contains(&list));
    }
}
