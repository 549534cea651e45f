//! Budgets against templates that run or grow without end. Helm has no such limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    /// For a run whose result may not be needed.
    ahead: Option<Ahead>,
}

/// The rest of the budgets of a run that ends as soon as its result is not needed.
#[derive(Debug)]
struct Ahead {
    /// Whether the result is not needed.
    is_over: Arc<AtomicBool>,
    /// The steps that are granted later.
    steps: u64,
}

/// How many steps a run takes before it checks again whether its result is needed.
const STEPS_AT_ONCE: u64 = 10_000;

/// The part of the budgets that a run gets whose result may not be needed.
const PART_AHEAD: u64 = 4;

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

impl Spent {
    /// What was spent after an earlier point.
    pub fn without(self, earlier: Spent) -> Spent {
        Spent {
            steps: self.steps - earlier.steps,
            bytes: self.bytes - earlier.bytes,
            costly: self.costly - earlier.costly,
        }
    }
}

impl Limits {
    /// Creates the budgets of a render, which may use `max_stack` bytes of stack from here.
    pub fn new(max_stack: usize) -> Limits {
        let stack = stack::position();
        Limits { steps: MAX_STEPS, bytes: MAX_BYTES, costly: MAX_COSTLY, stack, max_stack, ahead: None }
    }

    /// Creates a part of the budgets for a run whose result may turn out not to be needed: then `is_over` ends the run.
    pub fn ahead(max_stack: usize, is_over: Arc<AtomicBool>) -> Limits {
        let ahead = Some(Ahead { is_over, steps: MAX_STEPS / PART_AHEAD });
        let (bytes, costly) = (MAX_BYTES / PART_AHEAD, MAX_COSTLY / PART_AHEAD);
        Limits { steps: 0, bytes, costly, ahead, ..Limits::new(max_stack) }
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
        if self.steps < steps && self.ahead.is_some() {
            self.grant_steps(steps);
        }
        take(&mut self.steps, steps, || format!("the templates do not terminate: more than {MAX_STEPS} steps"))
    }

    /// Grants further steps to a run whose result is still needed.
    #[cold]
    fn grant_steps(&mut self, steps: u64) {
        if let Some(ahead) = self.ahead.as_mut().filter(|ahead| !ahead.is_over.load(Ordering::Relaxed)) {
            let granted = ahead.steps.min(steps.max(STEPS_AT_ONCE));
            ahead.steps -= granted;
            self.steps += granted;
        }
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
        if self.ahead.as_ref().is_some_and(|ahead| ahead.is_over.load(Ordering::Relaxed)) {
            self.costly = 0;
        }
        take(&mut self.costly, u64::from(calls), || {
            format!("the templates generate more than {MAX_COSTLY} keys and password hashes")
        })
    }

    /// What was counted so far.
    pub fn spent(&self) -> Spent {
        let (part, later) = self.ahead.as_ref().map_or((1, 0), |ahead| (PART_AHEAD, ahead.steps));
        Spent {
            steps: MAX_STEPS / part - later - self.steps,
            bytes: MAX_BYTES / part - self.bytes,
            costly: MAX_COSTLY / part - self.costly,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ahead_gets_part_of_the_budgets_and_can_be_ended() {
        let is_over = Arc::new(AtomicBool::new(false));
        let mut limits = Limits::ahead(1, Arc::clone(&is_over));
        assert_eq!((limits.spent().steps, limits.spent().bytes, limits.spent().costly), (0, 0, 0));
        assert!(limits.step(3).is_ok() && limits.step(STEPS_AT_ONCE).is_ok() && limits.step(5 * STEPS_AT_ONCE).is_ok());
        assert!(limits.spend(7).is_ok() && limits.spend_costly(2).is_ok());
        let spent = limits.spent();
        assert_eq!((spent.steps, spent.bytes, spent.costly), (3 + 6 * STEPS_AT_ONCE, 7, 2));
        assert!(limits.step(MAX_STEPS / PART_AHEAD).is_err());
        assert!(limits.spend_costly(u32::try_from(MAX_COSTLY / PART_AHEAD).unwrap()).is_err());
        let mut limits = Limits::ahead(1, Arc::clone(&is_over));
        assert!(limits.step(1).is_ok());
        is_over.store(true, Ordering::Relaxed);
        assert!((0..=STEPS_AT_ONCE).any(|_| limits.step(1).is_err()) && limits.spend_costly(1).is_err());
    }

    #[test]
    fn what_another_run_spent_is_added_unless_it_is_too_much() {
        let mut limits = Limits::new(1);
        assert!(limits.add(Spent { steps: MAX_STEPS, bytes: 1, costly: 2 }));
        assert!(!limits.add(Spent { steps: 1, bytes: 1, costly: 1 }));
        let spent = limits.spent();
        assert_eq!((spent.steps, spent.bytes, spent.costly), (MAX_STEPS, 1, 2));
    }
}
