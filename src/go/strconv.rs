//! Text quoted and unquoted as in Go (`strconv.Quote`, `%q`), which many of Helm's messages do.

use std::borrow::Cow;

use super::utf8;

/// Quotes a character as Go's `%q` does.
pub fn quote_char(c: char) -> String {
    quoted('\'', [c], push_escaped)
}

/// Quotes a character as Go's `%+q` does: everything but ASCII is escaped.
pub fn quote_char_ascii(c: char) -> String {
    quoted('\'', [c], push_ascii)
}

/// Quotes a string as Go's `%q` does.
pub fn quote_double(text: &str) -> String {
    quoted('"', text.chars(), push_escaped)
}

/// Quotes a string as Go's `%+q` does: everything but ASCII is escaped.
pub fn quote_double_ascii(text: &str) -> String {
    quoted('"', text.chars(), push_ascii)
}

/// Quotes bytes as Go's `%q` does for a string: a byte that belongs to no character becomes `\xff`.
pub fn quote_bytes(text: &[u8]) -> String {
    quoted_bytes(text, push_escaped)
}

/// Quotes bytes as Go's `%+q` does for a string: everything but ASCII is escaped.
pub fn quote_bytes_ascii(text: &[u8]) -> String {
    quoted_bytes(text, push_ascii)
}

fn quoted_bytes(text: &[u8], push: fn(&mut String, char)) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for chunk in text.utf8_chunks() {
        let mut rest = chunk.valid();
        loop {
            // Most characters need no escape.
            let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
            let (plain, other) = rest.split_at(rest.bytes().take_while(is_plain).count());
            quoted.push_str(plain);
            let mut others = other.chars();
            let Some(c) = others.next() else { break };
            push_quoted(&mut quoted, '"', c, push);
            rest = others.as_str();
        }
        chunk.invalid().iter().for_each(|byte| quoted.push_str(&format!("\\x{byte:02x}")));
    }
    quoted.push('"');
    quoted
}

/// Whether Go can write a text in back quotes: it is UTF-8, and has no control characters except tabs, no back quotes
/// and no byte order marks.
pub fn can_backquote(text: &[u8]) -> bool {
    let plain = |c: char| c == '\t' || !(c < ' ' || matches!(c, '`' | '\u{7f}' | '\u{feff}'));
    str::from_utf8(text).is_ok_and(|text| text.chars().all(plain))
}

fn push_quoted(quoted: &mut String, quote: char, c: char, push: fn(&mut String, char)) {
    if c == quote || c == '\\' {
        quoted.extend(['\\', c]);
    } else {
        push(quoted, c);
    }
}

fn quoted(quote: char, text: impl IntoIterator<Item = char>, push: fn(&mut String, char)) -> String {
    let mut quoted = String::from(quote);
    text.into_iter().for_each(|c| push_quoted(&mut quoted, quote, c, push));
    quoted.push(quote);
    quoted
}

/// Appends a character as Go escapes it in quotes, except for quotes and backslashes.
pub(crate) fn push_escaped(out: &mut String, c: char) {
    if is_printable(c) { out.push(c) } else { push_ascii(out, c) }
}

fn push_ascii(out: &mut String, c: char) {
    let escaped = match c {
        ' '..='~' => return out.push(c),
        '\n' => "\\n",
        '\t' => "\\t",
        '\r' => "\\r",
        '\x07' => "\\a",
        '\x08' => "\\b",
        '\x0b' => "\\v",
        '\x0c' => "\\f",
        _ => {
            let code = u32::from(c);
            let escaped = match code {
                ..0x80 => format!("\\x{code:02x}"),
                0x80..0x1_0000 => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            };
            return out.push_str(&escaped);
        }
    };
    out.push_str(escaped);
}

/// Whether Go prints the character unescaped (`strconv.IsPrint`). Rust's own escaping has nearly the same table. It
/// escapes combining marks only at the beginning of a text, so the character is checked after a letter.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    let mut buffer = [b'a'; 5];
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().eq(['a', c]))
}

