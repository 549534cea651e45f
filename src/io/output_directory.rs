//! Writes manifests to files below a directory.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::inside::Inside;
use super::whole_file::write_whole;
use crate::diagnostic::Diagnostic;
use crate::go::os_error;

/// Writes each text to its path below `directory`, creating missing directories. Each file is written atomically: first under
/// another name beside its place. Nothing is written outside `directory`, not even through a symbolic link in it; all places are
/// checked before anything is created.
///
/// # Errors
/// The first file that cannot be written, with the operating system's message.
pub fn write_files(directory: &Path, files: &[(String, String)]) -> Result<(), Diagnostic> {
    let fail = |path: &Path, error: &std::io::Error| {
        Diagnostic::error("output-dir", format!("cannot write {}: {}", path.display(), os_error(error)))
            .help("set --output-dir to a writable directory")
    };
    let inside = Inside::new(directory).map_err(|error| fail(directory, &error))?;
    let mut targets = Vec::with_capacity(files.len());
    for (path, text) in files {
        let target = directory.join(path);
        match inside.place(path) {
            Ok(Some(_)) => targets.push((target, text)),
            Ok(None) => return Err(outside(&target)),
            Err(error) => return Err(fail(&target, &error)),
        }
    }
    fs::create_dir_all(directory).map_err(|error| fail(directory, &error))?;
    for (target, text) in targets {
        let parent = target.parent().unwrap_or(directory);
        fs::create_dir_all(parent).map_err(|error| fail(parent, &error))?;
        write_whole(&target, text.as_bytes()).map_err(|error| fail(&target, &error))?;
    }
    Ok(())
}

/// Writes a text to a file atomically; a pipe or device is written directly. `flag` is the flag
/// that names the file, for messages.
///
/// # Errors
/// The operating system's message.
pub fn write_file(path: &Path, text: &str, flag: &str) -> Result<(), Diagnostic> {
    let is_special = fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir());
    let written = if is_special { fs::write(path, text) } else { write_whole(path, text.as_bytes()) };
    written.map_err(|error| {
        Diagnostic::error("output-dir", format!("cannot write {}: {}", path.display(), os_error(&error)))
            .help(format!("set {flag} to a file in a writable directory"))
    })
}

/// Removes the files below `directory`/`chart` that an earlier run wrote and that are not in `kept`, and directories that become
/// empty. A file was written by an earlier run if it begins with the `# Source:` line for its place, whose path starts after
/// `prefix` (the release's name, or nothing). Nothing else is touched, and no symbolic link is followed.
///
/// Returns the paths of the removed files, relative to `directory`, in byte order.
///
/// # Errors
/// The first file that cannot be read or removed, with the operating system's message.
pub fn prune_files(
    directory: &Path,
    prefix: &str,
    chart: &str,
    kept: &[(String, String)],
) -> Result<Vec<String>, Diagnostic> {
    prune(directory, prefix, chart, &|path| kept.iter().any(|(known, _)| known == path))
}

/// Removes the files of CustomResourceDefinitions of a chart that an earlier run wrote and that are not in `kept`. They are
/// below the chart's folder even if other files are below that of a release.
///
/// Returns the paths of the removed files, relative to `directory`, in byte order.
///
/// # Errors
/// Files that cannot be read or removed.
pub fn prune_crd_files(directory: &Path, chart: &str, kept: &[(String, String)]) -> Result<Vec<String>, Diagnostic> {
    let is_crd = |path: &str| {
        let mut rest = path.strip_prefix(chart).and_then(|rest| rest.strip_prefix('/'));
        while let Some(inner) = rest.and_then(|rest| rest.strip_prefix("charts/")) {
            rest = inner.split_once('/').map(|(_, rest)| rest);
        }
        rest.is_some_and(|rest| rest.starts_with("crds/"))
    };
    prune(directory, "", chart, &|path| !is_crd(path) || kept.iter().any(|(known, _)| known == path))
}

fn prune(
    directory: &Path,
    prefix: &str,
    chart: &str,
    is_kept: &dyn Fn(&str) -> bool,
) -> Result<Vec<String>, Diagnostic> {
    let mut removed = Vec::new();
    let top = if prefix.is_empty() { chart.to_owned() } else { format!("{prefix}/{chart}") };
    let fail = |path: PathBuf, error: &std::io::Error| {
        Diagnostic::error("output-dir", format!("cannot prune {}: {}", path.display(), os_error(error)))
    };
    // Neither the chart's folder nor the release's folder may be a link that leads out.
    let place = Inside::new(directory).and_then(|inside| inside.place(&top));
    let place = place.map_err(|error| fail(directory.join(&top), &error))?;
    if place.is_some_and(|place| place.is_dir() && !place.is_symlink()) {
        prune_below(directory, prefix, &top, is_kept, &mut removed).map_err(|(path, error)| fail(path, &error))?;
    }
    removed.sort();
    Ok(removed)
}

