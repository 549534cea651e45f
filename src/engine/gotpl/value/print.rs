//! Values as Go's `fmt.Print` shows them (`%v`).

use std::collections::HashSet;
use std::io::Write as _;

use super::list::List;
use super::map::Map;
use super::text::Text;
use super::{Kind, Object, Value};
use crate::go::float::format_float;

/// Why a value can't be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintError {
    /// A map holds itself.
    Cycle,
    /// The text would be longer than the limit.
    TooLong,
}

impl PrintError {
    /// The message.
    pub fn message(self) -> &'static str {
        match self {
            PrintError::Cycle => "a map that contains itself cannot be printed",
            PrintError::TooLong => "the printed value would be too long",
        }
    }
}

/// Below this depth nothing is looked at twice: a value that holds itself gets there soon.
const UNCHECKED_DEPTH: usize = 64;

/// A list or map that is being printed, and the next of its entries.
enum Open {
    List(List, usize),
    Map(Map, usize),
}

impl Open {
    fn identity(&self) -> usize {
        match self {
            Open::List(list, _) => list.identity(),
            Open::Map(map, _) => map.identity(),
        }
    }
}

/// Appends a value as `fmt.Print` shows it; `out` may grow up to `limit` bytes.
///
/// # Errors
/// A value that holds itself, and one whose text is too long.
pub fn print(value: &Value, out: &mut Vec<u8>, limit: usize) -> Result<(), PrintError> {
    if !value.is_container() {
        print_scalar(value, out);
        return if out.len() > limit { Err(PrintError::TooLong) } else { Ok(()) };
    }
    let mut open = Vec::new();
    let mut seen = HashSet::new();
    begin(value, out, &mut open, &mut seen)?;
    while let Some(top) = open.last_mut() {
        if out.len() > limit {
            return Err(PrintError::TooLong);
        }
        let next = match top {
            Open::List(list, at) => {
                let item = list.items().get(*at).cloned();
                if item.is_some() && *at > 0 {
                    out.push(b' ');
                }
                *at += 1;
                item
            }
            Open::Map(map, at) => map.entry_at(*at).map(|(key, value)| {
                if *at > 0 {
                    out.push(b' ');
                }
                *at += 1;
                out.extend_from_slice(&key);
                out.push(b':');
                value
            }),
        };
        match next {
            Some(value) => begin(&value, out, &mut open, &mut seen)?,
            None => {
                if open.len() > UNCHECKED_DEPTH {
                    seen.remove(&open[open.len() - 1].identity());
                }
                out.push(b']');
                open.pop();
            }
        }
    }
    if out.len() > limit { Err(PrintError::TooLong) } else { Ok(()) }
}

/// The text of a value, which may have `limit` bytes.
///
/// # Errors
/// As for [`print()`].
pub fn print_string(value: &Value, limit: usize) -> Result<Text, PrintError> {
    if let Value::Str(text) = value {
        return Ok(text.clone());
    }
    let mut out = Vec::new();
    print(value, &mut out, limit)?;
    Ok(out.into())
}

fn begin(value: &Value, out: &mut Vec<u8>, open: &mut Vec<Open>, seen: &mut HashSet<usize>) -> Result<(), PrintError> {
    let top = match value {
        Value::List(list) => {
            out.push(b'[');
            Open::List(list.clone(), 0)
        }
        Value::Map(map) => {
            out.extend_from_slice(b"map[");
            Open::Map(map.clone(), 0)
        }
        _ => {
            print_scalar(value, out);
            return Ok(());
        }
    };
    if open.len() >= UNCHECKED_DEPTH && top.identity() != 0 && !seen.insert(top.identity()) {
        return Err(PrintError::Cycle);
    }
    open.push(top);
    Ok(())
}

