//! Values that output depends on, or no more than which keys they have.

use crate::diagnostic::Span;
use crate::values::{Step, ValuePath};
use crate::yaml::{Map, Node, Value};

/// A value that something depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Used {
    /// Which value.
    pub path: ValuePath,
    /// What of it.
    pub aspect: Aspect,
}

/// What of a value something depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The value with all that it holds.
    Whole,
    /// Which keys a map has, or how many items a list has.
    Keys,
    /// Whether a map or a list is empty.
    Emptiness,
}

/// A value that something depends on, as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedValue {
    /// Which value.
    pub path: ValuePath,
    /// What of it.
    pub aspect: Aspect,
    /// What it is, with what is secret masked; `None` if it is not set.
    pub value: Option<Value>,
    /// Who set it.
    pub place: Option<Span>,
}

impl Used {
    /// A value with all that it holds.
    pub fn whole(path: ValuePath) -> Used {
        Used { path, aspect: Aspect::Whole }
    }

    /// Whether what depends on this depends on another value: on the value itself, on one that holds it, or on one that it
    /// holds. Of its keys, or its being empty, the other one has a part if the key would go with it.
    pub fn depends_on(&self, value: &ValuePath, values: &Map) -> bool {
        if value.holds(&self.path) {
            return true;
        }
        let Some((key, below)) =
            self.path.holds(value).then(|| value.steps()[self.path.steps().len()..].split_first()).flatten()
        else {
            return false;
        };
        match self.aspect {
            Aspect::Whole => true,
            Aspect::Keys => goes_with(self.child(key).get(values), below),
            Aspect::Emptiness => {
                let others = match self.path.steps().is_empty() {
                    true => others_of_map(values, key),
                    false => self.path.get(values).map_or(0, |node| others(node, key)),
                };
                others == 0 && goes_with(self.child(key).get(values), below)
            }
        }
    }

    fn child(&self, step: &Step) -> ValuePath {
        let mut steps = self.path.steps().to_vec();
        steps.push(step.clone());
        ValuePath::of(steps)
    }
}

/// Sorts values that decided about something, which shows others, in order. Each is there once: not if it is shown, and not as an aspect of
/// what matters as a whole.
pub fn sort_deciding(deciding: &mut Vec<Used>, shown: &[Used]) {
    deciding.sort();
    let mut last: Option<Used> = None;
    deciding.retain(|used| {
        // The more matters, the earlier it comes.
        let is_less = last.as_ref().is_some_and(|last| last.path == used.path);
        if !is_less {
            last = Some(used.clone());
        }
        let from = shown.partition_point(|shown| shown.path < used.path);
        let is_shown =
            shown[from..].first().is_some_and(|shown| shown.path == used.path && shown.aspect <= used.aspect);
        !is_less && !is_shown
    });
}

/// Whether nothing is left of a value once what is at these steps below it is not set.
fn goes_with(node: Option<&Node>, below: &[Step]) -> bool {
    let mut node = node;
    for step in below {
        let Some(inner) = node else { return true };
        if others(inner, step) > 0 {
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

/// How many other keys or items are beside this one.
fn others(node: &Node, step: &Step) -> usize {
    match (&node.value, step) {
        (Value::Map(map), step) => others_of_map(map, step),
        (Value::List(items), Step::Item(index)) => items.len() - usize::from(*index < items.len()),
        (Value::List(items), Step::Key(_)) => items.len(),
        _ => 0,
    }
}

fn others_of_map(map: &Map, step: &Step) -> usize {
    let has_it = matches!(step, Step::Key(key) if map.get(key).is_some());
    map.len() - usize::from(has_it)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn keys_depend_on_values_that_they_would_go_with() {
        let source = Source::file("values.yaml", "a: {b: {c: 1, d: 2}, e: {f: {g: 1}}}\nh: [{i: 1}]\nj: {}\n");
        let values = crate::yaml::read_values(&source).unwrap();
        let path = |text: &str| match text {
            "" => ValuePath::default(),
            text => ValuePath::parse(&Source::flag("KEY", text)).unwrap(),
        };
        let depends = |aspect, on: &str, value: &str| Used { path: path(on), aspect }.depends_on(&path(value), &values);
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
