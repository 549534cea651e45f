//! What checking values against schemas may take: steps, and violations that are listed.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::violation::Violation;

/// The steps that all schemas checked in one run have together. A step is the evaluation of one small schema against one
/// value, or as much work of another kind: some tenths of a microsecond.
const STEPS: u64 = 5_000_000;

/// The steps after which results are remembered. Values and schemas of everyday size take fewer.
const REMEMBER_AFTER: u64 = 20_000;

/// The bytes that the listed violations have together.
const LISTED: i64 = 1000 * LEAST;

/// What a violation counts at least, so that at most a thousand are listed.
const LEAST: i64 = 1024;

/// How much more the violations may take that hold listed ones together.
const FOR_GROUPS: i64 = LISTED;

/// What building a message counts, in steps.
const STEPS_OF_A_MESSAGE: u64 = 16;

/// The limits of one run: steps of evaluation, and violations that are listed.
///
/// Schemas come with charts, and a chart may come from anywhere: nested `allOf`s of a few kilobytes ask for more work than
/// any machine does.
#[derive(Debug)]
pub struct Budget {
    steps: u64,
    /// The steps after which results are remembered.
    remember_after: u64,
    taken: AtomicU64,
    listed: AtomicI64,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(STEPS, REMEMBER_AFTER)
    }
}

impl Budget {
    /// A budget of `steps`, which remembers results from the step `remember_after` on.
    pub fn new(steps: u64, remember_after: u64) -> Self {
        Budget { steps, remember_after, taken: AtomicU64::new(0), listed: AtomicI64::new(0) }
    }

    /// Whether so many steps have been taken that results are worth remembering.
    pub(super) fn remembers(&self) -> bool {
        self.taken() >= self.remember_after
    }

    /// Takes steps; whether they were there.
    pub(super) fn take(&self, steps: u64) -> bool {
        // Threads take turns here, so nothing is lost between reading and writing.
        let taken = self.taken.load(Ordering::Relaxed).saturating_add(steps);
        self.taken.store(taken, Ordering::Relaxed);
        taken <= self.steps
    }

    /// The steps taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// The steps there are.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether there is room for a further violation in the list.
    pub(super) fn lists_more(&self) -> bool {
        self.listed.load(Ordering::Relaxed) < LISTED
    }

    /// Whether there is room for a violation that holds listed ones together.
    pub(super) fn groups_more(&self) -> bool {
        self.listed.load(Ordering::Relaxed) < LISTED + FOR_GROUPS
    }

    /// Counts a violation that is listed.
    pub(super) fn list(&self, violation: &Violation) {
        self.take(STEPS_OF_A_MESSAGE);
        self.count(size(violation));
    }

    /// Gives back what violations counted that nobody will see.
    pub(super) fn forget(&self, violations: &[Violation]) {
        for violation in violations.iter().filter(|violation| !violation.message.is_empty()) {
            self.count(-size(violation));
            self.forget(&violation.children);
        }
    }

    fn count(&self, bytes: i64) {
        self.listed.store(self.listed.load(Ordering::Relaxed) + bytes, Ordering::Relaxed);
    }
}

fn size(violation: &Violation) -> i64 {
    let path: usize = violation.instance_path.iter().map(|step| step.len() + 1).sum();
    i64::try_from(violation.message.len() + path).unwrap_or(i64::MAX / 2).max(LEAST)
}
