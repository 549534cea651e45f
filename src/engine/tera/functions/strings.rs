//! Functions on text.

use tera::Value;
use tera::value::Key;

use super::Function;
use super::call::{Answer, Call, Failure, is_nothing};
use super::go_value::display;
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
    Function::new("indent", &["text", "width"], "Every line, the first too, moved right by `width` spaces.", |call| {
        Ok(Value::from(indented(call)?))
    }),
    Function::new("nindent", &["text", "width"], "`indent` after a line break.", |call| {
        Ok(Value::from(format!("\n{}", indented(call)?)))
    }),
    Function::new("trim", &["text"], "Without white space at both ends.", |call| {
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
        "The first `length` bytes, with a negative length the last; never half a character.",
        trunc,
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
        Ok(Value::from(split(call, None)?))
    }),
    Function::new(
        "join",
        &["values", "separator"],
        "The values of a list as one text, with a separator between; nulls are left out.",
        join,
    ),
    Function::new("split", &["text", "separator"], "The parts between separators, as a map `_0`, `_1`, ...", |call| {
        Ok(numbered(split(call, None)?))
    }),
    Function::new("splitn", &["text", "separator", "count"], "`split` into at most `count` parts.", |call| {
        Ok(numbered(split(call, usize::try_from(call.whole("count")?).ok())?))
    }),
    Function::new(
        "substr",
        &["text", "start", "end"],
        "The bytes from `start` to before `end`; negative ones mean the ends.",
        substr,
    ),
    Function::new("repeat", &["text", "count"], "The text so many times.", |call| {
        let (text, count) = (call.text("text")?, call.repeats("count")?);
        call.check_size(text.len().saturating_mul(count))?;
        Ok(Value::from(text.repeat(count)))
    }),
    Function::new(
        "cat",
        &["values"],
        "The values of a list as one text with spaces between; nulls are left out.",
        |call| Ok(Value::from(texts(call, "values")?.join(" "))),
    ),
    Function::new("html", &["text"], "Escaped for HTML.", |call| {
        let escaped = call.printed("text")?.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Ok(Value::from(escaped.replace('"', "&#34;").replace('\'', "&#39;").replace('\0', "\u{FFFD}")))
    }),
    Function::new("nospace", &["text"], "Without any white space.", |call| {
        Ok(Value::from(call.text("text")?.split_whitespace().collect::<String>()))
    }),
];

fn in_quotes(call: &Call<'_>, write: impl Fn(&str) -> String) -> Answer {
    Ok(Value::from(match call.value("value")? {
        nothing if is_nothing(nothing) => String::new(),
        _ => write(&call.printed("value")?),
    }))
}

fn trim_all(call: &Call<'_>) -> Answer {
    let (text, chars) = (call.text("text")?, call.text("chars")?);
    call.spend_work(text.len().saturating_mul(chars.len()) / 4096)?;
    Ok(Value::from(text.trim_matches(|c| chars.contains(c))))
}

fn replace(call: &Call<'_>) -> Answer {
    let (text, from, to) = (call.text("text")?, call.text("from")?, call.text("to")?);
    if to.len() > from.len() {
        let added = text.matches(from).count().saturating_mul(to.len() - from.len());
        call.check_size(text.len().saturating_add(added))?;
    }
    Ok(Value::from(text.replace(from, to)))
}

fn indented(call: &Call<'_>) -> Result<String, Failure> {
    let text = call.text("text")?;
    let width = call.repeats("width")?;
    let lines = text.matches('\n').count() + 1;
    call.check_size(width.saturating_mul(lines).saturating_add(text.len()))?;
    let pad = " ".repeat(width);
    Ok(format!("{pad}{}", text.replace('\n', &format!("\n{pad}"))))
}

fn trunc(call: &Call<'_>) -> Answer {
    let (text, length) = (call.text("text")?, call.whole("length")?);
    let size = usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX);
    Ok(Value::from(if size >= text.len() {
        text
    } else if length < 0 {
        &text[text.ceil_char_boundary(text.len() - size)..]
    } else {
        &text[..text.floor_char_boundary(size)]
    }))
}

/// The argument `text` cut at every `separator`, into `most` parts at the most; an empty separator cuts between
/// characters.
fn split<'a>(call: &Call<'a>, most: Option<usize>) -> Result<Vec<&'a str>, Failure> {
    let (text, separator) = (call.text("text")?, call.text("separator")?);
    let most = most.unwrap_or(usize::MAX);
    let parts: Vec<&str> = match (separator, most) {
        (_, 0) => Vec::new(),
        ("", _) => {
            let cuts = || text.char_indices().map(|(at, _)| at).take(most);
            call.spend_items(cuts().count())?;
            cuts().zip(cuts().skip(1).chain([text.len()])).map(|(start, end)| &text[start..end]).collect()
        }
        _ => {
            call.spend_items(text.matches(separator).take(most).count() + 1)?;
            text.splitn(most, separator).collect()
        }
    };
    Ok(parts)
}

fn join(call: &Call<'_>) -> Answer {
    let (texts, separator) = (texts(call, "values")?, call.text("separator")?);
    call.check_size(texts.len().saturating_mul(separator.len()))?;
    Ok(Value::from(texts.join(separator)))
}

/// sprig's `strslice`: a list's values as texts without the nulls; any other value alone.
pub(super) fn texts(call: &Call<'_>, name: &'static str) -> Result<Vec<String>, Failure> {
    let values = call.one_or_more(name)?;
    Ok(values.iter().filter(|value| !is_nothing(value)).map(|value| display(value).into_owned()).collect())
}

/// The parts under the names `_0`, `_1`, ...
fn numbered(parts: Vec<&str>) -> Value {
    let named = parts.into_iter().enumerate().map(|(index, part)| (Key::from(format!("_{index}")), Value::from(part)));
    Value::from(named.collect::<tera::Map>())
}

/// Where an end is given that is no place in the text, the text's own end is meant; a start must be one.
fn substr(call: &Call<'_>) -> Answer {
    let (text, start, end) = (call.text("text")?, call.whole("start")?, call.whole("end")?);
    let place =
        |at: i64| usize::try_from(at).ok().filter(|&at| at <= text.len()).map(|at| text.floor_char_boundary(at));
    let part = match (start, place(end)) {
        (..0, end) => end.and_then(|end| text.get(..end)),
        (start, end) => place(start).and_then(|start| text.get(start..end.unwrap_or(text.len()))),
    };
    part.map(Value::from).ok_or_else(|| Failure::call("runtime error: slice bounds out of range"))
}
