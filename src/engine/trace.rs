//! Traces each line of the output to its origin: the line of a template, the enclosing calls, and the values.
//!
//! An engine records a [`Trace`] while it renders. A rendered file is divided into pieces, each of which knows its position in
//! a template, its call, the set of values that it shows, and the set of those that decided about it. Positions, calls and
//! sets are numbers until a caller asks for a line.

use std::fmt;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::ranks::Ranks;
use super::switches::Switches;
use super::used::UsedPath;
use crate::diagnostic::{Position, Source, Span};
use crate::values::ValuePath;
use crate::yaml::Map;

/// The origins of the lines in all rendered files.
#[derive(Debug, Default)]
pub struct Trace {
    /// The texts that were run as templates.
    pub(super) sources: Vec<TraceSource>,
    pub(super) calls: Vec<TraceCall>,
    pub(super) paths: Vec<UsedPath>,
    /// Sets of paths, as indexes of `paths`.
    pub(super) sets: Vec<Box<[u32]>>,
    pub(super) files: Vec<TracedFile>,
    /// Whether a random value was shown, decided anything, or was kept in a map or a list, from where any template may have
    /// printed it.
    pub(super) uses_random: bool,
    /// All values that were shown or decided anything, even if no line depends on them, as indexes of `paths`.
    pub(super) used: Vec<u32>,
    /// The conditions and tags that decided whether the files of subcharts exist.
    pub(super) switches: Vec<Switches>,
    /// The values of the render.
    pub(super) values: Map,
    /// The order of the paths and the switches, computed when it is first needed.
    pub(super) order: OnceLock<Order>,
}

/// The paths and the switches of a trace in sorted order.
#[derive(Debug)]
pub(super) struct Order {
    ranks: Ranks,
    /// The rank of each path, by its index.
    of_paths: Vec<u32>,
    /// The ranks of the values of each switch.
    of_switches: Vec<Vec<u32>>,
}

/// The sets that contain the values of a line, before they are merged.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct ValueSets<'t> {
    /// The sets that pieces show, and those that decided about pieces, sorted and without duplicates.
    shown: Vec<u32>,
    deciding: Vec<u32>,
    /// The switches that decided about the file, by the path that its files begin with.
    switches: Vec<&'t str>,
}

/// What a trace is needed for. Less detail costs less.
#[derive(Debug, Clone, Copy)]
pub enum Focus<'a> {
    /// What depends on these values. Other values are left out of the trace.
    Values(&'a [ValuePath]),
    /// The origins of all lines in these files. Other files are not rendered.
    Files(&'a [&'a str]),
    /// The origins of random lines in these files, each with its number of calls of random functions. Other files are
    /// not rendered, and each of these only until the output of its last call has been written.
    Random(&'a [(&'a str, usize)]),
}

/// The number of a template call.
pub type CallNumber = NonZeroU32;

/// A position in a text that was run as a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceNumber {
    source: u32,
    offset: u32,
}

/// A text that was run as a template.
#[derive(Debug, Clone)]
pub(super) enum TraceSource {
    /// A file of a chart.
    File(Source),
    /// A text passed to `tpl`, and where its lines begin.
    Text(Arc<str>, Vec<usize>),
}

/// A call of a template.
#[derive(Debug, Clone)]
pub(super) struct TraceCall {
    /// The enclosing call.
    pub(super) outer: Option<CallNumber>,
    pub(super) name: Option<String>,
    pub(super) source: u32,
    pub(super) offset: u32,
}

/// A rendered file, divided into pieces.
#[derive(Debug)]
pub(super) struct TracedFile {
    pub(super) path: String,
    /// Where its lines begin, and its length.
    pub(super) lines: Vec<usize>,
    pub(super) length: usize,
    pub(super) pieces: Vec<TracePiece>,
    /// Where the text of each line begins, after its indentation.
    pub(super) texts: Vec<usize>,
}

/// A part of a rendered file, up to the next part.
#[derive(Debug, Clone, Copy)]
pub(super) struct TracePiece {
    pub(super) at: usize,
    pub(super) source: u32,
    pub(super) offset: u32,
    pub(super) call: Option<CallNumber>,
    pub(super) shown: u32,
    pub(super) deciding: u32,
    /// Whether its text differs in each run.
    pub(super) is_random: bool,
    /// Whether it is copied unchanged from the text of the template.
    pub(super) is_copied: bool,
    /// Whether it has no text, and only records what decided at this position.
    pub(super) is_marker: bool,
}

