//! What keeps a template from running or growing without end. Tera itself has no such limit.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How much text one template may write, or one function make: no manifest is anywhere near it.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// How much stack one template may take. A program's main thread has 8 MiB, and between two calls of functions, where
/// it is looked at, Tera takes far less than the rest.
const MAX_STACK: usize = 4 << 20;

/// How many calls of functions and filters and turns of loops one template may make.
const MAX_CALLS: u64 = 5_000_000;

/// How many items one template may get from `range`, `until` and their like, all calls together.
const MAX_ITEMS: u64 = 5_000_000;

/// What one template has used up.
#[derive(Debug, Default)]
pub(super) struct Budget {
    calls: AtomicU64,
    items: AtomicU64,
    written: AtomicU64,
    /// Where the stack stood when the template began.
    stack: AtomicUsize,
}

impl Budget {
    /// Begins a new template.
    pub(super) fn reset(&self) {
        self.calls.store(0, Ordering::Relaxed);
        self.items.store(0, Ordering::Relaxed);
        self.written.store(0, Ordering::Relaxed);
        self.stack.store(stack_position(), Ordering::Relaxed);
    }

    /// Counts a call of a function or filter, or a turn of a loop.
    pub(super) fn spend_call(&self) -> Result<(), String> {
        let started = self.stack.load(Ordering::Relaxed);
        if started != 0 && started.abs_diff(stack_position()) > MAX_STACK {
            return Err(
                "rendering template has a nested reference: templates and components call each other too deeply"
                    .to_owned(),
            );
        }
        let spent = spend(&self.calls, 1, MAX_CALLS);
        spent.then_some(()).ok_or_else(|| {
            format!("the template goes on without end: more than {MAX_CALLS} turns of loops and calls of functions")
        })
    }

    /// Counts the items of a list that a function is about to make.
    pub(super) fn spend_items(&self, count: u64) -> Result<(), String> {
        let spent = spend(&self.items, count, MAX_ITEMS);
        spent.then_some(()).ok_or_else(|| format!("the template loops over more than {MAX_ITEMS} items"))
    }

    /// Checks the size of a text that a function is about to make.
    pub(super) fn check_size(&self, bytes: usize) -> Result<(), String> {
        let fits = bytes as u64 <= MAX_BYTES;
        fits.then_some(()).ok_or_else(|| format!("the result would be larger than {} MiB", MAX_BYTES >> 20))
    }

    /// What an overdrawn budget means.
    pub(super) fn overdrawn() -> String {
        format!("the template writes more than {} MiB", MAX_BYTES >> 20)
    }
}

/// About where the stack stands.
fn stack_position() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here).addr()
}

fn spend(counter: &AtomicU64, amount: u64, limit: u64) -> bool {
    let before = counter.fetch_add(amount, Ordering::Relaxed);
    before.saturating_add(amount) <= limit
}

/// Text being written at the cost of a budget.
pub(super) struct Metered<'a> {
    pub(super) text: Vec<u8>,
    pub(super) budget: &'a Budget,
}

impl Write for Metered<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An empty write costs too: a loop must not be able to go on for nothing.
        if !spend(&self.budget.written, bytes.len() as u64 + 1, MAX_BYTES) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