/// Returns the text that a Go literal in single or double quotes stands for; `None` if it is malformed. A lone byte
/// above 0x7f (`\xff`), which a text cannot hold, becomes the replacement character.
pub fn unquote(text: &str) -> Option<String> {
    let quoted = text.starts_with(['"', '\'']).then_some(text.as_bytes())?;
    unquote_bytes(quoted).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the bytes that a Go literal in single, double or back quotes stands for; `None` if it is malformed.
pub fn unquote_bytes(literal: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (&quote, rest) = literal.split_first()?;
    let inside = rest.strip_suffix(&[quote])?;
    if quote == b'`' {
        return Some(match memchr::memchr(b'\r', inside) {
            None => Cow::Borrowed(inside),
            Some(_) => inside.iter().copied().filter(|&byte| byte != b'\r').collect(),
        });
    }
    // Most characters stand for themselves.
    let plain = |text: &[u8]| {
        let is_plain = |byte: &&u8| byte.is_ascii() && **byte != b'\\' && **byte != quote;
        text.iter().take_while(is_plain).count()
    };
    let length = plain(inside);
    if length == inside.len() {
        return Some(Cow::Borrowed(inside));
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while !rest.is_empty() {
        let length = plain(rest);
        text.extend_from_slice(&rest[..length]);
        rest = &rest[length..];
        if rest.is_empty() {
            break;
        }
        let (unit, length) = unquote_char(rest, quote)?;
        match unit {
            Unit::Byte(byte) => text.push(byte),
            Unit::Char(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[length..];
    }
    Some(Cow::Owned(text))
}

/// What one character or escape sequence of a literal stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A byte, from `\xff` or `\377`.
    Byte(u8),
    /// Any other character.
    Char(char),
}

/// Reads the first character of a literal whose opening quote has been removed. Returns it with the number of bytes
/// read; `None` if it is malformed.
pub fn unquote_char(text: &[u8], quote: u8) -> Option<(Unit, usize)> {
    let first = *text.first()?;
    if first == quote {
        return None;
    }
    if first != b'\\' {
        let (c, length) = utf8::first(text)?;
        return Some((Unit::Char(c), length));
    }
    let number = |from: usize, count: usize, radix: u32| {
        let digits = std::str::from_utf8(text.get(from..from + count)?).ok()?;
        let is_number = digits.chars().all(|c| c.is_digit(radix));
        if is_number { u32::from_str_radix(digits, radix).ok() } else { None }
    };
    let byte = |byte: u8| Some((Unit::Byte(byte), 2));
    match text.get(1)? {
        b'a' => byte(0x07),
        b'b' => byte(0x08),
        b'f' => byte(0x0c),
        b'n' => byte(b'\n'),
        b'r' => byte(b'\r'),
        b't' => byte(b'\t'),
        b'v' => byte(0x0b),
        b'\\' => byte(b'\\'),
        c if *c == quote && matches!(quote, b'\'' | b'"') => byte(quote),
        b'x' => Some((Unit::Byte(number(2, 2, 16)? as u8), 4)),
        b'u' => Some((Unit::Char(char::from_u32(number(2, 4, 16)?)?), 6)),
        b'U' => Some((Unit::Char(char::from_u32(number(2, 8, 16)?)?), 10)),
        b'0'..=b'7' => Some((Unit::Byte(u8::try_from(number(1, 3, 8)?).ok()?), 4)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_quote_is_escaped() {
        assert_eq!(quote_char('\''), "'\\''");
        assert_eq!(quote_char('"'), "'\"'");
        assert_eq!(quote_double("a\"'\u{301}"), "\"a\\\"'\u{301}\"");
        assert_eq!(quote_double("\n\u{1}\u{200b}"), "\"\\n\\x01\\u200b\"");
    }

    #[test]
    fn bytes_that_are_no_characters_are_escaped() {
        assert_eq!(quote_bytes(b"a\"\xff\xe2\x98\xc3\xa4"), r#""a\"\xff\xe2\x98ä""#);
        assert_eq!(quote_bytes_ascii(b"\xff\xc3\xa4"), r#""\xff\u00e4""#);
        assert!(can_backquote(b"a\t\"") && !can_backquote(b"`") && !can_backquote(b"\xff"));
    }

    #[test]
    fn spaces_and_format_characters_are_escaped_and_letters_are_not() {
        assert_eq!(quote_double("\u{a0}\u{ad}\u{7f}\u{e000}\u{10ffff}"), "\"\\u00a0\\u00ad\\x7f\\ue000\\U0010ffff\"");
        assert_eq!(quote_double("äß—日😀"), "\"äß—日😀\"");
        assert_eq!(quote_double_ascii("ä\"😀\t"), "\"\\u00e4\\\"\\U0001f600\\t\"");
        assert_eq!(quote_char_ascii('ä'), "'\\u00e4'");
    }

    #[test]
    fn escapes_are_those_of_go() {
        assert_eq!(
            unquote_bytes(br#""\u00e9\x41\101\U0001F600\xff""#).unwrap(),
            "\u{e9}AA\u{1f600}".as_bytes().iter().copied().chain([0xff]).collect::<Vec<_>>()
        );
        assert_eq!(unquote_bytes(b"`a\\n\r\n`").unwrap(), b"a\\n\n".as_slice());
        for bad in [r#""\'""#, r#""\q""#, r#""\400""#, r#""\ud800""#, r#""\x4""#] {
            assert_eq!(unquote_bytes(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(unquote_char(b"\\''", b'\''), Some((Unit::Byte(b'\''), 2)));
        assert_eq!(unquote_char("\u{2603}'".as_bytes(), b'\''), Some((Unit::Char('\u{2603}'), 3)));
    }
}