/// Where a line comes from, without its texts.
#[derive(Debug, Clone, Copy, Default)]
pub struct NumberedOrigin {
    /// The position in a template.
    pub place: Option<PlaceNumber>,
    /// The innermost enclosing call.
    pub call: Option<CallNumber>,
}

/// The origin of a line.
#[derive(Debug, Clone, Default)]
pub struct LineOrigin {
    /// The line of the template, or of the text passed to `tpl`.
    pub place: Option<TemplateLine>,
    /// The enclosing calls, innermost first.
    pub calls: Vec<TemplateCall>,
    /// The values that the line shows.
    pub shown: Vec<UsedPath>,
    /// The values that decided whether the line exists, or what it shows.
    pub deciding: Vec<UsedPath>,
}

impl LineOrigin {
    /// Returns the line of a file; for a text passed to `tpl`, the line of the innermost call in a file.
    pub fn span(&self) -> Option<Span> {
        let places = self.place.iter().chain(self.calls.iter().map(|call| &call.place));
        places
            .into_iter()
            .find_map(|place| if let TemplateLine::File(span) = place { Some(span.clone()) } else { None })
    }
}

/// A line of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateLine {
    /// A line of a file: its text, without the white space around it.
    File(Span),
    /// A line (from 1) of a text passed to `tpl`.
    Text {
        /// The number of the line.
        line: usize,
        /// Its text.
        text: String,
    },
}

/// The position of a template line, without its text.
#[derive(Debug, Clone, Copy)]
pub enum LineNumbers<'t> {
    /// The name of a file, and where the text of the line begins.
    File(&'t str, Position),
    /// A line (from 1) of a text passed to `tpl`.
    Text(usize),
}

impl TemplateLine {
    /// Returns the position without the text; `None` for generated text.
    pub fn numbers(&self) -> Option<LineNumbers<'_>> {
        Some(match self {
            TemplateLine::File(span) => LineNumbers::File(span.source()?.name(), span.position()?),
            TemplateLine::Text { line, .. } => LineNumbers::Text(*line),
        })
    }
}

/// Formats a line as `templates/x.yaml:12:3`, or as the number of a line in a text passed to `tpl`.
impl fmt::Display for TemplateLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TemplateLine::File(span) => span.fmt(f),
            TemplateLine::Text { line, .. } => write!(f, "line {line} of the text that tpl runs"),
        }
    }
}

/// A call of a template by `include`, `tpl` or `{{ template }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateCall {
    /// The name of the template; `None` for `tpl`.
    pub name: Option<String>,
    /// Where it is called.
    pub place: TemplateLine,
}

impl Trace {
    /// Adds the trace of another engine in the same tree.
    pub(super) fn extend(&mut self, other: Trace) {
        let (sources, calls) = (self.sources.len() as u32, self.calls.len() as u32);
        let (paths, sets) = (self.paths.len() as u32, self.sets.len() as u32);
        self.sources.extend(other.sources);
        let call = |number: Option<CallNumber>| number.map(|number| number.saturating_add(calls));
        self.calls.extend(other.calls.into_iter().map(|known| TraceCall {
            outer: call(known.outer),
            source: known.source + sources,
            ..known
        }));
        self.paths.extend(other.paths);
        self.order = OnceLock::new();
        self.used.extend(other.used.iter().map(|path| path + paths));
        self.uses_random |= other.uses_random;
        self.sets.extend(other.sets.into_iter().map(|set| set.iter().map(|path| path + paths).collect()));
        self.files.extend(other.files.into_iter().map(|mut file| {
            for piece in &mut file.pieces {
                piece.source += sources;
                piece.call = call(piece.call);
                piece.shown += sets;
                piece.deciding += sets;
            }
            file
        }));
    }

