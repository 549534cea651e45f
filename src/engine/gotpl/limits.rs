//! Budgets against templates that run or grow without end, which Helm does not have.

use super::errors::FnError;
use crate::stack;

/// How many steps (actions, calls, turns of loops) all templates of a render may take. The largest public chart takes some
/// hundred thousand.
const MAX_STEPS: u64 = 50_000_000;

/// How many bytes all templates of a render may write and make, results of functions included. The public chart that makes most
/// comes to 15,000,000.
const MAX_BYTES: u64 = 3 << 29;

/// How many keys and hashes of passwords all templates of a render may make, long keys counted several times. The public chart that
/// makes most comes to 34.
const MAX_COSTLY: u64 = 4_000;

/// What a render may still use up.
#[derive(Debug)]
pub struct Limits {
    steps: u64,
    bytes: u64,
    costly: u64,
    /// Where the stack stood when the render began, and how far it may go from there.
    stack: usize,
    max_stack: usize,
}

impl Limits {
    /// A render begins, with so many bytes of stack.
    pub fn new(max_stack: usize) -> Limits {
        Limits { steps: MAX_STEPS, bytes: MAX_BYTES, costly: MAX_COSTLY, stack: stack::position(), max_stack }
    }

    /// Counts steps.
    ///
    /// # Errors
    /// There are none left.
    pub fn step(&mut self, steps: u64) -> Result<(), FnError> {
        take(&mut self.steps, steps, || format!("the templates go on without end: more than {MAX_STEPS} steps"))
    }

    /// How many steps are left.
    pub fn steps_left(&self) -> u64 {
        self.steps
    }

    /// Counts bytes that are written or made.
    ///
    /// # Errors
    /// There are none left.
    pub fn spend(&mut self, bytes: usize) -> Result<(), FnError> {
        take(&mut self.bytes, bytes as u64, || format!("the templates make more than {} MiB", MAX_BYTES >> 20))
    }

    /// Counts calls that take long by themselves.
    ///
    /// # Errors
    /// There are none left.
    pub fn spend_costly(&mut self, calls: u32) -> Result<(), FnError> {
        take(&mut self.costly, u64::from(calls), || {
            format!("the templates make more than {MAX_COSTLY} keys and hashes of passwords")
        })
    }

    /// How many bytes are left.
    pub fn room(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }

    /// Checks that calls may nest more deeply yet.
    ///
    /// # Errors
    /// They may not.
    pub fn check_stack(&self) -> Result<(), FnError> {
        if self.stack.abs_diff(stack::position()) <= self.max_stack {
            return Ok(());
        }
        Err(FnError::Limit(
            "rendering template has a nested reference: templates call each other too deeply".to_owned(),
        ))
    }
}

/// Takes an amount out of what is left; once there is too little, nothing is left.
fn take(left: &mut u64, amount: u64, refused: impl FnOnce() -> String) -> Result<(), FnError> {
    match left.checked_sub(amount) {
        Some(rest) => {
            *left = rest;
            Ok(())
        }
        None => {
            *left = 0;
            Err(FnError::Limit(refused()))
        }
    }
}
