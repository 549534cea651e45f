//! Recursion that user data drives: with a stack of its own, and a limit.

use super::wording::count;
use crate::stack;

/// How many schemas may lead to one, or be inside of one another.
pub(super) const MAX_DEPTH: usize = 2000;
/// How many nested calls stay on the stack that they began on. Those of an unoptimized build are large.
const CALLS: usize = if cfg!(optimized) { 192 } else { 32 };
/// What beginning a stack counts, in steps.
pub(super) const STEPS_OF_A_STACK: usize = 64;
/// The size of the further stack: room for [`MAX_DEPTH`] nested calls of an unoptimized build.
const SIZE: usize = 96 << 20;

/// Why there is no further nested call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// More than [`MAX_DEPTH`] calls.
    Depth,
    /// The system has no further stack to give.
    Memory,
}

impl Refused {
    /// What is wrong with the schema.
    pub(super) fn message(self) -> String {
        match self {
            Refused::Depth => format!("the schema is nested too deeply: more than {} levels", count(MAX_DEPTH)),
            Refused::Memory => "the schema is nested too deeply for the available memory".to_owned(),
        }
    }
}

/// Whether the call of nesting `depth` begins on a stack of its own.
pub(super) fn begins_at(depth: usize) -> bool {
    depth == CALLS
}

/// Makes the call of nesting `depth`. Those deeper than a few begin on a stack of their own.
///
/// # Errors
/// If it is too deep.
pub(super) fn nested<T: Send>(depth: usize, call: impl FnOnce() -> T + Send) -> Result<T, Refused> {
    match depth {
        CALLS => stack::call(SIZE, call).map_err(|_| Refused::Memory),
        0..MAX_DEPTH => Ok(call()),
        _ => Err(Refused::Depth),
    }
}
