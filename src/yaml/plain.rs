//! A fast reader for plain documents: maps and lists in block style, without tags and anchors, which covers nearly all
//! values files and manifests.
//!
//! It reads every line once and builds values directly, without tokens or a syntax tree. It refuses any document that it
//! cannot be sure of, which the full parser reads instead; for all others it returns the same nodes, with the same places,
//! as the full parser.

use std::borrow::Cow;
use std::cell::Cell;

use super::lines::{
    MAX_DEPTH, MAX_KEY_LENGTH, MAX_LENGTH, begins_plain, has_plain_breaks, is_dash, is_rest, key_length,
    leading_spaces, plain_end, quoted_length,
};
use super::node::{Entry, Map, Node, Value};
use super::resolve::{Scalar, resolve};
use super::syntax::{Single, scalar_at};
use crate::diagnostic::{Source, Span};

/// Reads the first document of a text, which begins at `offset` in its source. Also returns whether any map in it repeats a
/// key. `None` means that the full parser must read the document.
pub(super) fn read_plain(source: &Source, offset: usize, text: &str) -> Option<(Node, bool)> {
    if text.len() > MAX_LENGTH || !has_plain_breaks(text) {
        return None;
    }
    let mut reader = Plain {
        source,
        offset,
        text,
        at: 0,
        line: None,
        after_comment: false,
        in_document: false,
        depth: 0,
        entries: Vec::new(),
        items: Vec::new(),
        repeats_keys: Cell::new(false),
    };
    reader.next_line()?;
    reader.in_document = true;
    if let Some(line) = reader.line
        && line.column == 0
        && let Some(rest) = reader.rest(line).strip_prefix("---")
    {
        if !is_rest(rest) {
            return None;
        }
        reader.next_line()?;
    }
    let node = reader.line.filter(|line| line.column == 0).and_then(|line| reader.block(line))?;
    reader.line.is_none().then_some((node, reader.repeats_keys.get()))
}

/// A line, or the part of it after a dash, that is not read yet.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// The offset of its first byte that is not a space.
    start: usize,
    /// The distance of `start` from the start of the line.
    column: usize,
    /// The offset of the end of the line, without its line feed.
    end: usize,
}

struct Plain<'t> {
    source: &'t Source,
    /// The offset of the text in its source.
    offset: usize,
    text: &'t str,
    /// The offset of the line after the current one.
    at: usize,
    /// The current line; `None` at the end of the text.
    line: Option<Line>,
    /// Whether there is a comment line between the previous line and the current one.
    after_comment: bool,
    /// Whether the first line with content has been reached.
    in_document: bool,
    depth: usize,
    /// The entries and items of all open collections.
    entries: Vec<(String, Entry)>,
    items: Vec<Node>,
    /// Whether any map repeats a key.
    repeats_keys: Cell<bool>,
}

