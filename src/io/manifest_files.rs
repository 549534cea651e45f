//! Reads manifests from a file, a directory or standard input.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::disk::{Disk, read_regular};
use super::limited::read_at_most;
use super::missing::advice;
use super::tree::{Tree, TreeError};
use super::walk::{Boundary, Links};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// The maximum size of a manifest file, in bytes. Few clusters hold more, and a limit keeps a wrong file
/// name from using up all memory.
pub const MAX_MANIFEST_BYTES: u64 = 256 * 1024 * 1024;

/// The maximum number of files and directories below a directory of manifests.
const MAX_MANIFEST_ENTRIES: usize = 100_000;
const MAX_MEBIBYTES: u64 = MAX_MANIFEST_BYTES >> 20;

/// A manifest file.
#[derive(Debug)]
pub struct ManifestFile {
    /// The file's name and text. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub source: Source,
    /// The byte offsets in the text of the replacements, in ascending order.
    pub not_utf8: Vec<usize>,
}

/// Reads the manifests at `path`: a file, all `.yaml`, `.yml` and `.json` files below a directory in the order of their names, or
/// standard input for `-`. `flag` is the command-line flag with the path, and `expected` says what it expects,
/// for messages.
///
/// A path that is given directly may be a pipe (`<(kubectl get ...)`). Below a directory, only regular files are read, and
/// symbolic links only if they lead to files inside it.
///
/// # Errors
/// All files that cannot be read.
pub fn read_manifest_files(path: &str, flag: &Source, expected: &str) -> Result<Vec<ManifestFile>, Vec<Diagnostic>> {
    let refuse = |message: String| Diagnostic::error("manifests", message).at(flag.whole(), "");
    if path == "-" {
        return match read_limited(std::io::stdin().lock()) {
            Ok(bytes) => Ok(vec![decoded("-".to_owned(), bytes)]),
            Err(reason) => Err(vec![refuse(format!("read standard input: {reason}"))]),
        };
    }
    if Path::new(path).is_dir() {
        return read_directory(path, &refuse);
    }
    let file = File::open(path).map_err(|error| {
        let advice = advice(path, &error, expected);
        vec![advice.into_iter().fold(refuse(format!("open {path}: {}", os_error(&error))), Diagnostic::help)]
    })?;
    match read_limited(file) {
        Ok(bytes) => Ok(vec![decoded(path.to_owned(), bytes)]),
        Err(reason) => Err(vec![refuse(format!("read {path}: {reason}"))]),
    }
}

fn read_directory(path: &str, refuse: &dyn Fn(String) -> Diagnostic) -> Result<Vec<ManifestFile>, Vec<Diagnostic>> {
    let mut names = Vec::new();
    if find(Path::new(path), &mut names, &mut 0).is_err() {
        return Err(vec![refuse(format!("{path} contains more than {MAX_MANIFEST_ENTRIES} files"))]);
    }
    names.sort();
    let boundary = Boundary::new(&Disk, Path::new(path), Links::Inside);
    let mut room = MAX_MANIFEST_BYTES;
    let mut files = Vec::new();
    let mut errors = Vec::new();
    for name in names {
        let read = Disk.look(Path::new(&name)).map_err(|error| format!("open {name}: {}", error.reason()));
        let bytes = read.and_then(|found| match boundary.leads_out(&found) {
            Some(target) => Err(format!("the symbolic link {name} points outside {path}, to {}", target.display())),
            None => read_regular(Path::new(&name), room).map_err(|error| match error {
                TreeError::TooLarge => format!("the manifests below {path} are larger than {MAX_MEBIBYTES} MiB"),
                error => format!("read {name}: {}", error.reason()),
            }),
        });
        match bytes {
            Ok(bytes) => {
                room -= bytes.len() as u64;
                files.push(decoded(name, bytes));
            }
            Err(message) => errors.push(refuse(message)),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

fn decoded(name: String, bytes: Vec<u8>) -> ManifestFile {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return ManifestFile { source: Source::file(name, text), not_utf8: Vec::new() },
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut not_utf8 = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            not_utf8.push(text.len());
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    ManifestFile { source: Source::file(name, text), not_utf8 }
}

/// The limit on entries is exceeded.
struct TooMany;

/// Finds the manifest files below a directory. Links to directories are not followed, so that the search ends.
fn find(directory: &Path, names: &mut Vec<String>, count: &mut usize) -> Result<(), TooMany> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Ok(()) };
    for entry in entries.flatten() {
        *count += 1;
        if *count > MAX_MANIFEST_ENTRIES {
            return Err(TooMany);
        }
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        let is_manifest =
            path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json");
        if kind.is_dir() {
            find(&path, names, count)?;
        } else if is_manifest {
            names.push(path.display().to_string());
        }
    }
    Ok(())
}

fn read_limited(from: impl Read) -> Result<Vec<u8>, String> {
    let read = read_at_most(from, MAX_MANIFEST_BYTES).map_err(|error| os_error(&error))?;
    read.ok_or_else(|| format!("it is larger than {MAX_MEBIBYTES} MiB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_found() {
        let file = decoded("m".to_owned(), b"a: \xff\xfe\nb: \xe4\n".to_vec());
        assert_eq!(file.source.text(), "a: \u{fffd}\u{fffd}\nb: \u{fffd}\n");
        assert_eq!(file.not_utf8, [3, 6, 13]);
    }
}
