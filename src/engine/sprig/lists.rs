//! Functions on lists of any values. The engine decides when two values are the same.

use super::error::Error;
use super::limits::Limits;
use crate::go::fmt::GoValue;

/// Returns sprig's error about a value that is not a list: `Cannot find first on type string`. `act` is what cannot be
/// done.
pub fn cannot(act: &str, value: &impl GoValue) -> Error {
    Error::Call(format!("Cannot {act} type {}", value.kind()))
}

/// Returns the items without duplicates (`uniq`), keeping the first of each. `same` returns whether two items are the
/// same, and how many bytes it compared.
///
/// # Errors
/// A limit is reached: each item is compared with those kept.
pub fn uniq<V: Clone>(
    items: &[V],
    same: impl Fn(&V, &V) -> (bool, usize),
    limits: &mut impl Limits,
) -> Result<Vec<V>, Error> {
    let mut kept: Vec<V> = Vec::new();
    for item in items {
        if !contains(&kept, item, &same, limits)? {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

/// Whether a list has an item (`has`).
///
/// # Errors
/// A limit is reached.
pub fn contains<V>(
    items: &[V],
    wanted: &V,
    same: impl Fn(&V, &V) -> (bool, usize),
    limits: &mut impl Limits,
) -> Result<bool, Error> {
    /// The number of bytes that one step compares.
    const COMPARED: usize = 16;
    limits.spend_work(items.len())?;
    for item in items {
        let (is_same, bytes) = same(item, wanted);
        if bytes >= COMPARED {
            limits.spend_work(bytes / COMPARED)?;
        }
        if is_same {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the items without the unwanted ones (`without`).
///
/// # Errors
/// A limit is reached: each item is compared with all unwanted ones.
pub fn without<V: Clone>(
    items: &[V],
    unwanted: &[V],
    same: impl Fn(&V, &V) -> (bool, usize),
    limits: &mut impl Limits,
) -> Result<Vec<V>, Error> {
    let mut kept = Vec::new();
    for item in items {
        if !contains(unwanted, item, &same, limits)? {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

/// Returns the items from `start` up to, but not including, `end` (`slice`).
///
/// # Errors
/// The range is not within the list.
pub fn slice<V>(items: &[V], start: i64, end: i64) -> Result<&[V], Error> {
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| items.get(start..end));
    part.ok_or_else(|| Error::call("reflect.Value.Slice: slice index out of bounds"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Unlimited;
    use super::*;

    #[test]
    fn items_are_compared_with_the_given_function() {
        let same = |a: &i32, b: &i32| (a % 10 == b % 10, 0);
        assert_eq!(uniq(&[1, 2, 11, 3], same, &mut Unlimited).unwrap(), [1, 2, 3]);
        assert_eq!(without(&[1, 2, 11, 3], &[21], same, &mut Unlimited).unwrap(), [2, 3]);
    }

    #[test]
    fn parts_of_a_list_are_checked() {
        assert_eq!(slice(&[1, 2, 3], 1, 3).unwrap(), [2, 3]);
        for (start, end) in [(-1, 2), (2, 1), (0, 4)] {
            assert!(slice(&[1, 2, 3], start, end).is_err());
        }
    }
}
