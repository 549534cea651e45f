//! Texts that the user wrote, and places in them.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::printable::printable;
use super::shown::{Hidden, Shown};

/// The kind of text that a [`Source`] is, which determines how a place in it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A file, or standard input (`-`): places are `name:line:column`.
    File,
    /// The argument of a command-line flag: places are shown under the flag as it was typed.
    Flag,
    /// Text that mim-chart generated, such as a rendered document: shown with its line numbers.
    Rendered,
}

/// A text that the user wrote, shared by all places in it. Cloning is cheap.
#[derive(Clone)]
pub struct Source(Arc<Inner>);

/// The shared part of a source. A span has a single pointer to it, because values contain many spans.
struct Inner {
    text: Arc<Text>,
    /// The hidden parts, in order and without overlaps.
    hidden: Vec<Hidden>,
}

struct Text {
    kind: SourceKind,
    name: String,
    text: String,
    /// The content of the file, if it is not the bytes of the text.
    bytes: Option<Vec<u8>>,
    given_by: Option<Span>,
    /// Byte offsets at which lines begin, computed when the first position is requested.
    lines: OnceLock<Vec<u32>>,
}

/// The substitute for a byte that is not part of a character.
const SUBSTITUTE: char = '\u{1a}';

impl Source {
    /// Creates the source of a file: `name` is its path as the user would write it, `text` its exact content.
    ///
    /// Offsets are 32 bits wide: every reader refuses texts long before 4 GiB.
    pub fn file(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(SourceKind::File, name.into(), text.into(), None)
    }

