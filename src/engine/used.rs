//! Values that output depends on, either as a whole or only on their keys or emptiness.
//!
//! The engines record them while rendering: printing depends on the whole value, a loop over a map also on its keys, and `if`
//! only on whether a map is empty.

use std::cmp::Ordering;

use crate::diagnostic::Span;
use crate::values::{Step, ValuePath};
use crate::yaml::{Map, Node, Value};

/// The path of a value that something depends on, and which aspect of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsedPath {
    /// The path of the value.
    pub path: ValuePath,
    /// The aspect of the value.
    pub aspect: Aspect,
}

/// The aspect of a value that something depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The value with everything it contains.
    Whole,
    /// Which keys a map has, or how many items a list has.
    Keys,
    /// Whether a map or a list is empty.
    Emptiness,
}

/// A value that something depends on, in a form to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedValue {
    /// The path of the value.
    pub path: ValuePath,
    /// The aspect of the value.
    pub aspect: Aspect,
    /// The value, with secrets masked; `None` if it is not set.
    pub value: Option<Value>,
    /// Where it was set.
    pub place: Option<Span>,
}

impl UsedPath {
    /// Returns the dependence on a value with everything it contains.
    pub fn whole(path: ValuePath) -> UsedPath {
        UsedPath { path, aspect: Aspect::Whole }
    }

    /// Whether anything that depends on this also depends on another value: on the same value, on one that contains it,
    /// or on one that it contains. Its keys, or its being empty, depend on a contained value only if removing that
    /// value removes the key.
    pub fn depends_on(&self, value: &ValuePath, values: &Map) -> bool {
        if value.is_prefix_of(&self.path) {
            return true;
        }
        let Some((key, below)) =
            self.path.is_prefix_of(value).then(|| value.steps()[self.path.steps().len()..].split_first()).flatten()
        else {
            return false;
        };
        match self.aspect {
            Aspect::Whole => true,
            Aspect::Keys => goes_with(self.child(key).get(values), below),
            Aspect::Emptiness => {
                let other_parts = match self.path.steps().is_empty() {
                    true => other_keys(values, key),
                    false => self.path.get(values).map_or(0, |node| other_parts(node, key)),
                };
                other_parts == 0 && goes_with(self.child(key).get(values), below)
            }
        }
    }

    fn child(&self, step: &Step) -> ValuePath {
        let mut steps = self.path.steps().to_vec();
        steps.push(step.clone());
        ValuePath::new(steps)
    }
}

/// Sorts the values that decided about something that shows the values `shown`, which are sorted. Removes duplicates,
/// values that are shown as well, and aspects of values that matter as a whole.
pub fn sort_deciding(deciding: &mut Vec<UsedPath>, shown: &[UsedPath]) {
    sort_deciding_by(deciding, shown, |a, b| a.path.cmp(&b.path));
}

/// Like [`sort_deciding`], for values in any form that sorts like [`UsedPath`]. `compare_paths` compares only the paths.
pub(super) fn sort_deciding_by<T: Ord>(deciding: &mut Vec<T>, shown: &[T], compare_paths: impl Fn(&T, &T) -> Ordering) {
    deciding.sort_unstable();
    // The first one with a path is the aspect that includes the others.
    deciding.dedup_by(|later, first| compare_paths(first, later).is_eq());
    deciding.retain(|value| {
        let first = shown.partition_point(|shown| compare_paths(shown, value).is_lt());
        shown.get(first).is_none_or(|shown| compare_paths(shown, value).is_ne() || shown > value)
    });
}

/// Whether a value would disappear if the value that the steps `below` lead to were not set.
fn goes_with(node: Option<&Node>, below: &[Step]) -> bool {
    let mut node = node;
    for step in below {
        let Some(inner) = node else { return true };
        if other_parts(inner, step) > 0 {
            return false;
        }
        node = match (step, &inner.value) {
            (Step::Key(key), Value::Map(map)) => map.get(key),
            (Step::Item(index), Value::List(items)) => items.get(*index),
            _ => None,
        };
    }
    true
}

/// Returns how many other keys or items there are besides this one.
fn other_parts(node: &Node, step: &Step) -> usize {
    match (&node.value, step) {
        (Value::Map(map), step) => other_keys(map, step),
        (Value::List(items), Step::Item(index)) => items.len() - usize::from(*index < items.len()),
        (Value::List(items), Step::Key(_)) => items.len(),
        _ => 0,
    }
}

fn other_keys(map: &Map, step: &Step) -> usize {
    let has_it = matches!(step, Step::Key(key) if map.get(key).is_some());
    map.len() - usize::from(has_it)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn a_map_depends_on_the_only_value_in_it() {
        let source = Source::file("values.yaml", "a: {b: {c: 1, d: 2}, e: {f: {g: 1}}}\nh: [{i: 1}]\nj: {}\n");
        let values = crate::yaml::read_values(&source).unwrap();
        let path = |text: &str| match text {
            "" => ValuePath::default(),
            text => ValuePath::parse(&Source::flag("KEY", text)).unwrap(),
        };
        let depends =
            |aspect, on: &str, value: &str| UsedPath { path: path(on), aspect }.depends_on(&path(value), &values);
        for aspect in [Aspect::Whole, Aspect::Keys, Aspect::Emptiness] {
            assert!(depends(aspect, "a.b", "a.b"));
            assert!(depends(aspect, "a.b", "a"));
            assert!(!depends(aspect, "a.b", "a.e"));
            assert!(depends(aspect, "a.e", "a.e.f.g"), "nothing else is in a.e");
            assert!(depends(aspect, "h", "h[0].i"));
            assert!(depends(aspect, "j", "j.new"));
        }
        assert!(depends(Aspect::Whole, "a", "a.b.c"));
        assert!(!depends(Aspect::Keys, "a", "a.b.c"), "a.b keeps d");
        assert!(depends(Aspect::Keys, "a", "a.b"));
        assert!(depends(Aspect::Keys, "a.b", "a.b.c"));
        assert!(!depends(Aspect::Emptiness, "a.b", "a.b.c"));
        assert!(!depends(Aspect::Emptiness, "", "a.b.c"));
        assert!(depends(Aspect::Whole, "", "a.b.c"));
    }
}
