//! Reading a chart from a directory or an archive.

use std::borrow::Cow;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::chart::{File, IgnoreRules, MAX_FILE_BYTES, unpack};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// The greatest size of an archive in bytes: what fits into it unpacked may not be larger.
pub(super) const MAX_ARCHIVE_BYTES: u64 = 100 << 20;
/// How deep folders may lie in each other.
const MAX_DEPTH: usize = 100;

/// Which symbolic links in a chart's directory are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Those that stay inside the directory; others are refused. A chart from elsewhere can't bring in what lies beside it.
    Inside,
    /// All, as Helm does.
    Anywhere,
}

/// The files of a chart: those of a directory, in byte order of their names, without those that `.helmignore` leaves out.
/// Symbolic links are followed as `links` says. Any other file is read as an archive, in whose order its files come.
///
/// # Errors
/// The directory is no chart, `.helmignore` is broken, or files can't be read: all of them together.
pub fn read_chart(directory: &Path, links: Links) -> Result<Vec<File>, Vec<Diagnostic>> {
    if !directory.is_dir() {
        return read_archive(directory).map_err(|error| vec![error]);
    }
    let metadata = directory.join("Chart.yaml");
    if let Err(error) = fs::metadata(&metadata) {
        let path = metadata.display();
        return Err(vec![
            Diagnostic::error(
                "chart-not-found",
                format!("unable to detect chart at {path}: open {path}: {}", os_error(&error)),
            )
            .help("a chart is a directory that holds Chart.yaml"),
        ]);
    }
    let rules = read_ignore_rules(directory)?;
    let inside = match links {
        Links::Inside => fs::canonicalize(directory).ok(),
        Links::Anywhere => None,
    };
    let mut walk = Walk { rules, inside, files: Vec::new(), errors: Vec::new(), followed: Vec::new() };
    walk.directory(directory, "", 0);
    if walk.errors.is_empty() { Ok(walk.files) } else { Err(walk.errors) }
}

/// The files of the archive at `path`. Helm keeps the reasons to itself; here they follow its words.
fn read_archive(path: &Path) -> Result<Vec<File>, Diagnostic> {
    let shown = shown(path);
    let unreadable = |error: &std::io::Error| {
        Diagnostic::error("chart-archive", format!("file '{shown}' cannot be read: {}", os_error(error)))
    };
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| unreadable(&error))?;
    file.take(MAX_ARCHIVE_BYTES).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    let files = unpack(&bytes, &shown).map_err(|error| match error.message.starts_with("file '") {
        true => error,
        false => Diagnostic { message: format!("unable to load chart archive: {}", error.message), ..error },
    })?;
    if files.iter().any(|file| file.path == "Chart.yaml") {
        return Ok(files);
    }
    Err(Diagnostic::error("chart-archive", "unable to detect chart version, no Chart.yaml found")
        .help(format!("{shown} must hold one folder, with Chart.yaml in it")))
}

fn read_ignore_rules(directory: &Path) -> Result<IgnoreRules, Vec<Diagnostic>> {
    let path = directory.join(".helmignore");
    match fs::read(&path) {
        Ok(bytes) => IgnoreRules::parse(&Source::file(shown(&path), String::from_utf8_lossy(&bytes))),
        Err(_) => Ok(IgnoreRules::built_in()),
    }
}

struct Walk {
    rules: IgnoreRules,
    /// Where symbolic links have to lead to, if that matters.
    inside: Option<PathBuf>,
    files: Vec<File>,
    errors: Vec<Diagnostic>,
    /// The directories that symbolic links on the way from the top lead to.
    followed: Vec<PathBuf>,
}

