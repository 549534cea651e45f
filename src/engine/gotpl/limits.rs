//! Budgets against templates that run or grow without end. Helm has no such limits.

use super::errors::FnError;
use crate::stack;

/// How many steps (actions, calls, iterations of loops) all templates of a render may take. The largest public chart
/// takes several hundred thousand.
const MAX_STEPS: u64 = 50_000_000;

/// How many bytes all templates of a render may produce, results of functions included. The most that any public chart
/// produces is about 15,000,000.
const MAX_BYTES: u64 = 3 << 29;

/// How many keys and password hashes all templates of a render may generate; a long key counts several times. The most
/// that any public chart generates is 34.
const MAX_COSTLY: u64 = 4_000;

/// The remaining budgets of a render.
#[derive(Debug)]
pub struct Limits {
    steps: u64,
    bytes: u64,
    costly: u64,
    /// The position of the stack when the render began, and how far from there it may grow, in bytes.
    stack: usize,
    max_stack: usize,
}

/// What templates have used of their budgets.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// The steps.
    pub steps: u64,
    /// The bytes that were written or allocated.
    pub bytes: u64,
    /// The keys and password hashes.
    pub costly: u64,
}

impl Limits {
    /// Creates the budgets of a render, which may use `max_stack` bytes of stack from here.
    pub fn new(max_stack: usize) -> Limits {
        Limits { steps: MAX_STEPS, bytes: MAX_BYTES, costly: MAX_COSTLY, stack: stack::position(), max_stack }
    }

    /// Counts what another thread has spent of the same budgets. If too little is left, returns `false` and counts nothing.
    pub fn add(&mut self, spent: Spent) -> bool {
        let Spent { steps, bytes, costly } = spent;
        let left = (self.steps.checked_sub(steps), self.bytes.checked_sub(bytes), self.costly.checked_sub(costly));
        let (Some(steps), Some(bytes), Some(costly)) = left else { return false };
        (self.steps, self.bytes, self.costly) = (steps, bytes, costly);
        true
    }

    /// Counts steps.
    ///
    /// # Errors
    /// Too few steps are left.
    pub fn step(&mut self, steps: u64) -> Result<(), FnError> {
        take(&mut self.steps, steps, || format!("the templates do not terminate: more than {MAX_STEPS} steps"))
    }

    /// The number of steps that are left.
    pub fn steps_left(&self) -> u64 {
        self.steps
    }

    /// Counts bytes that are written or allocated.
    ///
    /// # Errors
    /// Too few bytes are left.
    pub fn spend(&mut self, bytes: usize) -> Result<(), FnError> {
        take(&mut self.bytes, bytes as u64, || format!("the templates produce more than {} MiB", MAX_BYTES >> 20))
    }

    /// Counts calls that take long, such as generating a key.
    ///
    /// # Errors
    /// Too few calls are left.
    pub fn spend_costly(&mut self, calls: u32) -> Result<(), FnError> {
        take(&mut self.costly, u64::from(calls), || {
            format!("the templates generate more than {MAX_COSTLY} keys and password hashes")
        })
    }

    /// What was counted so far.
    pub fn spent(&self) -> Spent {
        Spent { steps: MAX_STEPS - self.steps, bytes: MAX_BYTES - self.bytes, costly: MAX_COSTLY - self.costly }
    }

    /// The number of bytes that are left.
    pub fn bytes_left(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }

    /// Checks that there is stack left for another nested call.
    ///
    /// # Errors
    /// Calls are nested too deeply.
    pub fn check_stack(&self) -> Result<(), FnError> {
        if self.stack.abs_diff(stack::position()) <= self.max_stack {
            return Ok(());
        }
        Err(FnError::Limit(
            "rendering template has a nested reference: templates call each other too deeply".to_owned(),
        ))
    }
}

/// Subtracts an amount from a budget. If too little is left, the budget is used up.
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
