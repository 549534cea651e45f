//! Functions on text. Lengths and positions are counted in bytes, as in Go.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memmem;

use super::dialect::{Cut, Dialect};
use super::error::Error;
use super::limits::Limits;
use crate::go::fmt::{self, GoValue, View};
use crate::go::utf8;

/// Converts a value of any type to text (`strval`): strings and bytes are unchanged, anything else is formatted as by
/// `%v`, in at most `limit` bytes.
///
/// # Errors
/// The value nests too deeply, or its text becomes too long.
pub fn strval<V: GoValue>(value: &V, limit: usize, dialect: Dialect) -> Result<Cow<'_, [u8]>, fmt::Error> {
    match value.view() {
        View::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
        _ => fmt::display(value, limit, dialect.print),
    }
}

/// Removes white space at both ends (`trim`, `strings.TrimSpace`).
pub fn trim(text: &[u8]) -> &[u8] {
    trim_where(text, |c| c.is_some_and(char::is_whitespace))
}

/// Removes the given characters at both ends (`trimAll`, `strings.Trim`).
pub fn trim_all<'t>(text: &'t [u8], chars: &[u8]) -> &'t [u8] {
    if chars.is_ascii() {
        let mut unwanted = [false; 256];
        chars.iter().for_each(|&byte| unwanted[usize::from(byte)] = true);
        let is_kept = |byte: &u8| !unwanted[usize::from(*byte)];
        let kept = text.iter().position(is_kept).zip(text.iter().rposition(is_kept));
        return kept.map_or(&[], |(first, last)| &text[first..=last]);
    }
    let unwanted: HashSet<char> = utf8::chars(chars).collect();
    // Go treats a byte that belongs to no character as U+FFFD.
    trim_where(text, |c| unwanted.contains(&c.unwrap_or(char::REPLACEMENT_CHARACTER)))
}

fn trim_where(text: &[u8], unwanted: impl Fn(Option<char>) -> bool) -> &[u8] {
    let Some((start, _)) = utf8::char_indices(text).find(|&(_, c)| !unwanted(c)) else { return &[] };
    let mut text = &text[start..];
    while let Some((c, length)) = utf8::decode_last(text)
        && unwanted(c)
    {
        text = &text[..text.len() - length];
    }
    text
}

/// Returns the first `length` bytes, or the last ones if `length` is negative (`trunc`).
pub fn trunc(text: &[u8], length: i64, cut: Cut) -> &[u8] {
    let size = usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX);
    if size >= text.len() {
        text
    } else if length < 0 {
        &text[ceil(text, text.len() - size, cut)..]
    } else {
        &text[..floor(text, size, cut)]
    }
}

/// Returns the bytes from `start` up to, but not including, `end` (`substr`). A negative start is the beginning of the
/// text; an end out of range is the end of the text, unless the start is negative.
///
/// # Errors
/// The range is out of bounds or reversed.
pub fn substr(text: &[u8], start: i64, end: i64, cut: Cut) -> Result<&[u8], Error> {
    let out_of_range = |bounds: String| Error::Call(format!("runtime error: slice bounds out of range {bounds}"));
    let length = text.len();
    let place = |at: i64| usize::try_from(at).ok().filter(|&at| at <= length).map(|at| floor(text, at, cut));
    let (from, to) = match (start, place(end)) {
        (..0, None) if end < 0 => return Err(out_of_range(format!("[:{end}]"))),
        (..0, None) => return Err(out_of_range(format!("[:{end}] with length {length}"))),
        (..0, Some(end)) => (Some(0), end),
        (start, end) => (place(start), end.unwrap_or(length)),
    };
    let part = from.and_then(|from| text.get(from..to));
    part.ok_or_else(|| out_of_range(format!("[{start}:{}]", if place(end).is_some() { end } else { length as i64 })))
}

/// Returns the last position at or before `at` where a text may be cut.
pub(super) fn floor(text: &[u8], at: usize, cut: Cut) -> usize {
    match cut {
        Cut::Byte => at.min(text.len()),
        Cut::Char => utf8::floor_boundary(text, at),
    }
}

/// Returns the first position at or after `at` where a text may be cut.
pub(super) fn ceil(text: &[u8], at: usize, cut: Cut) -> usize {
    let mut at = at.min(text.len());
    while cut == Cut::Char && utf8::floor_boundary(text, at) != at {
        at += 1;
    }
    at
}

/// Indents every line, including the first (`indent`).
///
/// # Errors
/// The width is negative, or the result too large.
pub fn indent(text: &[u8], width: i64, limits: &mut impl Limits) -> Result<Vec<u8>, Error> {
    indented(text, width, b"", limits)
}

