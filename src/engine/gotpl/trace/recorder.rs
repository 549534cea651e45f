//! Records marks and pieces while templates run.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::flow;
use super::known_effects::{Changed, KnownEffects};
use super::marks::{Mark, Marks, Origin, Part};
use super::paths::{PathId, SetId};
use super::pieces::{CallId, NO_SOURCE, Piece, PieceKind, Pieces};
use super::untaken::{Change, Effect};
use super::{Ends, OutputPart, Site, Tracer};
use crate::engine::gotpl::ast::{NodeId, Parsed};
use crate::engine::gotpl::set::TemplateSet;
use crate::engine::gotpl::value::{Map, Text, Value};
use crate::values::ValuePath;
use crate::yaml;

/// A call of a template.
pub(super) struct Call {
    /// The call around it.
    pub(super) outer: CallId,
    /// The name of the template; `None` for a text passed to `tpl`.
    pub(super) name: Option<Text>,
    /// The number of the text with the call, and the offset in it.
    pub(super) source: u32,
    pub(super) offset: u32,
}

/// The context of a place, see [`Tracer::Scope`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// The values that decided that the place is reached.
    deciders: SetId,
    /// The values that all output shows here: those that contain a text which `tpl` runs.
    shown: SetId,
    call: CallId,
    /// The output position where the current text begins: a file, or the output of `include` or `tpl`.
    start: usize,
}

/// What is known about a part of the output when it begins, see [`Tracer::enter`].
#[derive(Debug, Default)]
pub struct PartStart {
    /// The output position.
    at: usize,
    /// The index of the piece there.
    piece: usize,
    /// The values that decided about the part.
    deciders: SetId,
    /// The ends of the alternative.
    other: Ends,
}

/// What is known about the output of `include` or `tpl` when it begins, see [`Tracer::begin`].
#[derive(Debug, Default)]
pub struct TextStart {
    /// The context of the call.
    outer: Scope,
    /// The index of the first piece.
    piece: usize,
    /// The values that had decided in the surrounding text.
    outer_deciders: SetId,
}

/// A function call that has not returned yet.
struct Calling {
    source: u32,
    offset: u32,
    /// The marks of the template's name for `include` or of the text for `tpl`, and of the data.
    subject: Mark,
    data: Mark,
}

/// The tracer that records everything.
#[derive(Default)]
pub struct Recorder {
    pub(super) marks: Marks,
    scope: Scope,
    /// The values that decided against a change to unknown values. They affect everything from then on.
    everywhere: SetId,
    pub(super) pieces: Vec<Piece>,
    /// All values that decided in the current text.
    text_deciders: SetId,
    /// The sets of paths that were shown or that decided.
    used: HashSet<SetId, ahash::RandomState>,
    pub(super) sources: Vec<Arc<Parsed>>,
    source_numbers: HashMap<usize, u32, ahash::RandomState>,
    pub(super) calls: Vec<Call>,
    calling: Option<Calling>,
    /// The indices of markers that only matter if no line break is written next.
    undecided: Vec<usize>,
    /// The mark of the output of the `include` or `tpl` that ended last.
    captured: Option<Mark>,
    effects: KnownEffects,
    /// The number of pieces, from the start of the file, that are known not to be random.
    not_random: usize,
    /// The position and length of each stretch that was removed from the last rendered file.
    pub(super) removed: Vec<(usize, usize)>,
}

impl Recorder {
    /// Leaves all values out of the trace except these, those that contain them, and those that they contain.
    pub fn watch(&mut self, values: &[ValuePath]) {
        self.marks.paths.watch(values);
    }

