//! Reads a file of rules next to a chart.

use std::fs::File;
use std::path::Path;

use super::limited::read_at_most;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// The maximum size of a file of rules, in bytes.
pub const MAX_RULES_BYTES: u64 = 1 << 20;

/// Reads a file of rules, or returns `None` if there is none. Symbolic links are not followed: the file may be part of somebody
/// else's chart, and messages show its lines.
///
/// # Errors
/// The file is not a regular file, cannot be read, or is too large.
pub fn read_rules_file(path: &Path) -> Result<Option<Source>, Diagnostic> {
    let shown = path.display();
    let refuse = |reason: &str| Diagnostic::error("ignore", format!("cannot read {shown}: {reason}"));
    let Ok(metadata) = path.symlink_metadata() else { return Ok(None) };
    if !metadata.is_file() {
        return Err(refuse("it is not a regular file").help("replace it with a copy"));
    }
    let read = File::open(path).and_then(|file| read_at_most(file, MAX_RULES_BYTES));
    let bytes = read.map_err(|error| refuse(&os_error(&error)))?.ok_or_else(|| refuse(&too_large()))?;
    rules_source(shown.to_string(), bytes).map(Some)
}

/// Decodes a file of rules.
///
/// # Errors
/// The text is too large or not UTF-8.
pub fn rules_source(name: String, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    let refuse = |reason: &str| Diagnostic::error("ignore", format!("cannot read {name}: {reason}"));
    if bytes.len() as u64 > MAX_RULES_BYTES {
        return Err(refuse(&too_large()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::file(name, text)),
        Err(_) => Err(refuse("it is not UTF-8")),
    }
}

fn too_large() -> String {
    format!("it is larger than {} MiB", MAX_RULES_BYTES >> 20)
}
