//! Running on a larger stack: what reads, merges, writes and frees values recurses as deeply as they nest, and Helm reads 10,000
//! levels.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

/// Room for the deepest values there can be.
pub const DEEPEST: usize = 192 << 20;

/// The system has no stack of that size to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoStack;

/// Makes a call on a stack of its own, and waits for it.
///
/// # Errors
/// The system has no such stack to give.
///
/// ```
/// assert_eq!(mim_chart::stack::call(1 << 20, || 1 + 1), Ok(2));
/// ```
pub fn call<T: Send>(size: usize, work: impl FnOnce() -> T + Send) -> Result<T, NoStack> {
    thread::scope(|scope| match spawn(scope, size, work)?.join() {
        Ok(result) => Ok(result),
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

/// The same, or on the stack at hand where the system has no other.
pub fn call_or_here<T: Send>(size: usize, work: impl FnOnce() -> T + Send) -> T {
    let work = Mutex::new(Some(work));
    let take = || work.lock().unwrap_or_else(PoisonError::into_inner).take();
    let moved = call(size, || take().map(|work| work()));
    match moved.ok().flatten() {
        Some(result) => result,
        None => match take() {
            Some(work) => work(),
            None => unreachable!("the call is made once, there or here"),
        },
    }
}

/// About where the stack is: the distance between two of these is what calls have taken.
pub fn position() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here).addr()
}

/// Starts work on a stack of its own.
///
/// # Errors
/// The system has no such stack to give.
pub fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    size: usize,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, NoStack> {
    thread::Builder::new().stack_size(size).spawn_scoped(scope, work).map_err(|_| NoStack)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_once_where_there_is_no_stack() {
        assert_eq!(call(usize::MAX / 2, || 1), Err(NoStack));
        assert_eq!(call_or_here(usize::MAX / 2, || 1), 1);
        assert_eq!(call_or_here(1 << 20, || 1), 1);
    }
}
