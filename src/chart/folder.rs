//! A chart's folder as it is found, before anything in it is validated.

use super::cannot_load::cannot_load;
use super::file::{BYTE_ORDER_MARK, File};
use super::ignore::IgnoreRules;
use super::metadata::Metadata;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::strconv::quote_double;
use crate::yaml;

/// The parts of a chart's folder that `lint` checks: its files as a chart loads them, and some of them separately, because
/// the chart may ignore them or may not be loadable at all.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The folder's absolute path.
    pub path: String,
    /// `Chart.yaml`
    pub metadata: Entry,
    /// `values.yaml`
    pub values: Entry,
    /// `values.schema.json`
    pub schema: Entry,
    /// `templates`
    pub templates: Entry,
    /// `crds`
    pub crds: Entry,
    /// The chart's files, or the errors that prevent reading them.
    pub files: Result<Vec<File>, Vec<Diagnostic>>,
}

/// The entry at a path in the folder.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Nothing.
    Missing,
    /// A directory.
    Directory,
    /// A file.
    File(File),
    /// An entry that cannot be read, with the system's error message.
    Unreadable(String),
}

impl Folder {
    /// The paths in a folder whose entries [`Self::new`] expects.
    pub const ENTRIES: [&str; 5] = ["Chart.yaml", "values.yaml", "values.schema.json", "templates", "crds"];

    /// Creates a folder from its entries at [`Self::ENTRIES`], and from its files or the errors that prevent reading them.
    pub fn new(path: impl Into<String>, entries: [Entry; 5], files: Result<Vec<File>, Vec<Diagnostic>>) -> Folder {
        let [metadata, values, schema, templates, crds] = entries;
        Folder { path: path.into(), metadata, values, schema, templates, crds, files }
    }

    /// Creates the folder that would contain a chart's files. If a path is both a file and a directory, it counts as a file.
    pub fn from_files(path: impl Into<String>, files: Vec<File>) -> Folder {
        let entry = |name: &str| {
            let below = |file: &&File| file.path.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
            match files.iter().find(|file| file.path == name) {
                Some(file) => Entry::File(file.clone()),
                None if files.iter().any(|file| below(&file)) => Entry::Directory,
                None => Entry::Missing,
            }
        };
        let entries = Folder::ENTRIES.map(entry);
        Folder::new(path, entries, Ok(files))
    }

    /// Creates the folder that an archive unpacks to. Unlike the chart loaded from the archive, it obeys `.helmignore`, and
    /// its files are in directory order (`helm lint` unpacks archives first).
    ///
    /// # Errors
    /// The archive contains no chart that can be unpacked: Helm's message.
    pub fn from_archive(path: &str, mut files: Vec<File>) -> Result<Folder, Diagnostic> {
        let name = chart_name(&files)?;
        let refuse = |message: String| Err(Diagnostic::error("chart-archive", message));
        match name.as_str() {
            "" => return refuse("chart name not specified".to_owned()),
            "." | ".." => return refuse(format!("chart name {} is not allowed", quote_double(&name))),
            _ if name.contains('/') => {
                return refuse(format!("chart name {} must not contain path separators", quote_double(&name)));
            }
            _ => {}
        }
        files.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
        let mut folder = Folder::from_files(format!("{path}/{name}"), files);
        folder.files = folder.files.and_then(without_ignored);
        Ok(folder)
    }
}

fn chart_name(files: &[File]) -> Result<String, Diagnostic> {
    let Some(file) = files.iter().find(|file| file.path == "Chart.yaml") else { return Ok(String::new()) };
    let prefixed = |error| cannot_load("Chart.yaml", error);
    let source = yaml::document_file(&file.shown, file.bytes.to_vec()).map_err(prefixed)?;
    let document = yaml::read_document(&source).map_err(prefixed)?;
    let (metadata, errors) = Metadata::examine(&document);
    errors.types.into_iter().next().map_or(Ok(metadata.name), |error| Err(prefixed(error)))
}

/// Returns the files that the folder's own `.helmignore` does not ignore.
fn without_ignored(files: Vec<File>) -> Result<Vec<File>, Vec<Diagnostic>> {
    let rules = match files.iter().find(|file| file.path == ".helmignore") {
        Some(file) => IgnoreRules::parse(&Source::file(file.shown.as_str(), String::from_utf8_lossy(&file.bytes)))?,
        None => IgnoreRules::built_in(),
    };
    let ignored = |path: &str| {
        let mut folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        Ok(rules.ignores(path, false)?
            || folders.try_fold(false, |any, folder| Ok(any || rules.ignores(folder, true)?))?)
    };
    let mut kept = Vec::new();
    for file in files {
        if !ignored(&file.path).map_err(|error: Diagnostic| vec![error])? {
            kept.push(file);
        }
    }
    Ok(kept)
}

impl Entry {
    /// Returns the text of a file, without its byte order mark.
    ///
    /// # Errors
    /// The entry is not a file, cannot be read, or is not UTF-8: the message of Go or of its YAML reader.
    pub fn text(&self, path: &str) -> Result<Source, Diagnostic> {
        let unreadable = |message: String| Err(Diagnostic::error("chart-file", message));
        match self {
            Entry::Missing => unreadable(format!("open {path}: no such file or directory")),
            Entry::Directory => unreadable(format!("read {path}: is a directory")),
            Entry::Unreadable(words) => unreadable(format!("open {path}: {words}")),
            Entry::File(file) => {
                let bytes = file.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&file.bytes);
                yaml::document_file(&file.shown, bytes.to_vec())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), shown: format!("c/{path}"), bytes: text.as_bytes().to_vec().into() }
    }

    #[test]
    fn entries_are_files_or_directories() {
        let folder = Folder::from_files("/c", vec![file("Chart.yaml", "\u{feff}a: 1"), file("templates/a.yaml", "")]);
        assert_eq!(folder.metadata.text("").unwrap().text(), "a: 1");
        assert!(matches!(folder.templates, Entry::Directory));
        assert!(matches!(folder.crds, Entry::Missing));
        assert_eq!(folder.templates.text("/c/x").unwrap_err().message, "read /c/x: is a directory");
    }

    #[test]
    fn an_unpacked_archive_has_the_order_and_the_rules_of_a_directory() {
        let paths = ["templates/a-b", "templates/a/b", "Chart.yaml", ".helmignore", "templates/.x", "no/a", "z"];
        let files = paths.map(|path| match path {
            "Chart.yaml" => file(path, "name: c\n"),
            ".helmignore" => file(path, "no/\nz\n"),
            _ => file(path, ""),
        });
        let folder = Folder::from_archive("/c.tgz", files.to_vec()).unwrap();
        let kept: Vec<_> = folder.files.unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(kept, [".helmignore", "Chart.yaml", "templates/a/b", "templates/a-b"]);
        assert_eq!(folder.path, "/c.tgz/c");
    }

    #[test]
    fn an_archive_without_a_proper_name_is_refused_as_in_helm() {
        let refused = |text: &str| Folder::from_archive("", vec![file("Chart.yaml", text)]).unwrap_err().message;
        assert_eq!(refused("version: 1\n"), "chart name not specified");
        assert_eq!(refused("name: ..\n"), "chart name \"..\" is not allowed");
        assert_eq!(refused("name: a/b\n"), "chart name \"a/b\" must not contain path separators");
        assert!(refused("name: [a]\n").starts_with("cannot load Chart.yaml: error unmarshaling JSON"));
    }
}
