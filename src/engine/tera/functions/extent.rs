//! How deep and how large values are. Parts of a value are shared, not copied: a template can make one in a few lines
//! that nobody can go through, such as a list that holds itself twice, forty times over.

use tera::Value;

use super::call::Failure;
use crate::engine::tera::budget::MAX_BYTES;
use crate::engine::tera::value::{MAX_DEPTH, TooDeep};

/// What an item costs beside its text.
const ITEM: u64 = 16;

/// The parts of a list or map that are still to be looked at.
enum Parts<'a> {
    Items(std::slice::Iter<'a, Value>),
    Entries(indexmap::map::Iter<'a, tera::value::Key<'static>, Value>),
}

impl<'a> Parts<'a> {
    fn of(value: &'a Value) -> Option<Parts<'a>> {
        let items = || value.as_array().map(|items| Parts::Items(items.iter()));
        items().or_else(|| value.as_map().map(|map| Parts::Entries(map.iter())))
    }
}

/// Whether a value can be gone through: it nests no deeper than values may, and is no larger than a text may be.
///
/// # Errors
/// What it is too much of.
pub(super) fn check(value: &Value) -> Result<(), Failure> {
    let Some(parts) = Parts::of(value) else { return Ok(()) };
    let mut open = vec![parts];
    let mut size = 0;
    while let Some(parts) = open.last_mut() {
        let (key, part) = match parts {
            Parts::Items(items) => (None, items.next()),
            Parts::Entries(entries) => entries.next().map_or((None, None), |(key, value)| (key.as_str(), Some(value))),
        };
        let Some(part) = part else {
            open.pop();
            continue;
        };
        size += ITEM + (key.map_or(0, str::len) + part.as_str().map_or(0, str::len)) as u64;
        if size > MAX_BYTES {
            return Err(Failure::call(format!("the value is larger than {} MiB", MAX_BYTES >> 20)));
        }
        if let Some(parts) = Parts::of(part) {
            if open.len() == MAX_DEPTH {
                return Err(TooDeep.into());
            }
            open.push(parts);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(value: &Value) -> String {
        match check(value) {
            Err(Failure::Call(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_that_shares_its_parts_counts_in_full() {
        let doubled = |times| (0..times).fold(Value::from("x"), |value, _| Value::from(vec![value.clone(), value]));
        assert!(check(&doubled(20)).is_ok());
        assert_eq!(message(&doubled(40)), "the value is larger than 64 MiB");
        let text = Value::from("x".repeat(1 << 20));
        assert!(check(&Value::from(vec![text.clone(); 60])).is_ok());
        assert_eq!(message(&Value::from(vec![text; 70])), "the value is larger than 64 MiB");
    }

    #[test]
    fn depth_is_limited_without_recursion() {
        let nested = |depth| (0..depth).fold(Value::from("x"), |value, _| Value::from(vec![value]));
        assert!(check(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(message(&nested(MAX_DEPTH + 1)), TooDeep::message());
    }
}
