//! Extracts a few entries of a document without parsing all of it.
//!
//! Most documents are plain: maps and lists in block style, with scalars that have neither tags nor anchors. Checking that
//! such a text is valid takes no tokens and no tree, only a single scan of its lines. Anything that is not certainly valid
//! is left to the full parser, so this check accepts nothing that the full parser would reject.

use ahash::{AHashMap, AHashSet};

use super::lines::{
    MAX_DEPTH, MAX_KEY_LENGTH, MAX_LENGTH, begins_plain, has_plain_breaks, is_dash, is_rest, key_length,
    leading_spaces, plain_end, quoted_length,
};
use super::resolve::is_plain_string;

/// The maximum nesting depth of flow collections, which are read recursively.
const MAX_DEPTH_IN_BRACKETS: usize = 100;

/// Returns the entries of a document's top-level map whose keys are in `keys`, as a document, and whether any map in the
/// whole document may repeat a key. `None` means that the document must be parsed in full. A document of only comments
/// results in an empty text.
///
/// ```
/// use mim_chart::yaml::entries_of;
///
/// assert_eq!(entries_of("kind: A\nspec:\n- b: |\n    c\nx: y\n", &["kind", "x"]).unwrap(), ("kind: A\nx: y\n".to_owned(), false));
/// assert!(entries_of("kind: A\nspec: {}\nspec: {}\n", &["kind"]).unwrap().1);
/// assert_eq!(entries_of("kind: A\nspec: b: c\n", &["kind"]), None);
/// ```
pub fn entries_of(text: &str, keys: &[&str]) -> Option<(String, bool)> {
    if text.len() > MAX_LENGTH || memchr::memchr(b'\t', text.as_bytes()).is_some() || !has_plain_breaks(text) {
        return None;
    }
    let mut skim = Skim {
        text,
        at: 0,
        line_end: 0,
        open: Vec::with_capacity(16),
        awaits_value: false,
        keys: Vec::with_capacity(64),
        first_keys: Vec::with_capacity(16),
        many_keys: AHashMap::new(),
        repeats_keys: false,
    };
    let mut kept = String::new();
    let mut start = None;
    while let Some((column, line)) = skim.next_line() {
        let line_start = skim.line_end - line.len() - column;
        let is_entry = column == 0 && !is_dash(line);
        if is_entry && let Some(start) = start.take() {
            kept.push_str(&text[start..line_start]);
        }
        skim.line(column, line)?;
        if is_entry && keys.iter().any(|key| is_key(line, key)) {
            start = Some(line_start);
        }
    }
    if let Some(start) = start {
        kept.push_str(&text[start..]);
    }
    Some((kept, skim.repeats_keys))
}

/// Whether the key on a line starts with `key`, so that it may be that key.
fn is_key(line: &str, key: &str) -> bool {
    line.strip_prefix(['"', '\'']).unwrap_or(line).starts_with(key)
}

/// An open collection, with its column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Map(usize),
    List(usize),
    /// A list whose dashes are in the column of the surrounding map's keys.
    ListInMap(usize),
}

impl Open {
    fn column(self) -> usize {
        match self {
            Open::Map(column) | Open::List(column) | Open::ListInMap(column) => column,
        }
    }
}

/// A line that has not been consumed yet, without its indentation.
struct Ahead<'t> {
    column: usize,
    line: &'t str,
    /// The offset of the following line.
    after: usize,
}

struct Skim<'t> {
    text: &'t str,
    /// The offset of the next line.
    at: usize,
    /// The offset of the end of the last line read, without its line feed.
    line_end: usize,
    /// The open collections, innermost last.
    open: Vec<Open>,
    /// Whether the last key or dash has no value yet.
    awaits_value: bool,
    /// The keys seen so far in the open collections, and for each collection the index of its first key.
    keys: Vec<&'t str>,
    first_keys: Vec<usize>,
    /// The keys of maps with many keys, by the index of their first key.
    many_keys: AHashMap<usize, AHashSet<&'t str>>,
    /// Whether any map may repeat a key.
    repeats_keys: bool,
}

/// In a map with more keys than this, keys are looked up in a set instead of compared one by one.
const MAX_COMPARED: usize = 64;

impl<'t> Skim<'t> {
    /// Consumes lines up to the next one that has more than white space and a comment. Returns its column and its text,
    /// without indentation and line break.
    fn next_line(&mut self) -> Option<(usize, &'t str)> {
        while let Some((column, line)) = self.any_line() {
            if !line.is_empty() && !line.starts_with('#') {
                return Some((column, line));
            }
        }
        None
    }

    /// Consumes the next line, which may be empty.
    fn any_line(&mut self) -> Option<(usize, &'t str)> {
        let Ahead { column, line, after } = self.peek_line()?;
        self.line_end = self.at + column + line.len();
        self.at = after;
        Some((column, line))
    }

