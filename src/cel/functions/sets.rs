//! CEL's sets extension: lists whose order does not matter.

use super::function::{Function, global, no_overload};
use crate::cel::compare::position;
use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::{List, Value};

pub(super) const TABLE: &[Function] = &[
    global("sets.contains", &["list(T), list(T) -> bool"], |arguments, run| {
        let (all, some) = lists(arguments)?;
        Ok(Value::Bool(has_all(all, some, run)?))
    }),
    global("sets.equivalent", &["list(T), list(T) -> bool"], |arguments, run| {
        let (a, b) = lists(arguments)?;
        Ok(Value::Bool(has_all(a, b, run)? && has_all(b, a, run)?))
    }),
    global("sets.intersects", &["list(T), list(T) -> bool"], |arguments, run| {
        let (a, b) = lists(arguments)?;
        for item in b.iter() {
            if position(a, &item?, run)?.is_some() {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }),
];

fn lists<'v, 'a>(arguments: &'v [Value<'a>]) -> Result<(&'v List<'a>, &'v List<'a>), Error> {
    match arguments {
        [Value::List(a), Value::List(b)] => Ok((a, b)),
        _ => no_overload(),
    }
}

fn has_all<'a>(all: &List<'a>, some: &List<'a>, run: &mut Run<'_>) -> Result<bool, Error> {
    for item in some.iter() {
        if position(all, &item?, run)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
