//! Functions on the words of a text: breaking it into lines, abbreviating it, and taking initials. Widths are counted
//! in bytes, as in Helm.

use super::dialect::Cut;
use super::error::Error;
use super::limits::Limits;
use super::text;
use super::text::{ceil, floor};
use crate::go::utf8;

/// Returns the first letter of every word (`initials`). Helm treats every byte as a character.
pub fn initials(text: &[u8], cut: Cut) -> String {
    let mut after_space = true;
    let is_initial = |c: &char| std::mem::replace(&mut after_space, c.is_whitespace()) && !c.is_whitespace();
    match cut {
        Cut::Byte => text.iter().map(|&byte| char::from(byte)).filter(is_initial).collect(),
        Cut::Char => utf8::chars(text).filter(is_initial).collect(),
    }
}

/// Breaks a text between words into lines of at most `width` bytes (`wrap`). A longer word stays whole.
///
/// # Errors
/// The result is too large.
pub fn wrap(text: &[u8], width: i64, cut: Cut, limits: &mut impl Limits) -> Result<Vec<u8>, Error> {
    wrapped(text, width, b"\n", false, cut, limits)
}

/// Like [`wrap`], but with another line break, and long words are broken too (`wrapWith`). An empty line break means
/// the default.
///
/// # Errors
/// The result is too large.
pub fn wrap_with(
    text: &[u8],
    width: i64,
    line_break: &[u8],
    cut: Cut,
    limits: &mut impl Limits,
) -> Result<Vec<u8>, Error> {
    let line_break = if line_break.is_empty() { b"\n" } else { line_break };
    wrapped(text, width, line_break, true, cut, limits)
}

fn wrapped(
    text: &[u8],
    width: i64,
    line_break: &[u8],
    break_words: bool,
    cut: Cut,
    limits: &mut impl Limits,
) -> Result<Vec<u8>, Error> {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let mut lines: Vec<&[u8]> = Vec::new();
    let mut rest = text;
    while rest.len() > width {
        if let Some(after_space) = rest.strip_prefix(b" ") {
            rest = after_space;
            continue;
        }
        // A space right after the line still ends it there.
        let limit = floor(rest, width, cut);
        let room = floor(rest, width + 1, cut);
        let in_line = memchr::memrchr(b' ', &rest[..room]);
        let behind_line = || memchr::memchr(b' ', &rest[limit..]).map(|at| at + limit);
        let space = if break_words { in_line } else { in_line.or_else(behind_line) };
        let (end, next) = match space {
            Some(space) => (space, space + 1),
            None if break_words => {
                let end = if limit > 0 { limit } else { ceil(rest, 1, cut) };
                (end, end)
            }
            None => break,
        };
        lines.push(&rest[..end]);
        rest = &rest[next..];
    }
    lines.push(rest);
    text::join(&lines, line_break, limits)
}

/// Cuts a text to `width` bytes, with `...` at the end (`abbrev`); below a width of 4, it is unchanged.
pub fn abbrev(text: &[u8], width: i64, cut: Cut) -> Vec<u8> {
    if width < 4 { text.to_vec() } else { abbreviated(text, 0, width, cut) }
}

/// Cuts a text at both ends, with `...` in place of the rest (`abbrevboth`): `right` bytes from about `left` on.
pub fn abbrev_both(text: &[u8], left: i64, right: i64, cut: Cut) -> Vec<u8> {
    let too_small = right < 4 || (left > 0 && right < 7);
    if too_small { text.to_vec() } else { abbreviated(text, left, right, cut) }
}

/// Returns at most `width` bytes of a text from about `offset` on, with `...` at each end that is cut off.
fn abbreviated(text: &[u8], offset: i64, width: i64, cut: Cut) -> Vec<u8> {
    let length = text.len() as i64;
    if length <= width {
        return text.to_vec();
    }
    let part = |from: i64, to: i64| {
        let at = |offset: i64| floor(text, usize::try_from(offset).unwrap_or(0), cut);
        &text[at(from).min(at(to))..at(to)]
    };
    let offset = offset.min(length);
    let offset = if length.saturating_sub(offset) < width - 3 { length - (width - 3) } else { offset };
    if offset <= 4 {
        return [part(0, width - 3), b"..."].concat();
    }
    if offset + width - 3 < length {
        let inner = abbreviated(part(offset, length), 0, width - 3, cut);
        return [b"...", inner.as_slice()].concat();
    }
    [b"...", part(length - (width - 3), length)].concat()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Unlimited;
    use super::*;

    #[test]
    fn lines_break_between_words() {
        let wrap = |text: &str, width| wrap(text.as_bytes(), width, Cut::Byte, &mut Unlimited).unwrap();
        assert_eq!(wrap("hello world foo", 5), b"hello\nworld\nfoo");
        assert_eq!(wrap("abcdef gh", 0), b"abcdef\ngh");
        let broken = |cut| wrap_with("aé☃bcd".as_bytes(), 3, b"|", cut, &mut Unlimited).unwrap();
        assert_eq!(broken(Cut::Char), "aé|☃|bcd".as_bytes());
        assert_eq!(wrap_with(b"abcdefgh", 3, b"", Cut::Byte, &mut Unlimited).unwrap(), b"abc\ndef\ngh");
    }

    #[test]
    fn texts_are_abbreviated_as_helm_does() {
        assert_eq!(abbrev(b"hello world", 5, Cut::Byte), b"he...");
        assert_eq!(abbrev(b"hello", 3, Cut::Byte), b"hello");
        assert_eq!(abbrev_both(b"1234 5678 9123", 5, 10, Cut::Byte), b"...5678...");
    }

    #[test]
    fn first_letters_are_bytes_in_helm() {
        assert_eq!(initials("été noël".as_bytes(), Cut::Byte), "Ãn");
        assert_eq!(initials("été noël".as_bytes(), Cut::Char), "én");
    }
}
