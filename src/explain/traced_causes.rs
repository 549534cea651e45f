//! Attributes changes to the values that differ, by the traces of both sides: a changed line is caused by the values it depends
//! on.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::differing::Candidate;
use super::traced::TracedOutput;
use crate::diff::{Cause, Difference, Status};
use crate::engine::{Aspect, UsedPath};
use crate::values::ValuePath;
use crate::yaml::{Map, Value};

/// The most causes that are named for a change: the first in order.
const MAX: usize = 200;

/// For a used value on a side, the indices of the candidates that explain it.
type Known = HashMap<(usize, UsedPath), Rc<[usize]>>;

/// The traces, and the values that differ.
pub(super) struct TracedCauses<'a> {
    /// The outputs of the new and of the old side, as far as they are known.
    sides: Vec<&'a TracedOutput>,
    /// The values that differ, in the order of their paths.
    candidates: &'a [Candidate],
    /// The values of the new side.
    now: &'a Map,
    /// The candidates that explain what a side uses, as many lines use the same values.
    known: RefCell<Known>,
}

/// Whether a difference, or a change in it, has no cause yet.
pub(super) fn lacks_causes(difference: &Difference) -> bool {
    match difference.status {
        Status::Added | Status::Removed => difference.causes.is_empty(),
        Status::Changed => difference.changes.iter().any(|change| change.causes.is_empty()),
        _ => false,
    }
}

impl<'a> TracedCauses<'a> {
    /// `candidates` must be in the order of their paths; `now` are the values of the new side.
    pub(super) fn new(sides: Vec<&'a TracedOutput>, candidates: &'a [Candidate], now: &'a Map) -> Self {
        TracedCauses { sides, candidates, now, known: RefCell::default() }
    }

    /// Adds causes to each change that has none.
    pub(super) fn add(&self, differences: &mut [Difference], cause: impl Fn(&Candidate) -> Cause) {
        let causes = |used: Vec<(usize, UsedPath)>| {
            self.candidates_for_all(used).map(|at| cause(&self.candidates[at])).collect()
        };
        for difference in differences.iter_mut().filter(|difference| lacks_causes(difference)) {
            match difference.status {
                Status::Added | Status::Removed => {
                    let used_by = |side: usize| self.sides[side].deciding_object(&difference.id);
                    difference.causes = causes(self.on_each_side(used_by));
                }
                _ => {
                    let fields: Vec<_> = self.sides.iter().map(|side| side.fields_of(&difference.id)).collect();
                    for change in difference.changes.iter_mut().filter(|change| change.causes.is_empty()) {
                        let used_by = |side: usize| {
                            fields[side].as_ref().map_or_else(Vec::new, |fields| fields.values_of(&change.path))
                        };
                        change.causes = causes(self.on_each_side(used_by));
                    }
                }
            }
        }
    }

    fn on_each_side(&self, used_by: impl Fn(usize) -> Vec<UsedPath>) -> Vec<(usize, UsedPath)> {
        (0..self.sides.len()).flat_map(|side| used_by(side).into_iter().map(move |used| (side, used))).collect()
    }

    /// Returns the indices of the candidates that explain used values. Values whose keys or emptiness is used count only if
    /// there are none whose content is used.
    fn candidates_for_all(&self, used: Vec<(usize, UsedPath)>) -> impl Iterator<Item = usize> {
        let (whole, aspects): (Vec<_>, Vec<_>) = used.into_iter().partition(|(_, used)| used.aspect == Aspect::Whole);
        let candidates_for = |used: Vec<(usize, UsedPath)>| -> BTreeSet<usize> {
            used.into_iter().flat_map(|used| self.candidates_for(used).to_vec()).collect()
        };
        let found = candidates_for(whole);
        let found = if found.is_empty() { candidates_for(aspects) } else { found };
        found.into_iter().take(MAX)
    }

    fn candidates_for(&self, used: (usize, UsedPath)) -> Rc<[usize]> {
        if let Some(known) = self.known.borrow().get(&used) {
            return Rc::clone(known);
        }
        let trace = &self.sides[used.0].trace;
        let is_candidate = |at: &usize| {
            let candidate = &self.candidates[*at];
            self.differs(&used.1, candidate) && trace.depends(&used.1, &candidate.path)
        };
        let found: Rc<[usize]> = self.related(&used.1.path).filter(is_candidate).take(MAX).collect();
        self.known.borrow_mut().insert(used, Rc::clone(&found));
        found
    }

    /// Returns the candidates at a path, above it and below it.
    fn related(&self, path: &ValuePath) -> impl Iterator<Item = usize> {
        let above = (1..path.steps().len()).map(|length| ValuePath::new(path.steps()[..length].to_vec()));
        let above = above.filter_map(|above| self.candidates.binary_search_by(|known| known.path.cmp(&above)).ok());
        let first = self.candidates.partition_point(|known| known.path < *path);
        let below = self.candidates[first..].iter().take_while(|known| path.is_prefix_of(&known.path)).count();
        above.chain(first..first + below)
    }

    /// Whether the candidate's difference affects what is used of a value.
    fn differs(&self, used: &UsedPath, candidate: &Candidate) -> bool {
        let now = candidate.path.get(self.now).map(|node| &node.value);
        let was = candidate.old.as_ref();
        if candidate.path.steps().len() > used.path.steps().len() {
            // Below the used path, a set of keys changes only if a value is added or removed.
            return used.aspect == Aspect::Whole || was.is_some() != now.is_some();
        }
        match (was, now, used.aspect) {
            (Some(Value::List(was)), Some(Value::List(now)), Aspect::Keys) => was.len() != now.len(),
            (Some(Value::List(was)), Some(Value::List(now)), Aspect::Emptiness) => was.is_empty() != now.is_empty(),
            _ => true,
        }
    }
}
