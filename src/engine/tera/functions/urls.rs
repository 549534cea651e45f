//! Functions on URLs.

use tera::value::Key;
use tera::{Map, Value};

use super::call::{Answer, Call, Function};
use super::go_value::kind_name;
use crate::engine::sprig::urls;
use crate::go::url::escape_query;
use crate::go::utf8::to_text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "urlParse",
        &["url"],
        "A map of a URL's parts: scheme, host, hostname, path, query, opaque, fragment, userinfo.",
        |call| {
            let parts = urls::parse(call.text("url")?.as_bytes())?;
            let value = |part: Vec<u8>| Value::from(&*to_text(&part));
            Ok(Value::from(parts.into_iter().map(|(name, part)| (Key::Str(name), value(part))).collect::<Map>()))
        },
    ),
    Function::new("urlJoin", &["parts"], "The URL made of the parts that `urlParse` returns.", join),
    Function::new("urlquery", &["text"], "The text escaped for the query of a URL.", |call| {
        Ok(Value::from(escape_query(call.printed("text")?.as_bytes())))
    }),
];

fn join(call: &Call<'_>) -> Answer {
    let parts = call.map("parts")?;
    let joined = urls::join(|name| match parts.get(&Key::Str(name)) {
        None => Ok(Vec::new()),
        Some(part) => {
            let text = part.as_str().ok_or_else(|| urls::wrong_part(name, kind_name(part)))?;
            Ok(text.as_bytes().to_owned())
        }
    });
    Ok(Value::from(&*to_text(&joined?)))
}