    /// Sets the path of a chart's values, which its templates see as `Values` in `dot`. Global values of a subchart
    /// come from the root, as far as the root has them.
    pub fn set_values(&mut self, dot: &Map, names: &[String], root: &yaml::Map) {
        let path = names.iter().fold(PathId::ROOT, |path, name| self.marks.paths.key(path, name.as_bytes()));
        let mark = self.marks.at(path);
        self.marks.set_part(&Value::Map(dot.clone()), Part::Key("Values".into()), mark);
        let globals = root.map_at(&["global"]).filter(|_| !names.is_empty());
        let (Some(globals), Some(values)) = (globals, dot.get(b"Values")) else { return };
        let Some(own @ Value::Map(map)) = &values.as_map().and_then(|values| values.get(b"global")) else { return };
        let of_root = self.marks.paths.key(PathId::ROOT, b"global");
        let deciders = self.marks.paths.only(of_root);
        let path = Some(self.marks.paths.key(path, b"global"));
        let mark = self.marks.mark(Origin { path, deciders, ..Origin::default() });
        self.marks.set_part(&values, Part::Key("global".into()), mark);
        for key in map.keys().into_iter().filter(|key| globals.get(&key.lossy()).is_some()) {
            let path = self.marks.paths.key(of_root, &key);
            let mark = self.marks.at(path);
            self.marks.set_part(own, Part::Key(key), mark);
        }
    }

    /// Whether so much was recorded that the trace is unusable.
    pub fn is_spent(&self) -> bool {
        self.marks.is_spent()
    }

    /// The values that were shown or that decided anything.
    pub(super) fn used_paths(&self) -> Vec<PathId> {
        let mut is_known = vec![false; self.marks.paths.counts().0];
        let paths = self.used.iter().flat_map(|set| self.marks.paths.in_set(*set)).copied();
        paths.filter(|path| path.is_of_a_value() && !std::mem::replace(&mut is_known[path.index()], true)).collect()
    }

    /// Whether a random value was shown, decided anything, or was kept in a map or a list.
    pub(super) fn uses_random(&self) -> bool {
        self.marks.keeps_random() || self.used.iter().any(|set| self.marks.paths.has_random(*set))
    }

    /// Takes the pieces of a file that was rendered.
    pub(super) fn take_pieces(&mut self, length: usize) -> Pieces {
        self.scope = Scope::default();
        self.written(b"\n");
        self.text_deciders = SetId::EMPTY;
        self.not_random = 0;
        Pieces { length, deciders: SetId::EMPTY, pieces: std::mem::take(&mut self.pieces) }
    }

    fn source(&mut self, parsed: &Arc<Parsed>) -> u32 {
        let next = self.sources.len() as u32;
        *self.source_numbers.entry(Arc::as_ptr(parsed).addr()).or_insert_with(|| {
            self.sources.push(Arc::clone(parsed));
            next
        })
    }

    fn now_deciding(&mut self) -> SetId {
        self.marks.paths.union(self.scope.deciders, self.everywhere)
    }

    fn add_piece(&mut self, at: usize, site: Site<'_>, shown: SetId, deciders: SetId, kind: PieceKind) {
        if self.marks.is_spent() {
            return;
        }
        self.marks.spend(1);
        let source = self.source(site.parsed);
        let now = self.now_deciding();
        let deciders = self.marks.paths.union(deciders, now);
        let shown = self.marks.paths.union(shown, self.scope.shown);
        let call = self.scope.call;
        self.used.extend([shown, deciders]);
        self.pieces.push(Piece { at, source, offset: site.offset as u32, call, shown, deciders, kind });
    }

    /// Resolves the undecided markers when `text` is written after them. If it begins with a line break, their
    /// decisions do not matter to other lines. Does nothing for an empty text.
    fn written(&mut self, text: &[u8]) {
        let Some(first) = text.first() else { return };
        for index in self.undecided.drain(..) {
            let Some(piece) = self.pieces.get_mut(index) else { continue };
            if *first == b'\n' {
                (piece.kind, piece.shown, piece.deciders) = (PieceKind::Nothing, SetId::EMPTY, SetId::EMPTY);
            } else {
                piece.kind = PieceKind::Decided;
            }
        }
    }

    fn push_call(&mut self, name: Option<Text>, source: u32, offset: u32) {
        self.calls.push(Call { outer: self.scope.call, name, source, offset });
        self.scope.call = self.calls.len() as CallId;
    }
}