    /// Returns the next line without consuming it.
    fn peek_line(&self) -> Option<Ahead<'t>> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let (line, length) = match memchr::memchr(b'\n', rest.as_bytes()) {
            Some(length) => (&rest[..length], length + 1),
            None => (rest, rest.len()),
        };
        let column = leading_spaces(line.as_bytes());
        Some(Ahead { column, line: &line[column..], after: self.at + length })
    }

    /// Checks a line and the lines on which the scalar at its end continues; `None` if they are not certainly valid.
    fn line(&mut self, mut column: usize, mut line: &'t str) -> Option<()> {
        if column == 0 && (line.starts_with("---") || line.starts_with("...")) {
            return None;
        }
        let closed = self.close(column);
        // A value on a line of its own belongs to the innermost collection, so no collection may have been closed.
        let mut is_value = self.awaits_value && closed == 0;
        while is_dash(line) {
            self.open_list(column, is_value)?;
            let after = line[1..].trim_start_matches(' ');
            column += line.len() - after.len();
            line = after;
            is_value = true;
            self.awaits_value = true;
            if line.is_empty() || line.starts_with('#') {
                return Some(());
            }
        }
        let Some(length) = key_length(line)? else {
            // No key: the line is a scalar.
            return if is_value && self.open.last()?.column() < column { self.value(line) } else { None };
        };
        self.open_map(column, is_value)?;
        self.note_key(&line[..length]);
        self.awaits_value = true;
        let value = line[length + 1..].trim_start_matches(' ');
        if value.is_empty() || value.starts_with('#') { Some(()) } else { self.value(value) }
    }

    /// Closes the collections deeper than a column and returns how many there were.
    fn close(&mut self, column: usize) -> usize {
        let before = self.open.len();
        while self.open.last().is_some_and(|open| open.column() > column) {
            self.pop();
        }
        before - self.open.len()
    }

    fn pop(&mut self) {
        self.open.pop();
        self.forget_keys();
    }

    /// Drops the keys of the innermost collection, which ends.
    fn forget_keys(&mut self) {
        if let Some(first) = self.first_keys.pop() {
            if self.keys.len() - first > MAX_COMPARED {
                self.many_keys.remove(&first);
            }
            self.keys.truncate(first);
        }
    }

    fn push(&mut self, open: Open) {
        self.open.push(open);
        self.first_keys.push(self.keys.len());
    }

    /// Records a key of the innermost map.
    fn note_key(&mut self, key: &'t str) {
        let key = match key.strip_prefix(['"', '\'']) {
            Some(quoted) => {
                let key = &quoted[..quoted.len() - 1];
                // A key with escapes may equal one that is written differently.
                self.repeats_keys |= key.contains(['\\', '\'', '"']);
                key
            }
            None => key,
        };
        let first = self.first_keys.last().copied().unwrap_or_default();
        let known = &self.keys[first..];
        self.repeats_keys |= match known.len() {
            ..MAX_COMPARED => known.contains(&key),
            _ => !self.many_keys.entry(first).or_insert_with(|| known.iter().copied().collect()).insert(key),
        };
        self.keys.push(key);
    }

    /// Handles a dash at a column; `is_value` says whether a value is expected here.
    fn open_list(&mut self, column: usize, is_value: bool) -> Option<()> {
        match self.open.last().copied() {
            Some(Open::List(own) | Open::ListInMap(own)) if own == column => return Some(()),
            Some(Open::Map(own)) if own == column && is_value => self.push(Open::ListInMap(column)),
            Some(open) if open.column() < column && is_value => self.push(Open::List(column)),
            _ => return None,
        }
        (self.open.len() <= MAX_DEPTH).then_some(())
    }

    /// Handles a key at a column.
    fn open_map(&mut self, column: usize, is_value: bool) -> Option<()> {
        if self.open.last() == Some(&Open::ListInMap(column)) {
            self.pop();
        }
        match self.open.last().copied() {
            Some(Open::Map(own)) if own == column => return Some(()),
            Some(open) if open.column() < column && is_value => self.push(Open::Map(column)),
            None if column == 0 => self.push(Open::Map(column)),
            _ => return None,
        }
        (self.open.len() <= MAX_DEPTH).then_some(())
    }

    /// Checks a scalar or flow collection that begins here.
    fn value(&mut self, text: &'t str) -> Option<()> {
        self.awaits_value = false;
        match text.as_bytes()[0] {
            b'|' | b'>' => self.block_scalar(text),
            quote @ (b'"' | b'\'') => self.quoted(text, quote),
            b'[' | b'{' => is_rest(&text[self.item_length(text, MAX_DEPTH_IN_BRACKETS)?..]).then_some(()),
            _ if begins_plain(text) => self.plain(text),
            _ => None,
        }
    }

    /// Returns the length of a flow map such as `{app: "web"}`, which may nest at most `depth` levels; JSON objects
    /// are among these.
    fn map_in_braces(&mut self, text: &'t str, depth: usize) -> Option<usize> {
        let mut rest = text[1..].trim_start_matches(' ');
        self.first_keys.push(self.keys.len());
        while !rest.starts_with('}') {
            let key = &rest[..scalar_length(rest)?];
            let is_quoted = key.starts_with(['"', '\'']);
            if key.len() > MAX_KEY_LENGTH || !is_quoted && !is_plain_string(key) {
                return None;
            }
            self.note_key(key);
            let value = rest[key.len()..].strip_prefix(':').filter(|value| is_quoted || value.starts_with(' '))?;
            let value = value.trim_start_matches(' ');
            rest = after_comma(&value[self.item_length(value, depth)?..], '}')?;
        }
        self.forget_keys();
        Some(text.len() - rest.len() + 1)
    }

    /// Returns the length of a flow list such as `[get, "list"]`.
    fn list_in_brackets(&mut self, text: &'t str, depth: usize) -> Option<usize> {
        let mut rest = text[1..].trim_start_matches(' ');
        while !rest.starts_with(']') {
            rest = after_comma(&rest[self.item_length(rest, depth)?..], ']')?;
        }
        Some(text.len() - rest.len() + 1)
    }

    /// Returns the length of an item of a flow collection.
    fn item_length(&mut self, text: &'t str, depth: usize) -> Option<usize> {
        match text.as_bytes().first()? {
            b'[' => self.list_in_brackets(text, depth.checked_sub(1)?),
            b'{' => self.map_in_braces(text, depth.checked_sub(1)?),
            _ => scalar_length(text),
        }
    }

    /// Checks a plain scalar, which extends over all lines deeper than the surrounding collection.
    fn plain(&mut self, text: &'t str) -> Option<()> {
        let around = self.open.last()?.column();
        let mut has_ended = ends_plain(text)?;
        while !has_ended && let Some(Ahead { column, line, after }) = self.peek_line() {
            if !line.is_empty() {
                if column <= around || line.starts_with('#') {
                    break;
                }
                has_ended = ends_plain(line)?;
            }
            self.at = after;
        }
        Some(())
    }

    /// Checks a scalar after `|` or `>`.
    fn block_scalar(&mut self, text: &'t str) -> Option<()> {
        let header = text[1..].strip_prefix(['-', '+']).unwrap_or(&text[1..]);
        if !is_rest(header) {
            return None;
        }
        let least = self.open.last()?.column() + 1;
        let mut deepest = 0;
        let mut indent = None;
        while let Some(Ahead { column, line, after }) = self.peek_line() {
            if line.is_empty() {
                deepest = deepest.max(column);
            } else {
                // An empty line with more spaces than the first text line is left to the full parser.
                if indent.is_none() && deepest > column {
                    return None;
                }
                if column < *indent.get_or_insert(column.max(least)) {
                    break;
                }
            }
            self.at = after;
        }
        Some(())
    }

    /// Checks a quoted scalar, which may span several lines.
    fn quoted(&mut self, text: &'t str, quote: u8) -> Option<()> {
        if let Some(length) = quoted_length(text, quote)? {
            return is_rest(&text[length..]).then_some(());
        }
        let start = self.line_end - text.len();
        let length = quoted_length(&self.text[start..], quote)??;
        let scalar = &self.text[start..start + length];
        let begins_document = |at: usize| scalar[at + 1..].starts_with("---") || scalar[at + 1..].starts_with("...");
        if memchr::memchr_iter(b'\n', scalar.as_bytes()).any(begins_document) {
            return None;
        }
        let rest = &self.text[start + length..];
        let line = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest, |end| &rest[..end]);
        self.at = (start + length + line.len() + 1).min(self.text.len());
        is_rest(line).then_some(())
    }
}

/// Whether a comment ends the plain scalar on a line; `None` if the line has a colon that ends a key.
fn ends_plain(text: &str) -> Option<bool> {
    match plain_end(text) {
        None => Some(false),
        Some(end) => (text.as_bytes()[end] == b'#').then_some(true),
    }
}

/// Returns the length of a word, number or quoted scalar in a flow collection.
fn scalar_length(text: &str) -> Option<usize> {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-+_./".contains(byte);
    match text.as_bytes() {
        [quote @ (b'"' | b'\''), ..] => quoted_length(text, *quote)?,
        [first, ..] if first.is_ascii_alphanumeric() => Some(text.bytes().take_while(in_word).count()),
        [b'-', second, ..] if second.is_ascii_digit() => Some(text.bytes().take_while(in_word).count()),
        _ => None,
    }
}

/// Returns the text after the comma that follows an item, or the text from the closing bracket on.
fn after_comma(rest: &str, closing: char) -> Option<&str> {
    let rest = rest.trim_start_matches(' ');
    match rest.strip_prefix(',') {
        Some(after) => Some(after.trim_start_matches(' ')),
        None => rest.starts_with(closing).then_some(rest),
    }
}

#[cfg(test)]
mod tests;