impl<'t> Plain<'t> {
    fn rest(&self, line: Line) -> &'t str {
        &self.text[line.start..line.end]
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.source.span(self.offset + start..self.offset + end)
    }

    /// Advances to the next line that has more than white space and a comment; `None` if it begins with a tab or starts
    /// another document.
    fn next_line(&mut self) -> Option<()> {
        self.after_comment = false;
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            let rest = &bytes[self.at..];
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let column = leading_spaces(&rest[..length]);
            let line = Line { start: self.at + column, column, end: self.at + length };
            self.at = (line.end + 1).min(bytes.len());
            match rest[..length].get(column) {
                None => {}
                Some(b'#') => self.after_comment = true,
                Some(b'\t') => return None,
                Some(b'-' | b'.') if column == 0 && self.in_document && self.begins_document(line) => return None,
                Some(_) => {
                    self.line = Some(line);
                    return Some(());
                }
            }
        }
        self.line = None;
        Some(())
    }

    fn begins_document(&self, line: Line) -> bool {
        let rest = self.rest(line);
        rest.starts_with("---") || rest.starts_with("...")
    }

    /// Reads the map or list that begins on a line.
    fn block(&mut self, line: Line) -> Option<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let node = if is_dash(self.rest(line)) { self.list(line, false) } else { self.map(line) };
        self.depth -= 1;
        node
    }

    fn map(&mut self, first: Line) -> Option<Node> {
        let known = self.entries.len();
        let mut line = first;
        let end = loop {
            let length = key_length(self.rest(line))??;
            let (key, after) = (self.key(line.start, length)?, line.start + length + 1);
            let node = self.value(first.column, after, line, true)?;
            let end = node.span.range().end;
            let entry = Entry { key: self.span(line.start, line.start + length), node };
            self.entries.push((key, entry));
            match self.line {
                Some(next) if next.column == first.column && !is_dash(self.rest(next)) => line = next,
                Some(next) if next.column >= first.column => return None,
                _ => break end,
            }
        };
        let entries = self.entries.split_off(known);
        let map = self.map_of(entries);
        let start = self.offset + first.start;
        Some(Node::new(Value::Map(map), self.source.span(start..end.max(start))))
    }

    fn map_of(&self, entries: Vec<(String, Entry)>) -> Map {
        let count = entries.len();
        let map = Map::of_list(entries);
        self.repeats_keys.set(self.repeats_keys.get() || map.len() < count);
        map
    }

    /// Reads a list. As the value of a key, it may have its dashes in the column of the keys.
    fn list(&mut self, first: Line, is_in_map: bool) -> Option<Node> {
        let known = self.items.len();
        let mut line = first;
        let end = loop {
            let after = line.start + 1;
            let item = self.value(first.column, after, line, false)?;
            let end = item.span.range().end;
            self.items.push(item);
            match self.line {
                Some(next) if next.column == first.column && is_dash(self.rest(next)) => line = next,
                Some(next) if next.column == first.column && is_in_map => break end,
                Some(next) if next.column >= first.column => return None,
                _ => break end,
            }
        };
        let list = self.items.split_off(known);
        let start = self.offset + first.start;
        Some(Node::new(Value::List(list), self.source.span(start..end.max(start))))
    }

    /// Returns the decoded key of the given length.
    fn key(&self, start: usize, length: usize) -> Option<String> {
        let key = &self.text[start..start + length];
        match key.as_bytes()[0] {
            quote @ (b'"' | b'\'') => self.unquoted(start, length, quote).map(Cow::into_owned),
            _ if key.contains('\t') => None,
            _ => Some(key.to_owned()),
        }
    }

    /// Decodes a quoted scalar on a single line.
    fn unquoted(&self, start: usize, length: usize, quote: u8) -> Option<Cow<'t, str>> {
        let inside = &self.text[start + 1..start + length - 1];
        let special = if quote == b'"' { b'\\' } else { b'\'' };
        if memchr::memchr(special, inside.as_bytes()).is_none() {
            return Some(Cow::Borrowed(inside));
        }
        scalar_at(self.text, start, 1, 0).filter(|single| single.end == start + length).map(|single| single.text)
    }

    /// Reads the value after a key or a dash, in a collection at `column`. Afterwards the current line is the first one
    /// after the value.
    fn value(&mut self, column: usize, after: usize, line: Line, is_in_map: bool) -> Option<Node> {
        let start = after + leading_spaces(&self.text.as_bytes()[after..line.end]);
        if start < line.end && !(self.text.as_bytes()[start] == b'#' && start > after) {
            let part = Line { start, column: line.column + (start - line.start), end: line.end };
            let rest = self.rest(part);
            if !is_in_map && (is_dash(rest) || key_length(rest)?.is_some()) {
                return self.block(part);
            }
            return self.scalar(column, part);
        }
        self.next_line()?;
        match self.line {
            Some(next) if next.column > column => match key_length(self.rest(next)) {
                Some(None) if !is_dash(self.rest(next)) => self.scalar(column, next),
                _ => self.block(next),
            },
            Some(next) if next.column == column && is_in_map && is_dash(self.rest(next)) => {
                self.depth += 1;
                let list = if self.depth <= MAX_DEPTH { self.list(next, true) } else { None };
                self.depth -= 1;
                list
            }
            _ => Some(Node::new(Value::Null, self.span(after, after))),
        }
    }

    /// Reads a scalar or a flow collection, in a block collection at `column`.
    fn scalar(&mut self, column: usize, line: Line) -> Option<Node> {
        let (start, text) = (line.start, self.rest(line));
        match text.as_bytes()[0] {
            b'|' | b'>' => {
                let Single { text, end, next_line } = scalar_at(self.text, start, line.column, column)?;
                self.at = next_line;
                self.next_line()?;
                Some(Node::new(Value::String(text.into_owned()), self.span(start, end)))
            }
            quote @ (b'"' | b'\'') => {
                let (text, end) = match quoted_length(text, quote) {
                    Some(Some(length)) => (self.unquoted(start, length, quote)?, start + length),
                    _ => self.long_scalar(column, line)?,
                };
                self.leave(end)?;
                Some(Node::new(Value::String(text.into_owned()), self.span(start, end)))
            }
            b'[' | b'{' => {
                let (node, end) = self.flow(start, line.end, 0)?;
                self.leave(end)?;
                Some(node)
            }
            _ if begins_plain(text) => self.plain(column, line),
            _ => None,
        }
    }

    /// Reads a scalar that may continue on further lines. Also returns where it ends.
    fn long_scalar(&self, column: usize, line: Line) -> Option<(Cow<'t, str>, usize)> {
        // Column 0 is avoided because three dashes there would begin a document.
        let Single { text, end, .. } = scalar_at(self.text, line.start, line.column.max(1), column)?;
        Some((text, end))
    }

    /// Advances to the line after the one that contains the offset `end`; only a comment may follow `end`.
    fn leave(&mut self, end: usize) -> Option<()> {
        let rest = &self.text[end..];
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        if !is_rest(&rest[..length]) {
            return None;
        }
        self.at = (end + length + 1).min(self.text.len());
        self.next_line()
    }

    /// Reads a plain scalar.
    fn plain(&mut self, column: usize, line: Line) -> Option<Node> {
        let text = self.rest(line);
        let (text, has_comment) = match plain_end(text) {
            None => (text, false),
            Some(end) if text.as_bytes()[end] == b'#' => (&text[..end], true),
            Some(_) => return None,
        };
        let text = text.trim_end_matches(' ');
        if text.contains('\t') {
            return None;
        }
        self.next_line()?;
        if let Some(next) = self.line
            && next.column > column
            && !self.after_comment
            && !has_comment
        {
            let (text, end) = self.long_scalar(column, line)?;
            self.leave(end)?;
            return self.resolved(text, line.start, end);
        }
        self.resolved(Cow::Borrowed(text), line.start, line.start + text.len())
    }

    /// Resolves a plain scalar to its value.
    fn resolved(&self, text: Cow<'t, str>, start: usize, end: usize) -> Option<Node> {
        let value = match resolve(None, text).ok()? {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => Value::Bool(value),
            Scalar::Int(value) => Value::Float(value as f64),
            Scalar::Unsigned(value) => Value::Float(value as f64),
            Scalar::Float(value) if value.is_finite() => Value::Float(value),
            // JSON has no infinity or NaN.
            Scalar::Float(_) => return None,
            Scalar::Text(text) => Value::String(text.into_owned()),
        };
        Some(Node::new(value, self.span(start, end)))
    }

    /// Reads a flow collection that ends on its line, or a word or quoted scalar inside one. Also returns where it ends.
    fn flow(&self, start: usize, line_end: usize, depth: usize) -> Option<(Node, usize)> {
        if self.depth + depth > MAX_DEPTH {
            return None;
        }
        match self.text.as_bytes()[start..line_end].first()? {
            b'[' => {
                let mut items = Vec::new();
                let mut at = self.skip_spaces(start + 1, line_end);
                while self.text.as_bytes()[at..line_end].first()? != &b']' {
                    let (item, end) = self.flow(at, line_end, depth + 1)?;
                    items.push(item);
                    at = self.skip_comma(end, line_end, b']')?;
                }
                Some((Node::new(Value::List(items), self.span(start, at + 1)), at + 1))
            }
            b'{' => {
                let mut entries = Vec::new();
                let mut at = self.skip_spaces(start + 1, line_end);
                while self.text.as_bytes()[at..line_end].first()? != &b'}' {
                    let (key, key_end) = self.flow_scalar(at, line_end)?;
                    let Value::String(name) = key.value else { return None };
                    if name == "<<" || key_end - at > MAX_KEY_LENGTH || !self.text[key_end..line_end].starts_with(": ")
                    {
                        return None;
                    }
                    let (node, end) = self.flow(self.skip_spaces(key_end + 1, line_end), line_end, depth + 1)?;
                    entries.push((name, Entry { key: key.span, node }));
                    at = self.skip_comma(end, line_end, b'}')?;
                }
                Some((Node::new(Value::Map(self.map_of(entries)), self.span(start, at + 1)), at + 1))
            }
            _ => self.flow_scalar(start, line_end),
        }
    }

    /// Reads a word or quoted scalar inside a flow collection. Also returns where it ends.
    fn flow_scalar(&self, start: usize, line_end: usize) -> Option<(Node, usize)> {
        let text = &self.text[start..line_end];
        match *text.as_bytes().first()? {
            quote @ (b'"' | b'\'') => {
                let length = quoted_length(text, quote)??;
                let value = Value::String(self.unquoted(start, length, quote)?.into_owned());
                Some((Node::new(value, self.span(start, start + length)), start + length))
            }
            first if first.is_ascii_alphanumeric() || first == b'_' || first == b'/' => {
                let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./+=~$".contains(byte);
                let end = start + text.bytes().take_while(in_word).count();
                Some((self.resolved(Cow::Borrowed(&self.text[start..end]), start, end)?, end))
            }
            _ => None,
        }
    }

    fn skip_spaces(&self, at: usize, line_end: usize) -> usize {
        at + leading_spaces(&self.text.as_bytes()[at..line_end])
    }

    /// Skips the comma after an item and the spaces around it; stops at the next item or the closing bracket.
    fn skip_comma(&self, at: usize, line_end: usize, closing: u8) -> Option<usize> {
        let at = self.skip_spaces(at, line_end);
        match self.text.as_bytes()[at..line_end].first()? {
            b',' => Some(self.skip_spaces(at + 1, line_end)),
            byte if *byte == closing => Some(at),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
