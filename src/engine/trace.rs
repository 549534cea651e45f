//! Where each line of what templates gave comes from: the line of a template, the calls around it, and the values.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::ranks::Ranks;
use super::switches::Switches;
use super::used::Used;
use crate::diagnostic::{Position, Source, Span};
use crate::values::ValuePath;
use crate::yaml::Map;

/// Where the lines of all rendered files come from.
#[derive(Debug, Default)]
pub struct Trace {
    /// Texts of templates.
    pub(super) sources: Vec<TraceSource>,
    pub(super) calls: Vec<TraceCall>,
    pub(super) paths: Vec<Used>,
    /// Sets of paths, by their numbers.
    pub(super) sets: Vec<Box<[u32]>>,
    pub(super) files: Vec<TracedFile>,
    /// All values that were shown or decided anything, also where no line depends on it.
    pub(super) used: Vec<Used>,
    /// What decided that files of subcharts are there.
    pub(super) switches: Vec<Switches>,
    /// The values of the render.
    pub(super) values: Map,
    /// The paths and the switches in order, once that is asked for.
    pub(super) order: OnceLock<Order>,
}

/// The paths and the switches of a trace in their order.
#[derive(Debug)]
pub(super) struct Order {
    ranks: Ranks,
    /// By the number of a path, where it is in the order.
    of_paths: Vec<u32>,
    /// The same of switches.
    of_switches: Vec<Vec<u32>>,
}

/// What the values of a line are in, before they are put together.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct ValueSets<'t> {
    /// Sets that pieces show, and those that decided about pieces, by their numbers, each once and in order.
    shown: Vec<u32>,
    deciding: Vec<u32>,
    /// The files around which switches decided.
    switches: Vec<&'t str>,
}

/// What a trace is needed for: the less it is, the less it costs.
#[derive(Debug, Clone, Copy)]
pub enum Focus<'a> {
    /// Which of these values anything depends on. Others are left out of the trace.
    Values(&'a [ValuePath]),
    /// Where the random lines of these files come from, which have so many calls of random functions. Other files are not rendered, and
    /// each only until what its last call gave is written.
    Random(&'a [(&'a str, usize)]),
}

/// A call of a template, by its number from 1.
pub type CallNumber = u32;

/// A place in a text that was run as a template.
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
    /// A text that `tpl` was given, and where its lines begin.
    Text(Arc<str>, Vec<usize>),
}

/// A call of a template.
#[derive(Debug, Clone)]
pub(super) struct TraceCall {
    /// The call around it, by its number from 1; 0 for none.
    pub(super) outer: u32,
    pub(super) name: Option<String>,
    pub(super) source: u32,
    pub(super) offset: u32,
}

/// The pieces of a rendered file.
#[derive(Debug)]
pub(super) struct TracedFile {
    pub(super) path: String,
    /// Where its lines begin, and its length.
    pub(super) lines: Vec<usize>,
    pub(super) length: usize,
    pub(super) pieces: Vec<TracePiece>,
    /// Where the text of each line begins.
    pub(super) texts: Vec<usize>,
}

/// A stretch of a rendered file, up to the next one.
#[derive(Debug, Clone, Copy)]
pub(super) struct TracePiece {
    pub(super) at: usize,
    pub(super) source: u32,
    pub(super) offset: u32,
    pub(super) call: u32,
    pub(super) shown: u32,
    pub(super) deciding: u32,
    /// Whether what it shows is another text in each run.
    pub(super) is_random: bool,
    /// Whether the text of the template is written as it is there.
    pub(super) is_copied: bool,
    /// Whether it says only what decided, at this place.
    pub(super) is_marker: bool,
}

/// Where a line comes from.
#[derive(Debug, Clone, Default)]
pub struct LineOrigin {
    /// The line of the template, or of the text that `tpl` ran.
    pub place: Option<TemplateLine>,
    /// The calls around it, the innermost first.
    pub calls: Vec<TemplateCall>,
    /// The values that it shows.
    pub shown: Vec<Used>,
    /// The values that decided that it is there, or what it shows.
    pub deciding: Vec<Used>,
}

