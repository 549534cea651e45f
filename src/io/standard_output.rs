//! Writing results to standard output, and whether there is one.
//!
//! A program that is started with standard output closed (`mim-chart template >&-`) finds `/dev/null` there: the standard
//! library opens it before `main`, and every write succeeds. `/dev/null` that the caller gave looks the same (Python and
//! Node.js open it for reading and writing too), so the only time to tell is before the standard library starts.

use std::io::{Error, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard output was closed when the process started.
static IS_CLOSED: AtomicBool = AtomicBool::new(false);

#[cfg(target_os = "linux")]
#[ctor::ctor]
fn look_at_standard_output() {
    // Without /proc nothing is known, and output is written as always.
    let is_closed =
        std::fs::symlink_metadata("/proc/self/fd/1").is_err() && std::path::Path::new("/proc/self/fd").exists();
    IS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// Writes a whole text to standard output. A reader that has gone away (`| head`) is not an error: it has read enough.
///
/// # Errors
/// Standard output is closed, or can't be written, as on a full disk.
pub fn write_to_stdout(text: &[u8]) -> Result<(), Error> {
    if IS_CLOSED.load(Ordering::Relaxed) && !text.is_empty() {
        return Err(Error::other("bad file descriptor"));
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
