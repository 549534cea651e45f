//! Where secrets are written.

use std::ops::Range;

use ahash::AHashMap;

use crate::diagnostic::Source;

/// The secret places of one text.
pub(super) type Places = AHashMap<usize, (Source, Vec<(Range<usize>, usize)>)>;
