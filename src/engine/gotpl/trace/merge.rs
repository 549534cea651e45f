//! What a merged map comes from, as `merge` and `mergeOverwrite` choose.

use std::collections::{HashMap, HashSet};

use super::marks::{MOST_LEVELS, Mark, Marks, Part};
use super::paths::SetId;
use crate::engine::gotpl::value::{Map, Text, Value};

/// Says where what the first of some maps will hold comes from, before they are merged into it.
pub(super) fn merge(marks: &mut Marks, values: &[Value], of: &[Mark], overwrite: bool, now: SetId) {
    let ([Value::Map(into), sources @ ..], [into_mark, source_marks @ ..]) = (values, of) else { return };
    let mut merging =
        Merging { marks, overwrite, now, seen: HashSet::new(), merged: HashMap::new(), nothing: Vec::new() };
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
    merged: HashMap<usize, HashMap<Text, Value>>,
    /// Empty maps in the place of those that are not there, kept so that no other map has their identities.
    nothing: Vec<Map>,
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
            let merged = self.merged.get(&into.0.identity()).and_then(|keys| keys.get(&key));
            let known = merged.cloned().or_else(|| into.0.get(&key));
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
            self.merged.entry(into.0.identity()).or_default().insert(key.clone(), value);
            self.marks.hold(&container, Part::Key(key), mark);
        }
        let mut known = into.0.snapshot();
        let merged = self.merged.get(&into.0.identity()).into_iter().flatten();
        known.extend(merged.map(|(key, value)| (key.clone(), value.clone())));
        for (key, value) in known {
            if from.0.get(&key).is_some() {
                continue;
            }
            let mark = self.marks.entry(&source, from.1, &key);
            match &value {
                // What it would hold would be merged into the one that stays.
                Value::Map(inner) if !inner.is_empty() => {
                    if self.marks.own_and_deciding(mark) != SetId::EMPTY {
                        let known = self.marks.entry(&container, into.1, &key);
                        self.nothing.push(Map::new());
                        let nothing = self.nothing[self.nothing.len() - 1].clone();
                        self.maps((inner, known), (&nothing, mark), levels);
                    }
                }
                // It would take the place of the one that stays.
                _ if self.overwrite || !value.is_true() => {
                    let by = self.marks.own_and_deciding(mark);
                    self.marks.decide_key(&container, &key, by);
                }
                _ => {}
            }
        }
        self.marks.decide_some_key(&container, by);
        self.marks.would_have(&container, &source, from.1, &[]);
    }
}
