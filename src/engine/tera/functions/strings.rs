//! Functions on text.

use tera::Value;
use tera::value::Key;

use super::call::{Answer, Call, Failure, Function, is_nothing};
use super::go_value::{DIALECT, display, text_of};
use crate::engine::sprig::text;
use crate::go::strconv::quote_double;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toString", &["value"], "The value as text, as Go prints it.", |call| {
        Ok(Value::from(call.printed("value")?.into_owned()))
    }),
    Function::new("quote", &["value"], "The value as text in double quotes, escaped; nothing for null.", |call| {
        in_quotes(call, quote_double)
    }),
    Function::new("squote", &["value"], "The value as text in single quotes, not escaped; nothing for null.", |call| {
        in_quotes(call, |text| format!("'{text}'"))
    }),
    Function::new(
        "indent",
        &["text", "width"],
        "Every line, including the first, indented by `width` spaces.",
        |call| Ok(string_value(text::indent(call.text("text")?.as_bytes(), call.whole("width")?, &mut call.limits())?)),
    ),
    Function::new("nindent", &["text", "width"], "`indent` after a line break.", |call| {
        Ok(string_value(text::nindent(call.text("text")?.as_bytes(), call.whole("width")?, &mut call.limits())?))
    }),
    Function::new("trim", &["text"], "Without whitespace at both ends.", |call| {
        Ok(Value::from(call.text("text")?.trim()))
    }),
    Function::new("trimAll", &["text", "chars"], "Without the given characters at both ends.", trim_all),
    Function::new("trimall", &["text", "chars"], "The same as `trimAll`.", trim_all),
    Function::new("trimPrefix", &["text", "prefix"], "Without `prefix` at the start.", |call| {
        let text = call.text("text")?;
        Ok(Value::from(text.strip_prefix(call.text("prefix")?).unwrap_or(text)))
    }),
    Function::new("trimSuffix", &["text", "suffix"], "Without `suffix` at the end.", |call| {
        let text = call.text("text")?;
        Ok(Value::from(text.strip_suffix(call.text("suffix")?).unwrap_or(text)))
    }),
    Function::new(
        "trunc",
        &["text", "length"],
        "The first `length` bytes, or the last with a negative length; characters are never split.",
        |call| Ok(string_value(text::trunc(call.text("text")?.as_bytes(), call.whole("length")?, DIALECT.cut))),
    ),
    Function::new("replace", &["text", "from", "to"], "With every `from` replaced by `to`.", replace),
    Function::new("contains", &["text", "part"], "Whether `part` occurs in it.", |call| {
        Ok(Value::from(call.text("text")?.contains(call.text("part")?)))
    }),
    Function::new("hasPrefix", &["text", "prefix"], "Whether it begins with `prefix`.", |call| {
        Ok(Value::from(call.text("text")?.starts_with(call.text("prefix")?)))
    }),
    Function::new("hasSuffix", &["text", "suffix"], "Whether it ends with `suffix`.", |call| {
        Ok(Value::from(call.text("text")?.ends_with(call.text("suffix")?)))
    }),
    Function::new("splitList", &["text", "separator"], "The parts between separators, as a list.", |call| {
        Ok(Value::from(split(call, -1)?))
    }),
    Function::new(
        "join",
        &["values", "separator"],
        "The values of a list as one string, with a separator between them; nulls are skipped.",
        join,
    ),
    Function::new("split", &["text", "separator"], "The parts between separators, as a map `_0`, `_1`, ...", |call| {
        Ok(numbered(split(call, -1)?))
    }),
    Function::new("splitn", &["text", "separator", "count"], "`split` into at most `count` parts.", |call| {
        Ok(numbered(split(call, call.whole("count")?)?))
    }),
    Function::new(
        "substr",
        &["text", "start", "end"],
        "The bytes from `start` up to, but not including, `end`; negative numbers mean the start and the end.",
        |call| {
            let (text, start, end) = (call.text("text")?, call.whole("start")?, call.whole("end")?);
            Ok(string_value(text::substr(text.as_bytes(), start, end, DIALECT.cut)?))
        },
    ),
    Function::new("repeat", &["text", "count"], "The text repeated so many times.", |call| {
        Ok(string_value(text::repeat(call.text("text")?.as_bytes(), call.whole("count")?, &mut call.limits())?))
    }),
    Function::new(
        "cat",
        &["values"],
        "The values of a list as one string, with spaces between them; nulls are skipped.",
        |call| Ok(Value::from(texts(call, "values")?.join(" "))),
    ),
    Function::new("html", &["text"], "Escaped for HTML.", |call| {
        Ok(string_value(text::html(call.printed("text")?.as_bytes())))
    }),
    Function::new("nospace", &["text"], "Without any whitespace.", |call| {
        Ok(string_value(text::nospace(call.text("text")?.as_bytes(), DIALECT.cut)))
    }),
];

fn in_quotes(call: &Call<'_>, write: impl Fn(&str) -> String) -> Answer {
    Ok(Value::from(match call.value("value")? {
        nothing if is_nothing(nothing) => String::new(),
        _ => write(&call.printed("value")?),
    }))
}

/// Converts bytes that were made from texts to a value.
fn string_value(bytes: impl Into<Vec<u8>>) -> Value {
    Value::from(text_of(bytes.into()))
}

fn trim_all(call: &Call<'_>) -> Answer {
    let (text, chars) = (call.text("text")?, call.text("chars")?);
    Ok(string_value(text::trim_all(text.as_bytes(), chars.as_bytes())))
}

fn replace(call: &Call<'_>) -> Answer {
    let (text, from, to) = (call.text("text")?, call.text("from")?, call.text("to")?);
    Ok(string_value(text::replace(text.as_bytes(), from.as_bytes(), to.as_bytes(), &mut call.limits())?))
}

fn split(call: &Call<'_>, most: i64) -> Result<Vec<Value>, Failure> {
    let (text, separator) = (call.text("text")?, call.text("separator")?);
    let parts = text::split(text.as_bytes(), separator.as_bytes(), most, &mut call.limits())?;
    Ok(parts.into_iter().map(string_value).collect())
}

fn join(call: &Call<'_>) -> Answer {
    let (texts, separator) = (texts(call, "values")?, call.text("separator")?);
    Ok(string_value(text::join(&texts, separator.as_bytes(), &mut call.limits())?))
}

/// Returns the items of a list as texts, without nulls, like sprig's `strslice`; any other value is a single item.
pub(super) fn texts(call: &Call<'_>, name: &'static str) -> Result<Vec<String>, Failure> {
    let values = call.one_or_more(name)?;
    Ok(values.iter().filter(|value| !is_nothing(value)).map(|value| display(value).into_owned()).collect())
}

/// Returns a map of the parts under the names `_0`, `_1`, ...
fn numbered(parts: Vec<Value>) -> Value {
    let named = parts.into_iter().enumerate().map(|(index, part)| (Key::from(format!("_{index}")), part));
    Value::from(named.collect::<tera::Map>())
}