impl Tracer for Recorder {
    type Mark = Mark;
    type Scope = Scope;
    type PartStart = PartStart;
    type TextStart = TextStart;
    const IS_ON: bool = true;

    fn entry(&mut self, container: &Value, container_mark: Mark, key: &[u8]) -> Mark {
        self.marks.entry(container, container_mark, key)
    }

    fn item(&mut self, list: &Value, list_mark: Mark, index: usize) -> Mark {
        self.marks.item(list, list_mark, index)
    }

    fn shape(&mut self, container: &Value, container_mark: Mark) -> Mark {
        self.marks.shape(container, container_mark)
    }

    fn truth(&mut self, value: &Value, mark: Mark) -> Mark {
        self.marks.truth_mark(value, mark)
    }

    fn assigned(&mut self, mark: Mark) -> Mark {
        let by = self.scope.deciders;
        self.marks.with_deciders(mark, by)
    }

    fn chosen_by(&mut self, mark: Mark, by: &Value, by_mark: Mark) -> Mark {
        let by = self.marks.truth(by, by_mark);
        self.marks.with_deciders(mark, by)
    }

    fn text(&mut self, at: usize, text: &[u8], site: Site<'_>) {
        self.written(text);
        self.add_piece(at, site, SetId::EMPTY, SetId::EMPTY, PieceKind::Copied);
    }

    fn printed(&mut self, from: usize, out: &[u8], site: Site<'_>, value: &Value, mark: Mark) {
        self.written(&out[from..]);
        if self.marks.is_spent() {
            return;
        }
        let origin = self.marks.origin(mark);
        let text = origin.text.map(|text| self.marks.text(text)).filter(|text| text.length == out.len() - from);
        let Some(text) = text else {
            let (shown, deciders) = self.marks.shown_and_deciders(value, mark);
            return self.add_piece(from, site, shown, deciders, PieceKind::Made);
        };
        // The line depends on the action even if it writes nothing.
        self.add_piece(from, site, SetId::EMPTY, SetId::EMPTY, PieceKind::Nothing);
        let now = self.now_deciding();
        let more = self.marks.paths.union(origin.deciders, now);
        let shown = self.scope.shown;
        let (source, call) = (self.source(site.parsed), self.scope.call);
        self.marks.paths.extend(&mut self.text_deciders, text.deciders);
        self.marks.spend(text.pieces.len());
        for piece in &text.pieces {
            let shown = self.marks.paths.union(piece.shown, shown);
            let deciders = self.marks.paths.union(piece.deciders, more);
            self.used.extend([shown, deciders]);
            let mut piece = Piece { at: from + piece.at, shown, deciders, ..*piece };
            if piece.source == NO_SOURCE {
                piece = Piece { source, offset: site.offset as u32, call, ..piece };
            }
            if piece.kind == PieceKind::DecidedLines {
                self.undecided.push(self.pieces.len());
            }
            self.pieces.push(piece);
        }
    }

    fn enter(&mut self, at: usize, site: Site<'_>, by: &Value, mark: Mark, other: Ends) -> OutputPart<Self> {
        let outer = self.scope;
        if self.marks.is_spent() {
            return OutputPart { outer, start: PartStart::default() };
        }
        let by = self.marks.truth(by, mark);
        let deciders = self.marks.paths.union(outer.deciders, by);
        self.marks.paths.extend(&mut self.text_deciders, by);
        self.used.insert(by);
        let piece = self.pieces.len();
        self.add_piece(at, site, SetId::EMPTY, SetId::EMPTY, PieceKind::Nothing);
        self.scope.deciders = deciders;
        OutputPart { outer, start: PartStart { at, piece, deciders: by, other } }
    }