    /// Returns the traced lines of a rendered file; `None` if the trace does not include it.
    pub fn lines_of<'t>(&'t self, path: &str) -> Option<TracedLines<'t>> {
        let switches = self.switches_around(path).map(|switches| switches.files.as_str()).collect();
        Some(TracedLines { file: self.file(path)?, switches })
    }

    fn file(&self, path: &str) -> Option<&TracedFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Returns the origin of a line (from 1) of a rendered file.
    pub fn line(&self, path: &str, line: usize) -> Option<LineOrigin> {
        let lines = self.lines_of(path)?;
        let (place, calls) = self.named(lines.origin(line)?);
        let (shown, deciding) = self.put_together(&lines.sets(line)?);
        let named = |numbers: Vec<u32>| numbers.into_iter().map(|number| self.value(number).clone()).collect();
        Some(LineOrigin { place, calls, shown: named(shown), deciding: named(deciding) })
    }

    /// Returns a call, and the number of the enclosing one; `None` if there is no such call.
    pub fn call(&self, number: CallNumber) -> Option<(TemplateCall, Option<CallNumber>)> {
        let call = self.calls.get(number.get() as usize - 1)?;
        let place = self.place(PlaceNumber { source: call.source, offset: call.offset })?;
        Some((TemplateCall { name: call.name.clone(), place }, call.outer))
    }

    /// Merges sets: returns the values that are shown, and those that decided, as sorted ranks without duplicates.
    pub(super) fn put_together(&self, sets: &ValueSets<'_>) -> (Vec<u32>, Vec<u32>) {
        let order = self.order();
        let all = |sets: &[u32]| -> Vec<u32> {
            let paths = sets.iter().flat_map(|set| &self.sets[*set as usize]);
            paths.map(|path| order.of_paths[*path as usize]).collect()
        };
        let shown = order.ranks.sorted(all(&sets.shown));
        let mut deciding = order.ranks.sorted(all(&sets.deciding));
        for (switches, ranks) in self.switches.iter().zip(&order.of_switches) {
            if sets.switches.contains(&switches.files.as_str()) {
                deciding.extend(ranks);
            }
        }
        order.ranks.sort_deciding(&mut deciding, &shown);
        (shown, deciding)
    }

    /// Returns the value of a rank.
    pub(super) fn value(&self, number: u32) -> &UsedPath {
        self.order().ranks.value(number)
    }

    fn order(&self) -> &Order {
        self.order.get_or_init(|| {
            let switches = || self.switches.iter().map(|switches| switches.values.iter().cloned().map(UsedPath::whole));
            let ranks = Ranks::new(self.paths.iter().cloned().chain(switches().flatten()).collect());
            Order {
                of_paths: self.paths.iter().map(|path| ranks.rank(path)).collect(),
                of_switches: switches().map(|values| values.map(|value| ranks.rank(&value)).collect()).collect(),
                ranks,
            }
        })
    }

    /// Returns the place in a file that a line (from 1) of a rendered file comes from.
    pub fn span_of_line(&self, path: &str, line: usize) -> Option<Span> {
        let (place, calls) = self.named(self.lines_of(path)?.origin(line)?);
        LineOrigin { place, calls, ..LineOrigin::default() }.span()
    }

    /// Whether anything depended on a value, on something it contains, or on something that contains it.
    pub fn uses(&self, value: &ValuePath) -> bool {
        let mut switches = self.switches.iter().flat_map(|switches| &switches.values);
        self.used.iter().any(|used| self.depends(&self.paths[*used as usize], value))
            || switches.any(|known| is_part(known, value))
    }

    /// Whether anything that depends on `used` also depends on `value`, with the values of this render.
    pub fn depends(&self, used: &UsedPath, value: &ValuePath) -> bool {
        used.depends_on(value, &self.values)
    }

    /// Returns the switches that decided whether a rendered file exists.
    fn switches_around(&self, path: &str) -> impl Iterator<Item = &Switches> {
        self.switches.iter().filter(move |switches| path.starts_with(&switches.files))
    }

    /// Returns what depends on a value, on something it contains, or on something that contains it.
    pub fn dependents<'t>(&'t self, value: &'t ValuePath) -> Dependents<'t> {
        let meant: Vec<bool> = self.paths.iter().map(|used| self.depends(used, value)).collect();
        let sets_with_value = self.sets.iter().map(|set| set.iter().any(|path| meant[*path as usize])).collect();
        Dependents { trace: self, value, sets_with_value }
    }

    /// Whether a random value was used: one that was only made, such as a default that is not needed, makes no difference.
    pub fn uses_random(&self) -> bool {
        self.uses_random
    }

    /// Returns the values that decided about lines of a rendered file that show random values. Setting one of them may
    /// replace the random value.
    pub fn values_replacing_random(&self, path: &str) -> Vec<UsedPath> {
        let Some(file) = self.file(path) else { return Vec::new() };
        let mut found = Vec::new();
        for range in (0..file.lines.len()).filter_map(|index| file.range(index)) {
            let pieces: Vec<&TracePiece> = file.touching(range).collect();
            if pieces.iter().any(|piece| piece.is_random) {
                found.extend(pieces.iter().flat_map(|piece| &self.sets[piece.deciding as usize]).copied());
            }
        }
        let order = self.order();
        let mut found: Vec<u32> = found.into_iter().map(|path| order.of_paths[path as usize]).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|number| self.value(number).clone()).collect()
    }

    /// Returns the template line that contains a position; `None` if there is no such position.
    pub fn place(&self, place: PlaceNumber) -> Option<TemplateLine> {
        let offset = place.offset as usize;
        Some(match self.sources.get(place.source as usize)? {
            TraceSource::File(source) => {
                let (_, line, indent) = line_of_file(source, offset);
                let end = line.start + source.text()[line.clone()].trim_end().len().max(indent);
                TemplateLine::File(source.span(line.start + indent..end))
            }
            TraceSource::Text(text, starts) => {
                let line = line_of_text(starts, offset);
                let end = starts.get(line).copied().unwrap_or(text.len());
                let shown = text.get(starts[line - 1]..end).unwrap_or_default().trim().to_owned();
                TemplateLine::Text { line, text: shown }
            }
        })
    }

    /// Returns the same line without its text.
    pub fn numbers(&self, place: PlaceNumber) -> Option<LineNumbers<'_>> {
        let offset = place.offset as usize;
        Some(match self.sources.get(place.source as usize)? {
            TraceSource::File(source) => {
                let (number, line, indent) = line_of_file(source, offset);
                let column = source.text()[line.start..line.start + indent].chars().count() + 1;
                LineNumbers::File(source.name(), Position { line: number, column })
            }
            TraceSource::Text(_, starts) => LineNumbers::Text(line_of_text(starts, offset)),
        })
    }

    /// Returns the template line and the enclosing calls, innermost first. In very deep chains, the outermost calls are
    /// left out.
    fn named(&self, origin: NumberedOrigin) -> (Option<TemplateLine>, Vec<TemplateCall>) {
        const MAX: usize = 100;
        let mut next = origin.call;
        let around = std::iter::from_fn(|| {
            let (call, outer) = self.call(next?)?;
            next = outer;
            Some(call)
        });
        (origin.place.and_then(|place| self.place(place)), around.take(MAX).collect())
    }
}

