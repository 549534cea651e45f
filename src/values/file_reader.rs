//! What reads the files of flags.

use crate::diagnostic::{Source, Span};
use crate::go::utf8;

/// Reads the files that `--set-file` names.
pub trait FileReader {
    /// The file at `path`, which is in a flag at `given_by`.
    ///
    /// # Errors
    /// Helm's message: `open x: no such file or directory`.
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, String>;
}

/// A file that a flag names at `given_by`. Its content may be anything, as in Helm: the text has U+FFFD for each byte that is not UTF-8.
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

/// Reads no file: `--set-file` is an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl FileReader for NoFiles {
    fn read(&self, path: &str, _: &Span) -> Result<Source, String> {
        Err(format!("open {path}: no reader of files was given"))
    }
}
