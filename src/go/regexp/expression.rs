//! A compiled expression, and matching, replacing and splitting with it.

use std::convert::Infallible;
use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ast::ErrorKind;
use regex_syntax::ast::parse::Parser;

use super::reader::parse_error;
use super::reads_ahead::reads_ahead;
use super::replace::{Replacement, group_names};
use super::syntax;
use crate::go::utf8;

/// Size limits for a compiled expression, in bytes. The smallest sufficient one is used, so that the size is roughly
/// known.
const SIZES: [usize; 5] = [16 << 10, 128 << 10, 1 << 20, 4 << 20, 10 << 20];

/// Bytes of a compiled expression that count as one step of its compilation.
pub(super) const COMPILED_A_STEP: usize = 16;

/// A compiled expression. It keeps the buffers of a search for the next one.
#[derive(Debug)]
pub struct Regexp {
    pattern: String,
    regex: Regex,
    is_unicode: bool,
}

impl Regexp {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Go's message, if Go rejects the expression or it is too large.
    pub fn parse(pattern: &str) -> Result<Regexp, String> {
        let any = &mut |_| Ok::<_, Infallible>(());
        let compiled = compile(pattern.as_bytes(), Alphabet::Unicode, any).unwrap_or_else(|never| match never {});
        compiled.map(|(regexp, _)| regexp)
    }

    /// Whether searches of short texts need little memory, some 200 KiB at most: its `size` is the smallest, and it has
    /// few groups.
    pub(super) fn is_small(&self, size: usize) -> bool {
        size == SIZES[0] && self.regex.captures_len() <= 8
    }

    /// Returns the same expression without kept buffers, for a single search.
    pub(super) fn for_one_search(&self) -> Regexp {
        Regexp { pattern: self.pattern.clone(), regex: self.regex.clone(), is_unicode: self.is_unicode }
    }

    /// Returns how many bytes a search reads at most after the end of a match; `None` if it may read the whole text.
    pub fn reads_ahead(&self) -> Option<usize> {
        reads_ahead(self.regex.as_str(), self.is_unicode)
    }

    /// Whether the expression matches somewhere in the text (`Regexp.Match`).
    pub fn is_match(&self, text: &[u8]) -> bool {
        match self.regex.find(text) {
            None if str::from_utf8(text).is_err() => self.matches(text).next().is_some(),
            None => false,
            Some(found) => is_boundary(text, found.start()) || self.find_all(text).next().is_some(),
        }
    }

    /// Returns the first match (`Regexp.Find`).
    pub fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        self.find_all(text).next()
    }

    /// Returns all matches that do not overlap (`Regexp.FindAll`).
    pub fn find_all<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = &'t [u8]> {
        self.matches(text).map(|found| &text[found])
    }

    fn matches(&self, text: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let is_text = str::from_utf8(text).is_ok();
        let matches = is_text.then(|| {
            self.regex.find_iter(text).filter(|found| is_boundary(text, found.start())).map(|found| found.range())
        });
        let of_bytes = if is_text { Vec::new() } else { self.matches_of_bytes(text) };
        matches.into_iter().flatten().chain(of_bytes)
    }

    /// Finds matches in bytes that are not UTF-8: Go treats each invalid byte as the character U+FFFD.
    fn matches_of_bytes(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let text = utf8::to_text_bytes(bytes);
        let mut places = Places::new(bytes, &text);
        let matches = self.regex.find_iter(&text).filter(|found| is_boundary(&text, found.start()));
        matches.map(|found| places.byte_offset(found.start())..places.byte_offset(found.end())).collect()
    }

    /// Replaces every match (`Regexp.ReplaceAll`). In the template, `$1`, `${1}`, `$name` and `${name}` stand for
    /// groups and `$$` for `$`. `check_size` receives the length of the result so far, at least once per match.
    ///
    /// # Errors
    /// Any error of `check_size`.
    pub fn replace_all<E>(
        &self,
        text: &[u8],
        template: &[u8],
        check_size: impl Fn(usize) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        if !template.contains(&b'$') {
            return self.replace_all_literal(text, template, check_size);
        }
        let replacement = Replacement { template, names: group_names(&self.pattern) };
        // Go treats each invalid byte as the character U+FFFD.
        let matched = utf8::to_text_bytes(text);
        let all = self.regex.captures_iter(&matched).map(|groups| (groups.get_match().range(), groups));
        replaced(text, &matched, all, &check_size, |out, groups| replacement.push(out, &groups, &check_size))
    }

    /// Replaces every match with `to` as it is (`Regexp.ReplaceAllLiteral`).
    ///
    /// # Errors
    /// Any error of `check_size`, which receives the length of the result so far, once per match.
    pub fn replace_all_literal<E>(
        &self,
        text: &[u8],
        to: &[u8],
        check_size: impl Fn(usize) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let matched = utf8::to_text_bytes(text);
        let all = self.regex.find_iter(&matched).map(|found| (found.range(), ()));
        replaced(text, &matched, all, &check_size, |out, ()| {
            out.extend_from_slice(to);
            Ok(())
        })
    }

    /// Splits the text at the matches (`Regexp.Split`) into at most `most` parts, or all parts if that is negative.
    /// `spend_part` is called before each part.
    ///
    /// # Errors
    /// Any error of `spend_part`.
    pub fn split<'t, E>(
        &self,
        text: &'t [u8],
        most: i64,
        spend_part: impl Fn() -> Result<(), E>,
    ) -> Result<Vec<&'t [u8]>, E> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut parts = Vec::new();
        if most == 0 {
            return Ok(parts);
        }
        if text.is_empty() && !self.pattern.is_empty() {
            return Ok(vec![text]);
        }
        // The end of one part and the beginning of the next. An empty match at the start cuts nothing off.
        let (mut end, mut begin) = (0, 0);
        for found in self.matches(text) {
            if parts.len() + 1 == most {
                break;
            }
            spend_part()?;
            end = found.start;
            if found.end > 0 {
                parts.push(&text[begin..end]);
            }
            begin = found.end;
        }
        if end != text.len() {
            parts.push(&text[begin..]);
        }
        Ok(parts)
    }
}

