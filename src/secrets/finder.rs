//! Finds known strings in text, however they are written there.

use std::cmp::Ordering;
use std::ops::Range;

use ahash::AHashMap;

use super::spellings::{self, View};

/// Shorter strings are part of too many words. They are found only as a whole value.
pub(super) const LONG_ENOUGH: usize = 8;
/// Strings that are shorter than this, and words such as `true`, are too common to look for.
const MIN_SEARCHED: usize = 4;
/// Only this many bytes of a longer string are searched for. The rest is found by comparing.
const SEARCHED_BYTES: usize = 256;
/// If more known strings begin with the same eight bytes, they are not compared one by one: a match extends to the next white
/// space.
const MAX_SAME_PREFIX: usize = 16;
/// The maximum length of a value that is searched for short strings. It leaves room for base64, and for other text beside them.
const MAX_TOKEN_LENGTH: usize = 128;

/// Strings to be found, each with a number. ASCII letters match in upper and lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Finder {
    /// The long strings, by their first eight bytes.
    long: AHashMap<u64, Vec<Known>>,
    /// A bit set of hashes of these first eight bytes, which rules out most positions without a lookup.
    may_begin: Vec<u64>,
    short: AHashMap<Vec<u8>, usize>,
}

#[derive(Debug, Clone)]
struct Known {
    /// In lower case.
    text: Vec<u8>,
    number: usize,
    /// Whether it is encoded. If so, the match includes all base64 digits around it.
    is_encoded: bool,
}

/// A place in some text that shows a secret, and the number of the secret if it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) number: Option<usize>,
}

impl Finder {
    pub(super) fn is_empty(&self) -> bool {
        self.long.is_empty() && self.short.is_empty()
    }

    /// Adds a string and its encodings. If a string is added again, it keeps its first number.
    pub(super) fn add(&mut self, text: &[u8], number: usize) {
        let text = text.trim_ascii();
        if text.len() < LONG_ENOUGH {
            let text = text.to_ascii_lowercase();
            if is_distinctive(&text) {
                self.short.entry(text).or_insert(number);
            }
            return;
        }
        self.add_long(text, number, false);
        let beginning = &text[..text.len().min(SEARCHED_BYTES)];
        for encoded in spellings::encodings(beginning) {
            self.add_long(&encoded, number, true);
        }
    }

    fn add_long(&mut self, text: &[u8], number: usize, is_encoded: bool) {
        if text.len() < LONG_ENOUGH {
            return;
        }
        let text = text.to_ascii_lowercase();
        let window = window(&text);
        self.may_begin.resize(MAY_BEGIN_BITS / 64, 0);
        let bit = bit(window);
        self.may_begin[bit / 64] |= 1 << (bit % 64);
        let same_prefix = self.long.entry(window).or_default();
        if same_prefix.iter().all(|known| known.text != text) {
            same_prefix.push(Known { text, number, is_encoded });
            // Longest first, so that a string that continues another one is found as a whole.
            same_prefix.sort_by(|one, other| by_length(&one.text, &other.text));
        }
    }

    /// Returns all places in a text that show a known string, in order and without overlaps.
    pub(super) fn find(&self, text: &str) -> Vec<Found> {
        if self.is_empty() {
            return Vec::new();
        }
        let bytes = text.as_bytes();
        let mut found = self.find_plain(bytes);
        for view in spellings::views(bytes) {
            let places = self.find_plain(&view.bytes);
            found.extend(places.into_iter().map(|place| Found { range: view.source(place.range), ..place }));
        }
        for place in &mut found {
            place.range = text.floor_char_boundary(place.range.start)..text.ceil_char_boundary(place.range.end);
        }
        merged(found)
    }

    /// Finds only places that are long enough to be masked without quotes. In our own sentences, shorter ones may be ordinary
    /// words.
    pub(super) fn find_long_ones(&self, text: &str) -> Vec<Found> {
        let long = |found: &Found| found.range.len() >= LONG_ENOUGH;
        if self.long.is_empty() { Vec::new() } else { self.find(text).into_iter().filter(long).collect() }
    }

    /// Returns the number of the short string that a whole value consists of, in any spelling.
    pub(super) fn find_short(&self, value: &str) -> Option<usize> {
        let trimmed = value.trim().as_bytes();
        if self.short.is_empty() || trimmed.len() > MAX_TOKEN_LENGTH {
            return None;
        }
        let views = spellings::views(trimmed);
        self.short_number(trimmed).or_else(|| views.iter().find_map(|view| self.short_number(&view.bytes)))
    }

    fn short_number(&self, value: &[u8]) -> Option<usize> {
        let known = |text: &[u8]| self.short.get(&text.trim_ascii().to_ascii_lowercase()).copied();
        known(value).or_else(|| {
            let decoded = spellings::decoded(value);
            decoded.iter().find_map(|text| known(text).or_else(|| known(spellings::decoded(text).first()?)))
        })
    }

