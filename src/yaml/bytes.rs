//! Decodes bytes to text as go-yaml does: UTF-8, or UTF-16 with a byte order mark.

use std::borrow::Cow;

use super::syntax::forbidden_character;

/// go-yaml's message for a character that YAML does not allow.
pub(super) const CONTROL_CHARACTERS: &str = "control characters are not allowed";

/// Why bytes are not valid text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotText {
    /// go-yaml's message, without the prefix `yaml: `.
    pub message: &'static str,
    /// The offset of the first invalid byte; 0 for UTF-16.
    pub at: usize,
}

/// Decodes the text of a document.
///
/// # Errors
/// The first byte sequence that is not valid text.
pub fn text_of_bytes(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
            let at = error.valid_up_to();
            explain(str::from_utf8(&bytes[..at]).unwrap_or(""), at, wrong_character(&bytes[at..]))
        }),
    }
}

/// Decodes the text of a document that Helm reads line by line: each line loses its line break (`\r\n` included) and gets
/// the byte `\n`, even the last line if it had no break.
///
/// # Errors
/// As for [`text_of_bytes`].
pub(super) fn text_of_lines(bytes: &[u8]) -> Result<String, NotText> {
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let mut lines = Vec::with_capacity(bytes.len() + 1);
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let kept = match line.strip_suffix(b"\n") {
            // In UTF-8 a kept `\r` makes no difference, and offsets stay the same.
            Some(kept) if is_utf16 => kept.strip_suffix(b"\r").unwrap_or(kept),
            Some(kept) => kept,
            None => line,
        };
        lines.extend_from_slice(kept);
        lines.push(b'\n');
    }
    text_of_bytes(&lines).map(Cow::into_owned)
}

/// Returns the first error in the text: a forbidden character before the invalid bytes takes precedence.
fn explain(before: &str, at: usize, message: &'static str) -> NotText {
    match forbidden_character(before) {
        Some(forbidden) => NotText { message: CONTROL_CHARACTERS, at: forbidden },
        None => NotText { message, at },
    }
}

/// Returns go-yaml's message for bytes that do not start with a valid UTF-8 character.
fn wrong_character(bytes: &[u8]) -> &'static str {
    let (length, bits) = match bytes.first() {
        Some(byte @ 0xc0..=0xdf) => (2, byte & 0x1f),
        Some(byte @ 0xe0..=0xef) => (3, byte & 0x0f),
        Some(byte @ 0xf0..=0xf7) => (4, byte & 0x07),
        _ => return "invalid leading UTF-8 octet",
    };
    if bytes.len() < length {
        return "incomplete UTF-8 octet sequence";
    }
    let mut code = u32::from(bits);
    for byte in &bytes[1..length] {
        if byte & 0xc0 != 0x80 {
            return "invalid trailing UTF-8 octet";
        }
        code = code << 6 | u32::from(byte & 0x3f);
    }
    let least = [0x80, 0x800, 0x1_0000][length - 2];
    if code < least { "invalid length of a UTF-8 sequence" } else { "invalid Unicode character" }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut units = pairs.iter().map(|pair| unit(*pair));
    let wrong = |text: &str, message| Err(explain(text, 0, message));
    while let Some(first) = units.next() {
        match first {
            0xdc00..=0xdfff => return wrong(&text, "unexpected low surrogate area"),
            0xd800..=0xdbff => {
                let Some(second) = units.next() else { return wrong(&text, "incomplete UTF-16 surrogate pair") };
                match char::decode_utf16([first, second]).next() {
                    Some(Ok(pair)) => text.push(pair),
                    _ => return wrong(&text, "expected low surrogate area"),
                }
            }
            _ => text.extend(char::from_u32(first.into())),
        }
    }
    if rest.is_empty() { Ok(text) } else { wrong(&text, "incomplete UTF-16 character") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_have_go_yamls_message() {
        assert_eq!(text_of_bytes("a: é".as_bytes()), Ok("a: é".into()));
        assert_eq!(text_of_bytes(b"\xff\xfea\0:\0 \x003\xd8\0\xdf"), Ok("a: \u{1cf00}".into()));
        assert_eq!(text_of_bytes(b"\xfe\xff\0a"), Ok("a".into()));
        let rows: [(&[u8], &str); 10] = [
            (b"a\xff", "invalid leading UTF-8 octet"),
            (b"a\x80", "invalid leading UTF-8 octet"),
            (b"a\x01\x80", "control characters are not allowed"),
            (b"a\xe2\x98", "incomplete UTF-8 octet sequence"),
            (b"a\xe2\x98z", "invalid trailing UTF-8 octet"),
            (b"\xc0\x80", "invalid length of a UTF-8 sequence"),
            (b"\xed\xa0\x80", "invalid Unicode character"),
            (b"\xff\xfea", "incomplete UTF-16 character"),
            (b"\xff\xfe\0\xdc", "unexpected low surrogate area"),
            (b"\xff\xfe\0\xd8a\0", "expected low surrogate area"),
        ];
        for (bytes, message) in rows {
            assert_eq!(text_of_bytes(bytes).map_err(|error| error.message), Err(message), "{bytes:?}");
        }
    }
}
