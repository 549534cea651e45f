//! Text as Go quotes it (`strconv.Quote`, `%q`), which many of Helm's messages do.

/// A character as Go's `%q` writes it.
pub fn quote_char(c: char) -> String {
    quoted('\'', [c], push_escaped)
}

/// A character as Go's `%+q` writes it, everything but ASCII escaped.
pub fn quote_char_ascii(c: char) -> String {
    quoted('\'', [c], push_ascii)
}

/// A string in double quotes, as Go's `%q` writes it.
pub fn quote_double(text: &str) -> String {
    quoted('"', text.chars(), push_escaped)
}

/// A string in double quotes, as Go's `%+q` writes it, everything but ASCII escaped.
pub fn quote_double_ascii(text: &str) -> String {
    quoted('"', text.chars(), push_ascii)
}

/// Bytes in double quotes, as Go's `%q` writes a string: a byte that belongs to no character is `\xff`.
pub fn quote_bytes(text: &[u8]) -> String {
    quoted_bytes(text, push_escaped)
}

/// Bytes in double quotes, as Go's `%+q` writes a string, everything but ASCII escaped.
pub fn quote_bytes_ascii(text: &[u8]) -> String {
    quoted_bytes(text, push_ascii)
}

fn quoted_bytes(text: &[u8], push: fn(&mut String, char)) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for chunk in text.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push_quoted(&mut quoted, '"', c, push));
        chunk.invalid().iter().for_each(|byte| quoted.push_str(&format!("\\x{byte:02x}")));
    }
    quoted.push('"');
    quoted
}

/// Whether Go writes a text between back quotes: it has no control characters but tabs, no back quote and no byte order
/// mark, and is UTF-8.
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

/// Appends a character as Go escapes it in quotes, quotes and backslashes apart.
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

/// Whether Go prints the character as it is. Rust's own escaping of text has nearly the same table; a combining
/// mark, which it escapes only at the beginning, is looked at behind a letter.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    let mut buffer = [b'a'; 5];
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().eq(['a', c]))
}

/// The text that a Go literal in single or double quotes stands for; `None` where it is malformed. A lone byte above 0x7f
/// (`\xff`), which a text can't hold, becomes the replacement character.
pub fn unquote(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inside = text.get(1..)?.strip_suffix(quote)?;
    let mut bytes = Vec::with_capacity(inside.len());
    let mut rest = inside.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => escape(&mut rest, quote, &mut bytes)?,
            c if c == quote => return None,
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What follows a backslash. Only the text's own quote may be escaped.
fn escape(rest: &mut std::str::Chars<'_>, quote: char, bytes: &mut Vec<u8>) -> Option<()> {
    let byte = match rest.next()? {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        c if c == quote => c as u8,
        'x' => number(rest, 2, 16)? as u8,
        first @ '0'..='7' => {
            let high = first.to_digit(8)? * 64;
            u8::try_from(high + number(rest, 2, 8)?).ok()?
        }
        kind @ ('u' | 'U') => {
            let c = char::from_u32(number(rest, if kind == 'u' { 4 } else { 8 }, 16)?)?;
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(());
        }
        _ => return None,
    };
    bytes.push(byte);
    Some(())
}

/// The number that the next `count` digits make.
fn number(rest: &mut std::str::Chars<'_>, count: usize, radix: u32) -> Option<u32> {
    (0..count).try_fold(0u32, |number, _| number.checked_mul(radix)?.checked_add(rest.next()?.to_digit(radix)?))
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
}
