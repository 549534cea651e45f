//! CEL's own functions: sizes, types, conversions.

use std::sync::Arc;

use super::function::{Function, count, global, member, no_overload};
use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::{RFC_3339, Text, Value};
use crate::go::float::format_float;
use crate::go::time::{Duration, Time, Zone, parse};

pub(super) const TABLE: &[Function] = &[
    global("size", &["bytes -> int", "list(A) -> int", "map(A, B) -> int", "string -> int"], size),
    member("size", &["bytes -> int", "list(A) -> int", "map(A, B) -> int", "string -> int"], size),
    global("type", &["A -> type(A)"], |arguments, _| Ok(Value::Type(arguments[0].type_name()))),
    global("dyn", &["A -> dyn"], |arguments, _| Ok(arguments[0].clone())),
    global(
        "int",
        &["int -> int", "double -> int", "duration -> int", "string -> int", "timestamp -> int", "uint -> int"],
        int,
    ),
    global("uint", &["uint -> uint", "double -> uint", "int -> uint", "string -> uint"], uint),
    global("double", &["double -> double", "int -> double", "string -> double", "uint -> double"], double),
    global(
        "string",
        &[
            "string -> string",
            "bool -> string",
            "bytes -> string",
            "double -> string",
            "duration -> string",
            "int -> string",
            "timestamp -> string",
            "uint -> string",
            "net.IP -> string",
            "net.CIDR -> string",
        ],
        |arguments, run| Ok(Value::String(text_of(&arguments[0], run)?)),
    ),
    global("bytes", &["bytes -> bytes", "string -> bytes"], bytes),
    global("bool", &["bool -> bool", "string -> bool"], boolean),
    global("timestamp", &["timestamp -> timestamp", "int -> timestamp", "string -> timestamp"], timestamp),
    global("duration", &["duration -> duration", "int -> duration", "string -> duration"], duration),
];

fn size<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    Ok(match &arguments[0] {
        Value::String(text) => {
            run.take_bytes(text.as_str().len())?;
            count(text.as_str().chars().count())
        }
        Value::Bytes(bytes) => count(bytes.len()),
        Value::List(list) => count(list.len()),
        Value::Map(map) => count(map.len()),
        _ => return Err(Error::fails("no such overload: size")),
    })
}

fn range<T>() -> Result<T, Error> {
    Err(Error::fails("integer overflow"))
}

fn int<'a>(arguments: &[Value<'a>], _: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let number = match &arguments[0] {
        Value::Int(number) => *number,
        Value::Uint(number) => match i64::try_from(*number) {
            Ok(number) => number,
            Err(_) => return range(),
        },
        Value::Double(number) if number.is_finite() && *number > i64::MIN as f64 && *number < i64::MAX as f64 => {
            *number as i64
        }
        Value::Double(_) => return range(),
        Value::String(text) => match crate::go::number::parse_int(text.as_str()) {
            Some(number) if text.as_str().bytes().all(|byte| byte.is_ascii_digit() || b"+-".contains(&byte)) => number,
            _ => return Err(unconverted("int")),
        },
        Value::Timestamp(time) => time.to_unix(),
        Value::Duration(duration) => duration.0,
        _ => return no_overload(),
    };
    Ok(Value::Int(number))
}

fn unconverted(to: &str) -> Error {
    Error::fails(format!("type conversion error from 'string' to '{to}'"))
}

fn uint<'a>(arguments: &[Value<'a>], _: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let number = match &arguments[0] {
        Value::Uint(number) => *number,
        Value::Int(number) => match u64::try_from(*number) {
            Ok(number) => number,
            Err(_) => return range(),
        },
        Value::Double(number) if *number >= 0.0 && *number < u64::MAX as f64 => *number as u64,
        Value::Double(_) => return range(),
        Value::String(text) => match text.as_str().parse() {
            Ok(number) if !text.as_str().starts_with('+') => number,
            _ => return Err(unconverted("uint")),
        },
        _ => return no_overload(),
    };
    Ok(Value::Uint(number))
}

