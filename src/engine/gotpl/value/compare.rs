//! Deep equality of values by type and content, as in Go's `reflect.DeepEqual`.

use std::collections::HashSet;

use super::Value;

/// Returns whether two values are deeply equal, and how many bytes were compared. As in Go, a pair of containers that
/// is already being compared counts as equal, so values may contain themselves.
pub fn compared(a: &Value, b: &Value) -> (bool, usize) {
    /// The cost of comparing an item or entry, in bytes.
    const PART: usize = 64;
    let mut bytes: usize = 0;
    let mut rest = vec![(a.clone(), b.clone())];
    let mut seen = HashSet::new();
    while let Some((a, b)) = rest.pop() {
        let equal = match (&a, &b) {
            (Value::Invalid | Value::Nil, Value::Invalid | Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) | (Value::Int64(a), Value::Int64(b)) => a == b,
            (Value::Uint8(a), Value::Uint8(b)) => a == b,
            (Value::Uint64(a), Value::Uint64(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Complex(a), Value::Complex(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => same_bytes(a, b, &mut bytes),
            (Value::Bytes(a), Value::Bytes(b)) => same_bytes(a, b, &mut bytes),
            (Value::List(a), Value::List(b)) => {
                let same_shape = a.kind() == b.kind() && a.is_nil() == b.is_nil() && a.len() == b.len();
                if same_shape && a.identity() != b.identity() && seen.insert((a.identity(), b.identity())) {
                    bytes += PART * a.len();
                    rest.extend(a.items().iter().cloned().zip(b.items().iter().cloned()));
                }
                same_shape
            }
            (Value::Map(a), Value::Map(b)) => {
                let mut same_shape = a.kind() == b.kind() && a.is_nil() == b.is_nil() && a.len() == b.len();
                if same_shape && a.identity() != b.identity() && seen.insert((a.identity(), b.identity())) {
                    for ((key, value), (other_key, other)) in a.snapshot().into_iter().zip(b.snapshot()) {
                        bytes += PART + if key.len() == other_key.len() { key.len() } else { 0 };
                        same_shape &= key == other_key;
                        rest.push((value, other));
                    }
                }
                same_shape
            }
            (Value::Object(a), Value::Object(b)) => a.go_type() == b.go_type() && a.deep_equals(&**b),
            _ => false,
        };
        if !equal {
            return (false, bytes);
        }
    }
    (true, bytes)
}

/// Compares bytes and adds to `count`. Only slices of the same length are read.
fn same_bytes(a: &[u8], b: &[u8], count: &mut usize) -> bool {
    *count += if a.len() == b.len() { a.len() } else { 0 };
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gotpl::value::Map;

    fn deep_equal(a: &Value, b: &Value) -> bool {
        compared(a, b).0
    }

    #[test]
    fn values_of_different_types_are_not_equal() {
        assert!(!deep_equal(&Value::Int(3), &Value::Float(3.0)));
        assert!(!deep_equal(&Value::from(vec![0]), &Value::list(vec![Value::Int(0)])));
        assert!(deep_equal(&Value::record([("a", Value::Nil)]), &Value::record([("a", Value::Nil)])));
        assert!(!deep_equal(&Value::record([("a", Value::Nil)]), &Value::record([("b", Value::Nil)])));
    }

    #[test]
    fn recursive_values_are_compared() {
        let cycle = || {
            let map = Map::new();
            map.insert("a".into(), Value::Map(map.clone()));
            map
        };
        let (a, b) = (cycle(), cycle());
        assert!(deep_equal(&Value::Map(a.clone()), &Value::Map(b.clone())));
        a.remove(b"a");
        b.remove(b"a");
    }
}
