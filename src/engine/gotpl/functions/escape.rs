//! Go's escaping functions: `html`, `js`, `urlquery`.

use super::format::print;
use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Text, Value};
use crate::engine::sprig::text;
use crate::go::strconv::is_printable;
use crate::go::url::escape_query;
use crate::go::utf8;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("html", &[Param::Any], |run, args| escaped(run, args, text::html)),
    Function::variadic("js", &[Param::Any], |run, args| escaped(run, args, js)),
    Function::variadic("urlquery", &[Param::Any], |run, args| {
        escaped(run, args, |text| escape_query(text).into_bytes())
    }),
];

fn escaped(run: &mut dyn Evaluate, args: Args<'_>, escape: fn(&[u8]) -> Vec<u8>) -> Result<Value, FnError> {
    // Values are formatted as when they are printed: a missing one as `<no value>`, others by their `String` methods.
    let shown: Vec<Value> = args.0.iter().map(as_printed).collect();
    let text: Text = print(run, &shown)?;
    // The longest escape of a byte.
    run.spend(text.len().saturating_mul(6))?;
    Ok(Value::str(escape(&text)))
}

fn as_printed(value: &Value) -> Value {
    match value {
        Value::Invalid | Value::Nil => Value::str("<no value>"),
        value => value.clone(),
    }
}

fn js(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((c, length)) = utf8::first(rest) {
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
