//! The value that caused a change.

use crate::diagnostic::Span;

/// A value that caused a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The value's key, in the form of `--set`.
    pub key: String,
    /// The old value as JSON; `None` if it was not set.
    pub old: Option<String>,
    /// The new value as JSON; `None` if it is not set.
    pub new: Option<String>,
    /// Where it is set: a file with its line, or a flag.
    pub place: String,
    /// The same place as a span, if it is known.
    pub span: Option<Span>,
}
