//! Writes a chart as a directory.

use std::fs;
use std::path::{Path, PathBuf};

use super::inside::Inside;
use super::whole_file::write_whole;
use crate::chart::File;
use crate::diagnostic::Diagnostic;
use crate::go::os_error;
use crate::go::path::join;

/// Writes a chart's files below `directory`, and creates its folder `charts`. Each file is written atomically; other files in the
/// directory stay. Returns the paths of the files that were overwritten.
///
/// # Errors
/// A symbolic link in the directory leads out of it (then nothing is written), or a file cannot be written: the operating
/// system's message for the first one.
pub fn write_chart(directory: &Path, files: &[File]) -> Result<Vec<PathBuf>, Diagnostic> {
    let refuse = |what: &str, path: &Path, error: &std::io::Error| {
        Diagnostic::error("create", format!("{what} {}: {}", path.display(), os_error(error)))
    };
    let mut replaced = Vec::new();
    let make = |folder: &Path| fs::create_dir_all(folder).map_err(|error| refuse("mkdir", folder, &error));
    let inside = Inside::new(directory).map_err(|error| refuse("stat", directory, &error))?;
    for path in files.iter().map(|file| file.path.as_str()).chain(["charts/x"]) {
        let target = join(directory, path);
        if inside.place(path).map_err(|error| refuse("stat", &target, &error))?.is_none() {
            let message = format!("{} would be outside the chart's directory", target.display());
            return Err(Diagnostic::error("create", message).help("remove the symbolic link that points outside it"));
        }
    }
    make(&join(directory, "charts"))?;
    for file in files {
        let target = join(directory, &file.path);
        make(target.parent().unwrap_or(directory))?;
        if target.exists() {
            replaced.push(target.clone());
        }
        write_whole(&target, &file.bytes).map_err(|error| refuse("open", &target, &error))?;
    }
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Content;

    #[test]
    fn files_are_written_next_to_existing_ones() {
        let folder = tempfile::tempdir().unwrap();
        let chart = folder.path().join("web");
        fs::create_dir_all(chart.join("templates")).unwrap();
        fs::write(chart.join("templates/mine.yaml"), "mine").unwrap();
        fs::write(chart.join("Chart.yaml"), "old").unwrap();
        let file = |path: &str| File::new(path, path.as_bytes().to_vec());
        let replaced = write_chart(&chart, &[file("Chart.yaml"), file("templates/a/b.yaml")]).unwrap();
        assert_eq!(replaced, [chart.join("Chart.yaml")]);
        let text = |path: &str| fs::read_to_string(chart.join(path)).unwrap();
        assert_eq!(text("templates/a/b.yaml"), "templates/a/b.yaml");
        assert_eq!((text("Chart.yaml").as_str(), text("templates/mine.yaml").as_str()), ("Chart.yaml", "mine"));
        assert!(chart.join("charts").is_dir());
    }
    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_are_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (chart, elsewhere) = (folder.path().join("web"), folder.path().join("elsewhere"));
        fs::create_dir_all(&elsewhere).unwrap();
        for name in ["templates", "charts"] {
            fs::create_dir_all(&chart).unwrap();
            std::os::unix::fs::symlink(&elsewhere, chart.join(name)).unwrap();
            let bytes = Content::BuiltIn(b"x");
            let file = |path: &str| File::new(path, bytes.clone());
            let error = write_chart(&chart, &[file("Chart.yaml"), file("templates/new/a.yaml")]).unwrap_err();
            assert!(error.message.ends_with(" would be outside the chart's directory"), "{}", error.message);
            assert!(!chart.join("Chart.yaml").exists() && fs::read_dir(&elsewhere).unwrap().next().is_none());
            fs::remove_dir_all(&chart).unwrap();
        }
    }
}
