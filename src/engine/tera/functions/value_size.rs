//! The depth and size of values. Parts of a value are shared, not copied, so a few lines of a template can make a value
//! that is too large to process, such as a list that contains itself twice, forty times over.

use tera::Value;

use crate::engine::tera::budget::MAX_BYTES;
use crate::engine::tera::failure::Failure;
use crate::engine::tera::value::{MAX_DEPTH, TooDeep};

/// The cost of an item in addition to its text.
const ITEM: u64 = 16;

/// The parts of a list or map that have not been visited.
enum Parts<'a> {
    Items(std::slice::Iter<'a, Value>),
    Entries(indexmap::map::Iter<'a, tera::value::Key<'static>, Value>),
}

impl<'a> Parts<'a> {
    fn new(value: &'a Value) -> Option<Parts<'a>> {
        let items = || value.as_array().map(|items| Parts::Items(items.iter()));
        items().or_else(|| value.as_map().map(|map| Parts::Entries(map.iter())))
    }
}

/// Returns the size of a value in bytes, with every part counted as often as it occurs: a measure of the work to
/// process it.
///
/// # Errors
/// It cannot be processed: it nests deeper than values may, or is larger than a text may be.
pub(in crate::engine::tera) fn size(value: &Value) -> Result<u64, Failure> {
    let Some(parts) = Parts::new(value) else {
        return Ok(value.as_str().map_or(0, str::len).max(bytes_of(value)) as u64);
    };
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
        size += ITEM + (key.map_or(0, str::len) + part.as_str().map_or(0, str::len) + bytes_of(part)) as u64;
        if size > MAX_BYTES {
            return Err(Failure::call(format!("the value is larger than {} MiB", MAX_BYTES >> 20)));
        }
        if let Some(parts) = Parts::new(part) {
            if open.len() == MAX_DEPTH {
                return Err(TooDeep.into());
            }
            open.push(parts);
        }
    }
    Ok(size)
}

/// Returns the length of bytes as text, in which an invalid byte becomes three bytes.
fn bytes_of(value: &Value) -> usize {
    value.as_bytes().map_or(0, |bytes| bytes.len() * 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(value: &Value) -> String {
        match size(value) {
            Err(Failure::Call(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn shared_parts_of_a_value_count_each_time() {
        let doubled = |times| (0..times).fold(Value::from("x"), |value, _| Value::from(vec![value.clone(), value]));
        assert!(size(&doubled(20)).is_ok());
        assert_eq!(message(&doubled(40)), "the value is larger than 64 MiB");
        let text = Value::from("x".repeat(1 << 20));
        assert!(size(&Value::from(vec![text.clone(); 60])).is_ok());
        assert_eq!(message(&Value::from(vec![text; 70])), "the value is larger than 64 MiB");
    }

    #[test]
    fn depth_is_limited_without_recursion() {
        let nested = |depth| (0..depth).fold(Value::from("x"), |value, _| Value::from(vec![value]));
        assert!(size(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(message(&nested(MAX_DEPTH + 1)), TooDeep::message());
    }
}
