//! The interface through which `--set-file` reads files.

use crate::diagnostic::{Diagnostic, Source, Span};
use crate::go::utf8;

/// Reads the files that `--set-file` names.
pub trait FileReader {
    /// Reads the file at `path`, which a flag names at `given_by`.
    ///
    /// # Errors
    /// Helm's message, such as `open x: no such file or directory`, without a place. Only the message and the help are used.
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, Diagnostic>;
}

/// Creates the source of a file that a flag names at `given_by`. As in Helm, its content may be any bytes: the text has
/// U+FFFD for each byte that is not UTF-8.
pub fn given_file(name: String, bytes: Vec<u8>, given_by: &Span) -> Source {
    match String::from_utf8(bytes) {
        Ok(text) => Source::file_given_by(name, text, given_by.clone()),
        Err(error) => {
            let bytes = error.into_bytes();
            let text = utf8::to_text(&bytes).into_owned();
            Source::transcoded_file_given_by(name, text, bytes, given_by.clone())
        }
    }
}

/// A reader without access to files: `--set-file` is an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl FileReader for NoFiles {
    fn read(&self, path: &str, _: &Span) -> Result<Source, Diagnostic> {
        Err(Diagnostic::error("set-syntax", format!("open {path}: no reader of files was given")))
    }
}