impl LineOrigin {
    /// The line of a file: where it is in a text that `tpl` ran, of the call.
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
    /// A line of a file: its text, without white space around it.
    File(Span),
    /// A line (from 1) of a text that `tpl` was given.
    Text {
        /// The number of the line.
        line: usize,
        /// Its text.
        text: String,
    },
}

/// A line of a template, without its text.
#[derive(Debug, Clone, Copy)]
pub enum LineNumbers<'t> {
    /// The name of a file, and where the text of the line begins.
    File(&'t str, Position),
    /// A line (from 1) of a text that `tpl` was given.
    Text(usize),
}

impl TemplateLine {
    /// The same without the text; `None` for what nobody wrote.
    pub fn numbers(&self) -> Option<LineNumbers<'_>> {
        Some(match self {
            TemplateLine::File(span) => LineNumbers::File(span.source()?.name(), span.position()?),
            TemplateLine::Text { line, .. } => LineNumbers::Text(*line),
        })
    }
}

/// `templates/x.yaml:12:3`, or the number of a line of a text that `tpl` ran.
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
    /// Adds what another engine of the same tree knows.
    pub(super) fn extend(&mut self, other: Trace) {
        let (sources, calls) = (self.sources.len() as u32, self.calls.len() as u32);
        let (paths, sets) = (self.paths.len() as u32, self.sets.len() as u32);
        self.sources.extend(other.sources);
        let call = |number: u32| if number == 0 { 0 } else { number + calls };
        self.calls.extend(other.calls.into_iter().map(|known| TraceCall {
            outer: call(known.outer),
            source: known.source + sources,
            ..known
        }));
        self.paths.extend(other.paths);
        self.order = OnceLock::new();
        self.used.extend(other.used);
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

    /// What is known of the lines of a rendered file.
    pub fn lines_of<'t>(&'t self, path: &str) -> Option<TracedLines<'t>> {
        let switches = self.switches_around(path).map(|switches| switches.files.as_str()).collect();
        Some(TracedLines { file: self.file(path)?, switches })
    }

    fn file(&self, path: &str) -> Option<&TracedFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Where a line (from 1) of a rendered file comes from.
    pub fn line(&self, path: &str, line: usize) -> Option<LineOrigin> {
        let lines = self.lines_of(path)?;
        let (place, call) = lines.place(line)?;
        let place = place.and_then(|place| self.place(place));
        let (shown, deciding) = self.put_together(&lines.sets(line)?);
        let named = |numbers: Vec<u32>| numbers.into_iter().map(|number| self.value(number).clone()).collect();
        Some(LineOrigin { place, calls: self.calls(call), shown: named(shown), deciding: named(deciding) })
    }

    /// A call, and the one around it, 0 for none; `None` if there is no such call.
    pub fn call(&self, number: CallNumber) -> Option<(TemplateCall, CallNumber)> {
        let call = self.calls.get(number.checked_sub(1)? as usize)?;
        let place = self.place(PlaceNumber { source: call.source, offset: call.offset })?;
        Some((TemplateCall { name: call.name.clone(), place }, call.outer))
    }

    /// The values that are shown, and those that decided, by their numbers, each once and in order.
    pub(super) fn put_together(&self, sets: &ValueSets<'_>) -> (Vec<u32>, Vec<u32>) {
        let order = self.order();
        let all = |sets: &[u32]| -> Vec<u32> {
            let paths = sets.iter().flat_map(|set| &self.sets[*set as usize]);
            paths.map(|path| order.of_paths[*path as usize]).collect()
        };
        let mut shown = all(&sets.shown);
        shown.sort_unstable();
        shown.dedup();
        let mut deciding = all(&sets.deciding);
        for (switches, ranks) in self.switches.iter().zip(&order.of_switches) {
            if sets.switches.contains(&switches.files.as_str()) {
                deciding.extend(ranks);
            }
        }
        order.ranks.sort_deciding(&mut deciding, &shown);
        (shown, deciding)
    }

    /// The value that has this number.
    pub(super) fn value(&self, number: u32) -> &Used {
        self.order().ranks.value(number)
    }

    fn order(&self) -> &Order {
        self.order.get_or_init(|| {
            let switches = || self.switches.iter().map(|switches| switches.values.iter().cloned().map(Used::whole));
            let ranks = Ranks::of(self.paths.iter().cloned().chain(switches().flatten()).collect());
            Order {
                of_paths: self.paths.iter().map(|path| ranks.rank(path)).collect(),
                of_switches: switches().map(|values| values.map(|value| ranks.rank(&value)).collect()).collect(),
                ranks,
            }
        })
    }

    /// Where in a file a line (from 1) of a rendered file comes from.
    pub fn span_of_line(&self, path: &str, line: usize) -> Option<Span> {
        let (place, call) = self.lines_of(path)?.place(line)?;
        let place = place.and_then(|place| self.place(place));
        LineOrigin { place, calls: self.calls(call), ..LineOrigin::default() }.span()
    }

    /// Whether anything depended on a value, on what it holds, or on what holds it.
    pub fn uses(&self, value: &ValuePath) -> bool {
        let mut switches = self.switches.iter().flat_map(|switches| &switches.values);
        self.used.iter().any(|used| self.depends(used, value)) || switches.any(|known| is_part(known, value))
    }

    /// Whether what depends on one thing depends on a value, with the values of this render.
    pub fn depends(&self, used: &Used, value: &ValuePath) -> bool {
        used.depends_on(value, &self.values)
    }

    /// What decided that a rendered file is there.
    fn switches_around(&self, path: &str) -> impl Iterator<Item = &Switches> {
        self.switches.iter().filter(move |switches| path.starts_with(&switches.files))
    }

    /// What depends on a value, or on what it holds, or on what holds it.
    pub fn dependents<'t>(&'t self, value: &'t ValuePath) -> Dependents<'t> {
        let meant: Vec<bool> = self.paths.iter().map(|used| self.depends(used, value)).collect();
        let holds = self.sets.iter().map(|set| set.iter().any(|path| meant[*path as usize])).collect();
        Dependents { trace: self, value, holds }
    }

    /// The values that decided about lines of a rendered file that show random values: one of them may take the place of those.
    pub fn values_beside_random(&self, path: &str) -> Vec<Used> {
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

    /// The line of a template that a place is in; `None` if there is no such place.
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

    /// The same without its text.
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

    /// The calls around a place. Very deep ones are left out.
    fn calls(&self, number: CallNumber) -> Vec<TemplateCall> {
        const MOST: usize = 100;
        let mut next = number;
        let around = std::iter::from_fn(|| {
            let (call, outer) = self.call(next)?;
            next = outer;
            Some(call)
        });
        around.take(MOST).collect()
    }
}

