//! The limits of an evaluation.

use std::cell::Cell;

use super::error::Error;
use crate::go::regexp::Cache;

/// The step limit of all evaluations of a run together.
const STEPS: u64 = 40_000_000;
/// The step limit of a single evaluation.
const STEPS_OF_ONE: u64 = 2_000_000;
/// The number of bytes of text whose processing counts as one step.
const BYTES_A_STEP: usize = 32;

/// The limits of a run, in steps of some hundredths of a microsecond each. It also caches compiled patterns.
#[derive(Debug)]
pub struct Limits {
    left: Cell<u64>,
    of_one: u64,
    patterns: Cache,
}

impl Default for Limits {
    fn default() -> Self {
        Limits::new(STEPS, STEPS_OF_ONE)
    }
}

impl Limits {
    /// Sets the step limits of all evaluations together, and of a single one.
    pub fn new(steps: u64, of_one: u64) -> Limits {
        Limits { left: Cell::new(steps), of_one, patterns: Cache::default() }
    }
}

/// A single evaluation.
pub(super) struct Run<'l> {
    limits: &'l Limits,
    left: u64,
}

impl<'l> Run<'l> {
    pub(super) fn new(limits: &'l Limits) -> Run<'l> {
        Run { limits, left: limits.of_one.min(limits.left.get()) }
    }

    /// Charges steps; fails once a limit is exceeded.
    pub(super) fn take(&mut self, steps: usize) -> Result<(), Error> {
        let steps = steps as u64;
        let all = self.limits.left.get();
        self.limits.left.set(all.saturating_sub(steps));
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Error::Steps)
            }
        }
    }

    /// Charges the steps for processing this many bytes.
    pub(super) fn take_bytes(&mut self, bytes: usize) -> Result<(), Error> {
        self.take(1 + bytes / BYTES_A_STEP)
    }

    pub(super) fn patterns(&self) -> &'l Cache {
        &self.limits.patterns
    }
}
