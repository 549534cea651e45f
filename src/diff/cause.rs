//! Which value made a change.

use crate::diagnostic::Span;

/// A value that made a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The value's key, as `--set` writes it.
    pub key: String,
    /// What it was, as JSON; `None` if it was not set.
    pub old: Option<String>,
    /// What it is, as JSON; `None` if it is not set.
    pub new: Option<String>,
    /// Who set it: a file with its line, or a flag.
    pub place: String,
    /// The same as a place, if it is known.
    pub span: Option<Span>,
}
