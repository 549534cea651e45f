//! The places at which secrets are written.

use std::ops::Range;

use ahash::AHashMap;

use crate::diagnostic::Source;

/// By the identity of a text: its source, and the ranges of its secrets with their numbers. Keeping the source keeps the
/// identity valid.
pub(super) type Places = AHashMap<usize, (Source, Vec<(Range<usize>, usize)>)>;
