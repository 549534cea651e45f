//! Text in quotes, with Go's escapes.

use std::str::Chars;

/// The text that a quoted one, single or double, stands for; `None` where it is not well formed. A lone byte above 0x7f
/// (`\xff`), which no text can hold, becomes the replacement character.
pub(super) fn unquote(text: &str) -> Option<String> {
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
fn escape(rest: &mut Chars<'_>, quote: char, bytes: &mut Vec<u8>) -> Option<()> {
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
fn number(rest: &mut Chars<'_>, count: usize, radix: u32) -> Option<u32> {
    (0..count).try_fold(0u32, |number, _| number.checked_mul(radix)?.checked_add(rest.next()?.to_digit(radix)?))
}
