//! Maps an offset in a scalar's decoded content to its place in the YAML source.

use crate::diagnostic::{SourceKind, Span};

/// Returns the place of one byte of a scalar's content. `span` is the span of the scalar node; `offset` is a byte offset in
/// its decoded content, which may equal its length (the place just after it). Indentation of block scalars, escapes in
/// quoted scalars and folded lines are taken into account.
///
/// For files read with `--set-file` and arguments of flags, the source is the content itself. If the place cannot be
/// determined, the whole span is returned.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::yaml::{locate_in_scalar, read_document};
///
/// let source = Source::file("values.yaml", "config: |\n  [general]\n  level = \n");
/// let node = read_document(&source).unwrap();
/// let config = &node.value.as_map().unwrap().get("config").unwrap();
/// let at = config.value.as_str().unwrap().find('=').unwrap();
/// assert_eq!(locate_in_scalar(&config.span, at).to_string(), "values.yaml:3:9");
/// ```
pub fn locate_in_scalar(span: &Span, offset: usize) -> Span {
    let Some(source) = span.source() else { return span.clone() };
    let text = span.text();
    let verbatim = source.kind() == SourceKind::Flag || (source.given_by().is_some() && *span == source.whole());
    let found = if verbatim {
        (offset <= text.len()).then_some(offset)
    } else {
        match text.as_bytes().first() {
            Some(b'|' | b'>') => in_block(text, block_indent(span), offset),
            Some(&quote @ (b'"' | b'\'')) => {
                in_flow(text.get(1..text.len() - 1).unwrap_or_default(), Some(quote), offset).map(|found| found + 1)
            }
            _ => in_flow(text, None, offset),
        }
    };
    match found {
        Some(found) => {
            let length = text.get(found..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            let start = span.start() + found;
            source.span(start..start + length)
        }
        None => span.clone(),
    }
}

/// Advances through the content until the wanted byte is reached.
struct Search {
    wanted: usize,
    passed: usize,
}

impl Search {
    /// Advances over `length` content bytes that appear verbatim at `place` in the source.
    fn verbatim(&mut self, length: usize, place: usize) -> Option<usize> {
        let within = self.wanted.checked_sub(self.passed).filter(|&within| within < length);
        self.passed += length;
        within.map(|within| place + within)
    }

    /// Advances over `length` content bytes that are encoded differently at `place`, such as an escape or a folded line break.
    fn skip_encoded(&mut self, length: usize, place: usize) -> Option<usize> {
        self.verbatim(length, place).map(|_| place)
    }

    fn end(&self, place: usize) -> Option<usize> {
        (self.wanted == self.passed).then_some(place)
    }
}

/// Returns the column at which the text of a block scalar starts: as its header indicates, or that of its first line with text.
fn block_indent(span: &Span) -> usize {
    let text = span.text();
    let (header, body) = text.split_once('\n').unwrap_or((text, ""));
    let header = header.split([' ', '\t', '#']).next().unwrap_or_default();
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    match header.chars().find_map(|character| character.to_digit(10)) {
        None => body.lines().find(|line| !line.trim().is_empty()).map_or(0, spaces),
        Some(digit) => {
            let whole = span.source().map_or("", |source| source.text());
            let before = &whole[..span.start()];
            let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
            parent_column(line).map_or(0, |column| column) + digit as usize
        }
    }
}

/// Returns the column of the innermost collection that the line with a block scalar's header opens or continues.
fn parent_column(line: &str) -> Option<usize> {
    let (mut column, mut at) = (None, 0);
    for piece in line.split_inclusive(' ') {
        match piece.trim_end() {
            "" => {}
            "-" | "?" | ":" => column = Some(at),
            _ => return Some(at),
        }
        at += piece.len();
    }
    column
}

fn in_block(text: &str, indent: usize, offset: usize) -> Option<usize> {
    let literal = text.starts_with('|');
    let mut search = Search { wanted: offset, passed: 0 };
    let mut at = text.find('\n')? + 1;
    let mut end = at;
    // Line breaks since the last line with text, the place of the first of them, and whether that line began with white space.
    let (mut breaks, mut first_break, mut after_blank) = (0, at, None);
    for line in text[at..].split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let body = content.get(indent.min(content.len())..).unwrap_or_default();
        let starts_blank = body.starts_with([' ', '\t']);
        if body.is_empty()
            || (breaks == 0 && after_blank.is_none() && content.trim().is_empty() && content.len() <= indent)
        {
            breaks += 1;
        } else {
            let folds = !literal && after_blank == Some(false) && !starts_blank;
            let bytes = if folds && breaks > 1 { breaks - 1 } else { breaks };
            if let found @ Some(_) = search.skip_encoded(bytes, first_break) {
                return found;
            }
            let place = at + content.len() - body.len();
            if let found @ Some(_) = search.verbatim(body.len(), place) {
                return found;
            }
            end = place + body.len();
            (breaks, first_break, after_blank) = (1, end, Some(starts_blank));
        }
        at += line.len();
    }
    search.skip_encoded(breaks.max(1), end).or(search.end(end))
}