    fn leave(&mut self, out: &[u8], part: OutputPart<Self>) {
        let OutputPart { outer, start } = part;
        self.scope = outer;
        if self.marks.is_spent() {
            return;
        }
        let written = &out[start.at..];
        // The text in front of a call's output is not known yet.
        let is_line = match start.at.checked_sub(1) {
            Some(last) => start.at > outer.start && out[last] == b'\n',
            None => outer.call == 0,
        };
        let begins = start.other.begins_with_break && written.first().is_none_or(|byte| *byte == b'\n');
        let ends = start.other.ends_with_break && written.last().is_none_or(|byte| *byte == b'\n');
        if is_line && ends {
            // Most such markers matter to no line.
            if start.piece + 1 == self.pieces.len() {
                self.pieces.pop();
            }
            return;
        }
        if let Some(marker) = self.pieces.get_mut(start.piece) {
            marker.kind = if begins { PieceKind::DecidedLines } else { PieceKind::Decided };
            self.marks.paths.extend(&mut marker.deciders, start.deciders);
            let end_marker = Piece { at: out.len(), ..*marker };
            if begins {
                self.undecided.extend([start.piece, self.pieces.len()]);
            }
            self.pieces.push(end_marker);
        }
    }

    fn scope(&self) -> Scope {
        self.scope
    }

    fn restore(&mut self, scope: Scope) {
        self.scope = scope;
    }

    fn add_decision(&mut self, scope: &mut Scope, by: &Value, mark: Mark) {
        let by = self.marks.truth(by, mark);
        self.marks.paths.extend(&mut scope.deciders, by);
    }

    fn untaken_assignment(&mut self, mark: Mark, by: &Value, by_mark: Mark) -> Mark {
        // Unlike a chosen value, a value that was not assigned also depends on the decisions that led to this place.
        let by = self.marks.truth(by, by_mark);
        let by = self.marks.paths.union(by, self.scope.deciders);
        self.marks.with_deciders(mark, by)
    }

    fn untaken_change(&mut self, map: Option<(&Value, &Change)>, by: &Value, by_mark: Mark) {
        let by = self.marks.truth(by, by_mark);
        let by = self.marks.paths.union(by, self.scope.deciders);
        match map {
            None => self.marks.paths.extend(&mut self.everywhere, by),
            Some((map, change)) if change.is_part => self.marks.add_nested_deciders(map, by),
            Some((map, Change { keys: Some(keys), is_merge, .. })) => {
                for key in keys {
                    self.marks.add_part_deciders(map, key, by);
                    if *is_merge && let Some(inner) = map.as_map().and_then(|map| map.get(key)) {
                        self.marks.add_nested_deciders(&inner, by);
                    }
                }
            }
            Some((map, _)) => self.marks.add_every_part_deciders(map, by),
        }
    }

    fn call(&mut self, site: Site<'_>, name: &Text) {
        let source = self.source(site.parsed);
        self.push_call(Some(name.clone()), source, site.offset as u32);
    }

    fn calling(&mut self, site: Site<'_>, name: &str, values: &[Value], marks: &[Mark]) {
        self.captured = None;
        if self.marks.is_spent() {
            self.calling = None;
            return;
        }
        let source = self.source(site.parsed);
        let mark = |index: usize| marks.get(index).copied().unwrap_or_default();
        self.calling = Some(Calling { source, offset: site.offset as u32, subject: mark(0), data: mark(1) });
        flow::before(&mut self.marks, name, values, marks, self.scope.deciders);
    }

    fn returned(&mut self, name: &str, values: &[Value], marks: &[Mark], result: &Value) -> Mark {
        match self.captured.take() {
            Some(mark) => mark,
            None if self.marks.is_spent() => Mark::NONE,
            None => flow::result(&mut self.marks, name, values, marks, result, self.scope.deciders),
        }
    }

    fn changes_of(&mut self, set: &TemplateSet, name: &Text, data: Option<&Value>) -> Changed {
        self.effects.changes_of(set, name, data)
    }

    fn random(&mut self, mark: Mark) -> Mark {
        let origin = self.marks.origin(mark);
        let random = self.marks.paths.only(PathId::RANDOM);
        let shown = self.marks.paths.union(origin.shown, random);
        self.marks.mark(Origin { shown, ..origin })
    }

