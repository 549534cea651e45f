//! Running on a larger stack: what reads, merges, writes and frees values recurses as deeply as they nest, and Helm reads 10,000
//! levels.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

/// Room for the deepest values there can be.
pub const DEEPEST: usize = 192 << 20;

/// Room for templates: calls of `include` and `tpl` nest, and so do readers and writers of documents.
pub const TEMPLATES: usize = 256 << 20;

/// Room for a whole run, which calls for [`TEMPLATES`] when it is some frames deep.
pub const RUN: usize = TEMPLATES + (8 << 20);

thread_local! {
    /// Where the stack of this thread begins and how large it is, if it was started here.
    static STACK: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// The system has no stack of that size to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoStack;

/// Makes a call with that much stack: on the one at hand if so much is left, else on one of its own, and waits for it.
///
/// # Errors
/// The system has no such stack to give.
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

/// The same with the first of some sizes that the system has, or on the stack at hand.
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

/// Whether so much is left of a stack that was started here.
fn has_room(size: usize) -> bool {
    STACK.get().is_some_and(|(start, whole)| {
        let used = start.abs_diff(position());
        whole.checked_sub(used).is_some_and(|left| left >= size)
    })
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
    let noting = move || {
        STACK.set(Some((position(), size)));
        work()
    };
    thread::Builder::new().stack_size(size).spawn_scoped(scope, noting).map_err(|_| NoStack)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_once_where_there_is_no_stack() {
        assert_eq!(call(usize::MAX / 2, || 1), Err(NoStack));
        assert_eq!(call_or_here(&[usize::MAX / 2], || 1), 1);
        assert_eq!(call_or_here(&[usize::MAX / 2, 1 << 20], || 1), 1);
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
