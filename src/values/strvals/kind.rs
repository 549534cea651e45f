//! The kinds of flags of the `--set` family.

/// What the values of a flag are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::values) enum Kind {
    /// `--set`: booleans, null and whole numbers are recognised.
    Typed,
    /// `--set-string`: always text.
    Text,
    /// `--set-json`: JSON.
    Json,
    /// `--set-file`: paths of files that hold the text.
    File,
    /// `--set-literal`: the rest of the flag, as it is.
    Literal,
}
