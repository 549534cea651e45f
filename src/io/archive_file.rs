//! Saves the archive of a chart.

use std::fs;
use std::path::Path;

use super::whole_file::write_whole;
use crate::diagnostic::Diagnostic;
use crate::go::os_error;
use crate::go::path::join;

/// Saves an archive as `name` in a directory, which is created if it is missing. The file is written atomically.
///
/// # Errors
/// The file cannot be written: Helm's message, or the operating system's.
pub fn save_archive(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
    let refuse = |reason: String| {
        Diagnostic::error("save", format!("failed to save: {reason}"))
            .help(format!("the archive {name} is written to this directory: use a writable one"))
    };
    let target = join(directory, name);
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if directory.is_file() {
        return Err(refuse(format!("is not a directory: {}", directory.display())));
    }
    fs::create_dir_all(directory)
        .map_err(|error| refuse(format!("mkdir {}: {}", directory.display(), os_error(&error))))?;
    write_whole(&target, bytes).map_err(|error| refuse(format!("open {}: {}", target.display(), os_error(&error))))
}