/// The lines of a rendered file.
#[derive(Debug)]
pub struct TracedLines<'t> {
    file: &'t TracedFile,
    /// The files around which switches decided that this one is there.
    switches: Vec<&'t str>,
}

impl<'t> TracedLines<'t> {
    /// The place that a line (from 1) comes from, and the innermost call around it, 0 for none.
    pub fn place(&self, line: usize) -> Option<(Option<PlaceNumber>, CallNumber)> {
        let text = *self.file.texts.get(line.checked_sub(1)?)?;
        let Some(piece) = self.file.covering(text) else { return Some((None, 0)) };
        let into = if piece.is_copied { text - piece.at } else { 0 };
        Some((Some(PlaceNumber { source: piece.source, offset: piece.offset + into as u32 }), piece.call))
    }

    /// The sets that hold the values of a line (from 1); `None` beyond the last one.
    pub(super) fn sets(&self, line: usize) -> Option<ValueSets<'t>> {
        let mut sets = ValueSets::default();
        self.put_sets(line, &mut sets).then_some(sets)
    }

    /// Whether there is a line (from 1), whose sets then take the place of others.
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
    /// Which of the sets hold it.
    holds: Vec<bool>,
}

impl Dependents<'_> {
    /// The lines (from 1) of a rendered file that depend on the value: which show it, and which it decided about.
    pub fn lines_of(&self, path: &str) -> Vec<(usize, Dependence)> {
        let Some(file) = self.trace.file(path) else { return Vec::new() };
        let mut switches = self.trace.switches_around(path).flat_map(|switches| &switches.values);
        let is_switched = switches.any(|known| is_part(known, self.value));
        let is_held = |piece: &TracePiece| self.holds[piece.shown as usize] || self.holds[piece.deciding as usize];
        if !is_switched && !file.pieces.iter().any(is_held) {
            return Vec::new();
        }
        let dependence = |index: usize| {
            let pieces = || file.range(index).into_iter().flat_map(|range| file.touching(range));
            if pieces().any(|piece| self.holds[piece.shown as usize]) {
                return Some(Dependence::Shown);
            }
            let is_decided = is_switched || pieces().any(|piece| self.holds[piece.deciding as usize]);
            is_decided.then_some(Dependence::Decided)
        };
        (0..file.lines.len()).filter_map(|index| Some((index + 1, dependence(index)?))).collect()
    }
}

