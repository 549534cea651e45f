//! The ways in which a string may be written inside other text: escaped, encoded, wrapped.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::yaml::Value;

/// Text as a reader of some format sees it, and the origin of each of its bytes.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// The offset of each byte in the original, followed by the length of the original.
    pub(super) starts: Vec<usize>,
}

/// Returns the readings of some text that differ from the text itself.
///
/// They have escapes resolved: the backslashes of JSON, YAML, TOML, Go and shells, up to three times; `%41` and `+` of URLs;
/// `&#34;` of HTML; `''` of single-quoted YAML. They also join the lines of wrapped base64, and fold white space to single
/// blanks, as in folded and indented strings.
pub(super) fn views(bytes: &[u8]) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    for _ in 0..3 {
        let next = match views.last() {
            None => view(bytes, b"\\", backslash),
            Some(last) => view(&last.bytes, b"\\", backslash).map(|mut next| {
                next.starts.iter_mut().for_each(|start| *start = last.starts[*start]);
                next
            }),
        };
        match next {
            Some(next) => views.push(next),
            None => break,
        }
    }
    views.extend(unwrapped(bytes));
    views.extend(view(bytes, b"%+", percent));
    views.extend(view(bytes, b"&", entity));
    views.extend(view(bytes, b"'", doubled_quote));
    views.extend(view(bytes, b" \t\r\n", white_space));
    views
}

/// Reads an escape at the start of some bytes: returns the bytes that it means, and how many bytes it takes up.
type Step = fn(&[u8]) -> Option<(Vec<u8>, usize)>;

fn view(bytes: &[u8], triggers: &[u8], step: Step) -> Option<View> {
    if !bytes.iter().any(|byte| triggers.contains(byte)) {
        return None;
    }
    let mut view = View { bytes: Vec::with_capacity(bytes.len()), starts: Vec::with_capacity(bytes.len() + 1) };
    let (mut at, mut differs) = (0, false);
    while at < bytes.len() {
        let Some((meant, length)) = step(&bytes[at..]) else {
            view.starts.push(at);
            view.bytes.push(bytes[at]);
            at += 1;
            continue;
        };
        differs = true;
        view.starts.extend(std::iter::repeat_n(at, meant.len()));
        view.bytes.extend(meant);
        at += length;
    }
    view.starts.push(bytes.len());
    differs.then_some(view)
}

fn backslash(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let [b'\\', next, rest @ ..] = bytes else { return None };
    let hex = |digits: usize| {
        let text = rest.get(..digits).and_then(|text| std::str::from_utf8(text).ok())?;
        u32::from_str_radix(text, 16).ok()
    };
    let character = |code: u32, length: usize| {
        let c = char::from_u32(code)?;
        Some((c.encode_utf8(&mut [0; 4]).as_bytes().to_vec(), length))
    };
    match next {
        b'n' => Some((vec![b'\n'], 2)),
        b't' => Some((vec![b'\t'], 2)),
        b'r' => Some((vec![b'\r'], 2)),
        b'x' => hex(2).and_then(|code| character(code, 4)),
        b'u' => match hex(4) {
            Some(high @ 0xd800..=0xdbff) => {
                let low = rest.get(4..10).and_then(|text| std::str::from_utf8(text).ok()?.strip_prefix("\\u"));
                let low = u32::from_str_radix(low?, 16).ok().filter(|low| (0xdc00..0xe000).contains(low))?;
                character(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12)
            }
            code => character(code?, 6),
        },
        b'U' => hex(8).and_then(|code| character(code, 10)),
        // A quoted line that continues on the next line.
        b'\n' => Some((Vec::new(), 2 + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count())),
        other => Some((vec![*other], 2)),
    }
}

fn percent(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    match bytes {
        [b'%', a, b, ..] => Some((vec![hex_digit(*a)? << 4 | hex_digit(*b)?], 3)),
        [b'+', ..] => Some((vec![b' '], 1)),
        _ => None,
    }
}

fn entity(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    if bytes.first() != Some(&b'&') {
        return None;
    }
    let end = bytes.iter().take(12).position(|&byte| byte == b';')?;
    let name = std::str::from_utf8(&bytes[1..end]).ok()?;
    let code = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((code.to_string().into_bytes(), end + 1))
}

fn doubled_quote(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    bytes.starts_with(b"''").then(|| (vec![b'\''], 2))
}

fn white_space(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    (length > 1 || length == 1 && bytes[0] != b' ').then(|| (vec![b' '], length))
}

