//! Reads folders that may be charts, for `lint`.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::archive::MAX_ARCHIVE_BYTES;
use super::directory::read_chart;
use super::disk::Disk;
use super::tree::{Kind, Tree, TreeError};
use super::walk::{Boundary, Links, plain};
use crate::chart::{Entry, File, Folder, MAX_FILE_BYTES, unpack};
use crate::diagnostic::Diagnostic;
use crate::go::os_error;
use crate::go::path::join;

/// Whether the name of a path is that of an archive, whatever is there.
pub fn is_archive_name(path: &str) -> bool {
    path.ends_with(".tgz") || path.ends_with(".tar.gz")
}

/// Reads the folder at `path`, or the folder that the archive there unpacks to. `links` decides which symbolic links among the
/// chart's files are followed.
///
/// # Errors
/// There is no `Chart.yaml` in the folder, or the archive cannot be unpacked: Helm's message.
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
    let boundary = Boundary::new(&Disk, Path::new(folder), links);
    let entry = |name: &str| read_entry(&boundary, &Path::new(folder).join(name), name);
    Ok(Folder::new(absolute(folder), Folder::ENTRIES.map(entry), read_chart(Path::new(folder), links)))
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
    let files = unpack(&bytes, path).map_err(|error| extract(error.into_diagnostic()))?;
    Folder::from_archive(&absolute(path), files).map_err(extract)
}

/// Returns the charts below the folder `charts` of a chart: every folder with a `Chart.yaml`, at any depth, and every archive,
/// ordered by path. Archives that are symbolic links out of the chart are left out unless `links` allows them; linting the chart
/// itself reports them.
pub fn charts_below(path: &str, links: Links) -> Vec<String> {
    let boundary = Boundary::new(&Disk, Path::new(path), links);
    let charts = join(Path::new(path), "charts");
    let mut found = Vec::new();
    let stays_inside = |path: &Path| Disk.look(path).is_ok_and(|found| boundary.leads_out(&found).is_none());
    if stays_inside(&charts) {
        walk(&charts.display().to_string(), &stays_inside, &mut found);
    }
    found
}

fn walk(directory: &str, stays_inside: &dyn Fn(&Path) -> bool, found: &mut Vec<String>) {
    // As in Helm, a directory that cannot be read contains no charts.
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
        } else if is_archive_name(&path) && stays_inside(Path::new(&path)) {
            found.push(path.clone());
        }
        if is_directory {
            walk(&path, stays_inside, found);
        }
    }
}

fn read_entry(boundary: &Boundary<'_>, path: &Path, name: &str) -> Entry {
    let found = match Disk.look(path) {
        Ok(found) => found,
        Err(error) if error.is_missing() => return Entry::Missing,
        Err(error) => return Entry::Unreadable(error.reason()),
    };
    if let Some(target) = boundary.leads_out(&found) {
        let target = target.display();
        return Entry::Unreadable(format!(
            "the symbolic link points outside the chart, to {target} (use --follow-symlinks to follow it)"
        ));
    }
    if found.kind == Kind::Directory {
        return Entry::Directory;
    }
    match Disk.read(path, MAX_FILE_BYTES) {
        Ok(bytes) => {
            let shown = plain(&Disk.shown(path)).to_owned();
            Entry::File(File { path: name.to_owned(), shown, bytes: bytes.into() })
        }
        Err(TreeError::TooLarge) => Entry::Unreadable(format!("larger than the maximum file size {MAX_FILE_BYTES}")),
        Err(error) => Entry::Unreadable(error.reason()),
    }
}

/// Returns the absolute path, without `.` and `..`.
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
        let found: Vec<String> = charts_below(&top, Links::Inside).iter().map(|path| path.replace(&top, "W")).collect();
        assert_eq!(found, ["W/charts/a/x.tar.gz", "W/charts/a-1.tgz", "W/charts/b", "W/charts/b/charts/c"]);
        assert!(charts_below("/nowhere/at/all", Links::Inside).is_empty());
    }
}
