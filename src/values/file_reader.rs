//! What reads the files of flags.

use crate::diagnostic::{Source, Span};

/// Reads the files that `--set-file` names.
pub trait FileReader {
    /// The file at `path`, which is in a flag at `given_by`.
    ///
    /// # Errors
    /// Helm's message: `open x: no such file or directory`.
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, String>;
}

/// Reads no file: `--set-file` is an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl FileReader for NoFiles {
    fn read(&self, path: &str, _: &Span) -> Result<Source, String> {
        Err(format!("open {path}: no reader of files was given"))
    }
}