/// The maximum size of an object's file. Larger ones are ignored.
const MAX_BYTES: u64 = 64 << 20;

/// Removes the files in `directory`/`prefix` that an earlier run wrote and that are not in `kept`. `is_ours` recognizes them by
/// their names and texts. Subfolders are left alone, and no symbolic link is followed.
///
/// Returns the paths of the removed files, relative to `directory`, in byte order.
///
/// # Errors
/// The first file that cannot be read or removed, with the operating system's message.
pub fn prune_object_files(
    directory: &Path,
    prefix: &str,
    is_ours: &dyn Fn(&str, &str) -> bool,
    kept: &[(String, String)],
) -> Result<Vec<String>, Diagnostic> {
    let fail = |path: &Path, error: &std::io::Error| {
        Diagnostic::error("output-dir", format!("cannot prune {}: {}", path.display(), os_error(error)))
    };
    let place = match prefix {
        "" => Some(directory.to_owned()),
        prefix => Inside::new(directory)
            .and_then(|inside| inside.place(prefix))
            .map_err(|error| fail(&directory.join(prefix), &error))?,
    };
    let Some(here) = place.filter(|place| place.is_dir() && (prefix.is_empty() || !place.is_symlink())) else {
        return Ok(Vec::new());
    };
    let mut removed = Vec::new();
    for entry in fs::read_dir(&here).map_err(|error| fail(&here, &error))? {
        let entry = entry.map_err(|error| fail(&here, &error))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let is_file = entry.metadata().is_ok_and(|known| known.is_file() && known.len() <= MAX_BYTES);
        if !is_file || !name.ends_with(".yaml") || kept.iter().any(|(known, _)| *known == path) {
            continue;
        }
        // A file that cannot be read as text was not written by mim-chart.
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        if is_ours(&name, &text) {
            fs::remove_file(entry.path()).map_err(|error| fail(&entry.path(), &error))?;
            removed.push(path);
        }
    }
    removed.sort();
    Ok(removed)
}

fn prune_below(
    directory: &Path,
    prefix: &str,
    below: &str,
    is_kept: &dyn Fn(&str) -> bool,
    removed: &mut Vec<String>,
) -> Result<(), (PathBuf, std::io::Error)> {
    let here = directory.join(below);
    let fail = |error| (here.clone(), error);
    let before = removed.len();
    for entry in fs::read_dir(&here).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{below}/{name}");
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() {
            prune_below(directory, prefix, &path, is_kept, removed)?;
        } else if kind.is_file() && !is_kept(&path) && was_written_as(&entry.path(), source_of(prefix, &path)) {
            fs::remove_file(entry.path()).map_err(|error| (entry.path(), error))?;
            removed.push(path);
        }
    }
    if removed.len() > before {
        // This only removes empty directories; others stay.
        let _ = fs::remove_dir(&here);
    }
    Ok(())
}

/// Returns the path in the `# Source:` line of the file at `path`.
fn source_of<'p>(prefix: &str, path: &'p str) -> &'p str {
    path.strip_prefix(prefix).map_or(path, |rest| rest.trim_start_matches('/'))
}

/// Whether a file begins as those of [`write_files`] do.
fn was_written_as(path: &Path, source: &str) -> bool {
    let begin = format!("---\n# Source: {source}\n");
    let mut head = vec![0; begin.len()];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == begin.as_bytes()
}

