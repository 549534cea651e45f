//! Functions on text.

use tera::Value;

use super::Function;
use super::call::{Answer, Call, Failure, is_nothing};
use super::go_format::display;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toString", &["value"], "The value as text, as Go prints it.", |call| {
        Ok(Value::from(call.printed("value")?.into_owned()))
    }),
    Function::new("quote", &["value"], "The value as text in double quotes, escaped; nothing for null.", |call| {
        Ok(Value::from(each_printed(call, quoted)?))
    }),
    Function::new("squote", &["value"], "The value as text in single quotes, not escaped; nothing for null.", |call| {
        Ok(Value::from(each_printed(call, |text| format!("'{text}'"))?))
    }),
    Function::new("indent", &["text", "width"], "Every line, the first too, moved right by `width` spaces.", |call| {
        Ok(Value::from(indented(call)?))
    }),
    Function::new("nindent", &["text", "width"], "`indent` after a line break.", |call| {
        Ok(Value::from(format!("\n{}", indented(call)?)))
    }),
    Function::new("upper", &["text"], "In capitals.", |call| Ok(Value::from(map_chars(call.text("text")?, to_upper)))),
    Function::new("lower", &["text"], "In small letters.", |call| {
        Ok(Value::from(map_chars(call.text("text")?, to_lower)))
    }),
    Function::new("title", &["text"], "The first letter of every word in capitals.", |call| {
        Ok(Value::from(at_word_starts(call.text("text")?, to_upper)))
    }),
    Function::new("untitle", &["text"], "The first letter of every word in small.", |call| {
        Ok(Value::from(at_word_starts(call.text("text")?, to_lower)))
    }),
    Function::new("trim", &["text"], "Without white space at both ends.", |call| {
        Ok(Value::from(call.text("text")?.trim()))
    }),
    Function::new("trimAll", &["text", "chars"], "Without the given characters at both ends.", |call| {
        let chars = call.text("chars")?;
        Ok(Value::from(call.text("text")?.trim_matches(|c| chars.contains(c))))
    }),
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
    Function::new("replace", &["text", "from", "to"], "With every `from` replaced by `to`.", |call| {
        Ok(Value::from(call.text("text")?.replace(call.text("from")?, call.text("to")?)))
    }),
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
        let (text, separator) = (call.text("text")?, call.text("separator")?);
        Ok(Value::from(split(text, separator).map(Value::from).collect::<Vec<_>>()))
    }),
    Function::new(
        "join",
        &["values", "separator"],
        "The values of a list as one text, with a separator between; nulls are left out.",
        join,
    ),
    Function::new("trimall", &["text", "chars"], "The same as `trimAll`.", |call| {
        let chars = call.text("chars")?;
        Ok(Value::from(call.text("text")?.trim_matches(|c| chars.contains(c))))
    }),
    Function::new("split", &["text", "separator"], "The parts between separators, as a map `_0`, `_1`, ...", |call| {
        let (text, separator) = (call.text("text")?, call.text("separator")?);
        Ok(numbered(split(text, separator)))
    }),
    Function::new("splitn", &["text", "separator", "count"], "`split` into at most `count` parts.", |call| {
        let (text, separator) = (call.text("text")?, call.text("separator")?);
        Ok(match usize::try_from(call.whole("count")?) {
            Ok(count) => numbered(text.splitn(count, separator)),
            Err(_) => numbered(split(text, separator)),
        })
    }),
    Function::new("substr", &["text", "start", "end"], "The bytes from `start` to before `end`; negative ones mean the ends.", substr),
    Function::new("repeat", &["text", "count"], "The text so many times.", |call| {
        let (text, count) = (call.text("text")?, call.whole("count")?);
        let count = usize::try_from(count).map_err(|_| Failure::call("strings: negative Repeat count"))?;
        call.run.budget.check_size(text.len().saturating_mul(count)).map_err(Failure::Call)?;
        Ok(Value::from(text.repeat(count)))
    }),
    Function::new("cat", &["values"], "The values of a list as one text with spaces between; nulls are left out.", |call| {
        Ok(Value::from(super::lists::texts(call.value("values")?).join(" ")))
    }),
    Function::new("html", &["text"], "Escaped for HTML.", |call| {
        let escaped = call.printed("text")?.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Ok(Value::from(escaped.replace('"', "&#34;").replace('\'', "&#39;")))
    }),
    Function::new("nospace", &["text"], "Without any white space.", |call| {
        Ok(Value::from(call.text("text")?.split_whitespace().collect::<String>()))
    }),
];

