//! What a merged map comes from, as `merge` and `mergeOverwrite` choose.

use std::collections::{HashMap, HashSet};

use super::marks::{MOST_LEVELS, Mark, Marks, Part};
use super::paths::SetId;
use crate::engine::gotpl::value::{Map, Text, Value};

/// Says where what the first of some maps will hold comes from, before they are merged into it.
pub(super) fn merge(marks: &mut Marks, values: &[Value], of: &[Mark], overwrite: bool, now: SetId) {
    let ([Value::Map(into), sources @ ..], [into_mark, source_marks @ ..]) = (values, of) else { return };
    let mut merging = Merging { marks, overwrite, now, seen: HashSet::new(), merged: HashMap::new() };
    for (source, mark) in sources.iter().zip(source_marks) {
        if let Value::Map(source) = source {
            merging.maps((into, *into_mark), (source, *mark), MOST_LEVELS);
        }
    }
}

struct Merging<'a> {
    marks: &'a mut Marks,
    overwrite: bool,
    now: SetId,
    seen: HashSet<(usize, usize)>,
    /// What the maps will hold, by their identities, that they do not hold yet.
    merged: HashMap<(usize, Text), Value>,
}

impl Merging<'_> {
    fn maps(&mut self, into: (&Map, Mark), from: (&Map, Mark), levels: usize) {
        let Some(levels) = levels.checked_sub(1) else { return };
        let same = into.0.identity() == from.0.identity();
        if same || !self.seen.insert((into.0.identity(), from.0.identity())) {
            return;
        }
        let (container, source) = (Value::Map(into.0.clone()), Value::Map(from.0.clone()));
        let by = self.marks.keys(&source, from.1);
        let by = self.marks.paths.union(by, self.now);
        for (key, value) in from.0.snapshot() {
            let mark = self.marks.entry(&source, from.1, &key);
            let place = (into.0.identity(), key.clone());
            let known = self.merged.get(&place).cloned().or_else(|| into.0.get(&key));
            let known_mark = self.marks.entry(&container, into.1, &key);
            if let (Value::Map(from), Some(Value::Map(into))) = (&value, &known)
                && !into.is_nil()
                && !(into.is_empty() && from.is_empty())
            {
                self.maps((into, known_mark), (from, mark), levels);
                continue;
            }
            let is_kept = !self.overwrite && (value.is_nil() || known.as_ref().is_some_and(Value::is_true));
            if is_kept {
                continue;
            }
            let mut mark = self.marks.deciding(mark, self.now);
            if !self.overwrite {
                // What was there, or was not, decided that it is not kept.
                let by = self.marks.own_and_deciding(known_mark);
                mark = self.marks.deciding(mark, by);
            }
            self.merged.insert(place, value);
            self.marks.hold(&container, Part::Key(key), mark);
        }
        self.marks.decide_keys(&container, by);
        if self.overwrite {
            // A key that the source does not have would take the place of one that stays.
            self.marks.decide_parts(&container, by);
        }
    }
}