/// The lines of a rendered file.
#[derive(Debug)]
pub struct TracedLines<'t> {
    file: &'t TracedFile,
    /// The switches that decided whether this file exists, by the path that its files begin with.
    switches: Vec<&'t str>,
}

impl<'t> TracedLines<'t> {
    /// Returns where a line (from 1) comes from; `None` after the last line.
    pub fn origin(&self, line: usize) -> Option<NumberedOrigin> {
        let text = *self.file.texts.get(line.checked_sub(1)?)?;
        let Some(piece) = self.file.covering(text) else { return Some(NumberedOrigin::default()) };
        let into = if piece.is_copied { text - piece.at } else { 0 };
        let place = PlaceNumber { source: piece.source, offset: piece.offset + into as u32 };
        Some(NumberedOrigin { place: Some(place), call: piece.call })
    }

    /// Returns the sets that contain the values of a line (from 1); `None` after the last line.
    pub(super) fn sets(&self, line: usize) -> Option<ValueSets<'t>> {
        let mut sets = ValueSets::default();
        self.put_sets(line, &mut sets).then_some(sets)
    }

    /// Replaces `sets` with those of a line (from 1). Returns whether there is such a line.
    pub(super) fn put_sets(&self, line: usize, sets: &mut ValueSets<'t>) -> bool {
        let Some(range) = line.checked_sub(1).and_then(|index| self.file.range(index)) else { return false };
        let ValueSets { shown, deciding, switches } = sets;
        shown.clear();
        deciding.clear();
        for piece in self.file.touching(range) {
            shown.push(piece.shown);
            deciding.push(piece.deciding);
        }
        for sets in [shown, deciding] {
            sets.sort_unstable();
            sets.dedup();
        }
        switches.clone_from(&self.switches);
        true
    }
}

