//! Keys that appear twice in a map.

use crate::diagnostic::{Diagnostic, Span};

/// A key that appears twice in a map. Helm uses the last value.
#[derive(Debug, Clone)]
pub struct RepeatedKey {
    /// The first occurrence.
    pub first: Span,
    /// The repeated occurrence.
    pub again: Span,
}

impl RepeatedKey {
    /// Returns the warning about the repeated key.
    pub fn warning(&self) -> Diagnostic {
        Diagnostic::warning(
            "repeated-key",
            format!("{} is set twice in a map: the last one is used", self.again.text()),
        )
        .at(self.again.clone(), "set again here")
        .at(self.first.clone(), "first set here")
    }
}

/// A repeated key of a map, with what go-yaml says about it.
pub(super) struct RepeatedEntry {
    /// The key in Go's syntax.
    pub(super) key: String,
    /// The value of the repeated key.
    pub(super) span: Span,
    /// Where the key is written first, and where it is repeated.
    pub(super) places: RepeatedKey,
    /// Whether both are written in the map itself, rather than one of them merged into it.
    pub(super) is_written_twice: bool,
}
