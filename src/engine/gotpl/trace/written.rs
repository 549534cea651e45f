//! The origins of lines of values written as YAML or JSON, and of values read from such lines.

use super::marks::{Mark, Marks, Origin, Part};
use super::paths::SetId;
use super::pieces::{NO_SOURCE, Piece, PieceKind, Pieces, line_starts};
use crate::diagnostic::Source;
use crate::engine::gotpl::value::Value;
use crate::yaml::{self, Node};

/// Longer texts are not analyzed by line: what they show is only known for the whole text.
const MAX_BYTES: usize = 1 << 20;

/// How deeply values are followed.
const MAX_LEVELS: usize = 500;

/// The layout of written maps and lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Block style, as in YAML.
    Block,
    /// JSON's layout, where whether a line ends with a comma depends on the next item.
    Flow,
}

/// Whether reading the output of a function results in the same value.
pub(super) fn is_written_whole(name: &str) -> bool {
    matches!(
        name,
        "toYaml"
            | "mustToYaml"
            | "toYamlPretty"
            | "toJson"
            | "mustToJson"
            | "toRawJson"
            | "mustToRawJson"
            | "toPrettyJson"
            | "mustToPrettyJson"
    )
}

/// Returns a piece for each line of a value that was written as YAML or JSON, with the values that the line shows. The
/// text is parsed to find out which lines each part takes. `None` if that is not possible.
pub(super) fn lines(marks: &mut Marks, value: &Value, mark: Mark, text: &[u8], layout: Layout) -> Option<Pieces> {
    if !matches!(value, Value::Map(_) | Value::List(_)) || !text.contains(&b'\n') {
        return None;
    }
    let node = read_again(text)?;
    let starts = line_starts(text);
    let mut by_line: Vec<(SetId, SetId)> = vec![(SetId::EMPTY, SetId::EMPTY); starts.len()];
    let mut lines = Lines { marks, by_line: &mut by_line, layout, whole: SetId::EMPTY };
    let end = starts.len();
    lines.part(&node, value, mark, 0..end, Around::Nothing, MAX_LEVELS);
    let whole = lines.whole;
    let piece = |(at, (shown, deciders)): (&usize, &(SetId, SetId))| Piece {
        at: *at,
        source: NO_SOURCE,
        offset: 0,
        call: 0,
        shown: *shown,
        deciders: *deciders,
        kind: PieceKind::Made,
    };
    let pieces = starts.iter().zip(&by_line).map(piece).collect();
    let mut pieces = Pieces { length: text.len(), deciders: whole, pieces };
    pieces.add_deciders_of_pieces(&mut marks.paths);
    Some(pieces)
}

fn read_again(text: &[u8]) -> Option<Node> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    yaml::read_document(&Source::rendered("", text)).ok()
}

/// The container of a value.
#[derive(Clone, Copy)]
enum Around {
    Nothing,
    Map,
    List,
}

struct Lines<'a> {
    marks: &'a mut Marks,
    by_line: &'a mut [(SetId, SetId)],
    layout: Layout,
    /// The values that decided which lines there are. They affect anything computed from the whole text, such as a checksum.
    whole: SetId,
}

impl Lines<'_> {
    /// Adds what a value shows to the lines that it takes.
    fn part(
        &mut self,
        node: &Node,
        value: &Value,
        mark: Mark,
        range: std::ops::Range<usize>,
        around: Around,
        levels: usize,
    ) {
        let next = levels.checked_sub(1);
        match (&node.value, value) {
            (yaml::Value::Map(map), Value::Map(entries)) if next.is_some() && !map.is_empty() => {
                let first = range.start..range.start + 1;
                match around {
                    // An empty map would be on the line of its key.
                    Around::Map if self.layout == Layout::Block => {
                        let by = self.marks.truth(value, mark);
                        self.add(first, SetId::EMPTY, by);
                        let keys = self.marks.keys(value, mark);
                        self.marks.paths.extend(&mut self.whole, keys);
                    }
                    // The first key is on the line of the dash, or after text that the template writes in front of it.
                    _ => {
                        let by = self.marks.keys(value, mark);
                        self.add(range.clone(), SetId::EMPTY, by);
                    }
                }
                let starts: Vec<usize> = map.entries().map(|(_, entry)| line_of(&entry.key)).collect();
                for (index, (key, entry)) in map.entries().enumerate() {
                    let end = starts.get(index + 1).copied().unwrap_or(range.end);
                    let Some(inner) = entries.get(key.as_bytes()) else { continue };
                    let mark = self.marks.entry(value, mark, key.as_bytes());
                    self.part(&entry.node, &inner, mark, starts[index]..end, Around::Map, next.unwrap_or(0));
                }
            }
            (yaml::Value::List(items), Value::List(list)) if next.is_some() && !items.is_empty() => {
                let by = self.marks.keys(value, mark);
                self.add(range.clone(), SetId::EMPTY, by);
                let starts: Vec<usize> = items.iter().map(|item| line_of(&item.span)).collect();
                for (index, item) in items.iter().enumerate() {
                    let end = starts.get(index + 1).copied().unwrap_or(range.end);
                    let Some(inner) = list.items().get(index) else { continue };
                    let mark = self.marks.item(value, mark, index);
                    self.part(item, inner, mark, starts[index]..end, Around::List, next.unwrap_or(0));
                }
            }
            _ => {
                let (shown, deciders) = self.marks.shown_and_deciders(value, mark);
                self.add(range, shown, deciders);
            }
        }
    }

    fn add(&mut self, range: std::ops::Range<usize>, shown: SetId, deciders: SetId) {
        let end = range.end.min(self.by_line.len());
        for (line_shown, line_deciders) in self.by_line.get_mut(range.start..end).unwrap_or_default() {
            self.marks.paths.extend(line_shown, shown);
            self.marks.paths.extend(line_deciders, deciders);
        }
    }
}

