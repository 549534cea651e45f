//! Kubernetes' functions on URLs.

use std::sync::Arc;

use super::function::{Function, global, member, no_overload};
use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::{Map, Value};
use crate::go::url::{Url, hostname};

pub(super) const TABLE: &[Function] = &[
    global("url", &["string -> kubernetes.URL"], |arguments, run| match parsed(arguments, run)? {
        Ok(url) => Ok(Value::Url(Arc::new(url))),
        Err(reason) => Err(Error::fails(format!("URL parse error during conversion from string: {reason}"))),
    }),
    global("isURL", &["string -> bool"], |arguments, run| Ok(Value::Bool(parsed(arguments, run)?.is_ok()))),
    member("getScheme", &["kubernetes.URL -> string"], |arguments, _| Ok(bytes(&url(arguments)?.scheme))),
    member("getHost", &["kubernetes.URL -> string"], |arguments, _| Ok(bytes(&url(arguments)?.host))),
    member("getHostname", &["kubernetes.URL -> string"], |arguments, _| Ok(bytes(hostname(&url(arguments)?.host)))),
    member("getPort", &["kubernetes.URL -> string"], |arguments, _| Ok(bytes(port(&url(arguments)?.host)))),
    member("getEscapedPath", &["kubernetes.URL -> string"], |arguments, _| {
        Ok(Value::text(url(arguments)?.escaped_path()))
    }),
    member("getQuery", &["kubernetes.URL -> map(string, list(string))"], query),
];

fn url<'v>(arguments: &'v [Value<'_>]) -> Result<&'v Url, Error> {
    match &arguments[0] {
        Value::Url(url) => Ok(url),
        _ => no_overload(),
    }
}

fn bytes<'a>(bytes: &[u8]) -> Value<'a> {
    Value::text(String::from_utf8_lossy(bytes).into_owned())
}

/// Parses an absolute URL or an absolute path.
fn parsed(arguments: &[Value<'_>], run: &mut Run<'_>) -> Result<Result<Url, String>, Error> {
    let Value::String(text) = &arguments[0] else { return no_overload() };
    run.take_bytes(text.as_str().len())?;
    Ok(Url::parse_request(text.as_str()).and_then(|_| Url::parse(text.as_str())))
}

/// Returns the text after the colon of a host with a port, or nothing.
fn port(host: &[u8]) -> &[u8] {
    let after = host.iter().rposition(|&byte| byte == b']').map_or(0, |at| at + 1);
    let Some(colon) = host[after..].iter().rposition(|&byte| byte == b':') else { return b"" };
    &host[after + colon + 1..]
}

fn query<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let query = String::from_utf8_lossy(&url(arguments)?.query).into_owned();
    run.take_bytes(query.len())?;
    let mut entries: Vec<(String, Vec<Value<'a>>)> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty() && !part.contains(';')) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (Some(key), Some(value)) = (decoded(key), decoded(value)) else { continue };
        run.take(1 + entries.len())?;
        match entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(Value::text(value)),
            None => entries.push((key, vec![Value::text(value)])),
        }
    }
    let entries = entries.into_iter().map(|(key, values)| (Value::text(key), Value::list(values))).collect();
    Ok(Value::Map(Map::Made(Arc::new(entries))))
}

/// Decodes the escapes in a part of a query. Returns `None` if one is malformed.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = str::from_utf8(after.get(..2)?).ok()?;
                rest = &after[2..];
                u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?
            }
            plain => *plain,
        });
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}
