//! Recursion that user data drives, without a limit of the stack it began on.

use std::thread;

/// How many nested calls share one stack.
const CALLS: usize = 96;
/// The size of each further stack: room for [`CALLS`] nested calls of an unoptimised build.
const SIZE: usize = 4 << 20;

/// Makes the call of nesting `depth`; every [`CALLS`]th one begins on a stack of its own.
///
/// `None` if the system has no further stack to give.
pub(super) fn nested<T: Send>(depth: usize, call: impl FnOnce() -> T + Send) -> Option<T> {
    if depth == 0 || !depth.is_multiple_of(CALLS) {
        return Some(call());
    }
    thread::scope(|scope| {
        let further = thread::Builder::new().stack_size(SIZE).spawn_scoped(scope, call).ok()?;
        further.join().ok()
    })
}