/// Indents like [`indent`], after a line break (`nindent`).
///
/// # Errors
/// The same as for [`indent`].
pub fn nindent(text: &[u8], width: i64, limits: &mut impl Limits) -> Result<Vec<u8>, Error> {
    indented(text, width, b"\n", limits)
}

fn indented(text: &[u8], width: i64, before: &[u8], limits: &mut impl Limits) -> Result<Vec<u8>, Error> {
    let width = repeat_count(width)?;
    let lines = memchr::memchr_iter(b'\n', text).count() + 1;
    let size = width.saturating_mul(lines).saturating_add(text.len());
    limits.check_size(size)?;
    let mut out = Vec::with_capacity(size + before.len());
    out.extend_from_slice(before);
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        out.resize(out.len() + width, b' ');
        out.extend_from_slice(line);
    }
    if text.is_empty() || text.ends_with(b"\n") {
        out.resize(out.len() + width, b' ');
    }
    Ok(out)
}

/// Checks a count for Go's `strings.Repeat`.
fn repeat_count(count: i64) -> Result<usize, Error> {
    usize::try_from(count).map_err(|_| Error::call("strings: negative Repeat count"))
}

/// Repeats the text so many times (`repeat`).
///
/// # Errors
/// The count is negative, or the result too large.
pub fn repeat(text: &[u8], count: i64, limits: &mut impl Limits) -> Result<Vec<u8>, Error> {
    let count = repeat_count(count)?;
    limits.check_size(text.len().saturating_mul(count))?;
    Ok(text.repeat(count))
}

/// Whether `part` occurs in the text (`contains`).
pub fn contains(text: &[u8], part: &[u8]) -> bool {
    memmem::find(text, part).is_some()
}

/// Replaces every `from` with `to` (`replace`); an empty `from` occurs before every character and at the end.
///
/// # Errors
/// The result is too large.
pub fn replace(text: &[u8], from: &[u8], to: &[u8], limits: &mut impl Limits) -> Result<Vec<u8>, Error> {
    let places: Vec<usize> = match from {
        [] => utf8::char_indices(text).map(|(at, _)| at).chain([text.len()]).collect(),
        _ => memmem::find_iter(text, from).collect(),
    };
    let added = places.len().saturating_mul(to.len().saturating_sub(from.len()));
    limits.check_size(text.len().saturating_add(added))?;
    let mut out = Vec::with_capacity(text.len() + added);
    let mut end = 0;
    for place in places {
        out.extend_from_slice(&text[end..place]);
        out.extend_from_slice(to);
        end = place + from.len();
    }
    out.extend_from_slice(&text[end..]);
    Ok(out)
}

/// Splits the text at every `separator` (`splitList`, `splitn`, Go's `strings.SplitN`) into at most `most` parts, or
/// all parts if that is negative. An empty separator splits between characters.
///
/// # Errors
/// There are too many parts.
pub fn split<'t>(
    text: &'t [u8],
    separator: &[u8],
    most: i64,
    limits: &mut impl Limits,
) -> Result<Vec<&'t [u8]>, Error> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if most == 0 {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    let mut begin = 0;
    let mut push = |parts: &mut Vec<&'t [u8]>, from: usize, to: usize| {
        parts.push(&text[from..to]);
        limits.spend_items(1)
    };
    if separator.is_empty() {
        for (at, _) in utf8::char_indices(text).skip(1).take(most - 1) {
            push(&mut parts, begin, at)?;
            begin = at;
        }
        if text.is_empty() {
            return Ok(parts);
        }
    } else {
        for at in memmem::find_iter(text, separator).take(most - 1) {
            push(&mut parts, begin, at)?;
            begin = at + separator.len();
        }
    }
    push(&mut parts, begin, text.len())?;
    Ok(parts)
}

/// Joins the parts with a separator (`join`).
///
/// # Errors
/// The result is too large.
pub fn join<T: AsRef<[u8]>>(parts: &[T], separator: &[u8], limits: &mut impl Limits) -> Result<Vec<u8>, Error> {
    let separators = parts.len().saturating_sub(1).saturating_mul(separator.len());
    let size = parts.iter().fold(separators, |size, part| size.saturating_add(part.as_ref().len()));
    limits.check_size(size)?;
    let mut out = Vec::with_capacity(size);
    for (index, part) in parts.iter().enumerate() {
        out.extend_from_slice(if index > 0 { separator } else { b"" });
        out.extend_from_slice(part.as_ref());
    }
    Ok(out)
}