/// The index of the line that a span begins on.
fn line_of(span: &crate::diagnostic::Span) -> usize {
    span.position().map_or(0, |position| position.line.saturating_sub(1))
}

/// Sets the origins in a value that was read from a text that templates wrote: those of the value that was written as
/// this text, or those of the lines. Returns the mark of the value; `None` if its origin is unknown.
pub(super) fn read(marks: &mut Marks, result: &Value, mark: Mark, values: &[Value]) -> Option<Mark> {
    if let Some((original, mark)) = marks.written.original(values.first()?) {
        marks.copied(&original, result);
        return Some(mark);
    }
    read_lines(marks, result, mark, values).then_some(mark)
}

fn read_lines(marks: &mut Marks, result: &Value, mark: Mark, values: &[Value]) -> bool {
    let origin = marks.origin(mark);
    let (Some(text), Some(Value::Str(bytes))) = (origin.text, values.first()) else { return false };
    let pieces = marks.text(text);
    // The value of an alias is written elsewhere.
    if [&b": &"[..], b"- &", b"<<:"].iter().any(|mark| memchr::memmem::find(bytes, mark).is_some()) {
        return false;
    }
    let Some(node) = read_again(bytes).filter(|_| pieces.length == bytes.len()) else { return false };
    let mut reading = Reading { marks, text: bytes, pieces: &pieces, more: origin.deciders };
    reading.part(&node, result, 0..bytes.len() + 1, MAX_LEVELS);
    true
}

struct Reading<'a> {
    marks: &'a mut Marks,
    text: &'a [u8],
    pieces: &'a Pieces,
    more: SetId,
}

impl Reading<'_> {
    fn part(&mut self, node: &Node, value: &Value, range: std::ops::Range<usize>, levels: usize) -> Mark {
        let Some(levels) = levels.checked_sub(1) else { return self.mark_of_range(range) };
        match (&node.value, value) {
            (yaml::Value::Map(map), Value::Map(entries)) => {
                let starts: Vec<usize> = map.entries().map(|(_, entry)| entry.key.start()).collect();
                for (index, (key, entry)) in map.entries().enumerate() {
                    let part = self.part_of(&starts[index..], range.end);
                    let Some(inner) = entries.get(key.as_bytes()) else { continue };
                    let mark = self.part(&entry.node, &inner, part, levels);
                    self.marks.set_part(value, Part::Key(key.into()), mark);
                }
            }
            (yaml::Value::List(items), Value::List(list)) => {
                let starts: Vec<usize> = items.iter().map(|item| item.span.start()).collect();
                for (index, item) in items.iter().enumerate() {
                    let part = self.part_of(&starts[index..], range.end);
                    let Some(inner) = list.items().get(index) else { continue };
                    let mark = self.part(item, inner, part, levels);
                    self.marks.set_part(value, Part::Item(index), mark);
                }
            }
            _ => return self.mark_of_range(range),
        }
        // Which keys there are depends on everything that decided, and on what the value's place in the text shows.
        let mark = self.mark_of_range(range);
        let by = self.marks.own_influences(mark);
        let by = self.marks.paths.union(by, self.pieces.deciders);
        self.marks.add_key_deciders(value, by);
        Mark::NONE
    }

    /// The range of the first of several parts, given their offsets: up to the line of the next part, or up to that
    /// part itself if it is on the same line. The last part ends at `end`.
    fn part_of(&self, starts: &[usize], end: usize) -> std::ops::Range<usize> {
        let start = starts.first().copied().unwrap_or(end);
        let Some(next) = starts.get(1).copied().filter(|next| *next > start) else { return start..end.max(start) };
        let line = memchr::memrchr(b'\n', self.text.get(start..next).unwrap_or_default());
        start..line.map_or(next, |at| start + at + 1)
    }

    /// The mark of a range of the text, from its pieces.
    fn mark_of_range(&mut self, range: std::ops::Range<usize>) -> Mark {
        let pieces = &self.pieces.pieces;
        let first = pieces.partition_point(|piece| piece.at <= range.start).saturating_sub(1);
        let (mut shown, mut deciders) = (SetId::EMPTY, self.more);
        for piece in pieces[first..].iter().take_while(|piece| piece.at < range.end) {
            self.marks.paths.extend(&mut shown, piece.shown);
            self.marks.paths.extend(&mut deciders, piece.deciders);
        }
        self.marks.mark(Origin { path: None, shown, deciders, text: None })
    }
}
