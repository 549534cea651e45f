//! Functions on URLs.

use tera::value::Key;
use tera::{Map, Value};

use super::Function;
use super::call::{Answer, Call, Failure};
use super::go_value::kind_name;
use crate::go::url::{Url, escape_query, hostname};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "urlParse",
        &["url"],
        "A map of an address's parts: scheme, host, hostname, path, query, opaque, fragment, userinfo.",
        |call| {
            let url = call.text("url")?;
            let parsed = Url::parse(url).map_err(|error| Failure::call(format!("unable to parse url: {error}")))?;
            let parts = [
                ("fragment", parsed.fragment.as_str()),
                ("host", &parsed.host),
                ("hostname", hostname(&parsed.host)),
                ("opaque", &parsed.opaque),
                ("path", &parsed.path),
                ("query", &parsed.query),
                ("scheme", &parsed.scheme),
                ("userinfo", parsed.userinfo.as_deref().unwrap_or("")),
            ];
            Ok(Value::from(parts.into_iter().map(|(key, part)| (Key::Str(key), Value::from(part))).collect::<Map>()))
        },
    ),
    Function::new("urlJoin", &["parts"], "The address that a map as `urlParse` gives stands for.", join),
    Function::new("urlquery", &["text"], "The text escaped for the query of an address.", |call| {
        Ok(Value::from(escape_query(call.printed("text")?.as_bytes())))
    }),
];

fn join(call: &Call<'_>) -> Answer {
    let parts = call.map("parts")?;
    let part = |name: &'static str| match parts.get(&Key::Str(name)) {
        None => Ok(String::new()),
        Some(part) => part.as_str().map(str::to_owned).ok_or_else(|| {
            let kind = kind_name(part);
            Failure::call(format!("unable to parse {name} key, must be of type string, but {kind} found"))
        }),
    };
    let mut url = Url {
        scheme: part("scheme")?,
        opaque: part("opaque")?,
        userinfo: None,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        fragment: part("fragment")?,
    };
    let userinfo = part("userinfo")?;
    if !userinfo.is_empty() {
        let parsed = Url::parse(&format!("proto://{userinfo}@host"));
        let parsed = parsed.map_err(|error| Failure::call(format!("unable to parse userinfo in dict: {error}")))?;
        url.userinfo = parsed.userinfo;
    }
    Ok(Value::from(url.write()))
}