/// Replaces every match in `matched`, which is the text as Go sees it, with the bytes that `push` appends.
fn replaced<M, E>(
    text: &[u8],
    matched: &[u8],
    matches: impl Iterator<Item = (Range<usize>, M)>,
    check_size: &impl Fn(usize) -> Result<(), E>,
    mut push: impl FnMut(&mut Vec<u8>, M) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let mut out = Vec::with_capacity(text.len());
    let mut end = 0;
    let mut places = Places::new(text, matched);
    for (whole, found) in matches {
        if !is_boundary(matched, whole.start) {
            continue;
        }
        out.extend_from_slice(&text[end..places.byte_offset(whole.start)]);
        push(&mut out, found)?;
        check_size(out.len())?;
        end = places.byte_offset(whole.end);
    }
    out.extend_from_slice(&text[end..]);
    Ok(out)
}

/// The characters of the texts that an expression is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Alphabet {
    /// Only ASCII. A class such as `[^a-z]` then has a hundred bytes rather than a million characters, which costs
    /// several times as much to compile as the rest of most expressions.
    Ascii,
    /// All of Unicode.
    Unicode,
}

impl Alphabet {
    /// Returns the smallest alphabet that contains a text.
    pub(super) fn for_text(text: &[u8]) -> Alphabet {
        if text.is_ascii() { Alphabet::Ascii } else { Alphabet::Unicode }
    }
}

/// Compiles an expression for texts in an alphabet, and returns it with its largest size in bytes.
pub(super) fn compile<E>(
    pattern: &[u8],
    alphabet: Alphabet,
    charge: &mut impl FnMut(usize) -> Result<(), E>,
) -> Result<Result<(Regexp, usize), String>, E> {
    let translated = match syntax::to_compile(pattern) {
        Ok(translated) => translated,
        Err(reason) => return Ok(Err(reason)),
    };
    let pattern = &*utf8::to_text(pattern);
    // Other characters in an expression are rare, and without Unicode they would mean bytes or nothing.
    let mut is_unicode = alphabet == Alphabet::Unicode || !translated.is_ascii();
    let mut sizes = SIZES.into_iter();
    while let Some(size) = sizes.next() {
        charge(size / COMPILED_A_STEP)?;
        match RegexBuilder::new(&translated).unicode(is_unicode).size_limit(size).build() {
            Ok(regex) => return Ok(Ok((Regexp { pattern: pattern.to_owned(), regex, is_unicode }, size))),
            Err(regex::Error::CompiledTooBig(_)) => {}
            // The expression names a Unicode class.
            Err(_) if !is_unicode => (is_unicode, sizes) = (true, SIZES.into_iter()),
            Err(_) if nests_too_deeply(&translated) => {
                return Ok(Err(parse_error("expression nests too deeply", pattern)));
            }
            Err(_) => return Ok(Err(parse_error("unsupported expression", pattern))),
        }
    }
    Ok(Err(parse_error("expression too large", pattern)))
}

