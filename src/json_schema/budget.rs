//! Limits the work of checking values against schemas, and the violations that are listed.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::violation::Violation;

/// The number of steps that all schemas checked in one run may take together. A step is the evaluation of a small schema
/// against a value, or a similar amount of other work: a few tenths of a microsecond.
const STEPS: u64 = 5_000_000;

/// The number of steps after which results are remembered. Values and schemas of ordinary size take fewer.
const REMEMBER_AFTER: u64 = 20_000;

/// The maximum total size of the listed violations, in bytes.
const LISTED: i64 = 1000 * MIN_SIZE;

/// The minimum size that a violation counts as, so that at most a thousand are listed.
const MIN_SIZE: i64 = 1024;

/// The additional bytes for violations that group listed ones.
const FOR_GROUPS: i64 = LISTED;

/// The cost of building a message, in steps.
const STEPS_OF_A_MESSAGE: u64 = 16;

/// The limits of one run: evaluation steps, and listed violations.
///
/// Schemas come with charts, and charts are untrusted: nested `allOf`s of a few kilobytes can require more work than any
/// machine can do.
#[derive(Debug)]
pub struct Budget {
    steps: u64,
    /// The number of steps after which results are remembered.
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
    /// Creates a budget of `steps`, which remembers results after `remember_after` steps.
    pub fn new(steps: u64, remember_after: u64) -> Self {
        Budget { steps, remember_after, taken: AtomicU64::new(0), listed: AtomicI64::new(0) }
    }

    /// Whether so many steps have been taken that results are worth remembering.
    pub(super) fn remembers(&self) -> bool {
        self.taken() >= self.remember_after
    }

    /// Uses steps. Returns whether the budget had enough.
    pub(super) fn take(&self, steps: u64) -> bool {
        // Only one thread runs at a time, so nothing is lost between the load and the store.
        let taken = self.taken.load(Ordering::Relaxed).saturating_add(steps);
        self.taken.store(taken, Ordering::Relaxed);
        taken <= self.steps
    }

    /// Returns the number of steps taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Returns the total number of steps.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether another violation can be listed.
    pub(super) fn lists_more(&self) -> bool {
        self.listed.load(Ordering::Relaxed) < LISTED
    }

    /// Whether another violation that groups listed ones can be added.
    pub(super) fn groups_more(&self) -> bool {
        self.listed.load(Ordering::Relaxed) < LISTED + FOR_GROUPS
    }

    /// Accounts for a listed violation.
    pub(super) fn list(&self, violation: &Violation) {
        self.take(STEPS_OF_A_MESSAGE);
        self.count(size(violation));
    }

    /// Releases the room of violations that are not shown after all.
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
    i64::try_from(violation.message.len() + path).unwrap_or(i64::MAX / 2).max(MIN_SIZE)
}