/// Replaces each run of white space with one blank.
pub(super) fn folded(text: &[u8]) -> Vec<u8> {
    view(text, b" \t\r\n", white_space).map_or_else(|| text.to_vec(), |view| view.bytes)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// Joins the lines of a wrapped encoded string.
fn unwrapped(bytes: &[u8]) -> Option<View> {
    const SHORTEST_LINE: usize = 60;
    if !bytes.contains(&b'\n') {
        return None;
    }
    let mut view = View { bytes: Vec::with_capacity(bytes.len()), starts: Vec::with_capacity(bytes.len() + 1) };
    let (mut at, mut digits, mut differs) = (0, 0, false);
    while at < bytes.len() {
        let gap = bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if digits >= SHORTEST_LINE && gap > 0 && bytes.get(at + gap).copied().is_some_and(is_digit) {
            (at, digits, differs) = (at + gap, 0, true);
            continue;
        }
        digits = if is_digit(bytes[at]) { digits + 1 } else { 0 };
        view.starts.push(at);
        view.bytes.push(bytes[at]);
        at += 1;
    }
    view.starts.push(bytes.len());
    differs.then_some(view)
}

/// Whether a byte may be a digit of base64, in the standard or the URL-safe alphabet.
fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Returns the whole encoded string around some of its bytes.
pub(super) fn token_around(bytes: &[u8], part: Range<usize>) -> Range<usize> {
    let before = bytes[..part.start].iter().rev().take_while(|byte| is_digit(**byte)).count();
    let after = bytes[part.end..].iter().take_while(|byte| is_digit(**byte)).count();
    let end = part.end + after;
    let padding = bytes[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    part.start - before..end + padding
}

/// Returns byte sequences of which one occurs in every base64 or hexadecimal text that contains the given bytes, whatever
/// surrounds them. Base64 in base64 is included.
pub(super) fn encodings(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = vec![bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()];
    let escaped = std::str::from_utf8(bytes).ok().map(|text| crate::json::write(&Value::String(text.to_owned())));
    let escaped = escaped.map(|quoted| quoted.as_bytes()[1..quoted.len() - 1].to_vec());
    let forms = std::iter::once(bytes.to_vec()).chain(escaped.filter(|escaped| escaped != bytes));
    for inside in forms.flat_map(|form| inside_base64(&form)) {
        found.extend(inside_base64(&inside));
        found.push(inside);
    }
    let url_safe = |text: &Vec<u8>| -> Vec<u8> {
        text.iter()
            .map(|byte| {
                if *byte == b'+' {
                    b'-'
                } else if *byte == b'/' {
                    b'_'
                } else {
                    *byte
                }
            })
            .collect()
    };
    let safe: Vec<Vec<u8>> = found.iter().map(url_safe).filter(|safe| !found.contains(safe)).collect();
    found.extend(safe);
    found
}

/// Returns the base64 digits that depend only on the given bytes, for each of the three possible alignments.
fn inside_base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let aligned = |before: usize| {
        let mut all = vec![0; before];
        all.extend_from_slice(bytes);
        let digits = STANDARD_NO_PAD.encode(&all).into_bytes();
        let (first, end) = ((before * 8).div_ceil(6), all.len() * 8 / 6);
        digits[first..end].to_vec()
    };
    (0..3).map(aligned).collect()
}

/// Decodes a whole string as base64, and as hexadecimal if possible. Returns nothing if it has other characters.
pub(super) fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let digits = text.trim_ascii();
    let padding = digits.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = &digits[..digits.len() - padding];
    if digits.len() < SHORTEST_TOKEN || !digits.iter().copied().all(is_digit) {
        return Vec::new();
    }
    std::iter::once(base64(digits)).chain(hex(digits)).collect()
}

fn base64(digits: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for &digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            _ => 63,
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| Some(hex_digit(pair[0])? << 4 | hex_digit(pair[1])?)).collect()
}

/// Returns the ranges that are whole values in text of some format: in quotes, or after `=` or `:`, including in the user
/// information of a URL.
pub(super) fn values(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    let ends = |byte: u8| byte.is_ascii_whitespace() || b",;&@\"')]}".contains(&byte);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\'' => {
                let rest = &bytes[at + 1..];
                // Only short strings are looked up this way.
                let end = rest.iter().take(MAX_VALUE_LENGTH).position(|&other| other == byte || other == b'\n');
                values.extend(end.filter(|&end| rest[end] == byte).map(|end| at + 1..at + 1 + end));
            }
            b'=' | b':' => {
                let blanks = bytes[at + 1..].iter().take(MAX_VALUE_LENGTH).take_while(|&&byte| byte == b' ').count();
                let start = at + 1 + blanks;
                let rest = &bytes[start.min(bytes.len())..];
                let length = rest.iter().take(MAX_VALUE_LENGTH).take_while(|&&byte| !ends(byte)).count();
                values.push(start..start + length);
            }
            _ => {}
        }
    }
    values
}

/// Shorter encoded strings cannot hold a secret that is searched for.
const SHORTEST_TOKEN: usize = 6;
/// Longer values are found by searching, so they need not be whole.
const MAX_VALUE_LENGTH: usize = 64;

/// Resolves the `%41` escapes in a part of a URL.
pub(super) fn percent_decoded(text: &str) -> String {
    let view = view(text.as_bytes(), b"%", |bytes| percent(bytes).filter(|_| bytes[0] == b'%'));
    view.map_or_else(|| text.to_owned(), |view| String::from_utf8_lossy(&view.bytes).into_owned())
}