/// Removes all white space (`nospace`). Helm treats every byte as a character. A text without white space is still
/// returned unchanged, but in one with white space, each byte beyond ASCII becomes a character of its own.
pub fn nospace(text: &[u8], cut: Cut) -> Cow<'_, [u8]> {
    let latin = |text: &[u8]| text.iter().map(|&byte| char::from(byte)).collect::<String>();
    let kept: String = match cut {
        Cut::Byte => latin(text).chars().filter(|c| !c.is_whitespace()).collect(),
        Cut::Char => utf8::chars(text).filter(|c| !c.is_whitespace()).collect(),
    };
    let whole = match cut {
        Cut::Byte => text.len(),
        Cut::Char => utf8::count(text),
    };
    if kept.chars().count() == whole { Cow::Borrowed(text) } else { Cow::Owned(kept.into_bytes()) }
}

/// Escapes a text for HTML (Go's `html`).
pub fn html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'\0' => out.extend_from_slice("\u{FFFD}".as_bytes()),
            byte => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::Unlimited;
    use super::*;

    #[test]
    fn texts_are_cut_at_bytes_or_between_characters() {
        let text = "é☃x".as_bytes();
        assert_eq!(trunc(text, 3, Cut::Byte), b"\xc3\xa9\xe2");
        assert_eq!(trunc(text, 3, Cut::Char), "é".as_bytes());
        assert_eq!(trunc(text, -2, Cut::Char), b"x");
        assert_eq!(trunc(b"hello", -3, Cut::Byte), b"llo");
        assert_eq!(trunc(b"hello", i64::MIN, Cut::Byte), b"hello");
        assert_eq!(substr(b"hello", -1, 2, Cut::Byte).unwrap(), b"he");
        assert_eq!(substr(b"hello", 3, -1, Cut::Byte).unwrap(), b"lo");
    }

    /// Recorded from Helm.
    #[test]
    fn places_outside_the_text_are_errors_as_in_go() {
        for (start, end, bounds) in [(3, 2, "[3:2]"), (-1, -1, "[:-1]"), (-1, 9, "[:9] with length 5"), (7, 9, "[7:5]")]
        {
            let message = substr(b"hello", start, end, Cut::Byte).unwrap_err().to_string();
            assert_eq!(message, format!("runtime error: slice bounds out of range {bounds}"));
        }
    }

    #[test]
    fn every_line_is_indented() {
        assert_eq!(indent(b"a\n\nb\n", 2, &mut Unlimited).unwrap(), b"  a\n  \n  b\n  ");
        assert_eq!(indent(b"", 2, &mut Unlimited).unwrap(), b"  ");
        assert_eq!(nindent(b"a", 1, &mut Unlimited).unwrap(), b"\n a");
        assert_eq!(indent(b"a", -1, &mut Unlimited).unwrap_err().to_string(), "strings: negative Repeat count");
    }

    #[test]
    fn texts_are_split_as_go_does() {
        let split = |text: &'static str, separator: &str, most| -> Vec<&str> {
            let parts = split(text.as_bytes(), separator.as_bytes(), most, &mut Unlimited).unwrap();
            parts.into_iter().map(|part| str::from_utf8(part).unwrap()).collect()
        };
        assert_eq!(split("", ",", -1), [""]);
        assert_eq!(split("", "", -1), [""; 0]);
        assert_eq!(split("aéb", "", -1), ["a", "é", "b"]);
        assert_eq!(split("aéb", "", 2), ["a", "éb"]);
        assert_eq!(split("a,b,c", ",", 2), ["a", "b,c"]);
        assert_eq!(split("a,b", ",", 0), [""; 0]);
    }

    #[test]
    fn texts_are_trimmed_and_replaced_as_go_does() {
        assert_eq!(trim(" \u{a0}\u{85}a \n".as_bytes()), b"a");
        assert_eq!(trim(b"\xff "), b"\xff");
        assert_eq!(trim_all("éaé".as_bytes(), "é".as_bytes()), b"a");
        assert_eq!(trim_all(b"--a-b-", b".-"), b"a-b");
        assert_eq!(trim_all(b"--", b"-"), b"");
        assert_eq!(replace("aé".as_bytes(), b"", b"-", &mut Unlimited).unwrap(), "-a-é-".as_bytes());
        assert_eq!(replace(b"aXbX", b"X", b"yy", &mut Unlimited).unwrap(), b"ayybyy");
        assert_eq!(nospace("é x".as_bytes(), Cut::Byte), "Ã©x".as_bytes());
        assert_eq!(nospace("é x".as_bytes(), Cut::Char), "éx".as_bytes());
        assert_eq!(nospace("éx".as_bytes(), Cut::Byte), "éx".as_bytes());
    }
}
