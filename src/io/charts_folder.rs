//! The folder `charts` of a chart's directory: reads its contents, and saves the archives of dependencies in it.

use std::fs;
use std::path::{Path, PathBuf};

use super::archive::files_of_archive;
use super::disk::{Disk, read_regular};
use super::tree::Tree;
use super::walk::{Allowance, Boundary, Links, read_files};
use super::whole_file::Staged;
use crate::chart::{Chart, File, MAX_FILE_BYTES, Vendored};
use crate::diagnostic::Diagnostic;
use crate::go::os_error;
use crate::go::path::join;

/// Reads everything in the folder `charts` of the chart in `directory`, by name. Returns nothing if there is no such folder.
/// Dependencies in Chart.yaml are looked up here even if `.helmignore` excludes them, so links are checked again.
///
/// # Errors
/// The folder is a symbolic link that leads out of the chart, or it contains too many files.
pub fn read_charts_folder(directory: &Path, links: Links) -> Result<Vec<Vendored>, Diagnostic> {
    let boundary = Boundary::new(&Disk, directory, links);
    let folder = join(directory, "charts");
    let leads_out = |path: &Path| {
        let found = Disk.look(path).ok()?;
        let target = boundary.leads_out(&found)?.display();
        let message = format!("the symbolic link {} points outside the chart, to {target}", path.display());
        Some(Diagnostic::error("chart-file", message).help("use --follow-symlinks to follow it"))
    };
    if let Some(error) = leads_out(&folder) {
        return Err(error);
    }
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let mut allowance = Allowance::default();
    let mut paths = Vec::new();
    for entry in entries.flatten() {
        if !allowance.take_entry() {
            return Err(Diagnostic::error("chart-file", format!("{} contains too many files", folder.display())));
        }
        paths.push(entry.path());
    }
    paths.sort();
    let mut read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let files = match leads_out(&path) {
            Some(error) => Err(vec![error]),
            None if path.is_dir() => read_files(&Disk, &path, links, &mut allowance),
            None => read_vendored_archive(&path, &mut allowance).map_err(|error| vec![error]),
        };
        Vendored {
            shown: join(directory, "charts").join(&name).display().to_string(),
            is_directory: path.is_dir(),
            chart: files.and_then(Chart::from_files),
            name,
        }
    };
    Ok(paths.into_iter().map(&mut read).collect())
}

/// Reads an archive in the folder `charts`, a regular file within the size limit of any chart file.
fn read_vendored_archive(path: &Path, allowance: &mut Allowance) -> Result<Vec<File>, Diagnostic> {
    let shown = path.display();
    let bytes = read_regular(path, MAX_FILE_BYTES).map_err(|error| {
        Diagnostic::error("chart-archive", format!("file '{shown}' cannot be read: {}", error.reason()))
    })?;
    let files = files_of_archive(&bytes, &shown.to_string())?;
    let size: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
    if allowance.take_bytes(size) {
        return Ok(files);
    }
    Err(Diagnostic::error("chart-archive", format!("file '{shown}' and the charts before it are too large together")))
}