    fn begin(&mut self, at: usize, name: &Text, is_text: bool) -> (TextStart, Mark) {
        let start = TextStart { outer: self.scope, piece: self.pieces.len(), outer_deciders: self.text_deciders };
        self.text_deciders = SetId::EMPTY;
        self.scope.start = at;
        let Some(Calling { source, offset, subject, data }) = self.calling.take() else { return (start, Mark::NONE) };
        let name = (!is_text).then(|| name.clone());
        self.push_call(name, source, offset);
        let (own, decided) = (self.marks.shown_by_itself(subject), self.marks.deciders(subject));
        self.marks.paths.extend(&mut self.scope.deciders, decided);
        let by_subject = if is_text { &mut self.scope.shown } else { &mut self.scope.deciders };
        self.marks.paths.extend(by_subject, own);
        (start, data)
    }

    fn is_random(&self, mark: Mark) -> bool {
        self.marks.is_random(mark)
    }

    fn keeps_random(&self) -> bool {
        self.marks.keeps_random()
    }

    fn has_random_line(&mut self, out: &[u8]) -> bool {
        let is_random = |piece: &Piece| self.marks.paths.has_random(piece.shown);
        let rest = self.pieces.iter().skip(self.not_random);
        self.not_random += rest.take_while(|piece| !is_random(piece)).count();
        self.pieces.get(self.not_random).is_some_and(|piece| out[piece.at..].contains(&b'\n'))
    }

    fn removed(&mut self, at: usize, length: usize) {
        self.removed.push((at, length));
    }

    fn effects(&mut self, parsed: &Arc<Parsed>, list: NodeId) -> Rc<[Effect]> {
        self.effects.effects(parsed, list)
    }

    fn end(&mut self, out: &[u8], from: usize, start: TextStart) {
        self.scope = start.outer;
        if self.marks.is_spent() {
            self.pieces.truncate(start.piece);
            self.undecided.clear();
            self.captured = Some(Mark::NONE);
            return;
        }
        let mut pieces = self.pieces.split_off(start.piece.min(self.pieces.len()));
        self.undecided.retain(|index| *index < start.piece);
        pieces.iter_mut().for_each(|piece| piece.at -= from);
        let mut pieces = Pieces { length: out.len() - from, deciders: self.text_deciders, pieces };
        pieces.add_deciders_of_pieces(&mut self.marks.paths);
        self.text_deciders = self.marks.paths.union(start.outer_deciders, pieces.deciders);
        let shown = pieces.shown(&mut self.marks.paths);
        let deciders_of_text = pieces.deciders;
        let text = self.marks.add_text(pieces);
        let deciders = if text.is_some() { SetId::EMPTY } else { deciders_of_text };
        let origin = Origin { path: None, shown, deciders, text };
        self.captured = Some(self.marks.mark(origin));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gotpl::ast::Origin as TextOrigin;
    use crate::engine::gotpl::functions;
    use crate::engine::gotpl::parse::parse;

    #[test]
    fn an_exhausted_trace_does_not_panic() {
        let parsed = Arc::new(parse(&"a".into(), TextOrigin::Text("".into()), functions::NAMES).expect("a template"));
        let site = Site { parsed: &parsed, offset: 0 };
        for room in 0..12 {
            let mut recorder = Recorder::default();
            let path = recorder.marks.paths.key(PathId::ROOT, b"a");
            let mark = recorder.marks.at(path);
            recorder.marks.leave_room(room);
            let part = recorder.enter(0, site, &Value::Bool(true), mark, Ends::UNKNOWN);
            recorder.text(0, b"x", site);
            let (start, _) = recorder.begin(1, &"b".into(), false);
            recorder.text(1, b"y", site);
            recorder.end(b"xy", 1, start);
            recorder.leave(b"x", part);
            recorder.take_pieces(1);
        }
    }
}