fn outside(target: &Path) -> Diagnostic {
    Diagnostic::error("output-dir", format!("{} would be outside the output directory", target.display()))
        .help("remove the symbolic link that points outside it, or rename the chart's file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Vec<(String, String)> {
        paths.iter().map(|path| ((*path).to_owned(), format!("# {path}\n"))).collect()
    }

    #[test]
    fn files_replace_older_ones_without_leftovers() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("deep/out");
        for _ in 0..2 {
            write_files(&out, &files(&["web/templates/a.yaml", "web/templates/b.yaml"])).unwrap();
        }
        let names: Vec<_> = fs::read_dir(out.join("web/templates")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert_eq!(fs::read_to_string(out.join("web/templates/a.yaml")).unwrap(), "# web/templates/a.yaml\n");
    }

    #[test]
    fn only_files_written_before_are_pruned() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        let written = |paths: &[&str]| -> Vec<(String, String)> {
            paths.iter().map(|path| ((*path).to_owned(), format!("---\n# Source: {path}\nkind: X\n"))).collect()
        };
        write_files(
            out,
            &written(&["web/templates/a.yaml", "web/charts/db/templates/b.yaml", "other/templates/a.yaml"]),
        )
        .unwrap();
        fs::write(out.join("web/templates/mine.yaml"), "kind: Mine\n").unwrap();
        fs::write(out.join("web/templates/copy.yaml"), "---\n# Source: web/templates/a.yaml\n").unwrap();
        let removed = prune_files(out, "", "web", &written(&["web/templates/a.yaml"])).unwrap();
        assert_eq!(removed, ["web/charts/db/templates/b.yaml"]);
        assert!(!out.join("web/charts").exists());
        assert_eq!(fs::read_dir(out.join("web/templates")).unwrap().count(), 3);
        assert!(out.join("other/templates/a.yaml").exists());
        assert_eq!(prune_files(out, "", "nothing", &[]).unwrap(), [""; 0]);
    }

    #[test]
    fn only_crds_are_pruned_in_the_charts_folder_of_a_release() {
        let folder = tempfile::tempdir().unwrap();
        let file = |path: &str| (path.to_owned(), format!("---\n# Source: {path}\nkind: X\n"));
        let paths = ["web/crds/a.yaml", "web/crds/b.yaml", "web/charts/db/crds/c.yaml", "web/templates/crds/d.yaml"];
        write_files(folder.path(), &paths.map(file)).unwrap();
        let removed = prune_crd_files(folder.path(), "web", &[file("web/crds/b.yaml")]).unwrap();
        assert_eq!(removed, ["web/charts/db/crds/c.yaml", "web/crds/a.yaml"]);
    }

    #[test]
    fn a_release_with_its_own_folder_is_pruned_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = ("mim/web/templates/a.yaml".to_owned(), "---\n# Source: web/templates/a.yaml\nkind: X\n".to_owned());
        write_files(folder.path(), &[file]).unwrap();
        assert_eq!(prune_files(folder.path(), "mim", "web", &[]).unwrap(), ["mim/web/templates/a.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_outside() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        assert!(write_files(&out, &files(&["../x"])).is_err());
        assert!(write_files(&out, &files(&["/tmp/mim-chart-outside"])).is_err());
        assert!(!out.exists());
        fs::create_dir_all(&out).unwrap();
        fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), out.join("web")).unwrap();
        assert!(write_files(&out, &files(&["web/a.yaml"])).is_err());
        assert!(write_files(&out, &files(&["first.yaml", "web/new/folder/a.yaml"])).is_err());
        assert_eq!(fs::read_dir(folder.path().join("elsewhere")).unwrap().count(), 0);
        assert!(!out.join("first.yaml").exists() && !folder.path().join("x").exists());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_pruned_outside() {
        let folder = tempfile::tempdir().unwrap();
        let (out, elsewhere) = (folder.path().join("out"), folder.path().join("elsewhere"));
        let file = ("web/templates/a.yaml".to_owned(), "---\n# Source: web/templates/a.yaml\nkind: X\n".to_owned());
        write_files(&elsewhere, &[file]).unwrap();
        fs::create_dir_all(&out).unwrap();
        std::os::unix::fs::symlink(&elsewhere, out.join("mim")).unwrap();
        for (prefix, chart) in [("mim", "web"), ("", "mim"), ("", "../elsewhere"), ("..", "elsewhere")] {
            assert_eq!(prune_files(&out, prefix, chart, &[]).unwrap(), [""; 0], "{prefix} {chart}");
        }
        assert!(elsewhere.join("web/templates/a.yaml").exists());
    }

    #[test]
    fn a_file_in_place_of_the_directory_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::write(&out, "").unwrap();
        assert!(write_files(&out, &files(&["a.yaml"])).unwrap_err().message.starts_with("cannot write "));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_to_and_stays_a_pipe() {
        use std::os::unix::fs::FileTypeExt;

        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).unwrap()
        });
        write_file(&pipe, "{}\n", "--line-map").unwrap();
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), "{}\n");
    }
}
