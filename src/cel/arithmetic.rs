//! Operators on numbers, strings, lists and times.

use std::sync::Arc;

use super::ast::Operator;
use super::compare::{equal, joined, lookup, order, position};
use super::error::Error;
use super::run::Run;
use super::value::Value;
use crate::go::time::{Duration, Time};

const OVERFLOW: &str = "integer overflow";

/// Applies a binary operator.
pub(super) fn binary<'a>(
    operator: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
    run: &mut Run<'_>,
) -> Result<Value<'a>, Error> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let is = |wanted: &[std::cmp::Ordering]| {
        Ok(Value::Bool(order(left, right)?.is_some_and(|order| wanted.contains(&order))))
    };
    match operator {
        Operator::Equal => Ok(Value::Bool(equal(left, right, run)?)),
        Operator::NotEqual => Ok(Value::Bool(!equal(left, right, run)?)),
        Operator::Less => is(&[Less]),
        Operator::LessOrEqual => is(&[Less, Equal]),
        Operator::Greater => is(&[Greater]),
        Operator::GreaterOrEqual => is(&[Greater, Equal]),
        Operator::In => match right {
            Value::List(list) => Ok(Value::Bool(position(list, left, run)?.is_some())),
            Value::Map(map) => Ok(Value::Bool(lookup(map, left, run)?.is_some())),
            _ => Err(Error::overload()),
        },
        Operator::Add => add(left, right, run),
        Operator::Subtract => subtract(left, right),
        Operator::Multiply | Operator::Divide | Operator::Remainder => scale(operator, left, right),
    }
}

pub(super) fn add<'a>(left: &Value<'a>, right: &Value<'a>, run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let overflow = || Error::fails(OVERFLOW);
    Ok(match (left, right) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a.checked_add(*b).ok_or_else(overflow)?),
        (Value::Uint(a), Value::Uint(b)) => Value::Uint(a.checked_add(*b).ok_or_else(overflow)?),
        (Value::Double(a), Value::Double(b)) => Value::Double(a + b),
        (Value::String(a), Value::String(b)) => {
            run.take_bytes(a.as_str().len() + b.as_str().len())?;
            Value::text(format!("{}{}", a.as_str(), b.as_str()))
        }
        (Value::Bytes(a), Value::Bytes(b)) => {
            run.take_bytes(a.len() + b.len())?;
            Value::Bytes([&a[..], &b[..]].concat().into())
        }
        (Value::List(a), Value::List(b)) => joined(a, b, run)?,
        (Value::Duration(a), Value::Duration(b)) => {
            Value::Duration(Duration(a.0.checked_add(b.0).ok_or_else(overflow)?))
        }
        (Value::Timestamp(time), Value::Duration(by)) | (Value::Duration(by), Value::Timestamp(time)) => {
            moved(time, *by)?
        }
        _ => return Err(Error::overload()),
    })
}

/// The years that a timestamp can have.
const YEARS: std::ops::RangeInclusive<i64> = 1..=9999;

fn moved<'a>(time: &Time, by: Duration) -> Result<Value<'a>, Error> {
    let time = time.add(by);
    if !YEARS.contains(&time.civil().date.year) {
        return Err(Error::fails("timestamp overflow"));
    }
    Ok(Value::Timestamp(Arc::new(time)))
}

fn subtract<'a>(left: &Value<'a>, right: &Value<'a>) -> Result<Value<'a>, Error> {
    let overflow = || Error::fails(OVERFLOW);
    Ok(match (left, right) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a.checked_sub(*b).ok_or_else(overflow)?),
        (Value::Uint(a), Value::Uint(b)) => Value::Uint(a.checked_sub(*b).ok_or_else(overflow)?),
        (Value::Double(a), Value::Double(b)) => Value::Double(a - b),
        (Value::Duration(a), Value::Duration(b)) => {
            Value::Duration(Duration(a.0.checked_sub(b.0).ok_or_else(overflow)?))
        }
        (Value::Timestamp(time), Value::Duration(by)) => {
            moved(time, Duration(by.0.checked_neg().ok_or_else(overflow)?))?
        }
        (Value::Timestamp(a), Value::Timestamp(b)) => {
            let difference = i64::try_from(a.total() - b.total()).map_err(|_| overflow())?;
            Value::Duration(Duration(difference))
        }
        _ => return Err(Error::overload()),
    })
}

fn scale<'a>(operator: Operator, left: &Value<'a>, right: &Value<'a>) -> Result<Value<'a>, Error> {
    let overflow = || Error::fails(OVERFLOW);
    let by_zero = || Error::fails(if operator == Operator::Divide { "division by zero" } else { "modulus by zero" });
    Ok(match (operator, left, right) {
        (Operator::Multiply, Value::Int(a), Value::Int(b)) => Value::Int(a.checked_mul(*b).ok_or_else(overflow)?),
        (Operator::Multiply, Value::Uint(a), Value::Uint(b)) => Value::Uint(a.checked_mul(*b).ok_or_else(overflow)?),
        (Operator::Multiply, Value::Double(a), Value::Double(b)) => Value::Double(a * b),
        (Operator::Divide, Value::Double(a), Value::Double(b)) => Value::Double(a / b),
        (_, Value::Int(_), Value::Int(0)) | (_, Value::Uint(_), Value::Uint(0)) => return Err(by_zero()),
        (Operator::Divide, Value::Int(a), Value::Int(b)) => Value::Int(a.checked_div(*b).ok_or_else(overflow)?),
        (Operator::Divide, Value::Uint(a), Value::Uint(b)) => Value::Uint(a / b),
        (Operator::Remainder, Value::Int(a), Value::Int(b)) => Value::Int(a.checked_rem(*b).ok_or_else(overflow)?),
        (Operator::Remainder, Value::Uint(a), Value::Uint(b)) => Value::Uint(a % b),
        _ => return Err(Error::overload()),
    })
}

/// Negates a number.
pub(super) fn negative<'a>(value: &Value<'a>) -> Result<Value<'a>, Error> {
    match value {
        Value::Int(number) => number.checked_neg().map(Value::Int).ok_or_else(|| Error::fails(OVERFLOW)),
        Value::Double(number) => Ok(Value::Double(-number)),
        _ => Err(Error::overload()),
    }
}
