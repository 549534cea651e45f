//! A view of the value being checked, which is not copied.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::number::Number;
use crate::diagnostic::Span;
use crate::yaml::{Map, Node, Value};

/// A value with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instance<'i> {
    pub(super) view: View<'i>,
    pub(super) span: &'i Span,
}

/// The content of a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum View<'i> {
    Null,
    Bool(bool),
    Number(&'i Value),
    Text(&'i str),
    List(&'i [Node]),
    Map(&'i Map),
}

impl<'i> Instance<'i> {
    /// Returns the number of members of a map or a list; 0 for other values.
    pub(super) fn len(self) -> usize {
        match self.view {
            View::List(items) => items.len(),
            View::Map(map) => map.len(),
            _ => 0,
        }
    }
}

impl<'i> From<&'i Node> for Instance<'i> {
    fn from(node: &'i Node) -> Self {
        let view = match &node.value {
            Value::Null => View::Null,
            Value::Bool(value) => View::Bool(*value),
            number @ (Value::Int(_) | Value::Float(_)) => View::Number(number),
            Value::String(text) => View::Text(text),
            Value::List(items) => View::List(items),
            Value::Map(map) => View::Map(map),
        };
        Instance { view, span: &node.span }
    }
}

/// The number of bytes of a string that count as one node of work.
const BYTES_A_NODE: usize = 64;
/// The number of digits of a number that count as one node of work.
const DIGITS_A_NODE: usize = 8;

/// Whether an instance equals a value of the schema (JSON Schema Core, 4.2.2: numbers by value, maps in any order). `work`
/// is increased by the number of nodes compared, and by the size of long strings and numbers.
pub(super) fn equal(instance: Instance<'_>, other: &Node, work: &mut usize) -> bool {
    *work += 1;
    match (instance.view, &other.value) {
        (View::Null, Value::Null) => true,
        (View::Bool(left), Value::Bool(right)) => left == *right,
        (View::Number(left), Value::Int(_) | Value::Float(_)) => {
            let (left, right) = (Number::of_value(left), Number::of_schema(other));
            *work += 2 + right.map_or(0, |right| right.work(right) / DIGITS_A_NODE);
            left == right
        }
        (View::Text(left), Value::String(right)) => {
            *work += if left.len() == right.len() { left.len() / BYTES_A_NODE } else { 0 };
            left == right
        }
        (View::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left.into(), right, work))
        }
        (View::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equal(left.into(), right, work)))
        }
        _ => false,
    }
}

/// Returns the indices of the first two equal items, in the order in which Helm finds them. `charge` is called with the
/// work done so far, as [`equal`] counts it, and returns whether to continue.
pub(super) fn duplicates(items: &[Node], charge: &mut dyn FnMut(usize) -> bool) -> Option<(usize, usize)> {
    let mut work = 0;
    if items.len() <= 20 {
        for second in 1..items.len() {
            for first in 0..second {
                if equal(Instance::from(&items[second]), &items[first], &mut work) {
                    return Some((first, second));
                }
            }
            if !charge(work) {
                return None;
            }
        }
        return None;
    }
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::with_capacity(items.len());
    for (second, item) in items.iter().enumerate() {
        let mut hasher = DefaultHasher::new();
        hash(item, &mut hasher, &mut work);
        let alike = seen.entry(hasher.finish()).or_default();
        for &first in alike.iter() {
            if equal(Instance::from(item), &items[first], &mut work) {
                return Some((first, second));
            }
            if !charge(work) {
                return None;
            }
        }
        alike.push(second);
    }
    charge(work);
    None
}

/// Hashes a value so that equal values have equal hashes: the hashes of a map's members are added, so their order
/// does not matter.
fn hash(node: &Node, hasher: &mut DefaultHasher, work: &mut usize) {
    *work += 1;
    match &node.value {
        Value::Null => 0u8.hash(hasher),
        Value::Bool(value) => (1u8, value).hash(hasher),
        number @ (Value::Int(_) | Value::Float(_)) => {
            // A float is enough, since equal numbers round to the same float. Adding zero turns minus zero into zero.
            let float = Number::of_value(number).map_or(0.0, Number::float) + 0.0;
            (2u8, float.to_bits()).hash(hasher);
        }
        Value::String(text) => (3u8, text).hash(hasher),
        Value::List(items) => {
            (4u8, items.len()).hash(hasher);
            items.iter().for_each(|item| hash(item, hasher, work));
        }
        Value::Map(map) => {
            let members = map.iter().map(|(key, value)| {
                let mut member = DefaultHasher::new();
                key.hash(&mut member);
                hash(value, &mut member, work);
                member.finish()
            });
            (5u8, members.fold(0u64, u64::wrapping_add)).hash(hasher);
        }
    }
}
