//! The origins in a map that `merge` or `mergeOverwrite` merges.

use std::collections::{HashMap, HashSet};

use super::marks::{MAX_LEVELS, Mark, Marks, Part};
use super::paths::SetId;
use crate::engine::gotpl::value::{Map, Text, Value};

/// Sets the origins of what the first map will hold, before the other maps are merged into it.
pub(super) fn merge(marks: &mut Marks, values: &[Value], value_marks: &[Mark], overwrite: bool, now: SetId) {
    let ([Value::Map(into), sources @ ..], [into_mark, source_marks @ ..]) = (values, value_marks) else { return };
    let mut merging = Merging { marks, overwrite, now, seen: HashSet::new(), merged: HashMap::new() };
    for (source, mark) in sources.iter().zip(source_marks) {
        if let Value::Map(source) = source {
            merging.maps((into, *into_mark), (source, *mark), MAX_LEVELS);
        }
    }
}

/// The cost of checking a key, in things that the trace keeps: loops may merge large maps again and again.
const COST_OF_A_KEY: usize = 4;

struct Merging<'a> {
    marks: &'a mut Marks,
    overwrite: bool,
    now: SetId,
    seen: HashSet<(usize, usize)>,
    /// The entries that maps will have after the merge but do not have yet, by the identities of the maps.
    merged: HashMap<usize, HashMap<Text, Value>>,
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
        let entries = from.0.snapshot();
        self.marks.spend(entries.len().saturating_mul(COST_OF_A_KEY));
        for (key, value) in entries {
            if self.marks.is_spent() {
                return;
            }
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
            let mut mark = self.marks.with_deciders(mark, self.now);
            if !self.overwrite {
                // The existing value, or its absence, decided that it is not kept.
                let by = self.marks.own_influences(known_mark);
                mark = self.marks.with_deciders(mark, by);
            }
            self.merged.entry(into.0.identity()).or_default().insert(key.clone(), value);
            self.marks.set_part(&container, Part::Key(key), mark);
        }
        let mut known = self.known(into.0);
        known.retain(|(key, _)| from.0.get(key).is_none());
        self.record_missing_keys(&container, &source, from.1, known);
        self.marks.add_named_key_deciders(&container, by);
        self.marks.record_absent_source(&container, &source, from.1, &[]);
    }

    /// The entries that a map has or will have.
    fn known(&self, map: &Map) -> Vec<(Text, Value)> {
        let mut known = map.snapshot();
        let merged = self.merged.get(&map.identity()).into_iter().flatten();
        known.extend(merged.map(|(key, value)| (key.clone(), value.clone())));
        known
    }

    /// Records that parts of `into` depend on `from` not having these keys, which `into` has or will have.
    fn record_missing_keys(&mut self, into: &Value, from: &Value, from_mark: Mark, known: Vec<(Text, Value)>) {
        let mut rest = vec![(into.clone(), from.clone(), from_mark, known)];
        let mut seen = HashSet::new();
        while let Some((container, source, source_mark, known)) = rest.pop() {
            self.marks.spend(known.len().saturating_mul(COST_OF_A_KEY));
            if self.marks.is_spent() {
                return;
            }
            for (key, value) in known {
                let mark = self.marks.entry(&source, source_mark, &key);
                let by = self.marks.own_influences(mark);
                if by == SetId::EMPTY {
                    continue;
                }
                match &value {
                    // Its entries would be merged into the map that stays.
                    Value::Map(inner) if !inner.is_empty() && seen.insert(inner.identity()) => {
                        let nothing = Value::Map(Map::new());
                        let keys = self.marks.keys(&nothing, mark);
                        self.marks.add_named_key_deciders(&value, keys);
                        self.marks.record_absent_source(&value, &nothing, mark, &[]);
                        rest.push((value.clone(), nothing, mark, self.known(inner)));
                    }
                    // The map is in several places, or contains itself.
                    Value::Map(inner) if !inner.is_empty() => self.marks.add_every_part_deciders(&value, by),
                    // It would replace the value that stays.
                    _ if self.overwrite || !value.is_true() => self.marks.add_part_deciders(&container, &key, by),
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_merges_of_large_maps_exhaust_the_trace() {
        let mut marks = Marks::default();
        let into = Map::new();
        for index in 0..2_000 {
            into.insert(format!("k{index}").as_str().into(), Value::Bool(true));
        }
        let values = [Value::Map(into), Value::Map(Map::new())];
        let merges = (0..1_000).take_while(|_| {
            merge(&mut marks, &values, &[Mark::NONE, Mark::NONE], true, SetId::EMPTY);
            !marks.is_spent()
        });
        assert!((100..900).contains(&merges.count()));
    }
}
