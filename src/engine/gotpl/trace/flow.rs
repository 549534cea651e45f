//! The origin of a function's result.
//!
//! By default, the result of a function shows everything that its arguments show. The rules here are more precise for
//! functions that return a part of an argument, and for functions that change a text line by line.

use super::marks::{Mark, Marks, Origin, Part};
use super::merge;
use super::paths::SetId;
use super::pieces::{Piece, PieceKind, Pieces};
use super::written::{self, Layout};
use crate::engine::gotpl::value::{Text, Value};
use crate::go::utf8;

/// Records the changes that a function is about to make to its arguments. `now` are the values that decided that it is called.
pub(super) fn before(marks: &mut Marks, name: &str, values: &[Value], value_marks: &[Mark], now: SetId) {
    match name {
        "merge" | "mustMerge" => merge::merge(marks, values, value_marks, false, now),
        "mergeOverwrite" | "mustMergeOverwrite" => merge::merge(marks, values, value_marks, true, now),
        "unset" => {
            if let ([container, Value::Str(key)], [_, key_mark]) = (values, value_marks) {
                let by_key = marks.own_influences(*key_mark);
                marks.add_every_part_deciders(container, by_key);
                marks.add_part_deciders(container, key, now);
            }
        }
        "set" => {
            if let ([container, Value::Str(key), _], [_, key_mark, mark]) = (values, value_marks) {
                let by_key = marks.own_influences(*key_mark);
                marks.add_every_part_deciders(container, by_key);
                let mark = marks.with_deciders(*mark, now);
                marks.set_part(container, Part::Key(key.clone()), mark);
                marks.add_named_key_deciders(container, now);
            }
        }
        _ => return,
    }
    marks.written.forget();
}

/// Returns the mark of a function's result.
pub(super) fn result(
    marks: &mut Marks,
    name: &str,
    values: &[Value],
    value_marks: &[Mark],
    result: &Value,
    now: SetId,
) -> Mark {
    let call = Call { values, value_marks, result, now };
    let mark = match name {
        "default" => call.default(marks),
        "coalesce" => call.coalesce(marks),
        "ternary" => call.ternary(marks),
        "required" => call.argument(1),
        // A text without actions is returned unchanged.
        "tpl" => call.argument(0),
        "set" | "unset" | "merge" | "mustMerge" | "mergeOverwrite" | "mustMergeOverwrite" => call.argument(0),
        "deepCopy" | "mustDeepCopy" => {
            if let Some(original) = values.first() {
                marks.copied(original, result);
            }
            call.argument(0)
        }
        "empty" | "not" => call.truths(marks),
        "kindOf" | "kindIs" | "typeOf" | "typeIs" | "typeIsLike" | "len" | "keys" => call.shapes(marks),
        "hasKey" | "get" | "index" | "dig" => call.lookup(marks, name),
        "first" | "mustFirst" => call.item(marks, 0, false),
        "last" | "mustLast" => call.item(marks, call.length().saturating_sub(1), true),
        "dict" => call.dict(marks),
        "list" | "tuple" => call.list(marks),
        "append" | "push" | "mustAppend" | "mustPush" | "prepend" | "mustPrepend" | "concat" => {
            call.joined(marks, name)
        }
        "pick" | "omit" => call.picked(marks, name),
        "toYaml" | "mustToYaml" | "toYamlPretty" => call.written(marks, Layout::Block),
        "toPrettyJson" | "mustToPrettyJson" => call.written(marks, Layout::Flow),
        "indent" => call.lines(marks, 1, 0),
        "nindent" => call.lines(marks, 1, 1),
        "trim" | "toString" | "upper" | "lower" => call.trimmed(marks, name, 0),
        "trimAll" | "trimall" | "trimPrefix" | "trimSuffix" => call.trimmed(marks, name, 1),
        "replace" if call.is_one_line(0) && call.is_one_line(1) => call.lines(marks, 2, 0),
        "fromYaml" | "fromYamlArray" | "fromJson" | "fromJsonArray" | "mustFromJson" => {
            call.argument(0).and_then(|mark| written::read(marks, result, mark, values))
        }
        _ => None,
    };
    if let (true, [value], [mark]) = (written::is_written_whole(name), values, value_marks) {
        marks.written.keep(result, value, *mark);
    }
    mark.unwrap_or_else(|| call.everything(marks))
}

struct Call<'a> {
    values: &'a [Value],
    value_marks: &'a [Mark],
    result: &'a Value,
    now: SetId,
}

