//! Bytes -> text, as go-yaml takes its input: UTF-8, or UTF-16 with a byte order mark.

use std::borrow::Cow;

/// The text of a document.
///
/// # Errors
/// go-yaml's message, without `yaml: `, about bytes that are no text.
pub fn text_of_bytes(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| explain(&bytes[error.valid_up_to()..])),
    }
}

/// What is wrong with bytes that don't begin with a character.
fn explain(bytes: &[u8]) -> &'static str {
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

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, &'static str> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut units = pairs.iter().map(|pair| unit(*pair));
    while let Some(first) = units.next() {
        match first {
            0xdc00..=0xdfff => return Err("unexpected low surrogate area"),
            0xd800..=0xdbff => {
                let second = units.next().ok_or("incomplete UTF-16 surrogate pair")?;
                let pair = char::decode_utf16([first, second]).next();
                text.push(pair.and_then(Result::ok).ok_or("expected low surrogate area")?);
            }
            _ => text.extend(char::from_u32(first.into())),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err("incomplete UTF-16 character") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_have_go_yamls_message() {
        assert_eq!(text_of_bytes("a: é".as_bytes()), Ok("a: é".into()));
        assert_eq!(text_of_bytes(b"\xff\xfea\0:\0 \x003\xd8\0\xdf"), Ok("a: \u{1cf00}".into()));
        assert_eq!(text_of_bytes(b"\xfe\xff\0a"), Ok("a".into()));
        let rows: [(&[u8], &str); 9] = [
            (b"a\xff", "invalid leading UTF-8 octet"),
            (b"a\x80", "invalid leading UTF-8 octet"),
            (b"a\xe2\x98", "incomplete UTF-8 octet sequence"),
            (b"a\xe2\x98z", "invalid trailing UTF-8 octet"),
            (b"\xc0\x80", "invalid length of a UTF-8 sequence"),
            (b"\xed\xa0\x80", "invalid Unicode character"),
            (b"\xff\xfea", "incomplete UTF-16 character"),
            (b"\xff\xfe\0\xdc", "unexpected low surrogate area"),
            (b"\xff\xfe\0\xd8a\0", "expected low surrogate area"),
        ];
        for (bytes, message) in rows {
            assert_eq!(text_of_bytes(bytes), Err(message), "{bytes:?}");
        }
    }
}
