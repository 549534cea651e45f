//! How much work renders do.

use std::sync::atomic::{AtomicU64, Ordering};

/// The work of all renders in an environment so far. Unlike time, it hardly depends on the machine.
#[derive(Debug, Default)]
pub struct Work(AtomicU64);

/// How many bytes that templates make take as long as one step.
const BYTES_OF_A_STEP: u64 = 16;

impl Work {
    /// Adds the work of a render: the steps of its templates, and the bytes that they made.
    pub fn add(&self, steps: u64, bytes: u64) {
        self.0.fetch_add(steps.saturating_add(bytes / BYTES_OF_A_STEP), Ordering::Relaxed);
    }

    /// Returns the work so far, in steps of templates.
    pub fn steps(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
