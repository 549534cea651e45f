//! The kinds of flags in the `--set` family.

/// How a flag's values are interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::values) enum Kind {
    /// `--set`: booleans, null and integers are recognized.
    Typed,
    /// `--set-string`: always strings.
    Text,
    /// `--set-json`: JSON.
    Json,
    /// `--set-file`: paths of the files that contain the text.
    File,
    /// `--set-literal`: the rest of the flag, verbatim.
    Literal,
}
