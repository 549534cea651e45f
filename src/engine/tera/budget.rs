//! What keeps a template from running or growing without end. Tera itself has no such limit.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::stack;

/// How much text one template may write, or one function make: no manifest is anywhere near it.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// How much stack one template may take. A program's main thread has 8 MiB, and between two calls of functions, where
/// it is looked at, Tera takes far less than the rest.
const MAX_STACK: usize = 4 << 20;

/// How many calls of functions and filters and turns of loops one template may make.
const MAX_CALLS: u64 = 5_000_000;

/// How many items one template may get from `range`, `until` and their like, all calls together.
const MAX_ITEMS: u64 = 5_000_000;

/// How many bytes of values one template may make, whether they are kept or not: texts that are joined, captured or
/// given by functions, and the items of new lists and maps.
const MAX_MADE: u64 = 128 << 20;

/// The same for all templates of a chart and its subcharts together. No template's values outlive it, so this limits
/// the time that is spent on them, not the memory.
const MAX_MADE_IN_ALL: u64 = 1 << 30;

/// How many bytes that are only read (compared, searched, counted) cost as much as one that is made.
const READ_FOR_ONE: u64 = 8;

/// How many bytes a text given to `tpl` costs for each of its own: so much does Tera make of it to render it.
const PARSED: u64 = 32;

/// How many tags (`{{ … }}`, `{% … %}`) the templates of a chart may have, those it refers to included. Each takes
/// about a kilobyte when it is loaded.
pub(super) const MAX_TAGS: usize = 100_000;

/// How many bytes those tags may have together.
pub(super) const MAX_TAG_BYTES: usize = 4 << 20;

/// How many templates may include or extend each other in a row. Tera looks for circles in all of the way, from every
/// template on it.
pub(super) const MAX_REFERENCES: usize = 100;

/// How much text the templates of a chart may inherit: each holds copies of its parents' blocks.
pub(super) const MAX_INHERITED: usize = 64 << 20;

/// What the templates of a chart and its subcharts have used up so far. Their limits hold for all of them together,
/// but for the values that one template makes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    calls: u64,
    items: u64,
    written: u64,
    made: u64,
}

/// What one template has used up.
#[derive(Debug, Default)]
pub(super) struct Budget {
    calls: AtomicU64,
    items: AtomicU64,
    written: AtomicU64,
    made: AtomicU64,
    /// What the templates before it had made.
    made_before: AtomicU64,
    /// Where the stack stood when the template began.
    stack: AtomicUsize,
}

impl Budget {
    /// Begins a new template, after others that have used up so much.
    pub(super) fn begin(&self, spent: Spent) {
        self.calls.store(spent.calls, Ordering::Relaxed);
        self.items.store(spent.items, Ordering::Relaxed);
        self.written.store(spent.written, Ordering::Relaxed);
        self.made.store(0, Ordering::Relaxed);
        self.made_before.store(spent.made, Ordering::Relaxed);
        self.stack.store(stack::position(), Ordering::Relaxed);
    }

    /// What this template and those before it have used up.
    pub(super) fn spent(&self) -> Spent {
        Spent {
            calls: self.calls.load(Ordering::Relaxed),
            items: self.items.load(Ordering::Relaxed),
            written: self.written.load(Ordering::Relaxed),
            made: self.made.load(Ordering::Relaxed).saturating_add(self.made_before.load(Ordering::Relaxed)),
        }
    }

    /// Counts a call of a function or filter, or a turn of a loop.
    pub(super) fn spend_call(&self) -> Result<(), String> {
        self.spend_steps(1)
    }

    /// Counts turns of loops, or a turn that weighs as much as several.
    pub(super) fn spend_steps(&self, steps: u64) -> Result<(), String> {
        let started = self.stack.load(Ordering::Relaxed);
        if started != 0 && started.abs_diff(stack::position()) > MAX_STACK {
            return Err(
                "rendering template has a nested reference: templates and components call each other too deeply"
                    .to_owned(),
            );
        }
        let spent = spend(&self.calls, steps, MAX_CALLS);
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
        let bytes = bytes as u64;
        if bytes > MAX_BYTES {
            return Err(format!("the result would be larger than {} MiB", MAX_BYTES >> 20));
        }
        let made = self.made.load(Ordering::Relaxed).saturating_add(bytes);
        if made > MAX_MADE { Err(too_much_made()) } else { Ok(()) }
    }

    /// How many bytes a text that a function is about to make may have.
    pub(super) fn largest_text(&self) -> usize {
        MAX_BYTES.min(MAX_MADE.saturating_sub(self.made.load(Ordering::Relaxed))) as usize
    }

    /// Counts bytes of values that are made, or are about to be.
    pub(super) fn spend_made(&self, bytes: u64) -> Result<(), String> {
        let spent = spend(&self.made, bytes, MAX_MADE);
        if spent && self.spent().made > MAX_MADE_IN_ALL {
            return Err(format!("the values of all templates grow beyond {} MiB", MAX_MADE_IN_ALL >> 20));
        }
        spent.then_some(()).ok_or_else(too_much_made)
    }

    /// Counts bytes of values that are read.
    pub(super) fn spend_read(&self, bytes: u64) -> Result<(), String> {
        match bytes / READ_FOR_ONE {
            0 => Ok(()),
            bytes => self.spend_made(bytes),
        }
    }

    /// Counts the bytes of a text that is about to be rendered as a template.
    pub(super) fn spend_parsed(&self, bytes: usize) -> Result<(), String> {
        self.spend_made((bytes as u64).saturating_mul(PARSED))
    }

    /// What an overdrawn budget means.
    pub(super) fn overdrawn() -> String {
        format!("the template writes more than {} MiB", MAX_BYTES >> 20)
    }
}

fn too_much_made() -> String {
    format!("the template's values grow beyond {} MiB", MAX_MADE >> 20)
}

fn spend(counter: &AtomicU64, amount: u64, limit: u64) -> bool {
    let before = counter.fetch_add(amount, Ordering::Relaxed);
    // What is over the limit stays over it.
    before.checked_add(amount).is_some_and(|after| after <= limit)
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