/// The line of a file that an offset is in: its number (from 1), where it is, and how many bytes of white space it begins with.
fn line_of_file(source: &Source, offset: usize) -> (usize, Range<usize>, usize) {
    let number = source.line_of(offset);
    let range = source.line_range(number);
    let text = &source.text()[range.clone()];
    // Most lines begin with plain blanks.
    let blanks = text.bytes().take_while(|byte| *byte == b' ').count();
    let indent = text.len() - text[blanks..].trim_start().len();
    (number, range, indent)
}

/// The line (from 1) of a text that an offset is in, by where its lines begin.
fn line_of_text(starts: &[usize], offset: usize) -> usize {
    starts.partition_point(|start| *start <= offset).max(1)
}

fn is_part(known: &ValuePath, value: &ValuePath) -> bool {
    known.holds(value) || value.holds(known)
}

/// How a line depends on a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependence {
    /// It shows the value.
    Shown,
    /// The value decided that the line is there, or what it shows.
    Decided,
}

impl TracedFile {
    /// Where a line (from 0) is, without its break.
    fn range(&self, index: usize) -> Option<Range<usize>> {
        let start = *self.lines.get(index)?;
        let end = self.lines.get(index + 1).map_or(self.length, |next| next - 1);
        Some(start..end.max(start))
    }

    /// The piece that a position is in.
    fn covering(&self, at: usize) -> Option<&TracePiece> {
        let end = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces[..end].iter().rev().find(|piece| !piece.is_marker)
    }

    /// The pieces that a line is made of, those of nothing included.
    fn touching(&self, line: Range<usize>) -> impl Iterator<Item = &TracePiece> {
        let end = self.pieces.partition_point(|piece| piece.at <= line.end);
        // Pieces of nothing before the one that the line begins in stand at an earlier line.
        let first = self.pieces.partition_point(|piece| piece.at < line.start);
        let first = self.pieces[..first].iter().rposition(|piece| !piece.is_marker).unwrap_or(first);
        self.pieces[first..end].iter().enumerate().filter_map(move |(index, piece)| {
            let next = self.pieces.get(first + index + 1).map_or(self.length, |next| next.at);
            let is_there = if next == piece.at || piece.is_marker {
                piece.at >= line.start
            } else {
                // The break behind the line does not belong to it.
                piece.at < line.end && next > line.start
            };
            is_there.then_some(piece)
        })
    }
}
