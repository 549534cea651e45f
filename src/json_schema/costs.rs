//! The costs of work in steps, which [`Budget`](super::budget::Budget) and the loader count.

/// How many keywords of a schema cost one step.
pub(super) const KEYWORDS_A_STEP: usize = 4;

/// How many members of an instance cost one step.
pub(super) const MEMBERS_A_STEP: usize = 8;

/// How many schemas in the dynamic scope cost one step.
pub(super) const FRAMES_A_STEP: usize = 32;

/// How many compared nodes cost one step.
pub(super) const COMPARED_A_STEP: usize = 4;

/// How many bytes of a string or URI cost one step.
pub(super) const BYTES_A_STEP: usize = 256;

/// The cost of each name in a path that is kept for a resource, an anchor or a reference.
pub(super) const STEPS_OF_A_NAME: usize = 16;

/// The cost of another document.
pub(super) const STEPS_OF_A_DOCUMENT: usize = 100;