    fn find_plain(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found = self.find_long(bytes);
        if !self.short.is_empty() {
            found.extend(spellings::values(bytes).into_iter().filter_map(|range| {
                let value = &bytes[range.clone()];
                let number = self.short_number(value).or_else(|| self.number_in_encoded(value))?;
                let is_quoted = range.start > 0 && matches!(bytes[range.start - 1], b'"' | b'\'');
                let is_number = value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
                (is_quoted || !is_number).then_some(Found { range, number: Some(number) })
            }));
        }
        found
    }

    /// Returns the number of a short string that is a part of an encoded value, such as the password in `user:password`.
    fn number_in_encoded(&self, value: &[u8]) -> Option<usize> {
        spellings::decoded(value).iter().filter(|text| std::str::from_utf8(text).is_ok()).find_map(|text| {
            let values = spellings::values(text);
            values.into_iter().find_map(|range| self.short.get(&text[range].to_ascii_lowercase()).copied())
        })
    }

    fn find_long(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        if self.long.is_empty() || bytes.len() < LONG_ENOUGH {
            return found;
        }
        let lower = bytes.to_ascii_lowercase();
        let mut at = 0;
        let mut hash = window(&lower);
        loop {
            let bit = bit(hash);
            let may_begin = self.may_begin[bit / 64] >> (bit % 64) & 1 == 1;
            let same_prefix = if may_begin { self.long.get(&hash) } else { None };
            let next = match same_prefix.and_then(|same_prefix| match_at(&lower, at, same_prefix)) {
                Some(place) => {
                    let end = place.range.end;
                    found.push(place);
                    end
                }
                None => at + 1,
            };
            if next + LONG_ENOUGH > lower.len() {
                return found;
            }
            hash = if next == at + 1 {
                hash << 8 | u64::from(lower[next + LONG_ENOUGH - 1])
            } else {
                window(&lower[next..])
            };
            at = next;
        }
    }
}

const MAY_BEGIN_BITS: usize = 1 << 16;

fn bit(window: u64) -> usize {
    (window.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize
}

/// Orders strings by length, the longest first, and then by content.
fn by_length(one: &[u8], other: &[u8]) -> Ordering {
    other.len().cmp(&one.len()).then_with(|| one.cmp(other))
}

fn match_at(bytes: &[u8], at: usize, same_prefix: &[Known]) -> Option<Found> {
    if same_prefix.len() > MAX_SAME_PREFIX {
        let rest = &bytes[at..];
        let length = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len()).max(LONG_ENOUGH);
        let whole = same_prefix.binary_search_by(|known| by_length(&known.text, &rest[..length]));
        return Some(Found { range: at..at + length, number: whole.ok().map(|index| same_prefix[index].number) });
    }
    let begins = |known: &&Known| bytes[at..].starts_with(&known.text[..known.text.len().min(SEARCHED_BYTES)]);
    let Known { text, number, is_encoded } = same_prefix.iter().find(begins)?;
    let range = if *is_encoded {
        spellings::token_around(bytes, at..at + text.len().min(SEARCHED_BYTES))
    } else {
        at..at + text.iter().zip(&bytes[at..]).take_while(|(a, b)| a == b).count()
    };
    Some(Found { range, number: Some(*number) })
}

/// Returns the first eight bytes as a number.
fn window(bytes: &[u8]) -> u64 {
    bytes.iter().take(LONG_ENOUGH).fold(0, |window, &byte| window << 8 | u64::from(byte))
}

pub(super) fn is_distinctive(text: &[u8]) -> bool {
    text.len() >= MIN_SEARCHED && !matches!(text, b"true" | b"false" | b"null" | b"none")
}

/// Sorts places and joins those that overlap.
pub(super) fn merged(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (found.range.start, std::cmp::Reverse(found.range.end)));
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for place in found {
        match merged.last_mut() {
            Some(last) if place.range.start < last.range.end => {
                last.range.end = last.range.end.max(place.range.end);
                last.number = last.number.or(place.number);
            }
            _ => merged.push(place),
        }
    }
    merged
}

/// Maps a range of a view back to the original text.
impl View {
    fn source(&self, range: Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.starts[range.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_strings_with_one_beginning_each_has_its_own_number() {
        let mut finder = Finder::default();
        for number in 0..=MAX_SAME_PREFIX {
            finder.add(format!("beginning-{number}").as_bytes(), number);
        }
        let numbers = |text: &str| finder.find(text).into_iter().map(|found| found.number).collect::<Vec<_>>();
        assert_eq!(numbers("a beginning-3 b"), [Some(3)]);
        assert_eq!(numbers("a Beginning-12 b"), [Some(12)]);
        assert_eq!(numbers("a beginning-unknown b"), [None]);
    }
}
