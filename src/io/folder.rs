//! Looking at folders that may be charts, for `lint`.

use std::borrow::Cow;
use std::fs;
use std::io::{Error, Read};
use std::path::Path;

use super::directory::{Links, MAX_ARCHIVE_BYTES, read_chart};
use crate::chart::{Entry, File, Folder, MAX_FILE_BYTES, unpack};
use crate::diagnostic::Diagnostic;
use crate::go::os_error;
use crate::go::path::join;

/// Whether a path names an archive for `lint`, whatever lies there.
fn is_archive_name(path: &str) -> bool {
    path.ends_with(".tgz") || path.ends_with(".tar.gz")
}

/// Looks at the folder at `path`, or at the one that the archive there unpacks to. Symbolic links among the chart's files
/// are followed as `links` says.
///
/// # Errors
/// There is no `Chart.yaml` in it, or the archive can't be unpacked: Helm's words.
pub fn read_folder(path: &str, links: Links) -> Result<Folder, Diagnostic> {
    if is_archive_name(path) {
        return read_archive_folder(path);
    }
    let metadata = join(Path::new(path), "Chart.yaml");
    if let Err(error) = fs::metadata(&metadata) {
        let metadata = metadata.display();
        let message = format!("unable to check Chart.yaml file in chart: stat {metadata}: {}", os_error(&error));
        return Err(Diagnostic::error("chart-not-found", message));
    }
    let folder = if path.is_empty() { "." } else { path };
    let entry = |name: &str| read_entry(Path::new(folder), name);
    Ok(Folder {
        path: absolute(folder),
        metadata: entry("Chart.yaml"),
        values: entry("values.yaml"),
        schema: entry("values.schema.json"),
        templates: entry("templates"),
        crds: entry("crds"),
        files: read_chart(Path::new(folder), links),
    })
}

fn read_archive_folder(path: &str) -> Result<Folder, Diagnostic> {
    let refuse = |message: String| Diagnostic::error("chart-archive", message);
    let file = fs::File::open(path)
        .map_err(|error| refuse(format!("unable to open tarball: open {path}: {}", os_error(&error))))?;
    let extract =
        |error: Diagnostic| Diagnostic { message: format!("unable to extract tarball: {}", error.message), ..error };
    let mut bytes = Vec::new();
    file.take(MAX_ARCHIVE_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| extract(refuse(format!("read {path}: {}", os_error(&error)))))?;
    let files = unpack(&bytes, path).map_err(extract)?;
    Folder::from_archive(&absolute(path), files).map_err(extract)
}

/// The charts below the folder `charts` of a chart: every folder with a `Chart.yaml`, at any depth, and every archive, in
/// the order of their paths.
pub fn charts_below(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&join(Path::new(path), "charts").display().to_string(), &mut found);
    found
}

fn walk(directory: &str, found: &mut Vec<String>) {
    // What can't be read holds no charts, as in Helm.
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut names: Vec<(String, bool)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            Some((entry.file_name().into_string().ok()?, is_directory))
        })
        .collect();
    names.sort();
    for (name, is_directory) in names {
        let path = format!("{directory}/{name}");
        if name == "Chart.yaml" {
            found.push(directory.to_owned());
        } else if is_archive_name(&path) {
            found.push(path.clone());
        }
        if is_directory {
            walk(&path, found);
        }
    }
}

fn read_entry(folder: &Path, name: &str) -> Entry {
    let path = folder.join(name);
    let unreadable = |error: &Error| Entry::Unreadable(os_error(error));
    match fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Entry::Missing,
        Err(error) => unreadable(&error),
        Ok(metadata) if metadata.is_dir() => Entry::Directory,
        Ok(metadata) if !metadata.is_file() => Entry::Unreadable("not a regular file".to_owned()),
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => {
            Entry::Unreadable(format!("larger than the maximum file size {MAX_FILE_BYTES}"))
        }
        Ok(_) => match fs::read(&path) {
            Ok(bytes) => {
                let shown = path.display().to_string();
                let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
                Entry::File(File { path: name.to_owned(), shown, bytes: Cow::Owned(bytes) })
            }
            Err(error) => unreadable(&error),
        },
    }
}

/// The path from the root on, without `.` and `..`.
fn absolute(path: &str) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let path = if Path::new(path).is_absolute() { join(Path::new(path), "") } else { join(&current, path) };
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_found_at_any_depth() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b/Chart.yaml", "b/charts/c/Chart.yaml", "a-1.tgz", "a/x.tar.gz", "a/Chart.yml"] {
            let path = folder.path().join("charts").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let top = folder.path().display().to_string();
        let found: Vec<String> = charts_below(&top).iter().map(|path| path.replace(&top, "W")).collect();
        assert_eq!(found, ["W/charts/a/x.tar.gz", "W/charts/a-1.tgz", "W/charts/b", "W/charts/b/charts/c"]);
        assert!(charts_below("/nowhere/at/all").is_empty());
    }
}
