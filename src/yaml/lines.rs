//! Line-level checks for plain documents: block style, without tags and anchors.

use super::resolve::is_plain_string;
use super::syntax::forbidden_character;

/// The longest plain document, in bytes. It cannot exceed the full parser's limit on nodes.
pub(super) const MAX_LENGTH: usize = 2_000_000;

/// The maximum nesting depth of a plain document's block collections.
pub(super) const MAX_DEPTH: usize = 500;

/// The longest key handled here, in bytes. go-yaml must find the colon within 1024 characters.
pub(super) const MAX_KEY_LENGTH: usize = 500;

/// Whether the text has no line breaks other than line feeds, no byte order mark and no forbidden characters.
pub(super) fn has_plain_breaks(text: &str) -> bool {
    let bytes = text.as_bytes();
    if memchr::memchr(b'\r', bytes).is_some() || forbidden_character(text).is_some() {
        return false;
    }
    // YAML 1.1's line breaks beyond ASCII, and the byte order mark.
    text.is_ascii()
        || memchr::memchr3_iter(0xC2, 0xE2, 0xEF, bytes)
            .all(|at| !matches!(bytes[at..], [0xC2, 0x85, ..] | [0xE2, 0x80, 0xA8 | 0xA9, ..] | [0xEF, 0xBB, 0xBF, ..]))
}

/// Counts the leading spaces of a line, eight at a time.
pub(super) fn leading_spaces(line: &[u8]) -> usize {
    let mut count = 0;
    while let Some(eight) = line[count..].first_chunk() {
        match u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b' '; 8]) {
            0 => count += 8,
            different => return count + different.trailing_zeros() as usize / 8,
        }
    }
    count + line[count..].iter().take_while(|&&byte| byte == b' ').count()
}

pub(super) fn is_dash(line: &str) -> bool {
    line.strip_prefix('-').is_some_and(ends_word)
}

/// Whether the rest of a line is empty or starts with a space, so that the word before it has ended.
pub(super) fn ends_word(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(' ')
}

/// Whether the rest of a line is only spaces and a comment.
pub(super) fn is_rest(text: &str) -> bool {
    let rest = text.trim_start_matches(' ');
    rest.is_empty() || rest.len() < text.len() && rest.starts_with('#')
}

/// Whether a plain scalar begins here that is certainly not infinity or NaN.
pub(super) fn begins_plain(text: &str) -> bool {
    let mut bytes = text.bytes();
    match bytes.next() {
        Some(b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | 0x80..) => true,
        Some(b'_' | b'/' | b'$' | b'(' | b')' | b'<' | b'~' | b'^' | b';' | b'=' | b'\\') => true,
        Some(b'+' | b'-') => bytes.next().is_some_and(|next| next != b' ' && next != b'.'),
        // `.inf` and `.nan` begin with these letters, in either case.
        Some(b'.') => bytes.next().is_some_and(|next| next.is_ascii_alphabetic() && !b"iInN".contains(&next)),
        _ => false,
    }
}

/// Finds where a plain scalar ends: at the colon of a key or at the start of a comment.
pub(super) fn plain_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b':', b'#', bytes).find(|&at| match bytes[at] {
        b':' => ends_word(&text[at + 1..]),
        _ => at > 0 && bytes[at - 1] == b' ',
    })
}

/// Returns the length of the key at the start of a line: `Some(None)` if there is no key, `None` if that is uncertain.
pub(super) fn key_length(line: &str) -> Option<Option<usize>> {
    let length = match line.as_bytes()[0] {
        quote @ (b'"' | b'\'') => match quoted_length(line, quote)? {
            Some(length) if line[length..].starts_with(':') => length,
            _ => return Some(None),
        },
        b'[' | b'{' | b'|' | b'>' => return Some(None),
        _ if !begins_plain(line) => return None,
        _ => match plain_end(line) {
            Some(end) if line.as_bytes()[end] == b':' => {
                let key = &line[..end];
                if key.ends_with(' ') || key == "<<" || !is_plain_string(key) {
                    return None;
                }
                end
            }
            _ => return Some(None),
        },
    };
    (length <= MAX_KEY_LENGTH && ends_word(&line[length + 1..])).then_some(Some(length))
}

/// Returns the length of the quoted scalar at the start of a text: `Some(None)` if it is not closed, `None` if it has
/// escapes that are not handled here.
pub(super) fn quoted_length(text: &str, quote: u8) -> Option<Option<usize>> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(length) = memchr::memchr2(quote, if quote == b'"' { b'\\' } else { quote }, &bytes[at..]) {
        at += length + 1;
        match (bytes[at - 1], bytes.get(at)) {
            (b'\\', Some(b'"' | b'\\' | b'n' | b't' | b'r')) | (b'\'', Some(b'\'')) => at += 1,
            // Go's JSON encoder writes `<` as a `\u` escape.
            (b'\\', Some(b'u')) => {
                let digits =
                    text.get(at + 1..at + 5).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
                at += 5;
            }
            (b'\\', _) => return None,
            _ => return Some(Some(at)),
        }
    }
    Some(None)
}
