//! A single evaluation of a schema document against a value: its limits and its cache.

use ahash::AHashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::budget::Budget;
use super::memo::{Detail, Key, Memo};
use super::registry::Registry;
use super::stack::Refused;
use super::violation::Finding;
use super::violation::Violation;
use super::wording::count;
use crate::diagnostic::{Diagnostic, Span};

/// The maximum number of characters of the reason why a pattern cannot be used.
const MAX_REASON_LENGTH: usize = 300;

/// Evaluations of at most this many steps are repeated rather than cached.
const SMALL: u64 = 3;

/// Why an evaluation was aborted.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// It used up all steps.
    Steps,
    /// Schemas are nested too deeply for the stack.
    Nesting(Refused),
    /// A pattern cannot be compiled, for this reason.
    Pattern(String),
}

/// The state that all parts of an evaluation share.
#[derive(Debug)]
pub(super) struct Session<'s> {
    pub(super) registry: &'s Registry,
    budget: &'s Budget,
    is_stopped: AtomicBool,
    stop: Mutex<Option<(Stop, Span)>>,
    cycles: AtomicU64,
    memo: Mutex<Memo>,
    scopes: Mutex<Scopes>,
}

/// The sequences of resources that an evaluation has passed through, each with a number. The empty sequence has the number 0.
#[derive(Debug, Default)]
struct Scopes {
    numbers: AHashMap<(u32, usize), u32>,
    /// For each sequence, the number of the sequence without its last resource, and that resource.
    steps: Vec<(u32, usize)>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'s> Session<'s> {
    pub(super) fn new(registry: &'s Registry, budget: &'s Budget) -> Self {
        Session {
            registry,
            budget,
            is_stopped: AtomicBool::new(false),
            stop: Mutex::default(),
            cycles: AtomicU64::new(0),
            memo: Mutex::default(),
            scopes: Mutex::default(),
        }
    }

    /// Charges steps of work on a schema. Returns whether the evaluation continues.
    pub(super) fn charge(&self, steps: usize, schema: &Span) -> bool {
        if !self.budget.take(steps as u64) {
            self.stop(Stop::Steps, schema);
        }
        !self.is_stopped()
    }

    /// Aborts the evaluation. The first of several reasons is kept.
    pub(super) fn stop(&self, reason: Stop, schema: &Span) {
        locked(&self.stop).get_or_insert_with(|| (reason, schema.clone()));
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Returns the error of an aborted evaluation.
    pub(super) fn error(&self) -> Option<Box<Diagnostic>> {
        let (reason, schema) = locked(&self.stop).clone()?;
        let error = |message: String, label: &str| Diagnostic::error("schema", message).at(schema.clone(), label);
        Some(Box::new(match reason {
            Stop::Steps => {
                let steps = count(usize::try_from(self.budget.steps()).unwrap_or(usize::MAX));
                error(
                    format!("the schema is too complex: checking the values takes more than {steps} steps"),
                    "stopped here",
                )
                .help("simplify the schema: nested anyOf, oneOf, allOf and $ref multiply the work, and so do large patterns")
            }
            Stop::Nesting(refused) => error(refused.message(), "stopped here"),
            Stop::Pattern(reason) => {
                let reason: String = reason.chars().take(MAX_REASON_LENGTH).collect();
                error(format!("cannot use a pattern of the schema: {reason}"), "")
            }
        }))
    }

    /// Records that a schema led to itself.
    pub(super) fn count_cycle(&self) {
        self.cycles.fetch_add(1, Ordering::Relaxed);
    }

    // Listed violations.

    pub(super) fn budget(&self) -> &'s Budget {
        self.budget
    }

    /// Returns the detail that an evaluation must return.
    pub(super) fn detail(&self, quiet: bool) -> Detail {
        match (quiet, self.budget.lists_more()) {
            (true, _) => Detail::Verdict,
            (false, true) => Detail::Messages,
            (false, false) => Detail::Count,
        }
    }

    /// Releases the room of violations that are not shown after all.
    pub(super) fn forget(&self, violations: &[Violation]) {
        self.budget.forget(violations);
    }

    // Cached results.

    /// Returns the cached result of an evaluation, or else calls `evaluate` and caches its result.
    pub(super) fn remembered(
        &self,
        key: impl FnOnce() -> Key,
        quiet: bool,
        evaluate: impl FnOnce() -> Finding,
    ) -> Finding {
        if !self.budget.remembers() {
            return evaluate();
        }
        let before = self.budget.taken();
        let (key, detail) = (key(), self.detail(quiet));
        if let Some(finding) = locked(&self.memo).recall(&key, detail) {
            return finding;
        }
        let cycles = self.cycles.load(Ordering::Relaxed);
        let finding = evaluate();
        // The violations of a reference cycle depend on where it was entered.
        let is_whole = self.cycles.load(Ordering::Relaxed) == cycles && !self.is_stopped();
        if is_whole && self.budget.taken() - before > SMALL {
            locked(&self.memo).remember(key, &finding, detail);
        }
        finding
    }

    /// Returns the number of the sequence `before` with a resource appended. If the sequence already contains it, the
    /// sequence stays the same: lookups always want the outermost resource.
    pub(super) fn scope(&self, before: u32, resource: usize) -> u32 {
        let mut scopes = locked(&self.scopes);
        let mut at = before;
        while let Some(&(outer, known)) = at.checked_sub(1).and_then(|index| scopes.steps.get(index as usize)) {
            if known == resource {
                return before;
            }
            at = outer;
        }
        let Scopes { numbers, steps } = &mut *scopes;
        *numbers.entry((before, resource)).or_insert_with(|| {
            steps.push((before, resource));
            u32::try_from(steps.len()).unwrap_or(u32::MAX)
        })
    }
}
