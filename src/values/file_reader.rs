//! What reads the files of flags.

use crate::diagnostic::{Source, Span};

/// Reads the files that `--set-file` names.
pub trait FileReader {
    /// The file at `path`, which stands in a flag at `given_by`.
    ///
    /// # Errors
    /// Helm's words: `open x: no such file or directory`.
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, String>;
}