/// Whether the `regex` crate refuses an expression because it nests more than 250 levels deep. Go refuses 1000 levels with
/// the same message. The compiler recurses, and needs some megabytes of stack for so many.
fn nests_too_deeply(translated: &str) -> bool {
    let refused = Parser::new().parse(translated).err();
    refused.is_some_and(|error| matches!(error.kind(), ErrorKind::NestLimitExceeded(_)))
}

/// Escapes the text so that it matches literally (`regexp.QuoteMeta`).
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len());
    for &byte in text {
        if br"\.+*?()|[]{}^$".contains(&byte) {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted
}

/// Maps positions in a text to positions in the bytes it was converted from. They must be asked for in order.
struct Places<'a> {
    bytes: &'a [u8],
    text: &'a [u8],
    /// A position in the bytes, and the same position in the text.
    at: (usize, usize),
}

impl<'a> Places<'a> {
    fn new(bytes: &'a [u8], text: &'a [u8]) -> Places<'a> {
        Places { bytes, text, at: (0, 0) }
    }

    fn byte_offset(&mut self, wanted: usize) -> usize {
        if self.bytes.len() == self.text.len() {
            return wanted;
        }
        while self.at.1 < wanted {
            let Some((_, of_bytes)) = utf8::decode(&self.bytes[self.at.0..]) else { break };
            let Some((_, of_text)) = utf8::decode(&self.text[self.at.1..]) else { break };
            self.at = (self.at.0 + of_bytes, self.at.1 + of_text);
        }
        self.at.0
    }
}

/// Whether a position is not inside a character: Go finds empty matches only between characters.
fn is_boundary(text: &[u8], at: usize) -> bool {
    utf8::floor_boundary(text, at) == at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    fn replaced(pattern: &str, source: &str, template: &str) -> String {
        let result =
            Regexp::parse(pattern).unwrap().replace_all(source.as_bytes(), template.as_bytes(), |_| Ok::<_, ()>(()));
        text(result.unwrap())
    }

    #[test]
    fn empty_matches_are_between_characters() {
        assert_eq!(replaced("", "aé☃", "-"), "-a-é-☃-");
        assert_eq!(replaced("x*", "éx", "-"), "-é-");
        let empty = Regexp::parse("").unwrap();
        assert_eq!(empty.find_all("é".as_bytes()).count(), 2);
        assert_eq!(empty.find_all(b"\x80\x80").count(), 3);
    }

    #[test]
    fn bytes_survive() {
        let expression = Regexp::parse("a").unwrap();
        let replaced = expression.replace_all(b"\xffa\xfe", b"${0}\xfd", |_| Ok::<_, ()>(()));
        assert_eq!(replaced.unwrap(), b"\xffa\xfd\xfe");
        assert_eq!(expression.split(b"\xffa\xfe", -1, || Ok::<_, ()>(())).unwrap(), [b"\xff", b"\xfe"]);
        assert_eq!(quote_meta(b"a.\xff"), b"a\\.\xff");
    }

    #[test]
    fn groups_are_filled_in_by_number_and_name() {
        assert_eq!(replaced("(?P<first>a)(b)?", "xab", "<$first-${2}-$3-$$-$x.>$"), "x<a-b--$-.>$");
    }

    #[test]
    fn errors_are_gos() {
        assert_eq!(Regexp::parse("a(").unwrap_err(), "error parsing regexp: missing closing ): `a(`");
        let nested = |levels: usize| "(".repeat(levels) + "a" + &")".repeat(levels);
        assert!(Regexp::parse(&nested(249)).is_ok());
        let message = format!("error parsing regexp: expression nests too deeply: `{}`", nested(1001));
        assert_eq!(Regexp::parse(&nested(1001)).unwrap_err(), message);
        let message = format!("error parsing regexp: expression too large: `({}){{1000}}`", "ab".repeat(1700));
        assert_eq!(Regexp::parse(&format!("({}){{1000}}", "ab".repeat(1700))).unwrap_err(), message);
    }
}
