//! Work that two threads take from both ends until they meet.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// The indexes of items that no thread has begun.
#[derive(Debug)]
pub struct Remaining(Mutex<Range<usize>>);

impl Remaining {
    /// Starts with all indexes of this many items.
    pub fn new(count: usize) -> Remaining {
        Remaining(Mutex::new(0..count))
    }

    /// Takes the first index.
    pub fn first(&self) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// Takes the last index.
    pub fn last(&self) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_back()
    }

    /// Drops all indexes, so both threads end.
    pub fn give_up(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = 0..0;
    }
}

#[cfg(test)]
mod tests {
    use super::Remaining;

    #[test]
    fn each_index_is_taken_once_from_either_end() {
        let remaining = Remaining::new(4);
        let taken = [remaining.first(), remaining.last(), remaining.last(), remaining.first()];
        assert_eq!(taken, [Some(0), Some(3), Some(2), Some(1)]);
        assert_eq!((remaining.first(), remaining.last()), (None, None));
        let remaining = Remaining::new(4);
        remaining.give_up();
        assert_eq!((remaining.first(), remaining.last()), (None, None));
    }
}
