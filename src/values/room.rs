//! What the flags of one command line may add to the values together. Helm limits one index; a hundred flags with an index each
//! make lists of millions of items all the same.

use std::cell::Cell;

/// The largest number of list items that indexes in `--set` and its family may add, all flags together.
pub(super) const MAX_ITEMS: usize = 1_000_000;
/// The largest size in bytes of all values files and of what `--set-file` reads, together.
pub const MAX_TOTAL_BYTES: u64 = 64 << 20;

/// What is left for the flags of a command line.
#[derive(Debug)]
pub(super) struct Room {
    items: Cell<usize>,
    bytes: Cell<u64>,
    is_exceeded: Cell<bool>,
}

impl Default for Room {
    fn default() -> Self {
        Room { items: Cell::new(MAX_ITEMS), bytes: Cell::new(MAX_TOTAL_BYTES), is_exceeded: Cell::default() }
    }
}

impl Room {
    /// Charges for items that are about to be added to lists; the message says what is too much.
    pub(super) fn items(&self, count: usize) -> Result<(), String> {
        let left = self.items.get().checked_sub(count);
        self.is_exceeded.set(self.is_exceeded.get() || left.is_none());
        self.items.set(
            left.ok_or_else(|| format!("the indexes of all flags together add more than {MAX_ITEMS} list items"))?,
        );
        Ok(())
    }

    /// Whether something was too much: what follows would only fail in the same way.
    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }

    /// Charges for the text of a file.
    pub(super) fn bytes(&self, count: usize) -> Result<(), String> {
        let left = self.bytes.get().checked_sub(count as u64);
        self.is_exceeded.set(self.is_exceeded.get() || left.is_none());
        self.bytes.set(left.ok_or_else(|| {
            format!("values files and --set-file files together are larger than {} MiB", MAX_TOTAL_BYTES >> 20)
        })?);
        Ok(())
    }
}
