//! Runs work on a larger stack. The code that reads, merges, writes and frees values recurses as deep as they nest, and Helm
//! accepts 10,000 levels.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

/// The stack size for the most deeply nested values.
pub const DEEPEST: usize = 192 << 20;

/// The stack size for rendering: calls of `include` and `tpl` nest, and so do reading and writing documents within them.
pub const TEMPLATES: usize = 256 << 20;

/// The stack size for a whole run: still has room for [`TEMPLATES`] some frames down.
pub const RUN: usize = TEMPLATES + (8 << 20);

/// The stack size for a whole command: parsing its arguments takes less than the difference to [`RUN`].
pub const COMMAND: usize = RUN + (1 << 20);

thread_local! {
    /// The start and the size of this thread's stack, if [`spawn`] started it.
    static STACK: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// The system can't provide a stack of the requested size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoStack;

/// Calls `work` with at least `size` bytes of stack: on the current stack if it has enough left, otherwise on a new thread that
/// is waited for.
///
/// # Errors
/// The system can't provide such a stack.
///
/// ```
/// assert_eq!(mim_chart::stack::call(1 << 20, || 1 + 1), Ok(2));
/// ```
pub fn call<T: Send>(size: usize, work: impl FnOnce() -> T + Send) -> Result<T, NoStack> {
    if has_room(size) {
        return Ok(work());
    }
    thread::scope(|scope| match spawn(scope, size, work)?.join() {
        Ok(result) => Ok(result),
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

/// Like [`call`], with the first of `sizes` that the system can provide; if it can provide none, on the current stack.
pub fn call_or_here<T: Send>(sizes: &[usize], work: impl FnOnce() -> T + Send) -> T {
    let work = Mutex::new(Some(work));
    let take = || work.lock().unwrap_or_else(PoisonError::into_inner).take();
    let moved = sizes.iter().find_map(|&size| call(size, || take().map(|work| work())).ok());
    match moved.flatten() {
        Some(result) => result,
        None => match take() {
            Some(work) => work(),
            None => unreachable!("the call is made once, there or here"),
        },
    }
}

/// Whether the current stack was started by [`spawn`] and has `size` bytes left.
pub fn has_room(size: usize) -> bool {
    STACK.get().is_some_and(|(start, whole)| {
        let used = start.abs_diff(position());
        whole.checked_sub(used).is_some_and(|left| left >= size)
    })
}

/// Returns the approximate position of the stack: the difference of two positions is how much stack the calls in between use.
pub fn position() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here).addr()
}

/// Starts `work` on a new thread with a stack of `size` bytes.
///
/// # Errors
/// The system can't provide such a stack.
pub fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    size: usize,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, NoStack> {
    let noting = move || {
        STACK.set(Some((position(), size)));
        work()
    };
    thread::Builder::new().stack_size(size).spawn_scoped(scope, noting).map_err(|_| NoStack)
}

/// Calls `first` on this thread, and `second` on a new one with a stack of `size` bytes at the same time. The second result is `None`
/// if the system can't provide such a stack.
pub fn call_both<A, B: Send>(
    size: usize,
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B + Send,
) -> (A, Option<B>) {
    let result = Mutex::new(None);
    let first = thread::scope(|scope| {
        let keep = || *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(second());
        // Joining the thread would also wait until its stack has been freed. The scope waits for the call alone.
        let _ = spawn(scope, size, keep).map(drop);
        first()
    });
    (first, result.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Starts `work` on a new thread with a stack of `size` bytes that nothing waits for.
///
/// # Errors
/// The system can't provide such a stack.
pub fn detach(size: usize, work: impl FnOnce() + Send + 'static) -> Result<(), NoStack> {
    let noting = move || {
        STACK.set(Some((position(), size)));
        work();
    };
    thread::Builder::new().stack_size(size).spawn(noting).map(drop).map_err(|_| NoStack)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_without_enough_stack_runs_once() {
        assert_eq!(call(usize::MAX / 2, || 1), Err(NoStack));
        assert_eq!(call_or_here(&[usize::MAX / 2], || 1), 1);
        assert_eq!(call_or_here(&[usize::MAX / 2, 1 << 20], || 1), 1);
    }

    #[test]
    fn both_calls_are_made_unless_there_is_no_stack() {
        let thread = || thread::current().id();
        let (first, second) = call_both(1 << 20, thread, thread);
        assert!(first == thread() && second.is_some_and(|second| second != first));
        assert_eq!(call_both(usize::MAX / 2, || 1, || 2), (1, None));
    }

    #[test]
    fn a_call_that_fits_stays_on_its_stack() {
        let thread = || thread::current().id();
        let calls = |size: usize| (thread(), call(size, thread).unwrap());
        let (outer, inner) = call(8 << 20, || calls(6 << 20)).unwrap();
        assert_eq!(outer, inner);
        let (outer, inner) = call(8 << 20, || calls(8 << 20)).unwrap();
        assert_ne!(outer, inner);
        assert_ne!(thread(), outer);
    }
}
