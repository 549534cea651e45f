//! Comparisons by Go's rules: signed and unsigned integers are comparable, other kinds only with themselves.

use std::cmp::Ordering;

use super::format;
use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Kind, Value};

const TWO: &[Param] = &[Param::Reflect, Param::Reflect];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("eq", TWO, |run, args| Ok(Value::Bool(equal_any(run, args)?))),
    Function::new("ne", TWO, |run, args| Ok(Value::Bool(!equal_any(run, args)?))),
    Function::new("lt", TWO, |_, args| Ok(Value::Bool(less(args)?))),
    Function::new("le", TWO, |run, args| Ok(Value::Bool(less_or_equal(run, args)?))),
    Function::new("gt", TWO, |run, args| Ok(Value::Bool(!less_or_equal(run, args)?))),
    Function::new("ge", TWO, |_, args| Ok(Value::Bool(!less(args)?))),
];

/// The kind of a value of a basic type; `None` for any other value.
fn basic_kind(value: &Value) -> Option<Kind> {
    Some(value.kind())
        .filter(|kind| matches!(kind, Kind::Bool | Kind::Complex | Kind::Int | Kind::Float | Kind::String | Kind::Uint))
}

/// The value of an integer of any type.
fn integer(value: &Value) -> i128 {
    match value {
        Value::Int(number) | Value::Int64(number) => (*number).into(),
        Value::Uint8(number) => (*number).into(),
        Value::Uint64(number) => (*number).into(),
        Value::Object(object) => object.int().unwrap_or(0).into(),
        _ => 0,
    }
}

fn are_integers(a: Option<Kind>, b: Option<Kind>) -> bool {
    let is_integer = |kind| matches!(kind, Some(Kind::Int | Kind::Uint));
    is_integer(a) && is_integer(b)
}

fn incompatible(a: &Value, b: &Value) -> FnError {
    FnError::new(format!("incompatible types for comparison: {} and {}", a.go_type(), b.go_type()))
}

/// Whether the first argument equals any other argument.
fn equal_any(run: &mut dyn Evaluate, args: Args<'_>) -> Result<bool, FnError> {
    let first = args.get(0);
    if args.len() < 2 {
        return Err("missing argument for comparison".into());
    }
    for other in args.from(1) {
        if equal(run, first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(run: &mut dyn Evaluate, a: &Value, b: &Value) -> Result<bool, FnError> {
    let kinds = (basic_kind(a), basic_kind(b));
    if are_integers(kinds.0, kinds.1) {
        return Ok(integer(a) == integer(b));
    }
    if kinds.0 != kinds.1 {
        return if a.is_nil() || b.is_nil() { Ok(false) } else { Err(incompatible(a, b)) };
    }
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Complex(a), Value::Complex(b)) => Ok(a == b),
        (Value::Float(a), Value::Float(b)) => Ok(a == b),
        (Value::Str(a), Value::Str(b)) => Ok(a == b),
        _ => equal_others(run, a, b),
    }
}

fn equal_others(run: &mut dyn Evaluate, a: &Value, b: &Value) -> Result<bool, FnError> {
    let is_nil = |value: &Value| match value {
        Value::Invalid | Value::Nil => true,
        Value::Map(map) => map.is_nil(),
        Value::List(list) => list.is_nil(),
        _ => false,
    };
    if a.kind() != b.kind() && a.kind() != Kind::Invalid && b.kind() != Kind::Invalid {
        let (a_text, b_text) = (text(run, b"%s", a)?, text(run, b"%v", b)?);
        let message = format!("non-comparable types {a_text}: {}, {}: {b_text}", a.go_type(), b.go_type());
        return Err(FnError::new(message));
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => Ok(a.go_type() == b.go_type() && a.equals(&**b)),
        _ => Err(FnError::new(format!("non-comparable type {}: {}", text(run, b"%s", b)?, b.go_type()))),
    }
}

fn text(run: &mut dyn Evaluate, verb: &[u8], value: &Value) -> Result<String, FnError> {
    let text = format::printf(run, verb, std::slice::from_ref(value))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn less(args: Args<'_>) -> Result<bool, FnError> {
    let (a, b) = (args.get(0), args.get(1));
    let bad = || FnError::new("invalid type for comparison");
    let kinds = (basic_kind(a).ok_or_else(bad)?, basic_kind(b).ok_or_else(bad)?);
    if are_integers(Some(kinds.0), Some(kinds.1)) {
        return Ok(integer(a) < integer(b));
    }
    if kinds.0 != kinds.1 {
        return Err(incompatible(a, b));
    }
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => Ok(a.partial_cmp(b) == Some(Ordering::Less)),
        (Value::Str(a), Value::Str(b)) => Ok(a < b),
        _ => Err(bad()),
    }
}

fn less_or_equal(run: &mut dyn Evaluate, args: Args<'_>) -> Result<bool, FnError> {
    Ok(less(args)? || equal(run, args.get(0), args.get(1))?)
}
