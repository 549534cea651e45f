//! Writing a chart as a directory.

use std::fs;
use std::path::{Path, PathBuf};

use super::whole_file::write_whole;
use crate::chart::File;
use crate::diagnostic::Diagnostic;
use crate::go::os_error;
use crate::go::path::join;

/// Writes a chart's files below `directory`, and makes its folder `charts`. Each file appears whole or not at all; what
/// else lies there stays. Returns the paths of files that took the place of others.
///
/// # Errors
/// The first file that can't be written, with the operating system's words.
pub fn write_chart(directory: &Path, files: &[File]) -> Result<Vec<PathBuf>, Diagnostic> {
    let refuse = |what: &str, path: &Path, error: &std::io::Error| {
        Diagnostic::error("create", format!("{what} {}: {}", path.display(), os_error(error)))
    };
    let mut replaced = Vec::new();
    let make = |folder: &Path| fs::create_dir_all(folder).map_err(|error| refuse("mkdir", folder, &error));
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
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn files_are_written_beside_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let chart = folder.path().join("web");
        fs::create_dir_all(chart.join("templates")).unwrap();
        fs::write(chart.join("templates/mine.yaml"), "mine").unwrap();
        fs::write(chart.join("Chart.yaml"), "old").unwrap();
        let file = |path: &str| File {
            path: path.to_owned(),
            shown: path.to_owned(),
            bytes: Cow::Owned(path.as_bytes().to_vec()),
        };
        let replaced = write_chart(&chart, &[file("Chart.yaml"), file("templates/a/b.yaml")]).unwrap();
        assert_eq!(replaced, [chart.join("Chart.yaml")]);
        let text = |path: &str| fs::read_to_string(chart.join(path)).unwrap();
        assert_eq!(text("templates/a/b.yaml"), "templates/a/b.yaml");
        assert_eq!((text("Chart.yaml").as_str(), text("templates/mine.yaml").as_str()), ("Chart.yaml", "mine"));
        assert!(chart.join("charts").is_dir());
    }
}
