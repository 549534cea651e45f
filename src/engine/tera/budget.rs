//! Limits that keep templates from running or growing endlessly. Tera itself has none.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::stack;

/// How many bytes the templates may write together, and one function may make. No manifest comes close to it.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// How much stack one template may use. A program's main thread has 8 MiB, and between two calls of functions, where
/// the stack is checked, Tera uses far less than the rest.
const MAX_STACK: usize = 4 << 20;

/// How many calls of functions and filters and turns of loops the templates may make together.
const MAX_CALLS: u64 = 5_000_000;

/// How many items the templates may get from `range`, `until` and the like, in all calls together.
const MAX_ITEMS: u64 = 5_000_000;

/// How many bytes of values one template may make, whether they are kept or not: texts that are joined, captured or
/// returned by functions, and the items of new lists and maps.
const MAX_MADE: u64 = 128 << 20;

/// The same limit for all templates of a chart and its subcharts together. No template's values outlive it, so this
/// limits the time that is spent on them, not the memory.
const MAX_MADE_IN_ALL: u64 = 1 << 30;

/// How many bytes that are only read (compared, searched, counted) cost as much as one byte that is made.
const READ_FOR_ONE: u64 = 8;

/// The cost of each byte of a text passed to `tpl`, in bytes: Tera makes that much of it to render it.
const PARSED: u64 = 32;

/// How many tags (`{{ … }}`, `{% … %}`) the templates of a chart may have, including those it refers to. Each takes
/// about a kilobyte when it is loaded.
pub(super) const MAX_TAGS: usize = 100_000;

/// How many bytes those tags may have together.
pub(super) const MAX_TAG_BYTES: usize = 4 << 20;

/// How many templates may include or extend each other in a chain. Tera searches the whole chain for cycles, from every
/// template in it.
pub(super) const MAX_REFERENCES: usize = 100;

/// How many bytes of text the templates of a chart may inherit: each holds copies of its parents' blocks.
pub(super) const MAX_INHERITED: usize = 64 << 20;

/// What the templates of a chart and its subcharts have used up so far. The limits apply to all of them together,
/// except for the values that one template makes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    calls: u64,
    items: u64,
    written: u64,
    made: u64,
}

impl Spent {
    /// Returns what is spent together with other templates; `None` if the budgets do not allow it.
    pub(super) fn and(self, other: Spent) -> Option<Spent> {
        let within = |a: u64, b: u64, limit: u64| a.checked_add(b).filter(|sum| *sum <= limit);
        Some(Spent {
            calls: within(self.calls, other.calls, MAX_CALLS)?,
            items: within(self.items, other.items, MAX_ITEMS)?,
            written: within(self.written, other.written, MAX_BYTES)?,
            made: within(self.made, other.made, MAX_MADE_IN_ALL)?,
        })
    }

    /// Returns the steps, and the bytes that were made or written.
    pub(super) fn steps_and_bytes(&self) -> (u64, u64) {
        (self.calls.saturating_add(self.items), self.written.saturating_add(self.made))
    }
}

/// The budget of the template that is being rendered. All counters but `made` include the templates before it.
#[derive(Debug, Default)]
pub(super) struct Budget {
    calls: AtomicU64,
    items: AtomicU64,
    written: AtomicU64,
    made: AtomicU64,
    /// The bytes made by the templates before it.
    made_before: AtomicU64,
    /// The position of the stack when the template began.
    stack: AtomicUsize,
}

impl Budget {
    /// Begins a new template, after others that have used up `spent`.
    pub(super) fn begin(&self, spent: Spent) {
        self.calls.store(spent.calls, Ordering::Relaxed);
        self.items.store(spent.items, Ordering::Relaxed);
        self.written.store(spent.written, Ordering::Relaxed);
        self.made.store(0, Ordering::Relaxed);
        self.made_before.store(spent.made, Ordering::Relaxed);
        self.stack.store(stack::position(), Ordering::Relaxed);
    }

    /// Returns what this template and those before it have used up.
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

    /// Counts turns of loops, or a turn that counts as several.
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
            format!("the template does not terminate: more than {MAX_CALLS} loop iterations and function calls")
        })
    }

    /// Counts the items of a list before a function makes it.
    pub(super) fn spend_items(&self, count: u64) -> Result<(), String> {
        let spent = spend(&self.items, count, MAX_ITEMS);
        spent.then_some(()).ok_or_else(|| format!("the template loops over more than {MAX_ITEMS} items"))
    }

    /// Checks the size of a text before a function makes it.
    pub(super) fn check_size(&self, bytes: usize) -> Result<(), String> {
        let bytes = bytes as u64;
        if bytes > MAX_BYTES {
            return Err(format!("the result would be larger than {} MiB", MAX_BYTES >> 20));
        }
        let made = self.made.load(Ordering::Relaxed).saturating_add(bytes);
        if made > MAX_MADE { Err(too_much_made()) } else { Ok(()) }
    }

    /// Returns how many bytes a text that a function is about to make may have.
    pub(super) fn largest_text(&self) -> usize {
        MAX_BYTES.min(MAX_MADE.saturating_sub(self.made.load(Ordering::Relaxed))) as usize
    }

    /// Counts bytes of values that have been made, or are about to be.
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

    /// Counts the bytes of a text before it is rendered as a template.
    pub(super) fn spend_parsed(&self, bytes: usize) -> Result<(), String> {
        self.spend_made((bytes as u64).saturating_mul(PARSED))
    }

    /// Returns the message about too much output.
    pub(super) fn overdrawn() -> String {
        format!("the template writes more than {} MiB", MAX_BYTES >> 20)
    }
}

fn too_much_made() -> String {
    format!("the template's values grow beyond {} MiB", MAX_MADE >> 20)
}

fn spend(counter: &AtomicU64, amount: u64, limit: u64) -> bool {
    let before = counter.fetch_add(amount, Ordering::Relaxed);
    // A counter over the limit stays over it.
    before.checked_add(amount).is_some_and(|after| after <= limit)
}

/// Text that is written at the expense of a budget.
pub(super) struct Metered<'a> {
    pub(super) text: Vec<u8>,
    pub(super) budget: &'a Budget,
}

impl Write for Metered<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Even an empty write costs something, so that no loop can go on for free.
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
