//! The function `"...".format([...])`.

use super::conversions::text_of;
use super::function::{Function, member, no_overload};
use crate::cel::error::Error;
use crate::cel::run::{Limits, Run};
use crate::cel::value::Value;
use crate::go::float::fixed;
use crate::go::strconv::quote_double;

pub(super) const TABLE: &[Function] = &[member("format", &["string, list(dyn) -> string"], format)];

/// The default number of digits after the decimal point.
const PRECISION: usize = 6;
/// The greatest number of digits that a format can ask for.
const MAX_PRECISION: usize = 1000;

fn format<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let (Value::String(pattern), Value::List(list)) = (&arguments[0], &arguments[1]) else { return no_overload() };
    let pattern = pattern.as_str();
    run.take_bytes(pattern.len())?;
    let mut out = String::new();
    let mut rest = pattern;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let Some(value) = list.get(next) else { return Err(Error::fails(format!("index {next} out of range"))) };
        next += 1;
        let mut precision = PRECISION;
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            precision = match after[..end].parse() {
                Ok(digits) if digits <= MAX_PRECISION => digits,
                _ => return Err(Error::fails("could not parse formatting clause: error while parsing precision")),
            };
            rest = &after[end..];
        }
        let Some(verb) = rest.chars().next() else { return Err(Error::fails("unexpected end of string")) };
        rest = &rest[verb.len_utf8()..];
        let text = formatted(verb, precision, &value?, run)?;
        run.take_bytes(text.len())?;
        out.push_str(&text);
    }
    out.push_str(rest);
    Ok(Value::text(out))
}

fn formatted(verb: char, precision: usize, value: &Value<'_>, run: &mut Run<'_>) -> Result<String, Error> {
    Ok(match (verb, value) {
        ('s', value) => plain(value, run)?,
        ('d', Value::Int(number)) => number.to_string(),
        ('d', Value::Uint(number)) => number.to_string(),
        ('f', Value::Double(number)) => grouped(&fixed(*number, precision)),
        ('b', Value::Int(number)) if *number < 0 => format!("-{:b}", number.unsigned_abs()),
        ('b', Value::Int(number)) => format!("{number:b}"),
        ('b', Value::Uint(number)) => format!("{number:b}"),
        ('b', Value::Bool(value)) => u8::from(*value).to_string(),
        ('o', Value::Int(number)) if *number < 0 => format!("-{:o}", number.unsigned_abs()),
        ('o', Value::Int(number)) => format!("{number:o}"),
        ('o', Value::Uint(number)) => format!("{number:o}"),
        ('x' | 'X', value) => {
            let text = match value {
                Value::Int(number) if *number < 0 => format!("-{:x}", number.unsigned_abs()),
                Value::Int(number) => format!("{number:x}"),
                Value::Uint(number) => format!("{number:x}"),
                Value::String(text) => text.as_str().bytes().map(|byte| format!("{byte:02x}")).collect(),
                Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                _ => return wrong(verb, value),
            };
            if verb == 'X' { text.to_uppercase() } else { text }
        }
        ('e', Value::Double(_)) => return Err(Error::Unsupported("%e is not evaluated".to_owned())),
        ('d' | 'f' | 'e' | 'b' | 'o', value) => return wrong(verb, value),
        _ => {
            let reason = format!("could not parse formatting clause: unrecognized formatting clause \"{verb}\"");
            return Err(Error::fails(reason));
        }
    })
}

fn wrong<T>(verb: char, value: &Value<'_>) -> Result<T, Error> {
    Err(Error::fails(format!("error during formatting: %{verb} cannot format {}", value.type_name())))
}

/// Inserts commas between the thousands of a number.
fn grouped(number: &str) -> String {
    let (sign, unsigned) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let end = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let mut out = sign.to_owned();
    for (at, c) in unsigned[..end].chars().enumerate() {
        if at > 0 && (end - at) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out + &unsigned[end..]
}

/// Formats a value as `%s` does.
fn plain(value: &Value<'_>, run: &mut Run<'_>) -> Result<String, Error> {
    run.take(1)?;
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::List(list) => {
            let mut parts = Vec::with_capacity(list.len());
            for item in list.iter() {
                parts.push(inside(&item?, run)?);
            }
            format!("[{}]", parts.join(", "))
        }
        Value::Map(map) => {
            let mut parts = Vec::with_capacity(map.len());
            for key in map.keys() {
                let Some(of_key) = crate::cel::compare::lookup(map, &key, run)? else { continue };
                parts.push(format!("{}:{}", inside(&key, run)?, inside(&of_key, run)?));
            }
            parts.sort();
            format!("{{{}}}", parts.join(", "))
        }
        other => match text_of(other, run) {
            Ok(text) => text.as_str().to_owned(),
            Err(_) => return wrong('s', other),
        },
    })
}

/// Formats a value that is inside a list or a map: strings are quoted.
fn inside(value: &Value<'_>, run: &mut Run<'_>) -> Result<String, Error> {
    let text = plain(value, run)?;
    run.take_bytes(text.len())?;
    Ok(match value {
        Value::String(_) => quote_double(&text),
        Value::Bytes(_) => format!("b{}", quote_double(&text)),
        Value::Timestamp(_) => format!("timestamp({})", quote_double(&text)),
        Value::Duration(_) => format!("duration({})", quote_double(&text)),
        Value::Double(number) if number.is_finite() => fixed(*number, PRECISION),
        Value::Double(_) => quote_double(&text),
        _ => text,
    })
}

/// Formats a key for a message.
pub(in crate::cel) fn shown(value: &Value<'_>) -> String {
    let limits = Limits::new(1000, 1000);
    plain(value, &mut Run::new(&limits)).unwrap_or_else(|_| value.type_name().to_owned())
}
