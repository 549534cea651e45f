//! Optional values.

use std::sync::Arc;

use super::function::{Function, global, member, no_overload};
use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::Value;

pub(super) const TABLE: &[Function] = &[
    global("optional.none", &[" -> optional_type(V)"], |_, _| Ok(Value::Optional(None))),
    global("optional.of", &["V -> optional_type(V)"], |arguments, _| Ok(Value::some(arguments[0].clone()))),
    global("optional.ofNonZeroValue", &["V -> optional_type(V)"], |arguments, _| {
        Ok(if is_zero(&arguments[0]) { Value::Optional(None) } else { Value::some(arguments[0].clone()) })
    }),
    global("optional.unwrap", &["list(optional_type(V)) -> list(V)"], unwrap),
    member("unwrapOpt", &["list(optional_type(V)) -> list(V)"], unwrap),
    member("hasValue", &["optional_type(V) -> bool"], |arguments, _| Ok(Value::Bool(inner(&arguments[0])?.is_some()))),
    member("value", &["optional_type(V) -> V"], |arguments, _| match inner(&arguments[0])? {
        Some(value) => Ok((**value).clone()),
        None => Err(Error::fails("optional.none() dereference")),
    }),
    member("or", &["optional_type(V), optional_type(V) -> optional_type(V)"], |arguments, _| {
        inner(&arguments[1])?;
        Ok(arguments[usize::from(inner(&arguments[0])?.is_none())].clone())
    }),
    member("orValue", &["optional_type(V), V -> V"], |arguments, _| {
        Ok(inner(&arguments[0])?.map_or_else(|| arguments[1].clone(), |value| (**value).clone()))
    }),
];

fn inner<'v, 'a>(value: &'v Value<'a>) -> Result<Option<&'v Arc<Value<'a>>>, Error> {
    match value {
        Value::Optional(inner) => Ok(inner.as_ref()),
        _ => no_overload(),
    }
}

/// Whether a value is the zero value of its type.
fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Int(number) => *number == 0,
        Value::Uint(number) => *number == 0,
        Value::Double(number) => *number == 0.0,
        Value::String(text) => text.as_str().is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.len() == 0,
        Value::Map(map) => map.len() == 0,
        Value::Duration(duration) => duration.0 == 0,
        Value::Timestamp(time) => time.is_zero(),
        Value::Optional(inner) => inner.is_none(),
        _ => false,
    }
}

fn unwrap<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let Value::List(list) = &arguments[0] else { return no_overload() };
    run.take(list.len())?;
    let mut found = Vec::new();
    for item in list.iter() {
        found.extend(inner(&item?)?.map(|value| (**value).clone()));
    }
    Ok(Value::list(found))
}