impl Walk {
    fn directory(&mut self, directory: &Path, prefix: &str, depth: usize) {
        if depth > MAX_DEPTH {
            return self.refuse(format!("{} lies more than {MAX_DEPTH} folders deep", directory.display()));
        }
        let mut entries: Vec<PathBuf> = match fs::read_dir(directory) {
            Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
            Err(error) => return self.refuse(format!("open {}: {}", directory.display(), os_error(&error))),
        };
        entries.sort();
        for path in entries {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                self.refuse(format!("the name of {} is not UTF-8", path.display()));
                continue;
            };
            self.entry(&path, &format!("{prefix}{name}"), depth);
        }
    }

    fn entry(&mut self, path: &Path, below: &str, depth: usize) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if path.is_symlink() => {
                let target = fs::read_link(path).unwrap_or_default();
                return self.refuse(format!(
                    "error evaluating symlink {}: lstat {}: {}",
                    path.display(),
                    target.display(),
                    os_error(&error)
                ));
            }
            Err(error) => return self.refuse(format!("stat {}: {}", path.display(), os_error(&error))),
        };
        if self.rules.ignores(below, metadata.is_dir()) {
            return;
        }
        if let Some(target) = self.leads_out(path) {
            let message =
                format!("the symbolic link {} leads out of the chart, to {}", path.display(), target.display());
            let help = "--follow-symlinks follows it";
            return self.errors.push(Diagnostic::error("chart-file", message).help(help));
        }
        if metadata.is_dir() {
            if !path.is_symlink() {
                return self.directory(path, &format!("{below}/"), depth + 1);
            }
            return self.linked_directory(path, below, depth);
        }
        if !metadata.is_file() {
            let path = path.display();
            return self.refuse(format!("cannot load irregular file {path} as it has file mode type bits set"));
        }
        if metadata.len() > MAX_FILE_BYTES {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            return self.refuse(format!("chart file \"{name}\" is larger than the maximum file size {MAX_FILE_BYTES}"));
        }
        match fs::read(path) {
            Ok(bytes) => {
                self.files.push(File { path: below.to_owned(), shown: shown(path), bytes: Cow::Owned(bytes) });
            }
            Err(error) => self.refuse(format!("error reading {below}: open {}: {}", path.display(), os_error(&error))),
        }
    }

    /// Where a symbolic link leads, if that is not allowed.
    fn leads_out(&self, path: &Path) -> Option<PathBuf> {
        let inside = self.inside.as_ref().filter(|_| path.is_symlink())?;
        fs::canonicalize(path).ok().filter(|target| !target.starts_with(inside))
    }

    /// A symbolic link to a directory: followed unless the way has been there already.
    fn linked_directory(&mut self, path: &Path, below: &str, depth: usize) {
        let target = fs::canonicalize(path).unwrap_or_default();
        let parent = path.parent().and_then(|parent| fs::canonicalize(parent).ok()).unwrap_or_default();
        if parent.starts_with(&target) || self.followed.contains(&target) {
            return self.refuse(format!("the symbolic link {} leads back to where it lies", path.display()));
        }
        self.followed.push(target);
        self.directory(path, &format!("{below}/"), depth + 1);
        self.followed.pop();
    }

    fn refuse(&mut self, message: String) {
        self.errors.push(Diagnostic::error("chart-file", message));
    }
}

/// The path as the user would write it: without a leading `./`.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
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

    fn paths(folder: &tempfile::TempDir) -> Vec<String> {
        read_chart(folder.path(), Links::Inside).unwrap().into_iter().map(|file| file.path).collect()
    }

    fn messages(folder: &tempfile::TempDir) -> Vec<String> {
        let place = folder.path().display().to_string();
        let errors = read_chart(folder.path(), Links::Inside).unwrap_err();
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
    fn what_is_no_chart_is_refused_in_helms_words() {
        assert_eq!(
            messages(&folder(&[("values.yaml", "")])),
            ["unable to detect chart at W/Chart.yaml: open W/Chart.yaml: no such file or directory"]
        );
    }

    #[test]
    fn a_file_may_have_five_mebibytes_and_no_more() {
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
            refused.len() == 2 && refused[0].starts_with("the symbolic link W/dir leads out of the chart, to "),
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
    fn symbolic_links_are_followed_and_circles_end() {
        use std::os::unix::fs::symlink;
        let folder = folder(&[("Chart.yaml", ""), ("files/a", "")]);
        symlink(folder.path().join("files"), folder.path().join("linked")).unwrap();
        assert_eq!(paths(&folder), ["Chart.yaml", "files/a", "linked/a"]);
        symlink(folder.path(), folder.path().join("files/circle")).unwrap();
        let circles = ["files/circle", "linked/circle"]
            .map(|link| format!("the symbolic link W/{link} leads back to where it lies"));
        assert_eq!(messages(&folder), circles);
        fs::remove_file(folder.path().join("files/circle")).unwrap();
        symlink("/nowhere/at/all", folder.path().join("broken")).unwrap();
        assert_eq!(
            messages(&folder),
            ["error evaluating symlink W/broken: lstat /nowhere/at/all: no such file or directory"]
        );
    }
}
