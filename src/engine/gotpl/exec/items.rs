//! What loops go over.

use crate::engine::gotpl::value::{Bytes, Entry, List, ListKind, Value};

/// What a loop goes over, and how far it is.
pub(super) enum Items {
    /// The numbers from 0 on.
    Numbers { next: i64, end: i64, as_value: fn(i64) -> Value },
    /// A list.
    List(List, usize),
    /// Bytes, and the next index.
    Bytes(Bytes, usize),
    /// The entries of a map as it was when the loop began.
    Map(std::vec::IntoIter<Entry>, bool),
}

impl Iterator for Items {
    /// Index or key, element, and whether that is of the type `interface {}`.
    type Item = (Value, Value, bool);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Items::Numbers { next, end, as_value } => {
                let number = *next;
                *next += 1;
                // Over a number there is only one variable, which is its element.
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
