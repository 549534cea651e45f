//! Regular expressions: `matches`, and Kubernetes' `find` and `findAll`.

use super::function::{Function, global, member, no_overload};
use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::Value;

pub(super) const TABLE: &[Function] = &[
    global("matches", &["string, string -> bool"], matches),
    member("matches", &["string, string -> bool"], matches),
    member("find", &["string, string -> string"], |arguments, run| {
        let found = search(arguments, 1, run)?;
        Ok(found.into_iter().next().unwrap_or_else(|| Value::text("")))
    }),
    member("findAll", &["string, string -> list(string)", "string, string, int -> list(string)"], |arguments, run| {
        let most = match arguments.get(2) {
            None => -1,
            Some(Value::Int(most)) => *most,
            Some(_) => return no_overload(),
        };
        Ok(Value::list(search(arguments, most, run)?))
    }),
];

fn matches<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let (Value::String(text), Value::String(pattern)) = (&arguments[0], &arguments[1]) else { return no_overload() };
    run.take_bytes(text.as_str().len())?;
    let patterns = run.patterns();
    match patterns.is_match(pattern.as_str(), text.as_str(), &mut |steps| run.take(steps))? {
        Ok(is_match) => Ok(Value::Bool(is_match)),
        Err(reason) => Err(Error::fails(reason)),
    }
}

fn search<'a>(arguments: &[Value<'a>], most: i64, run: &mut Run<'_>) -> Result<Vec<Value<'a>>, Error> {
    let (Value::String(text), Value::String(pattern)) = (&arguments[0], &arguments[1]) else { return no_overload() };
    let text = text.as_str();
    run.take_bytes(text.len())?;
    let patterns = run.patterns();
    // The search itself is charged like the test: each byte of the text may meet each part of the pattern.
    let tried = patterns.is_match(pattern.as_str(), text, &mut |steps| run.take(steps))?;
    let compiled = patterns.get(pattern.as_str(), text.as_bytes(), &mut |steps| run.take(steps))?;
    let regexp = match (tried, compiled) {
        (Ok(_), Ok(regexp)) => regexp,
        (Err(reason), _) | (_, Err(reason)) => return Err(Error::fails(format!("Illegal regex: {reason}"))),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for part in regexp.find_all(text.as_bytes()).take(most) {
        run.take_bytes(part.len())?;
        found.push(Value::text(String::from_utf8_lossy(part).into_owned()));
    }
    Ok(found)
}