impl Call<'_> {
    /// The result is this argument.
    fn argument(&self, index: usize) -> Option<Mark> {
        self.value_marks.get(index).copied()
    }

    /// The result shows everything that the arguments show. If it is a text of one line, it keeps the place of the
    /// only argument that templates wrote.
    fn everything(&self, marks: &mut Marks) -> Mark {
        let mut all = (SetId::EMPTY, SetId::EMPTY);
        for (value, mark) in self.values.iter().zip(self.value_marks) {
            let (shown, deciders) = marks.shown_and_deciders(value, *mark);
            all = (marks.paths.union(all.0, shown), marks.paths.union(all.1, deciders));
        }
        let text = match self.result {
            Value::Str(text) if !text.contains(&b'\n') => self.only_text(marks).map(|pieces| {
                let first = pieces.pieces.iter().find(|piece| !piece.is_marker()).copied();
                let piece =
                    first.map(|piece| Piece { at: 0, shown: all.0, deciders: all.1, kind: PieceKind::Made, ..piece });
                Pieces { length: text.len(), deciders: SetId::EMPTY, pieces: piece.into_iter().collect() }
            }),
            _ => None,
        };
        let text = text.filter(|text| !text.pieces.is_empty()).and_then(|text| marks.add_text(text));
        marks.mark(Origin { path: None, shown: all.0, deciders: all.1, text })
    }

    /// The pieces of the only argument that templates wrote.
    fn only_text(&self, marks: &Marks) -> Option<std::rc::Rc<Pieces>> {
        let mut texts = self.value_marks.iter().filter_map(|mark| marks.origin(*mark).text);
        let first = texts.next()?;
        texts.next().is_none().then(|| marks.text(first))
    }

    /// The result depends on the kinds and sizes of the arguments, but not on what they contain.
    fn shapes(&self, marks: &mut Marks) -> Option<Mark> {
        let mut all = (SetId::EMPTY, SetId::EMPTY);
        for (value, mark) in self.values.iter().zip(self.value_marks) {
            let shape = marks.shape(value, *mark);
            let origin = marks.origin(shape);
            all = (marks.paths.union(all.0, origin.shown), marks.paths.union(all.1, origin.deciders));
        }
        Some(marks.showing(all.0, all.1))
    }

    /// The result depends on whether the argument is empty.
    fn truths(&self, marks: &mut Marks) -> Option<Mark> {
        let value = self.values.first().filter(|_| self.values.len() == 1)?;
        let truth = marks.truth_mark(value, self.argument(0)?);
        let origin = marks.origin(truth);
        Some(marks.showing(origin.shown, origin.deciders))
    }

    fn decided_by(&self, marks: &mut Marks, mark: Mark, index: usize) -> Mark {
        let (Some(value), Some(by)) = (self.values.get(index), self.argument(index)) else { return mark };
        let by = marks.truth(value, by);
        marks.with_deciders(mark, by)
    }

    fn default(&self, marks: &mut Marks) -> Option<Mark> {
        let is_given = self.values.get(1).is_some_and(Value::is_true);
        if is_given {
            return self.argument(1);
        }
        let mark = self.argument(0)?;
        Some(self.decided_by(marks, mark, 1))
    }

    fn coalesce(&self, marks: &mut Marks) -> Option<Mark> {
        let chosen = self.values.iter().position(Value::is_true);
        let mut mark = chosen.and_then(|index| self.argument(index)).unwrap_or_default();
        for index in 0..chosen.unwrap_or(self.values.len()) {
            mark = self.decided_by(marks, mark, index);
        }
        Some(mark)
    }

    fn ternary(&self, marks: &mut Marks) -> Option<Mark> {
        let is_first = matches!(self.values.get(2), Some(Value::Bool(true)));
        let mark = self.argument(usize::from(!is_first))?;
        Some(self.decided_by(marks, mark, 2))
    }

    /// The result is a part of a map or list: `get map key`, `hasKey map key`, `index container key...`, `dig key...
    /// default map`.
    fn lookup(&self, marks: &mut Marks, name: &str) -> Option<Mark> {
        let (container, keys) = match name {
            "dig" => (self.values.len().checked_sub(1)?, 0..self.values.len().checked_sub(2)?),
            _ => (0, 1..self.values.len()),
        };
        let (mut value, mut mark) = (self.values.get(container)?.clone(), self.argument(container)?);
        for index in keys {
            let key = &self.values[index];
            let by = marks.own_influences(self.value_marks[index]);
            let next = match (&value, key) {
                (Value::Map(map), Value::Str(key)) => {
                    let next = map.get(key);
                    mark = marks.entry(&value, mark, key);
                    next
                }
                (Value::List(list), Value::Int(at) | Value::Int64(at)) => {
                    let at = usize::try_from(*at).ok()?;
                    let next = list.items().get(at).cloned();
                    mark = marks.item(&value, mark, at);
                    next
                }
                _ => return None,
            };
            mark = marks.with_deciders(mark, by);
            match next {
                Some(next) => value = next,
                None if name == "dig" => {
                    let default = self.argument(self.values.len() - 2)?;
                    let by = marks.own_influences(mark);
                    return Some(marks.with_deciders(default, by));
                }
                None => break,
            }
        }
        if name == "hasKey" {
            let shape = marks.own_influences(mark);
            return Some(marks.showing(shape, SetId::EMPTY));
        }
        Some(mark)
    }

    fn length(&self) -> usize {
        if let Some(Value::List(list)) = self.values.first() { list.len() } else { 0 }
    }

    /// The result is an item of a list. If its index is counted from the end, it depends on the length.
    fn item(&self, marks: &mut Marks, index: usize, is_counted: bool) -> Option<Mark> {
        let list = self.values.first().filter(|value| matches!(value, Value::List(_)))?;
        let mark = self.argument(0)?;
        let (shape, item) = (marks.shape(list, mark), marks.item(list, mark, index));
        let by = if is_counted { marks.own_influences(shape) } else { marks.deciders(shape) };
        Some(marks.with_deciders(item, by))
    }

    fn dict(&self, marks: &mut Marks) -> Option<Mark> {
        let mut by = SetId::EMPTY;
        for (pair, pair_marks) in self.values.chunks(2).zip(self.value_marks.chunks(2)) {
            by = {
                let key = marks.own_influences(pair_marks[0]);
                marks.paths.union(by, key)
            };
            if let (Value::Str(key), Some(mark)) = (&pair[0], pair_marks.get(1)) {
                marks.set_part(self.result, Part::Key(key.clone()), *mark);
            } else if let Some(value) = pair.get(1) {
                // A key of another type is converted to a string.
                let (shown, deciders) = marks.shown_and_deciders(value, pair_marks[1]);
                let all = marks.paths.union(shown, deciders);
                marks.paths.extend(&mut by, all);
            }
        }
        marks.add_key_deciders(self.result, by);
        // Keys that the result does not have could not have come from anywhere else.
        marks.add_named_key_deciders(self.result, self.now);
        let keys = self.value_marks.iter().step_by(2).copied().collect::<Vec<_>>();
        self.decide_parts_by(marks, &keys);
        Some(Mark::NONE)
    }

    /// Records that these arguments decided which part of the result is which.
    fn decide_parts_by(&self, marks: &mut Marks, value_marks: &[Mark]) {
        for mark in value_marks {
            let by = marks.own_influences(*mark);
            if by != SetId::EMPTY {
                marks.add_every_part_deciders(self.result, by);
            }
        }
    }

    fn list(&self, marks: &mut Marks) -> Option<Mark> {
        for (index, mark) in self.value_marks.iter().enumerate() {
            marks.set_part(self.result, Part::Item(index), *mark);
        }
        Some(self.of_length(marks, self.now))
    }

    /// The mark of a list whose items have origins and whose length these values decided. A nil list has no parts.
    fn of_length(&self, marks: &mut Marks, by: SetId) -> Mark {
        if matches!(self.result, Value::List(list) if list.is_nil()) {
            return marks.showing(SetId::EMPTY, by);
        }
        marks.add_key_deciders(self.result, by);
        Mark::NONE
    }

    /// The result is a concatenation of lists.
    fn joined(&self, marks: &mut Marks, name: &str) -> Option<Mark> {
        let mut parts: Vec<Mark> = Vec::new();
        let mut by = self.now;
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        if matches!(name, "prepend" | "mustPrepend") {
            order.reverse();
        }
        for index in order {
            let (value, mark) = (self.values.get(index)?, self.argument(index)?);
            let is_list = name == "concat" || index == 0;
            match value {
                Value::List(list) if is_list => {
                    let shape = marks.keys(value, mark);
                    marks.paths.extend(&mut by, shape);
                    parts.extend((0..list.len()).map(|at| marks.item(value, mark, at)));
                }
                Value::Nil | Value::Invalid if is_list => {
                    let shape = marks.own_influences(mark);
                    marks.paths.extend(&mut by, shape);
                }
                _ if is_list => return None,
                _ => parts.push(mark),
            }
        }
        for (index, mark) in parts.into_iter().enumerate() {
            marks.set_part(self.result, Part::Item(index), mark);
        }
        Some(self.of_length(marks, by))
    }

    /// The result is a map without some of its keys.
    fn picked(&self, marks: &mut Marks, name: &str) -> Option<Mark> {
        let (source, mark) = (self.values.first()?, self.argument(0)?);
        let Value::Map(kept) = self.result else { return None };
        let keys: Vec<Text> = kept.keys();
        for key in keys {
            let part = marks.entry(source, mark, &key);
            marks.set_part(self.result, Part::Key(key), part);
        }
        let mut by = SetId::EMPTY;
        for mark in self.value_marks.iter().skip(1) {
            let own = marks.own_influences(*mark);
            marks.paths.extend(&mut by, own);
        }
        marks.add_key_deciders(self.result, by);
        let shape = marks.keys(source, mark);
        let shape = marks.paths.union(shape, self.now);
        marks.add_named_key_deciders(self.result, shape);
        let named = |value: &Value| if let Value::Str(key) = value { Some(key.clone()) } else { None };
        let named: Vec<Text> = self.values.iter().skip(1).filter_map(named).collect();
        if name == "omit" {
            marks.record_absent_source(self.result, source, mark, &named);
        } else {
            for key in named.iter().filter(|key| kept.get(key).is_none()) {
                let part = marks.entry(source, mark, key);
                let by = marks.own_influences(part);
                marks.add_part_deciders(self.result, key, by);
            }
        }
        self.decide_parts_by(marks, self.value_marks.get(1..).unwrap_or_default());
        Some(Mark::NONE)
    }

    fn written(&self, marks: &mut Marks, layout: Layout) -> Option<Mark> {
        let (value, mark) = (self.values.first()?, self.argument(0)?);
        let Value::Str(text) = self.result else { return None };
        let pieces = written::lines(marks, value, mark, text, layout)?;
        let (shown, _) = marks.shown_and_deciders(value, mark);
        let deciders = marks.origin(mark).deciders;
        let text = marks.add_text(pieces);
        Some(marks.mark(Origin { path: None, shown, deciders, text }))
    }

    fn is_one_line(&self, index: usize) -> bool {
        matches!(self.values.get(index), Some(Value::Str(text)) if !text.contains(&b'\n'))
    }

    fn bytes(&self, index: usize) -> Option<&[u8]> {
        if let Value::Str(text) = self.values.get(index)? { Some(text) } else { None }
    }

    /// The result is a text of which each line was changed separately, after `added` new lines at the beginning. The
    /// other arguments affect each line.
    fn lines(&self, marks: &mut Marks, subject: usize, added: usize) -> Option<Mark> {
        self.by_lines(marks, subject, 0, added)
    }

    /// The result is a text from which something was removed at its ends. Whether its first and last line exist depends
    /// on everything that decided about the text.
    fn trimmed(&self, marks: &mut Marks, name: &str, subject: usize) -> Option<Mark> {
        let (before, Value::Str(after)) = (self.bytes(subject)?, self.result) else { return None };
        if after.is_empty() {
            return None;
        }
        let start = match name {
            "trimPrefix" => before.len() - after.len(),
            // What was removed consists of characters with which the result does not begin.
            "trim" | "trimAll" | "trimall" => {
                let first = utf8::first(after).map_or(0, |(_, length)| length);
                memchr::memmem::find(before, &after[..first]).unwrap_or(0)
            }
            _ => 0,
        };
        let skipped = memchr::memchr_iter(b'\n', &before[..start.min(before.len())]).count();
        let mark = self.by_lines(marks, subject, skipped, 0)?;
        if before.len() == after.len() {
            return Some(mark);
        }
        let origin = marks.origin(mark);
        let mut pieces = (*marks.text(origin.text?)).clone();
        let first_end = memchr::memchr(b'\n', after).unwrap_or(after.len());
        let last_start = memchr::memrchr(b'\n', after).map_or(0, |at| at + 1);
        for piece in pieces.pieces.iter_mut().filter(|piece| piece.at <= first_end || piece.at >= last_start) {
            marks.paths.extend(&mut piece.deciders, pieces.deciders);
        }
        let text = marks.add_text(pieces);
        Some(marks.mark(Origin { text, ..origin }))
    }

    fn by_lines(&self, marks: &mut Marks, subject: usize, skipped: usize, added: usize) -> Option<Mark> {
        let (before, Value::Str(after)) = (self.bytes(subject)?, self.result) else { return None };
        let origin = marks.origin(self.argument(subject)?);
        let mut pieces = marks.text(origin.text?).by_lines(before, after, skipped, added)?;
        let mut shown = origin.shown;
        for (index, mark) in self.value_marks.iter().enumerate().filter(|(index, _)| *index != subject) {
            let (more, more_deciders) = marks.shown_and_deciders(&self.values[index], *mark);
            marks.paths.extend(&mut pieces.deciders, more_deciders);
            for piece in &mut pieces.pieces {
                marks.paths.extend(&mut piece.shown, more);
                marks.paths.extend(&mut piece.deciders, more_deciders);
            }
            marks.paths.extend(&mut shown, more);
        }
        let text = marks.add_text(pieces);
        Some(marks.mark(Origin { path: None, shown, deciders: origin.deciders, text }))
    }
}