/// The changes that building a chart's dependencies makes in its directory.
#[derive(Debug, Default)]
pub struct DependencyFiles {
    /// The names and contents of archives for `charts/`.
    pub archives: Vec<(String, Vec<u8>)>,
    /// The names of archives in `charts/` that are no longer needed.
    pub outdated: Vec<String>,
    /// The name and text of the lock file, if it changes.
    pub lock: Option<(&'static str, String)>,
}

/// Changes a chart's directory. All files are written before the first is moved to its place, and the lock file is moved last, so
/// that an error while writing leaves the directory as it was.
///
/// # Errors
/// `charts` is not a folder, the lock file is a symbolic link, or something cannot be written: Helm's
/// message, or the operating system's.
pub fn save_dependencies(directory: &Path, files: &DependencyFiles) -> Result<(), Diagnostic> {
    let refuse = |message: String| Diagnostic::error("dependencies", message);
    let fail = |what: &str, path: &Path, error: &std::io::Error| {
        refuse(format!("{what} {}: {}", path.display(), os_error(error)))
    };
    let charts = join(directory, "charts");
    if charts.exists() && !charts.is_dir() {
        return Err(refuse(format!("\"{}\" is not a directory", charts.display())));
    }
    let lock = files.lock.as_ref().map(|(name, text)| (join(directory, name), *name, text));
    if let Some((path, name, _)) = &lock
        && let Ok(target) = fs::read_link(path)
    {
        return Err(refuse(format!("the {name} file is a symlink to \"{}\"", target.display()))
            .help("replace it with a regular file: the file that it points to would be lost"));
    }
    fs::create_dir_all(&charts).map_err(|error| fail("mkdir", &charts, &error))?;
    let archives = files.archives.iter().map(|(name, bytes)| (charts.join(name), bytes.as_slice()));
    let lock = lock.iter().map(|(path, _, text)| (path.clone(), text.as_bytes()));
    let stage = |(path, bytes): (PathBuf, &[u8])| {
        Staged::write(&path, bytes).map(|staged| (path.clone(), staged)).map_err(|error| fail("open", &path, &error))
    };
    let archives = archives.map(stage).collect::<Result<Vec<_>, _>>()?;
    let lock = lock.map(stage).collect::<Result<Vec<_>, _>>()?;
    let put = |(path, staged): (PathBuf, Staged)| staged.put().map_err(|error| fail("rename", &path, &error));
    archives.into_iter().try_for_each(put)?;
    for name in &files.outdated {
        let path = charts.join(name);
        fs::remove_file(&path).map_err(|error| fail("remove", &path, &error))?;
    }
    lock.into_iter().try_for_each(put)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::whole_file::tests::names;

    fn files(archives: &[&str], outdated: &[&str], lock: &str) -> DependencyFiles {
        DependencyFiles {
            archives: archives.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect(),
            outdated: outdated.iter().map(|name| (*name).to_owned()).collect(),
            lock: (!lock.is_empty()).then(|| ("Chart.lock", lock.to_owned())),
        }
    }

    #[test]
    fn new_archives_replace_old_ones() {
        let folder = tempfile::tempdir().unwrap();
        save_dependencies(folder.path(), &files(&["a-1.tgz", "b-1.tgz"], &[], "one")).unwrap();
        save_dependencies(folder.path(), &files(&["a-2.tgz"], &["a-1.tgz"], "two")).unwrap();
        save_dependencies(folder.path(), &files(&[], &[], "")).unwrap();
        assert_eq!(names(&folder.path().join("charts")), ["a-2.tgz", "b-1.tgz"]);
        assert_eq!(names(folder.path()), ["Chart.lock", "charts"]);
        assert_eq!(fs::read_to_string(folder.path().join("Chart.lock")).unwrap(), "two");
    }

    #[test]
    fn a_failed_update_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("charts"), "").unwrap();
        let error = save_dependencies(folder.path(), &files(&["a.tgz"], &[], "x")).unwrap_err();
        assert!(error.message.ends_with("charts\" is not a directory"), "{}", error.message);
        fs::remove_file(folder.path().join("charts")).unwrap();
        save_dependencies(folder.path(), &files(&["a.tgz"], &[], "one")).unwrap();
        assert!(save_dependencies(folder.path(), &files(&["no/such/folder.tgz", "b.tgz"], &["a.tgz"], "two")).is_err());
        assert_eq!(names(&folder.path().join("charts")), ["a.tgz"]);
        assert_eq!(fs::read_to_string(folder.path().join("Chart.lock")).unwrap(), "one");
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_lock_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/somewhere/else", folder.path().join("Chart.lock")).unwrap();
        let error = save_dependencies(folder.path(), &files(&["a.tgz"], &[], "x")).unwrap_err();
        assert_eq!(error.message, "the Chart.lock file is a symlink to \"/somewhere/else\"");
        assert_eq!(names(folder.path()), ["Chart.lock"]);
    }
}