    /// Creates the source of a file that may not be UTF-8. Each byte that is not part of a character becomes U+001A in the
    /// text, which is one byte long too: an offset in the text is the same in [`Self::bytes`].
    pub fn file_of_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::of_bytes(SourceKind::File, name.into(), bytes)
    }

    /// Creates the source of rendered text, which may not be UTF-8 either.
    pub fn rendered_of_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::of_bytes(SourceKind::Rendered, name.into(), bytes)
    }

    /// An address that distinguishes sources with the same text. Clones have the same one.
    pub fn identity(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    fn of_bytes(kind: SourceKind, name: String, bytes: Vec<u8>) -> Self {
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => return Self::new(kind, name, text, None),
            Err(error) => error.into_bytes(),
        };
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| SUBSTITUTE));
        }
        Self::from_text(Text { kind, name, text, bytes: Some(bytes), given_by: None, lines: OnceLock::new() })
    }

    /// Creates the source of a file whose content is not UTF-8 (UTF-16, for example), with its decoded text.
    pub fn transcoded(name: impl Into<String>, text: String, bytes: Vec<u8>) -> Self {
        let name = name.into();
        let kind = SourceKind::File;
        Self::from_text(Text { kind, name, text, bytes: Some(bytes), given_by: None, lines: OnceLock::new() })
    }

    /// Creates the source of a file that a flag names (`--set-file key=PATH`): `given_by` is the place of the path in the flag.
    pub fn file_given_by(name: impl Into<String>, text: impl Into<String>, given_by: Span) -> Self {
        Self::new(SourceKind::File, name.into(), text.into(), Some(given_by))
    }

    /// Like [`Self::file_given_by`], for a file whose content is not UTF-8, with its decoded text.
    pub fn transcoded_file_given_by(name: impl Into<String>, text: String, bytes: Vec<u8>, given_by: Span) -> Self {
        let (name, given_by) = (name.into(), Some(given_by));
        let kind = SourceKind::File;
        Self::from_text(Text { kind, name, text, bytes: Some(bytes), given_by, lines: OnceLock::new() })
    }

    /// Creates the source of a flag's argument: `name` is the flag with its dashes (`--set`), `text` only the argument
    /// (`replicaCount=3`).
    pub fn flag(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(SourceKind::Flag, name.into(), text.into(), None)
    }

    /// Creates the source of text that mim-chart generated, such as the output of a template.
    pub fn rendered(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(SourceKind::Rendered, name.into(), text.into(), None)
    }

    fn new(kind: SourceKind, name: String, text: String, given_by: Option<Span>) -> Self {
        Self::from_text(Text { kind, name, text, bytes: None, given_by, lines: OnceLock::new() })
    }

    fn from_text(text: Text) -> Self {
        Source(Arc::new(Inner { text: Arc::new(text), hidden: Vec::new() }))
    }

    /// Returns the same text with some parts hidden behind masks. Overlapping parts are merged.
    #[must_use]
    pub fn hiding(&self, hidden: impl IntoIterator<Item = Hidden>) -> Source {
        let hidden = Hidden::sorted(self.hidden().iter().cloned().chain(hidden).collect());
        Source(Arc::new(Inner { text: Arc::clone(&self.0.text), hidden }))
    }

    /// Returns the assignments in a flag of the `--set` family; any other text is a single part.
    pub fn parts(&self) -> Vec<Range<usize>> {
        let text = self.text();
        let has_several =
            matches!(self.name(), "--set" | "--set-string" | "--set-json" | "--set-file" | "--from-set" | "--to-set");
        if self.kind() != SourceKind::Flag || !has_several {
            return std::iter::once(0..text.len()).collect();
        }
        let is_json = self.name() == "--set-json";
        let (mut parts, mut start, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0_usize, false, false);
        for (at, c) in text.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' if is_json => quoted = !quoted,
                _ if quoted => {}
                '{' | '[' => depth += 1,
                '}' | ']' => depth = depth.saturating_sub(1),
                // A part without a key belongs to the value in front of it: the comma was probably meant to be escaped.
                ',' if depth == 0 && has_key(&text[at + 1..]) => {
                    parts.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.push(start..text.len());
        parts
    }

    /// Returns the shown form of the assignment that contains a byte of a flag.
    pub fn shown_assignment(&self, at: usize) -> String {
        let parts = self.parts();
        let part = parts.iter().find(|part| at <= part.end).cloned().unwrap_or(0..self.text().len());
        self.shown(part).text
    }

    /// Returns the shown form of a part of the text.
    pub fn shown(&self, range: Range<usize>) -> Shown {
        Shown::new(self.text(), range, self.hidden())
    }

    /// Returns the hidden parts.
    pub(super) fn hidden(&self) -> &[Hidden] {
        &self.0.hidden
    }

    /// Returns the kind of text.
    pub fn kind(&self) -> SourceKind {
        self.0.text.kind
    }

    /// Returns the path of a file, the flag's name with its dashes, or the name of a rendered document.
    pub fn name(&self) -> &str {
        &self.0.text.name
    }

    /// Returns the name as people read it: "standard input" for `-`.
    pub fn shown_name(&self) -> &str {
        if self.kind() == SourceKind::File && self.name() == "-" { "standard input" } else { self.name() }
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.0.text.text
    }

    /// Returns the content of the file: the bytes of the text, unless it is not UTF-8.
    pub fn bytes(&self) -> &[u8] {
        self.0.text.bytes.as_deref().unwrap_or_else(|| self.text().as_bytes())
    }

    /// Whether the content is not UTF-8, so that the text differs from it.
    pub fn is_transcoded(&self) -> bool {
        self.0.text.bytes.is_some()
    }

    /// Returns the place in the flag that names this file, for files of `--set-file`.
    pub fn given_by(&self) -> Option<&Span> {
        self.0.text.given_by.as_ref()
    }

    /// Returns the span of a byte range. It is clamped to the text, and both ends are moved down to a character boundary,
    /// so that a span is always printable.
    pub fn span(&self, range: Range<usize>) -> Span {
        let floor = |at: usize| self.0.text.text.floor_char_boundary(at.min(self.0.text.text.len()));
        let start = floor(range.start);
        let end = floor(range.end).max(start);
        Span { source: Some(self.clone()), start: start as u32, end: end as u32 }
    }

    /// Returns the span of the whole text.
    pub fn whole(&self) -> Span {
        self.span(0..self.0.text.text.len())
    }

    /// Returns the line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let text = self.text();
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.line_of(offset);
        let start = self.line_starts()[line - 1] as usize;
        Position { line, column: text[start..offset].chars().count() + 1 }
    }

    /// Returns the line (from 1) of a byte offset.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|&start| start as usize <= offset)
    }

    /// Returns the byte range of a line (from 1), without its line break; empty beyond the last line.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let text = self.text();
        let lines = self.line_starts();
        let Some(&start) = line.checked_sub(1).and_then(|index| lines.get(index)) else {
            return text.len()..text.len();
        };
        let end = lines.get(line).map_or(text.len(), |&next| next as usize - 1);
        let end = if text[start as usize..end].ends_with('\r') { end - 1 } else { end };
        start as usize..end
    }

    /// Returns the number of lines; a final line break does not begin another line.
    pub fn line_count(&self) -> usize {
        let lines = self.line_starts().len();
        if self.text().ends_with('\n') { lines - 1 } else { lines }
    }

    fn line_starts(&self) -> &[u32] {
        self.0.text.lines.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.0.text.text.as_bytes());
            std::iter::once(0).chain(breaks.map(|at| at as u32 + 1)).collect()
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.0.text.name)
    }
}

