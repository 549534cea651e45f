//! The flags of the `--set` family.

/// A flag of the `--set` family, by how it interprets its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetFlag {
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
