//! Functions on URLs.

use tera::value::Key;
use tera::{Map, Value};

use super::call::{Answer, Call, Function};
use super::go_value::kind_name;
use crate::engine::sprig::urls;
use crate::go::url::escape_query;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "urlParse",
        &["url"],
        "A map of an address's parts: scheme, host, hostname, path, query, opaque, fragment, userinfo.",
        |call| {
            let parts = urls::parse(call.text("url")?)?;
            Ok(Value::from(parts.into_iter().map(|(name, part)| (Key::Str(name), Value::from(part))).collect::<Map>()))
        },
    ),
    Function::new("urlJoin", &["parts"], "The URL made of the parts that `urlParse` returns.", join),
    Function::new("urlquery", &["text"], "The text escaped for the query of an address.", |call| {
        Ok(Value::from(escape_query(call.printed("text")?.as_bytes())))
    }),
];

fn join(call: &Call<'_>) -> Answer {
    let parts = call.map("parts")?;
    let joined = urls::join(|name| match parts.get(&Key::Str(name)) {
        None => Ok(String::new()),
        Some(part) => part.as_str().map(str::to_owned).ok_or_else(|| urls::wrong_part(name, kind_name(part))),
    });
    Ok(Value::from(joined?))
}