impl PartialEq for Source {
    /// Two sources are equal if they have the same kind, name and content; they need not share an allocation.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.text, &other.0.text)
            || (self.0.text.kind == other.0.text.kind
                && self.0.text.name == other.0.text.name
                && self.bytes() == other.bytes())
    }
}

impl Eq for Source {}

/// A line and a column as people count them: both from 1, with columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// A place in a [`Source`]: a byte range on character boundaries. The default is [`Span::generated`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    source: Option<Source>,
    start: u32,
    end: u32,
}

impl Span {
    /// Returns the span of something that mim-chart generated and nobody wrote.
    pub const fn generated() -> Self {
        Span { source: None, start: 0, end: 0 }
    }

    /// Returns the source; `None` for a generated span.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// Returns the byte range in the source's text.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the start offset in the source's text.
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// Returns the text in the span; empty for a generated span.
    pub fn text(&self) -> &str {
        self.source.as_ref().map_or("", |source| &source.text()[self.range()])
    }

    /// Returns the shown form of the text in the span.
    pub fn shown(&self) -> String {
        self.source.as_ref().map_or_else(String::new, |source| source.shown(self.range()).text)
    }

    /// Returns the same span in another source with the same text.
    #[must_use]
    pub fn in_source(&self, source: &Source) -> Span {
        source.span(self.range())
    }

    /// Returns the line and column at which the span begins; `None` for a generated span.
    pub fn position(&self) -> Option<Position> {
        self.source.as_ref().map(|source| source.position(self.start as usize))
    }

    /// Returns the span from the start of this one to the end of `other`, which must be in the same source.
    #[must_use]
    pub fn to(&self, other: &Span) -> Span {
        Span { source: self.source.clone(), start: self.start, end: other.end.max(self.start) }
    }
}

impl fmt::Display for Span {
    /// Writes the place on a single printable line: `values.yaml:3:9` for a file, `--set replicaCount=abc` for a flag,
    /// reduced to the assignment at the place, and `(generated)` for a generated span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(source) = &self.source else { return f.write_str("(generated)") };
        match source.kind() {
            SourceKind::Flag => {
                write!(f, "{} {}", source.name(), printable(&source.shown_assignment(self.start())))
            }
            SourceKind::File | SourceKind::Rendered => {
                let Position { line, column } = source.position(self.start as usize);
                write!(f, "{}:{line}:{column}", printable(source.shown_name()))
            }
        }
    }
}

/// Whether an assignment starts here.
fn has_key(rest: &str) -> bool {
    rest.find(['=', ',']).is_some_and(|at| rest[at..].starts_with('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::file("a.yaml", "a: ä\r\nb: c\n");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(5), Position { line: 1, column: 5 });
        assert_eq!(source.position(7), Position { line: 2, column: 1 });
        assert_eq!(source.position(999), Position { line: 3, column: 1 });
        assert_eq!(&source.text()[source.line_range(1)], "a: ä");
        assert_eq!(&source.text()[source.line_range(2)], "b: c");
        assert_eq!(source.line_count(), 2);
        assert!(source.line_range(9).is_empty());
    }

    #[test]
    fn bytes_that_are_not_utf8_keep_their_places() {
        let source = Source::file_of_bytes("a.txt", b"caf\xe9 \xe2\x98 \xc3\xa4".to_vec());
        assert_eq!(source.text(), "caf\u{1a} \u{1a}\u{1a} \u{e4}");
        assert_eq!((source.bytes(), source.is_transcoded()), (&b"caf\xe9 \xe2\x98 \xc3\xa4"[..], true));
        assert_ne!(source, Source::file_of_bytes("a.txt", b"caf\xe8 \xe2\x98 \xc3\xa4".to_vec()));
        assert!(!Source::file_of_bytes("a.txt", b"a".to_vec()).is_transcoded());
    }

    #[test]
    fn a_span_is_cut_to_character_boundaries() {
        let source = Source::file("a.yaml", "ä");
        assert_eq!(source.span(1..9).text(), "ä");
    }

    #[test]
    fn a_span_is_written_as_the_user_knows_the_place() {
        assert_eq!(Source::file("v.yaml", "a: 1\nb: 2").span(8..9).to_string(), "v.yaml:2:4");
        assert_eq!(Source::file("-", "a: 1\nb: 2").span(8..9).to_string(), "standard input:2:4");
        assert_eq!(Source::flag("--set", "a=1").span(2..3).to_string(), "--set a=1");
        assert_eq!(Source::flag("--set", "a=1,b={2,3},c=4").span(7..8).to_string(), "--set b={2,3}");
        assert_eq!(Span::generated().to_string(), "(generated)");
    }
}
