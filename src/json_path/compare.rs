//! Compares the two sides of a filter by the rules of Go templates.

use std::cmp::Ordering;

use super::item::Item;
use crate::yaml::Value;

/// The types that comparisons distinguish. Numbers in files are floats, so `80` in a template has another type than `80` in
/// a values file; `80.0` has the same one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Basic<'a> {
    Bool(bool),
    Int(i64),
    Unsigned(u8),
    Float(f64),
    Text(&'a str),
}

const BAD_TYPE: &str = "invalid type for comparison";
const BAD_PAIR: &str = "incompatible types for comparison";

/// Whether `left operator right` holds.
///
/// # Errors
/// An unknown operator, or sides that cannot be compared.
pub(super) fn compare(left: Item<'_>, operator: &str, right: Item<'_>) -> Result<bool, String> {
    Ok(match operator {
        "==" => equal(left, right)?,
        "!=" => !equal(left, right)?,
        "<" => less(left, right)?,
        "<=" => less(left, right)? || equal(left, right)?,
        ">" => !less(left, right)? && !equal(left, right)?,
        ">=" => !less(left, right)?,
        _ => return Err(format!("unrecognized filter operator {operator}")),
    })
}

fn equal(left: Item<'_>, right: Item<'_>) -> Result<bool, &'static str> {
    match (basic(left)?, basic(right)?) {
        (Basic::Bool(left), Basic::Bool(right)) => Ok(left == right),
        (left, right) => ordering(left, right).map(|ordering| ordering == Some(Ordering::Equal)),
    }
}

fn less(left: Item<'_>, right: Item<'_>) -> Result<bool, &'static str> {
    match (basic(left)?, basic(right)?) {
        (Basic::Bool(_), Basic::Bool(_)) => Err(BAD_TYPE),
        (left, right) => ordering(left, right).map(|ordering| ordering == Some(Ordering::Less)),
    }
}

fn ordering(left: Basic<'_>, right: Basic<'_>) -> Result<Option<Ordering>, &'static str> {
    match (left, right) {
        (Basic::Int(left), Basic::Int(right)) => Ok(Some(left.cmp(&right))),
        (Basic::Unsigned(left), Basic::Unsigned(right)) => Ok(Some(left.cmp(&right))),
        (Basic::Int(left), Basic::Unsigned(right)) => Ok(Some(left.cmp(&right.into()))),
        (Basic::Unsigned(left), Basic::Int(right)) => Ok(Some(i64::from(left).cmp(&right))),
        (Basic::Float(left), Basic::Float(right)) => Ok(left.partial_cmp(&right)),
        (Basic::Text(left), Basic::Text(right)) => Ok(Some(left.cmp(right))),
        _ => Err(BAD_PAIR),
    }
}

fn basic(item: Item<'_>) -> Result<Basic<'_>, &'static str> {
    match item {
        Item::Value(Value::Bool(value)) => Ok(Basic::Bool(*value)),
        Item::Value(Value::Int(number)) => Ok(Basic::Int(*number)),
        Item::Value(Value::Float(number)) => Ok(Basic::Float(*number)),
        Item::Value(Value::String(text)) => Ok(Basic::Text(text)),
        Item::Text(text) => Ok(Basic::Text(text)),
        Item::Byte(byte) => Ok(Basic::Unsigned(byte)),
        Item::Int(number) => Ok(Basic::Int(number)),
        Item::Float(number) => Ok(Basic::Float(number)),
        Item::Bool(value) => Ok(Basic::Bool(value)),
        Item::Value(Value::Null | Value::List(_) | Value::Map(_)) | Item::Nothing => Err(BAD_TYPE),
    }
}
