//! String and character literals of Go (`strconv.Unquote`), as bytes.

use super::lex::decode;

/// What a literal in double or back quotes stands for; `None` where it is malformed.
pub fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (&quote, rest) = literal.split_first()?;
    let inside = rest.strip_suffix(&[quote])?;
    if quote == b'`' {
        return Some(inside.iter().copied().filter(|&byte| byte != b'\r').collect());
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(&first) = rest.first() {
        // Most characters stand for themselves.
        if first.is_ascii() && first != b'\\' && first != quote {
            text.push(first);
            rest = &rest[1..];
            continue;
        }
        let (unit, length) = unquote_char(rest, quote)?;
        match unit {
            Unit::Byte(byte) => text.push(byte),
            Unit::Char(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[length..];
    }
    Some(text)
}

/// What one character or escape sequence stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `\xff`, `\377`
    Byte(u8),
    /// Any other.
    Char(char),
}

/// The first character of a literal (without its opening quote) and how many bytes it takes; `None` where it is malformed.
pub fn unquote_char(text: &[u8], quote: u8) -> Option<(Unit, usize)> {
    let first = *text.first()?;
    if first == quote {
        return None;
    }
    if first != b'\\' {
        let (c, length) = decode(text)?;
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
    fn escapes_are_those_of_go() {
        assert_eq!(
            unquote(br#""\u00e9\x41\101\U0001F600\xff""#).unwrap(),
            "\u{e9}AA\u{1f600}".as_bytes().iter().copied().chain([0xff]).collect::<Vec<_>>()
        );
        assert_eq!(unquote(b"`a\\n\r\n`").unwrap(), b"a\\n\n");
        for bad in [r#""\'""#, r#""\q""#, r#""\400""#, r#""\ud800""#, r#""\x4""#] {
            assert_eq!(unquote(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(unquote_char(b"\\''", b'\''), Some((Unit::Byte(b'\''), 2)));
        assert_eq!(unquote_char("\u{2603}'".as_bytes(), b'\''), Some((Unit::Char('\u{2603}'), 3)));
    }
}
