//! Reads charts from archives, on disk or in a git revision.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::limited::read_at_most;
use super::walk::plain;
use crate::chart::{File, UnpackError, unpack};
use crate::diagnostic::Diagnostic;
use crate::go::os_error;

/// The maximum size of an archive, in bytes. Its contents may not be larger either once they are unpacked.
pub(super) const MAX_ARCHIVE_BYTES: u64 = 100 << 20;

/// Whether a file is an archive, by its first bytes. Pipes are not checked, because reading consumes them.
pub fn is_chart_archive(path: &Path) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let mut magic = [0; 2];
    is_file && fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == [0x1f, 0x8b]
}

/// Reads the files of the archive at `path`, which may be a pipe.
pub(super) fn read_archive(path: &Path) -> Result<Vec<File>, Diagnostic> {
    let shown = path.display().to_string();
    let shown = plain(&shown);
    let unreadable = |error: &std::io::Error| {
        Diagnostic::error("chart-archive", format!("file '{shown}' cannot be read: {}", os_error(error)))
    };
    let read = fs::File::open(path).and_then(|file| read_at_most(file, MAX_ARCHIVE_BYTES));
    match read.map_err(|error| unreadable(&error))? {
        Some(bytes) => files_of_archive(&bytes, shown),
        None => {
            let message =
                format!("file '{shown}' is larger than {} MiB, the maximum size of a chart", MAX_ARCHIVE_BYTES >> 20);
            Err(Diagnostic::error("chart-archive", message))
        }
    }
}

/// Unpacks an archive. Helm does not print why an archive is invalid; here the reason follows Helm's message.
pub(super) fn files_of_archive(bytes: &[u8], shown: &str) -> Result<Vec<File>, Diagnostic> {
    let files = unpack(bytes, shown).map_err(|error| match error {
        UnpackError::NotGzip(error) => error,
        UnpackError::Refused(error) => {
            Diagnostic { message: format!("unable to load chart archive: {}", error.message), ..error }
        }
    })?;
    if files.iter().any(|file| file.path == "Chart.yaml") {
        return Ok(files);
    }
    Err(Diagnostic::error("chart-archive", "unable to detect chart version, no Chart.yaml found")
        .help(format!("{shown} must contain one folder with Chart.yaml in it")))
}
