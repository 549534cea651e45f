//! Reads a chart from a directory or an archive.

use std::path::Path;

use super::archive::read_archive;
use super::contents::{OnTwoThreads, OneByOne, WORTH_A_THREAD};
use super::disk::Disk;
use super::walk::{Allowance, Links, list_files, read_files};
use crate::chart::File;
use crate::diagnostic::Diagnostic;
use crate::second_thread::SecondThread;

/// Reads the files of a chart. Those of a directory come in byte order of their names, without those that `.helmignore` excludes;
/// `links` decides which symbolic links are followed. A path to a file is read as an archive, whose order is kept.
///
/// # Errors
/// The directory is not a chart, `.helmignore` is invalid, or files cannot be read: all errors together.
pub fn read_chart(path: &Path, links: Links) -> Result<Vec<File>, Vec<Diagnostic>> {
    if path.is_dir() {
        read_files(&Disk, path, links, &mut Allowance::default())
    } else {
        read_archive(path).map_err(|error| vec![error])
    }
}

/// Reads the files of a chart like [`read_chart`], a directory of many files on two threads. Returns the second thread, so that
/// it can do more.
///
/// # Errors
/// Those of [`read_chart`].
pub fn read_chart_on_two_threads(
    path: &Path,
    links: Links,
) -> Result<(Vec<File>, Option<SecondThread>), Vec<Diagnostic>> {
    read_with(path, links, WORTH_A_THREAD)
}

fn read_with(
    path: &Path,
    links: Links,
    worth_a_thread: usize,
) -> Result<(Vec<File>, Option<SecondThread>), Vec<Diagnostic>> {
    if !path.is_dir() {
        return Ok((read_chart(path, links)?, None));
    }
    let mut allowance = Allowance::default();
    let listing = list_files(&Disk, path, links, &mut allowance)?;
    match OnTwoThreads::start(listing.paths(), listing.allowed_bytes(), worth_a_thread) {
        Some((contents, second)) => Ok((listing.read(&contents)?, Some(second))),
        None => Ok((listing.read(&OneByOne(&Disk))?, None)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    /// Reads a chart on one thread and on two, which must have the same result.
    fn read(folder: &tempfile::TempDir) -> Result<Vec<File>, Vec<Diagnostic>> {
        let read = read_chart(folder.path(), Links::Inside);
        let parts =
            |files: &[File]| files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect::<Vec<_>>();
        for _ in 0..3 {
            match (&read, read_with(folder.path(), Links::Inside, 1)) {
                (Ok(files), Ok((same, _))) => assert_eq!(parts(files), parts(&same)),
                (Err(errors), Err(same)) => assert_eq!(*errors, same),
                (_, other) => panic!("{other:?}"),
            }
        }
        read
    }

    fn paths(folder: &tempfile::TempDir) -> Vec<String> {
        read(folder).unwrap().into_iter().map(|file| file.path).collect()
    }

    fn messages(folder: &tempfile::TempDir) -> Vec<String> {
        let place = folder.path().display().to_string();
        let errors = read(folder).unwrap_err();
        errors.into_iter().map(|error| error.message.replace(&place, "W")).collect()
    }

    #[test]
    fn files_come_in_byte_order_without_ignored_ones() {
        let folder = folder(&[
            ("Chart.yaml", ""),
            ("templates/b.yaml", ""),
            ("templates/.hidden", ""),
            ("templates/sub/.kept", ""),
            ("README.md", ""),
            ("notes.bak", ""),
            (".helmignore", "*.bak\n"),
            ("Zoo", ""),
        ]);
        let wanted = [".helmignore", "Chart.yaml", "README.md", "Zoo", "templates/b.yaml", "templates/sub/.kept"];
        assert_eq!(paths(&folder), wanted);
    }

    #[test]
    fn directories_that_are_not_charts_are_refused_as_in_helm() {
        assert_eq!(
            messages(&folder(&[("values.yaml", "")])),
            ["unable to detect chart at W/Chart.yaml: open W/Chart.yaml: no such file or directory"]
        );
    }

    #[test]
    fn files_are_limited_to_five_mebibytes() {
        let exactly = "x".repeat(5_242_880);
        let folder = folder(&[("Chart.yaml", ""), ("fits", &exactly)]);
        assert_eq!(paths(&folder).len(), 2);
        fs::write(folder.path().join("big"), exactly + "x").unwrap();
        assert_eq!(messages(&folder), ["chart file \"big\" is larger than the maximum file size 5242880"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_chart_is_followed_only_on_demand() {
        use std::os::unix::fs::symlink;
        let elsewhere = folder(&[("secret", "x")]);
        let folder = folder(&[("Chart.yaml", "")]);
        symlink(elsewhere.path().join("secret"), folder.path().join("file")).unwrap();
        symlink(elsewhere.path(), folder.path().join("dir")).unwrap();
        let refused = messages(&folder);
        assert!(
            refused.len() == 2 && refused[0].starts_with("the symbolic link W/dir points outside the chart, to "),
            "{refused:?}"
        );
        let files = read_chart(folder.path(), Links::Anywhere).unwrap();
        assert_eq!(
            files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
            ["Chart.yaml", "dir/secret", "file"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_followed_and_cycles_end() {
        use std::os::unix::fs::symlink;
        let folder = folder(&[("Chart.yaml", ""), ("files/a", "")]);
        symlink(folder.path().join("files"), folder.path().join("linked")).unwrap();
        assert_eq!(paths(&folder), ["Chart.yaml", "files/a", "linked/a"]);
        symlink(folder.path(), folder.path().join("files/circle")).unwrap();
        let circles = ["files/circle", "linked/circle"]
            .map(|link| format!("the symbolic link W/{link} points back to its own directory"));
        assert_eq!(messages(&folder), circles);
        fs::remove_file(folder.path().join("files/circle")).unwrap();
        for (target, missing) in
            [("/nowhere/at/all", "/nowhere"), ("files/../files/x", "W/files/x"), ("./files/no/x", "W/files/no")]
        {
            symlink(target, folder.path().join("broken")).unwrap();
            let message = format!("error evaluating symlink W/broken: lstat {missing}: no such file or directory");
            assert_eq!(messages(&folder), [message]);
            fs::remove_file(folder.path().join("broken")).unwrap();
        }
        symlink("files/no", folder.path().join("second")).unwrap();
        symlink("second", folder.path().join("first")).unwrap();
        assert_eq!(
            messages(&folder)[0],
            "error evaluating symlink W/first: lstat W/files/no: no such file or directory"
        );
    }
}
