//! Functions on strings: CEL's own, and version 2 of its strings extension.

use super::function::{Function, count, global, member, no_overload, text};
use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::{List, Text, Value};

pub(super) const TABLE: &[Function] = &[
    member("contains", &["string, string -> bool"], |arguments, run| {
        test(arguments, run, |text, part| text.contains(part))
    }),
    member("startsWith", &["string, string -> bool"], |arguments, run| {
        test(arguments, run, |text, part| text.starts_with(part))
    }),
    member("endsWith", &["string, string -> bool"], |arguments, run| {
        test(arguments, run, |text, part| text.ends_with(part))
    }),
    member("lowerAscii", &["string -> string"], |arguments, run| {
        convert(arguments, run, |text| text.to_ascii_lowercase())
    }),
    member("upperAscii", &["string -> string"], |arguments, run| {
        convert(arguments, run, |text| text.to_ascii_uppercase())
    }),
    member("trim", &["string -> string"], |arguments, run| convert(arguments, run, |text| text.trim().to_owned())),
    member("charAt", &["string, int -> string"], char_at),
    member("indexOf", &["list(A), A -> int", "string, string -> int", "string, string, int -> int"], index_of),
    member("lastIndexOf", &["list(A), A -> int", "string, string -> int", "string, string, int -> int"], last_index_of),
    member("replace", &["string, string, string -> string", "string, string, string, int -> string"], replace),
    member("split", &["string, string -> list(string)", "string, string, int -> list(string)"], split),
    member("substring", &["string, int -> string", "string, int, int -> string"], substring),
    member("join", &["list(string) -> string", "list(string), string -> string"], join),
    global("strings.quote", &["string -> string"], |arguments, run| convert(arguments, run, quoted)),
];

fn number(value: &Value<'_>) -> Result<i64, Error> {
    match value {
        Value::Int(number) => Ok(*number),
        _ => no_overload(),
    }
}

fn test<'a>(arguments: &[Value<'a>], run: &mut Run<'_>, is: fn(&str, &str) -> bool) -> Result<Value<'a>, Error> {
    let (string, part) = (text(&arguments[0], run)?, text(&arguments[1], run)?);
    Ok(Value::Bool(is(string, part)))
}

fn convert<'a>(arguments: &[Value<'a>], run: &mut Run<'_>, to: fn(&str) -> String) -> Result<Value<'a>, Error> {
    Ok(Value::text(to(text(&arguments[0], run)?)))
}

fn out_of_range<T>(index: i64) -> Result<T, Error> {
    Err(Error::fails(format!("index out of range: {index}")))
}

fn char_at<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let (string, index) = (text(&arguments[0], run)?, number(&arguments[1])?);
    let length = string.chars().count();
    match usize::try_from(index) {
        Ok(at) if at <= length => Ok(Value::text(string.chars().skip(at).take(1).collect::<String>())),
        _ => out_of_range(index),
    }
}

fn index_of<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    if let Value::List(list) = &arguments[0] {
        return index_in(list, &arguments[1..], false, run);
    }
    let (string, part) = (text(&arguments[0], run)?, text(&arguments[1], run)?);
    let from = arguments.get(2).map_or(Ok(0), number)?;
    if part.is_empty() {
        return Ok(Value::Int(from));
    }
    let Ok(from) = usize::try_from(from) else { return out_of_range(from) };
    let found = string.char_indices().nth(from).and_then(|(start, _)| Some(start + string[start..].find(part)?));
    Ok(found.map_or(Value::Int(-1), |at| count(string[..at].chars().count())))
}

