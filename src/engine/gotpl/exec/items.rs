//! The items that a loop iterates over.

use crate::engine::gotpl::value::{Bytes, Entry, List, ListKind, Value};

/// The remaining items of a loop.
pub(super) enum Items {
    /// The numbers from `next` up to but not including `end`.
    Numbers { next: i64, end: i64, as_value: fn(i64) -> Value },
    /// A list, and the next index.
    List(List, usize),
    /// Bytes, and the next index.
    Bytes(Bytes, usize),
    /// The entries that a map had when the loop began, and whether the values have the type `interface {}`.
    Map(std::vec::IntoIter<Entry>, bool),
}

impl Iterator for Items {
    /// The index or key, the element, and whether the element has the type `interface {}`.
    type Item = (Value, Value, bool);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Items::Numbers { next, end, as_value } => {
                let number = *next;
                *next += 1;
                // A loop over a number has only one variable, the element.
                (number < *end).then(|| (Value::Invalid, as_value(number), false))
            }
            Items::List(list, next) => {
                let index = *next;
                *next += 1;
                let value = list.items().get(index)?.clone();
                Some((Value::Int(index as i64), value, list.kind() == ListKind::Any))
            }
            Items::Bytes(bytes, next) => {
                let index = *next;
                *next += 1;
                Some((Value::Int(index as i64), Value::Uint8(*bytes.get(index)?), false))
            }
            Items::Map(entries, is_interface) => {
                let (key, value) = entries.next()?;
                Some((Value::Str(key), value, *is_interface))
            }
        }
    }
}
