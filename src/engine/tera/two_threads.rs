//! Shares the charts of a tree, or the templates of a chart, between two threads.

use crate::remaining::Remaining;
use crate::{heap, stack};

/// Takes the next index from one end.
pub(super) type Take = fn(&Remaining) -> Option<usize>;

/// Calls `work` on this thread, which takes indexes from the first one on, and on a second one, if the system can provide it, which
/// takes them from the last one on. Returns both results.
pub(super) fn share<T: Send>(count: usize, work: impl Fn(&Remaining, Take) -> T + Sync) -> (T, Option<T>) {
    let remaining = Remaining::new(count);
    call(|| work(&remaining, Remaining::first), || work(&remaining, Remaining::last))
}

/// Calls `first` on this thread, and `second` on another one, if the system can provide it.
pub(super) fn call<T: Send>(first: impl FnOnce() -> T, second: impl FnOnce() -> T + Send) -> (T, Option<T>) {
    let second = || {
        heap::grow_at_once();
        second()
    };
    stack::call_both(stack::TEMPLATES, first, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_index_is_taken_once() {
        let taken = |remaining: &Remaining, take: Take| std::iter::from_fn(|| take(remaining)).collect::<Vec<usize>>();
        for count in [0, 1, 1000] {
            let (mut all, last) = share(count, taken);
            all.extend(last.unwrap().into_iter().rev());
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }
}
