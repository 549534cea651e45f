//! Limits recursion that user data drives, and runs deep recursion on a separate stack.

use super::wording::count;
use crate::stack;

/// The maximum number of schemas that lead to one another or are nested.
pub(super) const MAX_DEPTH: usize = 2000;
/// The number of nested calls that stay on the original stack. Stack frames of an unoptimized build are large.
const CALLS: usize = if cfg!(optimized) { 192 } else { 32 };
/// The cost of creating a stack, in budget steps.
pub(super) const STEPS_OF_A_STACK: usize = 64;
/// The size of the separate stack, in bytes: enough for [`MAX_DEPTH`] nested calls of an unoptimized build.
const SIZE: usize = 96 << 20;

/// Why a nested call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// There would be more than [`MAX_DEPTH`] calls.
    Depth,
    /// The system cannot provide another stack.
    Memory,
}

impl Refused {
    /// Returns the message about the schema.
    pub(super) fn message(self) -> String {
        match self {
            Refused::Depth => format!("the schema is nested too deeply: more than {} levels", count(MAX_DEPTH)),
            Refused::Memory => "the schema is nested too deeply for the available memory".to_owned(),
        }
    }
}

/// Whether the call at nesting `depth` starts a separate stack.
pub(super) fn begins_at(depth: usize) -> bool {
    depth == CALLS
}

/// Makes the call at nesting `depth`. After the first few levels, calls run on a separate stack.
///
/// # Errors
/// If the nesting is too deep.
pub(super) fn nested<T: Send>(depth: usize, call: impl FnOnce() -> T + Send) -> Result<T, Refused> {
    match depth {
        CALLS => stack::call(SIZE, call).map_err(|_| Refused::Memory),
        0..MAX_DEPTH => Ok(call()),
        _ => Err(Refused::Depth),
    }
}