fn double<'a>(arguments: &[Value<'a>], _: &mut Run<'_>) -> Result<Value<'a>, Error> {
    Ok(Value::Double(match &arguments[0] {
        Value::Double(number) => *number,
        Value::Int(number) => *number as f64,
        Value::Uint(number) => *number as f64,
        Value::String(text) => match crate::go::number::parse_float(text.as_str()) {
            Some(number) => number,
            None => return Err(unconverted("double")),
        },
        _ => return no_overload(),
    }))
}

/// Converts a value to a string, if its type allows that.
pub(super) fn text_of<'a>(value: &Value<'a>, run: &mut Run<'_>) -> Result<Text<'a>, Error> {
    let made = |text: String| Text::Made(text.into());
    Ok(match value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => made(value.to_string()),
        Value::Int(number) => made(number.to_string()),
        Value::Uint(number) => made(number.to_string()),
        Value::Double(number) => made(format_float(*number)),
        Value::Bytes(bytes) => {
            run.take_bytes(bytes.len())?;
            match str::from_utf8(bytes) {
                Ok(text) => made(text.to_owned()),
                Err(_) => return Err(Error::fails("invalid UTF-8 in bytes, cannot convert to string")),
            }
        }
        Value::Timestamp(time) => made(String::from_utf8_lossy(&time.format(RFC_3339)).into_owned()),
        Value::Duration(duration) => made(seconds(*duration)),
        Value::Type(name) => Text::Made((*name).into()),
        Value::Ip(address) => made(address.to_string()),
        Value::Cidr(address, bits) => made(format!("{address}/{bits}")),
        _ => return no_overload(),
    })
}

/// Formats a duration in seconds: `90s`, `1.5s`.
fn seconds(duration: Duration) -> String {
    let seconds = duration.0 as f64 / 1e9;
    format!("{}s", crate::go::float::format_float_from(seconds, i32::MAX))
}

fn bytes<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    match &arguments[0] {
        Value::Bytes(bytes) => Ok(Value::Bytes(Arc::clone(bytes))),
        Value::String(text) => {
            run.take_bytes(text.as_str().len())?;
            Ok(Value::Bytes(text.as_str().as_bytes().into()))
        }
        _ => no_overload(),
    }
}

fn boolean<'a>(arguments: &[Value<'a>], _: &mut Run<'_>) -> Result<Value<'a>, Error> {
    match &arguments[0] {
        Value::Bool(value) => Ok(Value::Bool(*value)),
        Value::String(text) => match text.as_str() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Value::Bool(true)),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Value::Bool(false)),
            _ => Err(unconverted("bool")),
        },
        _ => no_overload(),
    }
}

fn timestamp<'a>(arguments: &[Value<'a>], _: &mut Run<'_>) -> Result<Value<'a>, Error> {
    match &arguments[0] {
        Value::Timestamp(time) => Ok(Value::Timestamp(Arc::clone(time))),
        Value::Int(seconds) if (-62_135_596_800..=253_402_300_799).contains(seconds) => {
            Ok(Value::Timestamp(Arc::new(Time::unix(*seconds, 0, Zone::default()))))
        }
        Value::Int(_) => Err(Error::fails("timestamp overflow")),
        Value::String(text) => match parse(RFC_3339, text.as_str().as_bytes(), &Zone::default()) {
            Ok(time) => Ok(Value::Timestamp(Arc::new(time))),
            Err(_) => Err(unconverted("google.protobuf.Timestamp")),
        },
        _ => no_overload(),
    }
}

fn duration<'a>(arguments: &[Value<'a>], _: &mut Run<'_>) -> Result<Value<'a>, Error> {
    match &arguments[0] {
        Value::Duration(duration) => Ok(Value::Duration(*duration)),
        // The signature exists, but the conversion does not.
        Value::Int(_) => Err(Error::fails("type conversion error from 'int' to 'google.protobuf.Duration'")),
        Value::String(text) => Duration::parse(text.as_str().as_bytes())
            .map(Value::Duration)
            .map_err(|_| unconverted("google.protobuf.Duration")),
        _ => no_overload(),
    }
}
