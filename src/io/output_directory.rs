//! Writing manifests to files below a directory.

use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use super::words::os_words;
use crate::diagnostic::Diagnostic;

/// Writes each text to its path below `directory`, making the directories that are missing. Each file appears whole or
/// not at all: it is written beside its place under another name first. Nothing is written outside `directory`, not
/// through a symbolic link in it either.
///
/// # Errors
/// The first file that can't be written, with the operating system's words.
pub fn write_files(directory: &Path, files: &[(String, String)]) -> Result<(), Diagnostic> {
    let fail = |path: &Path, error: &std::io::Error| {
        Diagnostic::error("output-dir", format!("cannot write {}: {}", path.display(), os_words(error)))
            .help("give --output-dir a directory that can be written to")
    };
    fs::create_dir_all(directory).map_err(|error| fail(directory, &error))?;
    let top = fs::canonicalize(directory).map_err(|error| fail(directory, &error))?;
    for (path, text) in files {
        let target = directory.join(path);
        let parent = target.parent().unwrap_or(directory).to_path_buf();
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(outside(&target));
        }
        fs::create_dir_all(&parent).map_err(|error| fail(&parent, &error))?;
        let real = fs::canonicalize(&parent).map_err(|error| fail(&parent, &error))?;
        if !real.starts_with(&top) {
            return Err(outside(&target));
        }
        write_whole(&target, text).map_err(|error| fail(&target, &error))?;
    }
    Ok(())
}

fn outside(target: &Path) -> Diagnostic {
    Diagnostic::error("output-dir", format!("{} would lie outside the output directory", target.display()))
        .help("remove the symbolic link that leads out of it, or rename the chart's file")
}

fn write_whole(target: &Path, text: &str) -> std::io::Result<()> {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    let partial: PathBuf = target.with_file_name(name);
    let written = fs::File::create(&partial).and_then(|mut file| file.write_all(text.as_bytes()));
    written.and_then(|()| fs::rename(&partial, target)).inspect_err(|_| {
        // What could not be finished must not stay behind; that it can't be removed either changes nothing.
        let _ = fs::remove_file(&partial);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Vec<(String, String)> {
        paths.iter().map(|path| ((*path).to_owned(), format!("# {path}\n"))).collect()
    }

    #[test]
    fn files_replace_older_ones_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("deep/out");
        for _ in 0..2 {
            write_files(&out, &files(&["web/templates/a.yaml", "web/templates/b.yaml"])).unwrap();
        }
        let names: Vec<_> = fs::read_dir(out.join("web/templates")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert_eq!(fs::read_to_string(out.join("web/templates/a.yaml")).unwrap(), "# web/templates/a.yaml\n");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_outside() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        assert!(write_files(&out, &files(&["../x"])).is_err());
        assert!(write_files(&out, &files(&["/tmp/mim-chart-outside"])).is_err());
        fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), out.join("web")).unwrap();
        assert!(write_files(&out, &files(&["web/a.yaml"])).is_err());
        assert_eq!(fs::read_dir(folder.path().join("elsewhere")).unwrap().count(), 0);
        assert!(!folder.path().join("x").exists());
    }

    #[test]
    fn a_directory_that_is_a_file_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::write(&out, "").unwrap();
        assert!(write_files(&out, &files(&["a.yaml"])).unwrap_err().message.starts_with("cannot write "));
    }
}
