//! Bytes as UTF-8 as Go sees them (`unicode/utf8`): every byte that belongs to no character counts as one, U+FFFD.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Decodes the first character and returns it with its length in bytes. A byte that belongs to no character is `None`
/// with a length of one. Returns `None` at the end.
///
/// ```
/// use mim_chart::go::utf8::decode;
/// assert_eq!(decode("äb".as_bytes()), Some((Some('ä'), 2)));
/// assert_eq!(decode(b"\xe2\x98"), Some((None, 1)));
/// assert_eq!(decode(b""), None);
/// ```
pub fn decode(bytes: &[u8]) -> Option<(Option<char>, usize)> {
    let first = *bytes.first()?;
    if first.is_ascii() {
        return Some((Some(char::from(first)), 1));
    }
    let start = &bytes[..bytes.len().min(4)];
    let valid = match str::from_utf8(start) {
        Ok(text) => text,
        Err(error) => str::from_utf8(&start[..error.valid_up_to()]).unwrap_or(""),
    };
    Some(match valid.chars().next() {
        Some(c) => (Some(c), c.len_utf8()),
        None => (None, 1),
    })
}

/// Like [`decode`], but returns U+FFFD for a byte that belongs to no character.
pub fn first(bytes: &[u8]) -> Option<(char, usize)> {
    decode(bytes).map(|(c, length)| (c.unwrap_or(char::REPLACEMENT_CHARACTER), length))
}

/// Decodes the last character, by the same rules as [`decode`].
pub fn decode_last(bytes: &[u8]) -> Option<(Option<char>, usize)> {
    let last = bytes.len().checked_sub(1)?;
    let first = floor_boundary(bytes, last);
    let decoded = decode(&bytes[first..]);
    // The last byte of an incomplete character counts by itself.
    decoded.map(|(c, length)| if first + length == bytes.len() { (c, length) } else { (None, 1) })
}

/// Returns the last position at or before `at` that is not inside a character.
pub fn floor_boundary(bytes: &[u8], at: usize) -> usize {
    let at = at.min(bytes.len());
    let continues = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    if !continues(at) {
        return at;
    }
    match (at.saturating_sub(3)..at).rev().find(|&at| !continues(at)) {
        Some(first) if matches!(decode(&bytes[first..]), Some((Some(_), length)) if first + length > at) => first,
        _ => at,
    }
}

/// Converts bytes to text, with U+FFFD for each byte that belongs to no character.
pub fn to_text(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(chars(bytes).collect()),
    }
}

/// Like [`to_text`], but returns the bytes of the text.
pub fn to_text_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    match to_text(bytes) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// Iterates over the characters, each with its position; a byte that belongs to no character is `None`.
pub fn char_indices(bytes: &[u8]) -> impl Iterator<Item = (usize, Option<char>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (c, length) = decode(&bytes[at..])?;
        at += length;
        Some((at - length, c))
    })
}

/// Iterates over the characters, with U+FFFD for a byte that belongs to no character.
pub fn chars(bytes: &[u8]) -> impl Iterator<Item = char> {
    char_indices(bytes).map(|(_, c)| c.unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// Returns the number of characters (`utf8.RuneCount`).
pub fn count(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

/// Returns the first `count` characters.
pub fn first_chars(bytes: &[u8], count: usize) -> &[u8] {
    // A character has at least one byte.
    if count >= bytes.len() {
        return bytes;
    }
    let end = char_indices(bytes).nth(count).map_or(bytes.len(), |(at, _)| at);
    &bytes[..end]
}

/// Appends a character.
pub fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Whether a character is a letter (`unicode.IsLetter`). Rust also counts combining marks and circled letters as
/// alphabetic.
pub fn is_letter(character: char) -> bool {
    static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\A\p{L}").ok());
    let in_category = |letter: &Regex| letter.is_match(character.encode_utf8(&mut [0; 4]));
    character.is_alphabetic() && (character.is_ascii() || LETTER.as_ref().is_none_or(in_category))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_outside_a_character_counts_as_one() {
        let bytes = b"a\xe2\x98z\xff\xe2\x98\x83\xed\xa0\x80";
        let all: Vec<_> = char_indices(bytes).collect();
        assert_eq!(all.len(), count(bytes));
        let some: Vec<_> = all.iter().filter_map(|(at, c)| Some((*at, (*c)?))).collect();
        assert_eq!(some, [(0, 'a'), (3, 'z'), (5, '☃')]);
        assert_eq!(first_chars(bytes, 3), b"a\xe2\x98");
        assert_eq!(first_chars(bytes, 100), bytes);
        assert_eq!(decode_last("aé".as_bytes()), Some((Some('é'), 2)));
        assert_eq!((decode_last(b"a\xa9"), decode_last(b"\xe2\x98")), (Some((None, 1)), Some((None, 1))));
        assert_eq!(to_text(b"a\xe2\x98"), "a\u{fffd}\u{fffd}");
        assert_eq!([0, 1, 2, 3].map(|at| floor_boundary("aé".as_bytes(), at)), [0, 1, 1, 3]);
    }
}
