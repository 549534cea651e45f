//! Escapes: `html`, `js`, `urlquery`.

use super::builtins::printed;
use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::lex::decode;
use crate::engine::gotpl::value::{Text, Value};
use crate::go::strconv::is_printable;
use crate::go::url::escape_query;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("html", &[Param::Any], |run, args| escaped(run, args, html)),
    Function::variadic("js", &[Param::Any], |run, args| escaped(run, args, js)),
    Function::variadic("urlquery", &[Param::Any], |run, args| {
        escaped(run, args, |text| escape_query(text).into_bytes())
    }),
];

fn escaped(run: &mut dyn Evaluate, args: Args<'_>, escape: fn(&[u8]) -> Vec<u8>) -> Result<Value, FnError> {
    // Here a missing value is what it is where it is printed, and `String` methods count as there.
    let shown: Vec<Value> = args.0.iter().map(as_printed).collect();
    let text: Text = printed(run, &shown)?;
    // No escape is longer than this for a byte.
    run.spend(text.len().saturating_mul(6))?;
    Ok(Value::str(escape(&text)))
}

fn as_printed(value: &Value) -> Value {
    match value {
        Value::Invalid | Value::Nil => Value::str("<no value>"),
        value => value.clone(),
    }
}

fn html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            byte => out.push(byte),
        }
    }
    out
}

fn js(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((c, length)) = decode(rest) {
        let (bytes, after) = rest.split_at(length);
        rest = after;
        match c {
            '\\' => out.extend_from_slice(b"\\\\"),
            '\'' => out.extend_from_slice(b"\\'"),
            '"' => out.extend_from_slice(b"\\\""),
            '<' | '>' | '&' | '=' | '\0'..='\x1f' => {
                out.extend_from_slice(format!("\\u{:04X}", u32::from(c)).as_bytes());
            }
            c if c.is_ascii() || is_printable(c) => out.extend_from_slice(bytes),
            c => out.extend_from_slice(format!("\\u{:04X}", u32::from(c)).as_bytes()),
        }
    }
    out
}