/// A value as text through `write`; a list's values one by one, with spaces between, nulls left out.
fn each_printed(call: &Call<'_>, write: impl Fn(&str) -> String) -> Result<String, Failure> {
    let value = call.value("value")?;
    Ok(if is_nothing(value) { String::new() } else { write(&display(value)) })
}

/// Go's `%q`.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x80 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push('"');
    out
}

/// Go's `unicode.IsPrint`, near enough: what Rust's `Debug` doesn't escape, and of spaces only the ASCII one.
fn is_printable(c: char) -> bool {
    match c {
        ' ' | '\'' | '"' => true,
        c if c.is_ascii() => c.is_ascii_graphic(),
        c => !c.is_whitespace() && c.escape_debug().len() == 1,
    }
}

fn indented(call: &Call<'_>) -> Result<String, Failure> {
    let text = call.text("text")?;
    let width = call.whole("width")?;
    let width = usize::try_from(width).map_err(|_| Failure::call("strings: negative Repeat count"))?;
    let lines = text.matches('\n').count() + 1;
    call.run.budget.check_size(width.saturating_mul(lines)).map_err(Failure::Call)?;
    let pad = " ".repeat(width);
    Ok(format!("{pad}{}", text.replace('\n', &format!("\n{pad}"))))
}

fn to_upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    // Go maps one character to one.
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn to_lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    lower.next().unwrap_or(c)
}

fn map_chars(text: &str, change: fn(char) -> char) -> String {
    text.chars().map(change).collect()
}

fn at_word_starts(text: &str, change: fn(char) -> char) -> String {
    let mut previous = ' ';
    let changed = text.chars().map(|c| {
        let starts_word = previous.is_whitespace() || is_separator(previous);
        previous = c;
        if starts_word { change(c) } else { c }
    });
    changed.collect()
}

/// Go's `isSeparator`: ASCII punctuation but the underscore; of others only white space.
fn is_separator(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { c.is_whitespace() }
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

/// Go's `strings.Split`: an empty separator cuts between characters.
pub(super) fn split<'a>(text: &'a str, separator: &'a str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
    if separator.is_empty() {
        Box::new(text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]))
    } else {
        Box::new(text.split(separator))
    }
}

fn join(call: &Call<'_>) -> Answer {
    let (values, separator) = (call.value("values")?, call.text("separator")?);
    Ok(Value::from(strings_of(values).join(separator)))
}

/// sprig's `strslice`: a list's values as texts without the nulls; any other value alone.
pub(super) fn strings_of(value: &Value) -> Vec<String> {
    match value.as_array() {
        Some(items) => items.iter().filter(|item| !is_nothing(item)).map(|item| display(item).into_owned()).collect(),
        None if is_nothing(value) => Vec::new(),
        None => vec![display(value).into_owned()],
    }
}

/// The parts under the names `_0`, `_1`, ...
fn numbered<'a>(parts: impl Iterator<Item = &'a str>) -> Value {
    let named = parts.enumerate().map(|(index, part)| (tera::value::Key::from(format!("_{index}")), Value::from(part)));
    Value::from(named.collect::<tera::Map>())
}

fn substr(call: &Call<'_>) -> Answer {
    let (text, start, end) = (call.text("text")?, call.whole("start")?, call.whole("end")?);
    let place = |at: i64| text.floor_char_boundary(usize::try_from(at).unwrap_or(usize::MAX));
    let (from, to) = match (start, end) {
        (start, end) if start < 0 => (0, place(end)),
        (start, end) if end < 0 || end > text.len() as i64 => (place(start), text.len()),
        (start, end) => (place(start), place(end)),
    };
    text.get(from..to).map(Value::from).ok_or_else(|| Failure::call("runtime error: slice bounds out of range"))
}
