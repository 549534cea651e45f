//! What a merged map comes from, as `merge` and `mergeOverwrite` choose.

use std::collections::HashSet;

use super::marks::{Mark, Marks, Part};
use super::paths::SetId;
use crate::engine::gotpl::value::{Map, Value};

/// How deeply maps may nest.
const MOST_LEVELS: usize = 1_000;

/// Says where what the first of some maps will hold comes from, before they are merged into it.
pub(super) fn merge(marks: &mut Marks, values: &[Value], of: &[Mark], overwrite: bool, now: SetId) {
    let ([Value::Map(into), sources @ ..], [into_mark, source_marks @ ..]) = (values, of) else { return };
    let mut seen = HashSet::new();
    for (source, mark) in sources.iter().zip(source_marks) {
        if let Value::Map(source) = source {
            let mut merging = Merging { marks, overwrite, now, seen: &mut seen };
            merging.maps((into, *into_mark), (source, *mark), MOST_LEVELS);
        }
    }
}

struct Merging<'a> {
    marks: &'a mut Marks,
    overwrite: bool,
    now: SetId,
    seen: &'a mut HashSet<(usize, usize)>,
}

impl Merging<'_> {
    fn maps(&mut self, into: (&Map, Mark), from: (&Map, Mark), levels: usize) {
        let Some(levels) = levels.checked_sub(1) else { return };
        let same = into.0.identity() == from.0.identity();
        if same || !self.seen.insert((into.0.identity(), from.0.identity())) {
            return;
        }
        let (container, source) = (Value::Map(into.0.clone()), Value::Map(from.0.clone()));
        let shape = self.marks.shape(&source, from.1);
        let by = self.marks.own_and_deciding(shape);
        let by = self.marks.paths.union(by, self.now);
        for (key, value) in from.0.snapshot() {
            let mark = self.marks.entry(&source, from.1, &key);
            let known = into.0.get(&key);
            let known_mark = self.marks.entry(&container, into.1, &key);
            if let (Value::Map(from), Some(Value::Map(into))) = (&value, &known)
                && !into.is_empty()
            {
                self.maps((into, known_mark), (from, mark), levels);
                // The map stays; a source that is not a map may take its place another time.
                continue;
            }
            let is_kept = match &known {
                Some(known) => known.is_true() && !self.overwrite || value.is_nil() && !self.overwrite,
                None => false,
            };
            if is_kept {
                continue;
            }
            // What was there decided that it is not kept, or another merge saw it first.
            let known_by = self.marks.own_and_deciding(known_mark);
            let mut mark = self.marks.deciding(mark, self.now);
            if known.is_some() && !self.overwrite {
                mark = self.marks.deciding(mark, known_by);
            }
            if self.overwrite && known.is_some() && !value.is_true() {
                // Whether an empty value takes the place of another one depends on both.
                mark = self.marks.deciding(mark, known_by);
                let (shown, _) = self.marks.all(known.as_ref().unwrap_or(&Value::Nil), known_mark);
                mark = self.marks.deciding(mark, shown);
            }
            self.marks.hold(&container, Part::Key(key), mark);
        }
        self.marks.decide_keys(&container, by);
    }
}