/// What depends on a value.
#[derive(Debug)]
pub struct Dependents<'t> {
    trace: &'t Trace,
    value: &'t ValuePath,
    /// Which of the sets contain the value.
    sets_with_value: Vec<bool>,
}

impl Dependents<'_> {
    /// Returns the lines (from 1) of a rendered file that depend on the value, and how.
    pub fn lines_of(&self, path: &str) -> Vec<(usize, Dependence)> {
        let Some(file) = self.trace.file(path) else { return Vec::new() };
        let mut switches = self.trace.switches_around(path).flat_map(|switches| &switches.values);
        let is_switched = switches.any(|known| is_part(known, self.value));
        let is_held = |piece: &TracePiece| {
            self.sets_with_value[piece.shown as usize] || self.sets_with_value[piece.deciding as usize]
        };
        if !is_switched && !file.pieces.iter().any(is_held) {
            return Vec::new();
        }
        let dependence = |index: usize| {
            let pieces = || file.range(index).into_iter().flat_map(|range| file.touching(range));
            if pieces().any(|piece| self.sets_with_value[piece.shown as usize]) {
                return Some(Dependence::Shown);
            }
            let is_decided = is_switched || pieces().any(|piece| self.sets_with_value[piece.deciding as usize]);
            is_decided.then_some(Dependence::Decided)
        };
        (0..file.lines.len()).filter_map(|index| Some((index + 1, dependence(index)?))).collect()
    }
}

/// Returns the line of a file that contains an offset: its number (from 1), its range, and how many bytes of white
/// space it begins with.
fn line_of_file(source: &Source, offset: usize) -> (usize, Range<usize>, usize) {
    let number = source.line_of(offset);
    let range = source.line_range(number);
    let text = &source.text()[range.clone()];
    // Most lines begin with plain spaces.
    let blanks = text.bytes().take_while(|byte| *byte == b' ').count();
    let indent = text.len() - text[blanks..].trim_start().len();
    (number, range, indent)
}

/// Returns the line (from 1) of a text that contains an offset, based on where the lines begin.
fn line_of_text(starts: &[usize], offset: usize) -> usize {
    starts.partition_point(|start| *start <= offset).max(1)
}

fn is_part(known: &ValuePath, value: &ValuePath) -> bool {
    known.is_prefix_of(value) || value.is_prefix_of(known)
}

/// How a line depends on a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependence {
    /// It shows the value.
    Shown,
    /// The value decided whether the line exists, or what it shows.
    Decided,
}

impl TracedFile {
    /// Returns the range of a line (from 0), without its line break.
    fn range(&self, index: usize) -> Option<Range<usize>> {
        let start = *self.lines.get(index)?;
        let end = self.lines.get(index + 1).map_or(self.length, |next| next - 1);
        Some(start..end.max(start))
    }

    /// Returns the piece that contains a position.
    fn covering(&self, at: usize) -> Option<&TracePiece> {
        let end = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces[..end].iter().rev().find(|piece| !piece.is_marker)
    }

    /// Returns the pieces of a line, including empty ones.
    fn touching(&self, line: Range<usize>) -> impl Iterator<Item = &TracePiece> {
        let end = self.pieces.partition_point(|piece| piece.at <= line.end);
        // Empty pieces before the one in which the line begins belong to an earlier line.
        let first = self.pieces.partition_point(|piece| piece.at < line.start);
        let first = self.pieces[..first].iter().rposition(|piece| !piece.is_marker).unwrap_or(first);
        self.pieces[first..end].iter().enumerate().filter_map(move |(index, piece)| {
            let next = self.pieces.get(first + index + 1).map_or(self.length, |next| next.at);
            let is_there = if next == piece.at || piece.is_marker {
                piece.at >= line.start
            } else {
                // The line break after the line does not belong to it.
                piece.at < line.end && next > line.start
            };
            is_there.then_some(piece)
        })
    }
}