/// Finds an offset in a plain or quoted scalar, whose `text` comes without its quotes.
fn in_flow(text: &str, quote: Option<u8>, offset: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut search = Search { wanted: offset, passed: 0 };
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let found;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                let length = text[at..].len() - text[at..].trim_start_matches([' ', '\t', '\r', '\n']).len();
                let breaks = text[at..at + length].matches('\n').count();
                found = match breaks {
                    0 => search.verbatim(length, at),
                    _ => search.skip_encoded((breaks - 1).max(1), at),
                };
                at += length;
            }
            b'\'' if quote == Some(b'\'') => {
                found = search.skip_encoded(1, at);
                at += 2;
            }
            b'\\' if quote == Some(b'"') => {
                let (source_length, content_length) = escape(&text[at..]);
                found = search.skip_encoded(content_length, at);
                at += source_length;
            }
            _ => {
                found = search.verbatim(1, at);
                at += 1;
            }
        }
        if found.is_some() {
            return found;
        }
    }
    search.end(text.len())
}

/// Returns the length of an escape in the source and the length of its decoded content, in bytes.
fn escape(text: &str) -> (usize, usize) {
    let digits = match text.as_bytes().get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b'N' | b'_') => return (2, 2),
        Some(b'L' | b'P') => return (2, 3),
        Some(b'\r' | b'\n') => {
            let rest = &text[1..];
            let length = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            return (1 + length, rest[..length].matches('\n').count() - 1);
        }
        _ => return (2, 1),
    };
    let code = text.get(2..2 + digits).and_then(|code| u32::from_str_radix(code, 16).ok());
    (2 + digits, code.and_then(char::from_u32).map_or(1, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml::read_document;

    /// Locates every character of a value's content; the characters in `verbatim` must appear unchanged at that place.
    fn check(yaml: &str, verbatim: &str) {
        let source = Source::file("v.yaml", yaml);
        let node = read_document(&source).unwrap();
        let value = node.value.as_map().unwrap().get("k").unwrap();
        let content = value.value.as_str().unwrap();
        let mut previous = value.span.start();
        for (at, character) in content.char_indices() {
            let span = locate_in_scalar(&value.span, at);
            assert_ne!(span, value.span, "{yaml:?} byte {at}");
            if verbatim.contains(character) {
                assert_eq!(span.text(), character.to_string(), "{yaml:?} byte {at}");
            }
            assert!(span.start() >= previous, "{yaml:?} byte {at}");
            previous = span.start();
        }
        assert_ne!(locate_in_scalar(&value.span, content.len()), value.span, "{yaml:?} end of {content:?}");
    }

    #[test]
    fn every_style_is_traced_back() {
        for yaml in [
            "k: abc def\n",
            "k: abc\n  def\n\n\n  ghi\n",
            "k: 'a''b c\n\n  d'\n",
            "k: \"a\\tb\\u00e9 \\\"c\\x41 d\\\n   e\n\n f\"\n",
            "k: |\n  a\n   b\n\n  c\n",
            "k: |2\n    a\n  b\n",
            "k: |+\n  a\n\n\n",
            "k: |-\n\n\n  a\n  b",
            "k: |\r\n  a b\r\n  c\r\n",
            "k: >\n  a\n  b\n\n  c\n   d\n  e\n",
            "k: >-\n\n  a\n  b\n",
            "k: |  # comment 2\n    ä b\n    c\n",
        ] {
            check(yaml, "abcdefghiä");
        }
    }

    #[test]
    fn nested_and_indicated_block_scalars() {
        let source = Source::file("v.yaml", "a:\n- - k: |1\n      x\n     y\n");
        let node = read_document(&source).unwrap();
        let list = node.value.as_map().unwrap().get("a").unwrap().value.as_list().unwrap();
        let value = list[0].value.as_list().unwrap()[0].value.as_map().unwrap().get("k").unwrap();
        let content = value.value.as_str().unwrap();
        assert_eq!(content, " x\ny\n");
        assert_eq!(locate_in_scalar(&value.span, content.find('y').unwrap()).text(), "y");
    }

    #[test]
    fn flags_and_whole_files_are_their_own_content() {
        let flag = Source::flag("--set", "a=xyz");
        assert_eq!(locate_in_scalar(&flag.span(2..5), 1).text(), "y");
        let file = Source::file_given_by("m.toml", "\"a\\n\"\nb", flag.span(2..5));
        assert_eq!(locate_in_scalar(&file.whole(), 6).text(), "b");
        assert_eq!(locate_in_scalar(&file.whole(), 99), file.whole());
    }
}