fn print_scalar(value: &Value, out: &mut Vec<u8>) {
    // Writing to a vector does not fail.
    let _ = match value {
        Value::Invalid | Value::Nil => out.write_all(b"<nil>"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(number) | Value::Int64(number) => write!(out, "{number}"),
        Value::Uint8(number) => write!(out, "{number}"),
        Value::Uint64(number) => write!(out, "{number}"),
        Value::Float(number) => {
            append_float(out, *number);
            Ok(())
        }
        Value::Complex(number) => {
            let imaginary = format_float(number.1);
            let sign = if imaginary.starts_with(['-', '+']) { "" } else { "+" };
            write!(out, "({}{sign}{imaginary}i)", format_float(number.0))
        }
        Value::Str(text) => out.write_all(text),
        Value::Bytes(bytes) => {
            print_bytes(bytes, out);
            Ok(())
        }
        Value::Object(object) => {
            print_object(&**object, out);
            Ok(())
        }
        // These are opened.
        Value::List(_) | Value::Map(_) => Ok(()),
    };
}

/// Charts print their whole context to tell calls apart, and with it all their files.
fn print_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(4 * bytes.len() + 2);
    out.push(b'[');
    for &byte in bytes {
        let (digits, length) = DECIMAL[usize::from(byte)];
        let end = out.len() + length;
        out.extend_from_slice(&digits);
        out.truncate(end);
    }
    if !bytes.is_empty() {
        out.pop();
    }
    out.push(b']');
}

/// Bytes as decimal numbers, each with a space behind it, and the lengths of these.
static DECIMAL: [([u8; 4], usize); 256] = {
    let mut all = [([b' '; 4], 0); 256];
    let mut number = 0;
    while number < all.len() {
        let (digits, length) = &mut all[number];
        if number >= 100 {
            digits[*length] = b'0' + (number / 100) as u8;
            *length += 1;
        }
        if number >= 10 {
            digits[*length] = b'0' + (number / 10 % 10) as u8;
            *length += 1;
        }
        digits[*length] = b'0' + (number % 10) as u8;
        *length += 2;
        number += 1;
    }
    all
};

fn print_object(object: &dyn Object, out: &mut Vec<u8>) {
    if let Some(text) = object.string() {
        return out.extend_from_slice(text.as_bytes());
    }
    out.extend_from_slice(if object.kind() == Kind::Pointer { b"&{" } else { b"{" });
    for (index, (_, value)) in object.fields().iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        match value {
            // A field that points to another struct prints as an address; only values are nested here.
            Value::Object(object) if object.kind() != Kind::Pointer => print_object(&**object, out),
            value => print_scalar(value, out),
        }
    }
    out.push(b'}');
}

/// Appends a float as `%v` prints it.
fn append_float(out: &mut Vec<u8>, number: f64) {
    // Whole numbers below a million are most of what charts print.
    if number == number.trunc() && number.abs() < 1e6 && (number != 0.0 || number.is_sign_positive()) {
        let _ = write!(out, "{}", number as i64);
    } else {
        out.extend_from_slice(format_float(number).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: &Value) -> String {
        print_string(value, 1 << 20).unwrap().lossy().into_owned()
    }

    #[test]
    fn values_print_as_in_go() {
        let inner = Value::record([("y", Value::Nil), ("x", Value::Float(1e6))]);
        let list = Value::list(vec![Value::Int(1), Value::str("a"), inner, Value::Bool(true), Value::Float(1.5)]);
        assert_eq!(printed(&list), "[1 a map[x:1e+06 y:<nil>] true 1.5]");
        assert_eq!(printed(&Value::Map(Map::new())), "map[]");
        assert_eq!(printed(&Value::Bytes("az".into())), "[97 122]");
        assert_eq!(printed(&Value::Bytes([0, 9, 10, 100, 255][..].into())), "[0 9 10 100 255]");
        assert_eq!(printed(&Value::Bytes("".into())), "[]");
        assert_eq!(printed(&Value::Complex(std::rc::Rc::new((2.0, 3.0)))), "(2+3i)");
        assert_eq!(printed(&Value::Float(-0.0)), "-0");
    }

    #[test]
    fn a_map_that_holds_itself_is_an_error() {
        let map = Map::new();
        map.insert("a".into(), Value::Map(map.clone()));
        assert_eq!(print_string(&Value::Map(map.clone()), 1 << 20), Err(PrintError::Cycle));
        map.remove(b"a");
    }

    #[test]
    fn the_same_map_twice_is_not_an_error_and_growth_is_limited() {
        let mut value = Value::record([("k", Value::str("v"))]);
        for _ in 0..100 {
            value = Value::list(vec![value.clone(), value]);
        }
        assert_eq!(print_string(&value, 1 << 16), Err(PrintError::TooLong));
        let mut deep = Value::Nil;
        for _ in 0..100_000 {
            deep = Value::list(vec![deep]);
        }
        assert_eq!(print_string(&deep, 1 << 20).unwrap().len(), 200_005);
    }
}
