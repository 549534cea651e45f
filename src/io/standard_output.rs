//! Writes results to standard output, and knows whether it was closed.
//!
//! When a program is started with standard output closed (`mim-chart template >&-`), Rust's standard library opens `/dev/null` in
//! its place before `main`, so that every write succeeds. A `/dev/null` from the caller looks the same (Python and Node.js also
//! open it for reading and writing), so the only time to check is before the standard library starts.

use std::io::{BufWriter, Error, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard output was closed when the process started.
static IS_CLOSED: AtomicBool = AtomicBool::new(false);

#[cfg(target_os = "linux")]
#[ctor::ctor]
fn record_closed_stdout() {
    // Without /proc this is not known, and output is written as usual.
    let is_closed =
        std::fs::symlink_metadata("/proc/self/fd/1").is_err() && std::path::Path::new("/proc/self/fd").exists();
    IS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// How many bytes of short parts are written at once: what a pipe holds.
const BUFFER: usize = 64 << 10;

/// Writes the parts of a text to standard output. It is not an error if the reader has closed a pipe (`| head`).
///
/// # Errors
/// Standard output is closed, or cannot be written to, as on a full disk.
pub fn write_to_stdout(parts: &[&str]) -> Result<(), Error> {
    if IS_CLOSED.load(Ordering::Relaxed) && parts.iter().any(|part| !part.is_empty()) {
        return Err(Error::other("bad file descriptor"));
    }
    let mut stdout = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    match parts.iter().try_for_each(|part| stdout.write_all(part.as_bytes())).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
