//! Classes of characters, translated from Go's syntax to that of the `regex` crate.

use super::class_names;
use super::reader::{NOTHING, Reader, parse_error};

/// Translates `\d`, `\pL` and the like, whose backslash, at `start`, has been read. Returns whether there was one.
pub(super) fn escape(reader: &mut Reader, start: usize, in_class: bool, out: &mut String) -> Result<bool, String> {
    let Some(c) = reader.peek_char() else { return Ok(false) };
    let set = match c.to_ascii_lowercase() {
        'd' if c.is_ascii_alphabetic() => "0-9",
        'w' if c.is_ascii_alphabetic() => "0-9A-Za-z_",
        's' if c.is_ascii_alphabetic() => "\\t\\n\\f\\r ",
        'p' => {
            reader.skip(1);
            unicode_class(reader, start, c, out)?;
            return Ok(true);
        }
        _ => return Ok(false),
    };
    reader.skip(1);
    match (in_class, c.is_ascii_uppercase()) {
        (true, false) => out.push_str(set),
        (_, negated) => {
            out.push_str(if negated { "[^" } else { "[" });
            out.push_str(set);
            out.push(']');
        }
    }
    Ok(true)
}

/// Translates `\pL` and the like; its backslash, at `start`, and `p` or `P` have been read.
fn unicode_class(reader: &mut Reader, start: usize, p: char, out: &mut String) -> Result<(), String> {
    let name = match reader.next_char()? {
        Some((_, '{')) => {
            let name_start = reader.at();
            let following = reader.following();
            let Some(end) = following.find('}') else {
                reader.check_utf8(start..reader.pattern.len())?;
                return Err(parse_error("invalid character class range", &reader.pattern[start..]));
            };
            reader.check_utf8(name_start..name_start + end)?;
            reader.skip(end + 1);
            &following[..end]
        }
        Some((at, c)) => &reader.pattern[at..at + c.len_utf8()],
        None => return Err(parse_error("invalid character class range", &reader.pattern[start..])),
    };
    let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let end = reader.at();
    let written = &reader.pattern[start..end];
    let class = class_names::find(name, negated != (p == 'P'));
    out.push_str(&class.ok_or_else(|| parse_error("invalid character class range", written))?);
    Ok(())
}

/// Translates a bracketed class; its bracket, at `start`, has been read.
pub(super) fn bracketed(reader: &mut Reader, start: usize, out: &mut String) -> Result<(), String> {
    out.push('[');
    if reader.skip_char('^') {
        out.push('^');
    }
    let mut first = true;
    loop {
        let following = reader.following();
        if following.is_empty() {
            return Err(unclosed(reader, start));
        }
        if following.starts_with(']') && !first {
            reader.skip(1);
            out.push(']');
            return Ok(());
        }
        first = false;
        if let Some(named) = following.strip_prefix("[:")
            && reader.has_more_named_classes
        {
            let Some(length) = named.find(":]") else {
                reader.has_more_named_classes = false;
                continue;
            };
            posix_class(reader, &following[..length + 4], out)?;
            continue;
        }
        let at = reader.at();
        if following.starts_with('\\') {
            reader.skip(1);
            if escape(reader, at, true, out)? {
                continue;
            }
        }
        let low = if following.starts_with('\\') { reader.escaped_code(at)? } else { class_code(reader, start)? };
        let mut high = low;
        let after = reader.following();
        if after.len() >= 2 && after.starts_with('-') && !after.starts_with("-]") {
            reader.skip(1);
            let from = reader.at();
            let escaped = reader.skip_char('\\');
            high = if escaped { reader.escaped_code(from)? } else { class_code(reader, start)? };
            if high < low {
                let end = reader.at();
                return Err(parse_error("invalid character class range", &reader.pattern[at..end]));
            }
        }
        class_range(low, high, out);
    }
}

/// Reads a character in the class that begins at `start`.
fn class_code(reader: &mut Reader, start: usize) -> Result<u32, String> {
    match reader.next_char()? {
        Some((_, c)) => Ok(u32::from(c)),
        None => Err(unclosed(reader, start)),
    }
}

fn unclosed(reader: &Reader, start: usize) -> String {
    parse_error("missing closing ]", &reader.pattern[start..])
}

/// Appends the characters from `low` to `high`. Surrogates among these are left out, because no text contains them.
fn class_range(low: u32, high: u32, out: &mut String) {
    let low = char::from_u32(low).unwrap_or('\u{e000}');
    let high = char::from_u32(high).unwrap_or('\u{d7ff}');
    if high < low {
        out.push_str(NOTHING);
        return;
    }
    class_literal(low, out);
    if low < high {
        out.push('-');
        class_literal(high, out);
    }
}

fn class_literal(c: char, out: &mut String) {
    if c.is_ascii() && !c.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{:02x}", u32::from(c)));
    } else {
        out.push(c);
    }
}

fn posix_class(reader: &mut Reader, written: &str, out: &mut String) -> Result<(), String> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
        "word", "xdigit",
    ];
    let name = written.strip_prefix("[:").and_then(|name| name.strip_suffix(":]")).unwrap_or_default();
    if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Err(parse_error("invalid character class range", written));
    }
    reader.skip(written.len());
    out.push_str(written);
    Ok(())
}
