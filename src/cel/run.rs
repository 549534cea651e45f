//! What an evaluation may take.

use std::cell::Cell;

use super::error::Error;
use crate::go::regexp::Cache;

/// The steps that all evaluations of a run may take together.
const STEPS: u64 = 40_000_000;
/// The steps that one evaluation may take.
const STEPS_OF_ONE: u64 = 2_000_000;
/// Bytes of text that count as a step.
const BYTES_A_STEP: usize = 32;

/// The limits of a run: steps of evaluations, of some hundredths of a microsecond each. Patterns are compiled once.
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
    /// Limits of so many steps in all, and of one evaluation.
    pub fn new(steps: u64, of_one: u64) -> Limits {
        Limits { left: Cell::new(steps), of_one, patterns: Cache::default() }
    }
}

/// One evaluation.
pub(super) struct Run<'l> {
    limits: &'l Limits,
    left: u64,
}

impl<'l> Run<'l> {
    pub(super) fn new(limits: &'l Limits) -> Run<'l> {
        Run { limits, left: limits.of_one.min(limits.left.get()) }
    }

    /// Takes steps.
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

    /// Takes the steps that work on so many bytes needs.
    pub(super) fn take_bytes(&mut self, bytes: usize) -> Result<(), Error> {
        self.take(1 + bytes / BYTES_A_STEP)
    }

    pub(super) fn patterns(&self) -> &'l Cache {
        &self.limits.patterns
    }
}