fn last_index_of<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    if let Value::List(list) = &arguments[0] {
        return index_in(list, &arguments[1..], true, run);
    }
    let (string, part) = (text(&arguments[0], run)?, text(&arguments[1], run)?);
    let length = string.chars().count();
    let last = i64::try_from(length).unwrap_or(i64::MAX);
    if part.is_empty() {
        return Ok(Value::Int(arguments.get(2).map_or(Ok(last), number)?));
    }
    let from = arguments.get(2).map_or(Ok(last - 1), number)?;
    if from < 0 && arguments.len() > 2 {
        return out_of_range(from);
    }
    if from >= last || from < 0 {
        return Ok(Value::Int(-1));
    }
    // The part must begin at or before this character.
    let start = string.char_indices().nth(usize::try_from(from).unwrap_or(0)).map_or(string.len(), |(start, _)| start);
    let end = string.len().min(start + part.len());
    let end = (end..=string.len()).find(|end| string.is_char_boundary(*end)).unwrap_or(string.len());
    let found = string[..end].rfind(part);
    Ok(found.map_or(Value::Int(-1), |at| count(string[..at].chars().count())))
}

/// Kubernetes' `indexOf` and `lastIndexOf` on lists.
fn index_in<'a>(
    list: &List<'a>,
    arguments: &[Value<'a>],
    is_last: bool,
    run: &mut Run<'_>,
) -> Result<Value<'a>, Error> {
    let [item] = arguments else { return no_overload() };
    let mut found = None;
    for (at, other) in list.iter().enumerate() {
        if crate::cel::compare::equal(&other?, item, run)? {
            found = Some(at);
            if !is_last {
                break;
            }
        }
    }
    Ok(found.map_or(Value::Int(-1), count))
}

fn replace<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let (string, old, new) = (text(&arguments[0], run)?, text(&arguments[1], run)?, text(&arguments[2], run)?);
    let most = arguments.get(3).map_or(Ok(-1), number)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let count = if old.is_empty() { string.chars().count() + 1 } else { string.matches(old).count() };
    run.take_bytes(string.len() + count.min(most).saturating_mul(new.len()))?;
    Ok(Value::text(string.replacen(old, new, most)))
}

fn split<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let (string, separator) = (text(&arguments[0], run)?, text(&arguments[1], run)?);
    let most = arguments.get(2).map_or(Ok(-1), number)?;
    let parts: Vec<&str> = match usize::try_from(most) {
        Ok(0) => Vec::new(),
        Ok(most) => parts(string, separator, most),
        Err(_) => parts(string, separator, usize::MAX),
    };
    run.take(parts.len())?;
    Ok(Value::list(parts.into_iter().map(Value::text).collect()))
}

/// Go's `strings.SplitN`: an empty separator splits into characters.
fn parts<'t>(string: &'t str, separator: &str, most: usize) -> Vec<&'t str> {
    if !separator.is_empty() {
        return string.splitn(most, separator).collect();
    }
    let mut found = Vec::new();
    let mut rest = string;
    while let Some(c) = rest.chars().next() {
        let end = if found.len() + 1 == most { rest.len() } else { c.len_utf8() };
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

fn substring<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let string = text(&arguments[0], run)?;
    let length = i64::try_from(string.chars().count()).unwrap_or(i64::MAX);
    let start = number(&arguments[1])?;
    let end = arguments.get(2).map_or(Ok(length), number)?;
    if arguments.len() > 2 && start > end {
        return Err(Error::fails(format!("invalid substring range. start: {start}, end: {end}")));
    }
    for index in [start, end] {
        if !(0..=length).contains(&index) {
            return out_of_range(index);
        }
    }
    let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
    Ok(Value::text(string.chars().skip(start).take(end.saturating_sub(start)).collect::<String>()))
}

fn join<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let Value::List(list) = &arguments[0] else { return no_overload() };
    let separator = arguments.get(1).map_or(Ok(""), |value| text(value, run))?.to_owned();
    let mut out = String::new();
    for (at, item) in list.iter().enumerate() {
        let item = item?;
        let Value::String(text) = &item else { return Err(Error::fails("join: invalid input")) };
        run.take_bytes(text.as_str().len() + separator.len())?;
        out.push_str(if at > 0 { &separator } else { "" });
        out.push_str(text.as_str());
    }
    Ok(Value::String(Text::Made(out.into())))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        let escape = match c {
            '\u{7}' => "\\a",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{b}' => "\\v",
            '\\' => "\\\\",
            '"' => "\\\"",
            plain => {
                out.push(plain);
                continue;
            }
        };
        out.push_str(escape);
    }
    out + "\""
}
