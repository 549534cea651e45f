//! The values of many lines. Sets of values that several lines share are built only once.

use std::collections::HashMap;

use super::trace::{Trace, TracedLines, ValueSets};
use super::used::UsedPath;

/// The number of a set of values.
pub type SetNumber = usize;

/// The numbers of the sets of values that a line depends on.
#[derive(Debug, Clone, Copy, Default)]
pub struct SetNumbers {
    /// The values that the line shows.
    pub shown: SetNumber,
    /// The values that decided about the line.
    pub deciding: SetNumber,
}

/// The distinct sets of values that lines depend on. The first one is empty.
pub struct LineSets<'t> {
    trace: &'t Trace,
    sets: Vec<Vec<u32>>,
    numbers: HashMap<Vec<u32>, SetNumber, ahash::RandomState>,
    /// The results for sets that have been merged before.
    known: HashMap<ValueSets<'t>, SetNumbers, ahash::RandomState>,
    /// The sets of the previous line, and their result: consecutive lines often have the same sets.
    last: (ValueSets<'t>, SetNumbers),
    current: ValueSets<'t>,
}

impl<'t> LineSets<'t> {
    /// Starts with the empty set only.
    pub fn new(trace: &'t Trace) -> LineSets<'t> {
        let numbers = HashMap::from_iter([(Vec::new(), 0)]);
        LineSets {
            trace,
            sets: vec![Vec::new()],
            numbers,
            known: HashMap::default(),
            last: (ValueSets::default(), SetNumbers::default()),
            current: ValueSets::default(),
        }
    }

    /// Returns the sets of values that a line (from 1) depends on. Both are empty if there is no such line.
    pub fn of_line(&mut self, lines: &TracedLines<'t>, line: usize) -> SetNumbers {
        if !lines.put_sets(line, &mut self.current) {
            return SetNumbers::default();
        }
        if self.current == self.last.0 {
            return self.last.1;
        }
        let found = match self.known.get(&self.current) {
            Some(known) => *known,
            None => {
                let (shown, deciding) = self.trace.put_together(&self.current);
                let found = SetNumbers { shown: self.number(shown), deciding: self.number(deciding) };
                self.known.insert(self.current.clone(), found);
                found
            }
        };
        std::mem::swap(&mut self.current, &mut self.last.0);
        self.last.1 = found;
        found
    }

    fn number(&mut self, set: Vec<u32>) -> SetNumber {
        if let Some(known) = self.numbers.get(&set) {
            return *known;
        }
        self.sets.push(set.clone());
        self.numbers.insert(set, self.sets.len() - 1);
        self.sets.len() - 1
    }

    /// Returns the values in all sets, sorted and without duplicates, and for each set the indexes of its values in
    /// that list.
    pub fn finish(self) -> (Vec<&'t UsedPath>, Vec<Vec<usize>>) {
        let mut used: Vec<u32> = self.sets.iter().flatten().copied().collect();
        used.sort_unstable();
        used.dedup();
        let place = |number: &u32| used.partition_point(|known| known < number);
        let sets = self.sets.iter().map(|set| set.iter().map(place).collect()).collect();
        (used.iter().map(|number| self.trace.value(*number)).collect(), sets)
    }
}
