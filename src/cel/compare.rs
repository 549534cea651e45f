//! Equality and order of values.

use std::cmp::Ordering;

use super::error::Error;
use super::run::Run;
use super::shape::ListType;
use super::value::{List, Map, Value};

/// Whether two values are equal. Numbers of different types compare by value; otherwise values of different types are unequal.
pub(super) fn equal<'a>(a: &Value<'a>, b: &Value<'a>, run: &mut Run<'_>) -> Result<bool, Error> {
    run.take(1)?;
    Ok(match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => {
            run.take_bytes(a.as_str().len().min(b.as_str().len()))?;
            a.as_str() == b.as_str()
        }
        (Value::Bytes(a), Value::Bytes(b)) => {
            run.take_bytes(a.len().min(b.len()))?;
            a == b
        }
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), Value::Int(_) | Value::Uint(_) | Value::Double(_)) => {
            numbers(a, b) == Some(Ordering::Equal)
        }
        (Value::List(a), Value::List(b)) => lists(a, b, run)?,
        (Value::Map(a), Value::Map(b)) => maps(a, b, run)?,
        (Value::Timestamp(a), Value::Timestamp(b)) => a.total() == b.total(),
        (Value::Duration(a), Value::Duration(b)) => a == b,
        (Value::Type(a), Value::Type(b)) => a == b,
        (Value::Optional(a), Value::Optional(b)) => match (a, b) {
            (Some(a), Some(b)) => equal(a, b, run)?,
            (a, b) => a.is_none() && b.is_none(),
        },
        (Value::Quantity(a), Value::Quantity(b)) => a.compare(b) == Ordering::Equal,
        (Value::Url(a), Value::Url(b)) => a.write() == b.write(),
        (Value::Ip(a), Value::Ip(b)) => a == b,
        (Value::Cidr(a, bits_a), Value::Cidr(b, bits_b)) => (a, bits_a) == (b, bits_b),
        (Value::Semver(a), Value::Semver(b)) => a.cmp_precedence(b) == Ordering::Equal,
        (Value::Format(a), Value::Format(b)) => a.name == b.name,
        (Value::Unknown(a), Value::Unknown(b)) => {
            run.take_bytes(a.span.text().len().min(b.span.text().len()))?;
            a == b
        }
        _ => false,
    })
}

/// Compares two values. Returns `None` if one of them is NaN, and an error if their types cannot be ordered.
pub(super) fn order(a: &Value<'_>, b: &Value<'_>) -> Result<Option<Ordering>, Error> {
    Ok(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.as_str().cmp(b.as_str())),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.total().cmp(&b.total())),
        (Value::Duration(a), Value::Duration(b)) => Some(a.0.cmp(&b.0)),
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), Value::Int(_) | Value::Uint(_) | Value::Double(_)) => {
            numbers(a, b)
        }
        _ => return Err(Error::overload()),
    })
}

/// Compares two numbers. Returns `None` if one of them is NaN.
fn numbers(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    let whole = |value: &Value<'_>| match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Uint(number) => Some(i128::from(*number)),
        _ => None,
    };
    let double = |value: &Value<'_>| match value {
        Value::Double(number) => *number,
        other => whole(other).unwrap_or_default() as f64,
    };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => double(a).partial_cmp(&double(b)),
    }
}

fn lists<'a>(a: &List<'a>, b: &List<'a>, run: &mut Run<'_>) -> Result<bool, Error> {
    if a.len() != b.len() {
        return Ok(false);
    }
    match a.list_type {
        ListType::Atomic => {
            for (a, b) in a.iter().zip(b.iter()) {
                if !equal(&a?, &b?, run)? {
                    return Ok(false);
                }
            }
        }
        ListType::Set => {
            for item in b.iter() {
                if position(a, &item?, run)?.is_none() {
                    return Ok(false);
                }
            }
        }
        ListType::Map(keys) => {
            for item in b.iter() {
                let item = item?;
                let Some(other) = with_keys(a, &item, keys, run)? else { return Ok(false) };
                let Some(other) = a.get(other) else { return Ok(false) };
                if !equal(&other?, &item, run)? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Returns the index of a value in a list.
pub(super) fn position<'a>(list: &List<'a>, item: &Value<'a>, run: &mut Run<'_>) -> Result<Option<usize>, Error> {
    for (at, other) in list.iter().enumerate() {
        if equal(&other?, item, run)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Returns the index of the object in a list that has the same values in the key fields as `item`.
fn with_keys<'a>(
    list: &List<'a>,
    item: &Value<'a>,
    keys: &[String],
    run: &mut Run<'_>,
) -> Result<Option<usize>, Error> {
    for (at, other) in list.iter().enumerate() {
        let other = other?;
        let mut is_same = true;
        for key in keys {
            run.take(1)?;
            is_same &= match (field(&other, key)?, field(item, key)?) {
                (Some(a), Some(b)) => equal(&a, &b, run)?,
                (a, b) => a.is_none() && b.is_none(),
            };
        }
        if is_same {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn field<'a>(value: &Value<'a>, key: &str) -> Result<Option<Value<'a>>, Error> {
    match value {
        Value::Map(map) => map.get_data(key).transpose(),
        _ => Ok(None),
    }
}

/// Concatenates two lists. In a set or a keyed list, an item of `b` replaces the equal item, or the item with the same keys, of
/// `a`.
pub(super) fn joined<'a>(a: &List<'a>, b: &List<'a>, run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    run.take(a.len() + b.len())?;
    let mut items = a.iter().collect::<Result<Vec<_>, _>>()?;
    for item in b.iter() {
        let item = item?;
        run.take(if *a.list_type == ListType::Atomic { 1 } else { items.len() })?;
        let known = match a.list_type {
            ListType::Atomic => None,
            ListType::Set => position(&List::new(items.clone()), &item, run)?,
            ListType::Map(keys) => with_keys(&List::new(items.clone()), &item, keys, run)?,
        };
        match known.and_then(|at| items.get_mut(at)) {
            Some(known) => *known = item,
            None => items.push(item),
        }
    }
    Ok(Value::List(List::new(items).of_type(a.list_type)))
}

/// Returns the value of a key in a map. Numeric keys compare by value, whatever their type.
pub(super) fn lookup<'a>(map: &Map<'a>, key: &Value<'a>, run: &mut Run<'_>) -> Result<Option<Value<'a>>, Error> {
    match (map, key) {
        (Map::Made(entries), _) => {
            for (known, value) in entries.iter() {
                if equal(known, key, run)? {
                    return Ok(Some(value.clone()));
                }
            }
            Ok(None)
        }
        (map, Value::String(key)) => {
            run.take(1)?;
            map.get_data(key.as_str()).transpose()
        }
        _ => Err(Error::overload()),
    }
}

fn maps<'a>(a: &Map<'a>, b: &Map<'a>, run: &mut Run<'_>) -> Result<bool, Error> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for key in a.keys() {
        match (lookup(a, &key, run)?, lookup(b, &key, run)?) {
            (Some(a), Some(b)) if equal(&a, &b, run)? => {}
            (None, None) => {}
            _ => return Ok(false),
        }
    }
    // Fields that are not in the schema are compared as raw data.
    if let (Map::Object(a, fields), Map::Object(b, _)) = (a, b) {
        for (name, node) in a.iter().filter(|(name, _)| fields.iter().all(|field| field.name != *name)) {
            run.take(1)?;
            if b.get(name).is_some_and(|other| other != node) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
