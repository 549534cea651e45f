//! Manifests from a file, a directory or standard input.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// The greatest size of a file of manifests, in bytes. What a cluster holds is rarely more; a limit keeps a wrong name from
/// eating the machine's memory.
pub const MAX_MANIFEST_BYTES: u64 = 256 * 1024 * 1024;

/// Reads the manifests at `path`: a file, all `.yaml`, `.yml` and `.json` files below a directory in the order of their
/// names, or standard input for `-`. `flag` is what named it.
///
/// # Errors
/// What can't be read, all together; a directory without manifests.
pub fn read_manifest_files(path: &str, flag: &Source) -> Result<Vec<Source>, Vec<Diagnostic>> {
    let refuse = |message: String| Diagnostic::error("manifests", message).at(flag.whole(), "");
    if path == "-" {
        return match read_limited(std::io::stdin().lock()) {
            Ok(text) => Ok(vec![Source::file("-", text)]),
            Err(reason) => Err(vec![refuse(format!("read standard input: {reason}"))]),
        };
    }
    let mut names = Vec::new();
    if Path::new(path).is_dir() {
        find(Path::new(path), &mut names);
        names.sort();
        if names.is_empty() {
            return Err(vec![
                refuse(format!("no manifests below {path}")).help("files of manifests end in .yaml, .yml or .json"),
            ]);
        }
    } else {
        names.push(path.to_owned());
    }
    let mut sources = Vec::new();
    let mut errors = Vec::new();
    for name in names {
        let read = File::open(&name).map_err(|error| format!("open {name}: {}", os_error(&error)));
        match read.and_then(|file| read_limited(file).map_err(|reason| format!("read {name}: {reason}"))) {
            Ok(text) => sources.push(Source::file(name, text)),
            Err(message) => errors.push(refuse(message)),
        }
    }
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

/// Links are not followed: a directory of manifests ends somewhere.
fn find(directory: &Path, names: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        let is_manifest =
            path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json");
        if kind.is_dir() {
            find(&path, names);
        } else if is_manifest {
            names.push(path.display().to_string());
        }
    }
}

fn read_limited(from: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    from.take(MAX_MANIFEST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| os_error(&error))?;
    if bytes.len() as u64 > MAX_MANIFEST_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_MANIFEST_BYTES / (1024 * 1024)));
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("byte {} is not UTF-8: this is no YAML", error.utf8_error().valid_up_to() + 1))
}
