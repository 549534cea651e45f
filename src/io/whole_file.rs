//! Files that appear whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes a file beside its place under another name first, then moves it there: whoever reads `target` finds the old
/// content or the new.
pub(super) fn write_whole(target: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    let partial: PathBuf = target.with_file_name(name);
    let written = fs::File::create(&partial).and_then(|mut file| file.write_all(bytes));
    written.and_then(|()| fs::rename(&partial, target)).inspect_err(|_| {
        // What could not be finished must not stay behind; that it can't be removed either changes nothing.
        let _ = fs::remove_file(&partial);
    })
}
