//! Limits the size of the values that the flags of a command line add together. Helm limits only a single index, but a
//! hundred flags with an index each can still create lists with millions of items.

use std::cell::Cell;

/// The maximum number of list items that the indexes in `--set` and its family may add, over all flags.
pub(super) const MAX_ITEMS: u64 = 1_000_000;
/// The maximum total size in bytes of all values files and the files that `--set-file` reads.
pub const MAX_TOTAL_BYTES: u64 = 64 << 20;

/// The remaining allowance of a command line.
#[derive(Debug)]
pub(super) struct ValuesBudget {
    items: Cell<u64>,
    bytes: Cell<u64>,
    is_exceeded: Cell<bool>,
}

impl Default for ValuesBudget {
    fn default() -> Self {
        ValuesBudget { items: Cell::new(MAX_ITEMS), bytes: Cell::new(MAX_TOTAL_BYTES), is_exceeded: Cell::default() }
    }
}

impl ValuesBudget {
    /// Accounts for items that are about to be added to lists. The error is a message about the limit.
    pub(super) fn charge_items(&self, count: usize) -> Result<(), String> {
        let message = || format!("the indexes of all flags together add more than {MAX_ITEMS} list items");
        self.charge(&self.items, count as u64, message)
    }

    /// Accounts for the text of a file. The error is a message about the limit.
    pub(super) fn charge_bytes(&self, count: usize) -> Result<(), String> {
        let message =
            || format!("values files and --set-file files together are larger than {} MiB", MAX_TOTAL_BYTES >> 20);
        self.charge(&self.bytes, count as u64, message)
    }

    fn charge(&self, left: &Cell<u64>, count: u64, message: impl FnOnce() -> String) -> Result<(), String> {
        let rest = left.get().checked_sub(count);
        self.is_exceeded.set(self.is_exceeded.get() || rest.is_none());
        left.set(rest.ok_or_else(message)?);
        Ok(())
    }

    /// Whether a limit was exceeded, so that further layers would only fail in the same way.
    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }
}
