//! Reads a revision's files in memory; nothing is ever written to disk.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::listing::{Directory, Entry, EntryKind, parse};
use crate::diagnostic::Diagnostic;
use crate::io::tree::{Found, Kind, Listed, Submodule, Tree, TreeError};
use crate::io::walk::MAX_CHART_ENTRIES;

/// The maximum size of a directory's recursive list, in bytes.
pub(super) const MAX_LISTING_BYTES: u64 = 16 << 20;
/// The maximum length of a symbolic link's target, in bytes: that of a path on Linux.
const MAX_LINK_BYTES: u64 = 4096;
/// The maximum number of symbolic links in a path, as on Linux.
const MAX_LINKS: usize = 40;
/// The number of symbolic links whose targets are cached.
const MAX_KNOWN_LINKS: usize = 1000;

/// The objects of a repository.
pub trait Objects {
    /// Returns the output of `git ls-tree -z -l --full-tree` for a tree or a commit, with `-r -t` if `below`. Longer output is
    /// cut after `limit + 1` bytes. `shown` is the directory's path for messages.
    ///
    /// # Errors
    /// The repository lacks the object, or git cannot be run.
    fn list(&self, tree: &str, below: bool, limit: u64, shown: &str) -> Result<Vec<u8>, Box<Diagnostic>>;

    /// Reads a blob of `size` bytes. `shown` is the file's path for messages.
    ///
    /// # Errors
    /// The repository lacks the blob, it does not have this size, or git cannot be run.
    fn blob(&self, object: &str, size: u64, shown: &str) -> Result<Vec<u8>, Box<Diagnostic>>;

    /// Creates the error for an object that the repository lacks. `what` describes its content.
    fn missing(&self, what: &str) -> Box<Diagnostic>;
}

/// The tree of a commit. Paths start at its root and have no leading `/`.
pub(super) struct GitTree<'o> {
    objects: &'o dyn Objects,
    commit: String,
    /// The revision as the user wrote it.
    name: String,
    /// The path of the submodule whose tree this is, or empty for the user's repository.
    place: String,
    /// The directories that have been listed, by path.
    listed: RefCell<HashMap<String, Rc<Directory>>>,
    /// The targets of symbolic links, by object.
    links: RefCell<HashMap<String, String>>,
    /// The number of entries that may still be listed.
    room: Cell<usize>,
}

/// The entry that a path leads to.
struct Resolved {
    /// The path without symbolic links.
    real: String,
    /// The entry, or `None` for the root of the tree.
    entry: Option<Entry>,
}

impl<'o> GitTree<'o> {
    pub(super) fn new(objects: &'o dyn Objects, commit: &str, name: &str) -> Self {
        GitTree {
            objects,
            commit: commit.to_owned(),
            name: name.to_owned(),
            place: String::new(),
            listed: RefCell::default(),
            links: RefCell::default(),
            // This is enough for a chart, for the path to it, and for the targets of its links.
            room: Cell::new(2 * MAX_CHART_ENTRIES),
        }
    }

    /// Returns this tree as that of the submodule at a path.
    pub(super) fn at(self, place: &str) -> Self {
        GitTree { place: place.to_owned(), ..self }
    }

    /// Returns the submodule that a path leads to or into.
    pub(super) fn submodule(&self, path: &Path) -> Option<Submodule> {
        match self.resolve(path) {
            Err(TreeError::InSubmodule(module)) => Some(*module),
            Ok(Resolved { real, entry: Some(Entry { kind: EntryKind::Submodule, object }) }) => {
                Some(Submodule { place: real, commit: object, rest: PathBuf::new() })
            }
            _ => None,
        }
    }

    /// Lists a directory and everything below it at once, which is faster than listing each directory.
    pub(super) fn list_below(&self, path: &Path) -> Result<(), TreeError> {
        let resolved = self.resolve(path)?;
        let object = match &resolved.entry {
            None => self.commit.clone(),
            Some(Entry { kind: EntryKind::Directory, object }) => object.clone(),
            Some(_) => return Err(ErrorKind::NotADirectory.into()),
        };
        self.list(&resolved.real, &object, true)
    }

    fn list(&self, path: &str, object: &str, below: bool) -> Result<(), TreeError> {
        let shown = self.shown(Path::new(path));
        let output = self.objects.list(object, below, MAX_LISTING_BYTES, &shown).map_err(TreeError::Failed)?;
        let refuse = |message: String, help: &str| {
            TreeError::Failed(Box::new(Diagnostic::error("revision", message).help(help)))
        };
        let count = output.iter().filter(|&&byte| byte == 0).count();
        let room = self.room.get().checked_sub(count).filter(|_| output.len() as u64 <= MAX_LISTING_BYTES);
        let Some(room) = room else {
            return Err(refuse(
                format!("{shown} contains more than {MAX_CHART_ENTRIES} files"),
                "keep only the chart in its directory",
            ));
        };
        self.room.set(room);
        let directories = parse(&output, below).map_err(|reason| {
            refuse(format!("{shown}: {reason}"), "git itself does not create such a tree: `git fsck` reports it")
        })?;
        self.listed
            .borrow_mut()
            .extend(directories.into_iter().map(|(name, directory)| (below_path(path, &name), Rc::new(directory))));
        Ok(())
    }

    /// Returns the entries of a directory, whose path must not have symbolic links.
    fn directory(&self, real: &str, entry: Option<&Entry>) -> Result<Rc<Directory>, TreeError> {
        if let Some(known) = self.listed.borrow().get(real) {
            return Ok(Rc::clone(known));
        }
        self.list(real, entry.map_or(&self.commit, |entry| &entry.object), false)?;
        self.listed.borrow().get(real).cloned().ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Resolves the symbolic links in a path, as an operating system would if the tree were the whole file system.
    fn resolve(&self, path: &Path) -> Result<Resolved, TreeError> {
        let mut rest: VecDeque<String> = match parts(path) {
            Some(parts) => parts.into(),
            None => return Err(ErrorKind::NotFound.into()),
        };
        // The directories on the path so far, each with its own path.
        let mut way: Vec<(String, Entry)> = Vec::new();
        let mut links = 0;
        while let Some(part) = rest.pop_front() {
            let (real, above) = way.last().map_or(("", None), |(path, entry)| (path.as_str(), Some(entry)));
            if part == ".." {
                if way.pop().is_none() {
                    return Err(TreeError::LeadsOut(path.display().to_string()));
                }
                continue;
            }
            match above.map(|entry| entry.kind) {
                None | Some(EntryKind::Directory) => {}
                Some(EntryKind::Submodule) => {
                    let commit = above.map(|entry| entry.object.clone()).unwrap_or_default();
                    let rest = std::iter::once(part).chain(rest).collect();
                    let module = Submodule { place: real.to_owned(), commit, rest };
                    return Err(TreeError::InSubmodule(Box::new(module)));
                }
                Some(_) => return Err(ErrorKind::NotADirectory.into()),
            }
            let entry = self.directory(real, above)?.get(part.as_bytes()).cloned().ok_or(ErrorKind::NotFound)?;
            let here = below_path(real, &part);
            let EntryKind::Link(size) = entry.kind else {
                way.push((here, entry));
                continue;
            };
            links += 1;
            if links > MAX_LINKS {
                return Err(std::io::Error::other("too many levels of symbolic links").into());
            }
            let target = self.link(&here, &entry.object, size)?;
            let Some(parts) = parts(Path::new(&target)) else { return Err(TreeError::LeadsOut(target)) };
            if leads_above(way.len(), &parts) {
                return Err(TreeError::LeadsOut(target));
            }
            for part in parts.into_iter().rev() {
                rest.push_front(part);
            }
        }
        let (real, entry) = way.pop().map_or((String::new(), None), |(real, entry)| (real, Some(entry)));
        Ok(Resolved { real, entry })
    }

    /// Returns the target of a symbolic link.
    fn link(&self, path: &str, object: &str, size: Option<u64>) -> Result<String, TreeError> {
        if let Some(known) = self.links.borrow().get(object) {
            return Ok(known.clone());
        }
        let shown = self.shown(Path::new(path));
        let size = size.ok_or_else(|| TreeError::Failed(self.objects.missing(&shown)))?;
        if size > MAX_LINK_BYTES {
            return Err(std::io::Error::other("file name too long").into());
        }
        let bytes = self.objects.blob(object, size, &shown).map_err(TreeError::Failed)?;
        let text = String::from_utf8(bytes).map_err(|_| std::io::Error::other("the symbolic link is not UTF-8"))?;
        let mut links = self.links.borrow_mut();
        if links.len() < MAX_KNOWN_LINKS {
            links.insert(object.to_owned(), text.clone());
        }
        Ok(text)
    }

    /// Returns the entry at a path without following it, if it is a symbolic link.
    fn entry_itself(&self, path: &Path) -> Result<Option<Entry>, TreeError> {
        let Some(name) = path.file_name() else { return Ok(None) };
        let above = self.resolve(path.parent().unwrap_or(Path::new("")))?;
        if above.entry.as_ref().is_some_and(|entry| entry.kind != EntryKind::Directory) {
            return Err(ErrorKind::NotADirectory.into());
        }
        let directory = self.directory(&above.real, above.entry.as_ref())?;
        Ok(Some(directory.get(name.as_encoded_bytes()).cloned().ok_or(ErrorKind::NotFound)?))
    }
}

impl Tree for GitTree<'_> {
    fn look(&self, path: &Path) -> Result<Found, TreeError> {
        let itself = self.entry_itself(path)?;
        let size_of = |size: Option<u64>, path: &Path| {
            size.ok_or_else(|| TreeError::Failed(self.objects.missing(&self.shown(path))))
        };
        let kind_of = |entry: &Option<Entry>, path: &Path| -> Result<Kind, TreeError> {
            Ok(match entry.as_ref().map(|entry| entry.kind) {
                None | Some(EntryKind::Directory) => Kind::Directory,
                Some(EntryKind::Submodule) => Kind::Submodule,
                Some(EntryKind::File(size) | EntryKind::Link(size)) => {
                    size_of(size, path)?;
                    Kind::File
                }
            })
        };
        let Some(Entry { kind: EntryKind::Link(size), object }) = &itself else {
            return Ok(Found { kind: kind_of(&itself, path)?, link: None });
        };
        let target = self.link(&path.display().to_string(), object, *size)?;
        let resolved = self.resolve(path).map_err(|error| match error {
            TreeError::Io(error) => TreeError::Broken(target.clone(), error),
            TreeError::LeadsOut(_) => TreeError::LeadsOut(target.clone()),
            error => error,
        })?;
        let real = PathBuf::from(resolved.real);
        Ok(Found { kind: kind_of(&resolved.entry, &real)?, link: Some(real) })
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        self.resolve(path).ok().map(|resolved| PathBuf::from(resolved.real))
    }

    fn entries(&self, directory: &Path) -> Result<Vec<Listed>, TreeError> {
        let resolved = self.resolve(directory)?;
        let names = self.directory(&resolved.real, resolved.entry.as_ref())?;
        Ok(names.keys().map(|name| Listed { name: os_name(name), found: None }).collect())
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
        match self.resolve(path)?.entry {
            Some(Entry { kind: EntryKind::File(size), object }) => {
                let shown = self.shown(path);
                let size = size.ok_or_else(|| TreeError::Failed(self.objects.missing(&shown)))?;
                if size > limit {
                    return Err(TreeError::TooLarge);
                }
                self.objects.blob(&object, size, &shown).map_err(TreeError::Failed)
            }
            Some(Entry { kind: EntryKind::Submodule, .. }) => Err(std::io::Error::other("is a git submodule").into()),
            _ => Err(ErrorKind::IsADirectory.into()),
        }
    }

    fn shown(&self, path: &Path) -> String {
        let path = below_path(&self.place, &path.display().to_string());
        if path.is_empty() { self.name.clone() } else { format!("{}:{path}", self.name) }
    }
}

/// Returns the parts of a relative UTF-8 path without `.`, or `None` for any other path.
fn parts(path: &Path) -> Option<Vec<String>> {
    let part = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_str()?.to_owned()),
        Component::ParentDir => Some("..".to_owned()),
        Component::CurDir => Some(String::new()),
        Component::RootDir | Component::Prefix(_) => None,
    };
    let parts: Option<Vec<String>> = path.components().map(part).collect();
    parts.map(|parts| parts.into_iter().filter(|part| !part.is_empty()).collect())
}

/// Whether the leading `..` of a link's target lead above the root.
fn leads_above(depth: usize, parts: &[String]) -> bool {
    parts.iter().take_while(|part| *part == "..").count() > depth
}

fn below_path(above: &str, name: &str) -> String {
    match (above, name) {
        ("", name) => name.to_owned(),
        (above, "") => above.to_owned(),
        (above, name) => format!("{above}/{name}"),
    }
}

#[cfg(unix)]
fn os_name(name: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(name.to_vec())
}

#[cfg(not(unix))]
fn os_name(name: &[u8]) -> OsString {
    OsString::from(String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::walk::{Allowance, Links, read_files};

    /// An in-memory repository whose objects have arbitrary names instead of hashes.
    #[derive(Default)]
    struct Memory(HashMap<String, Vec<u8>>);

    impl Memory {
        /// Adds a tree with entries of mode, name and object.
        fn tree(mut self, name: &str, entries: &[(&str, &str, &str)]) -> Self {
            let mut listing = String::new();
            for (mode, entry, object) in entries {
                let size = self.0.get(*object).map_or("BAD".to_owned(), |bytes| bytes.len().to_string());
                let kind = match *mode {
                    "040000" => "tree",
                    "160000" => "commit",
                    _ => "blob",
                };
                let size = if kind == "blob" { size } else { "-".to_owned() };
                listing += &format!("{mode} {kind} {object} {size}\t{entry}\0");
            }
            self.0.insert(name.to_owned(), listing.into_bytes());
            self
        }

        fn blob(mut self, name: &str, text: &str) -> Self {
            self.0.insert(name.to_owned(), text.as_bytes().to_vec());
            self
        }

        fn list_into(&self, tree: &str, prefix: &str, below: bool, output: &mut Vec<u8>) {
            for line in String::from_utf8_lossy(&self.0[tree]).split_terminator('\0') {
                let (head, name) = line.split_once('\t').unwrap();
                output.extend(format!("{head}\t{prefix}{name}\0").bytes());
                if below && head.starts_with("040000") {
                    self.list_into(head.split(' ').nth(2).unwrap(), &format!("{prefix}{name}/"), below, output);
                }
            }
        }

        fn read(&self, top: &str, links: Links) -> Result<Vec<String>, Vec<String>> {
            let tree = GitTree::new(self, "c0", "main");
            let top = Path::new(top);
            tree.list_below(top).map_err(|error| vec![error.reason()])?;
            match read_files(&tree, top, links, &mut Allowance::default()) {
                Ok(files) => Ok(files.into_iter().map(|file| file.shown).collect()),
                Err(errors) => Err(errors.into_iter().map(|error| error.message).collect()),
            }
        }
    }

    impl Objects for Memory {
        fn list(&self, tree: &str, below: bool, _: u64, _: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
            let mut output = Vec::new();
            self.list_into(tree, "", below, &mut output);
            Ok(output)
        }

        fn blob(&self, object: &str, size: u64, _: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
            assert_eq!(self.0[object].len() as u64, size);
            Ok(self.0[object].clone())
        }

        fn missing(&self, what: &str) -> Box<Diagnostic> {
            Box::new(Diagnostic::error("revision", format!("{what} is missing")))
        }
    }

    fn chart(entries: &[(&str, &str, &str)]) -> Memory {
        let metadata = [("100644", "Chart.yaml", "b0")];
        Memory::default()
            .blob("b0", "name: c")
            .blob("b1", "../shared/a")
            .blob("b2", "templates")
            .blob("b3", "x/../../../c/Chart.yaml")
            .blob("b4", "/etc/passwd")
            .blob("b5", "..")
            .blob("b6", "link")
            .blob("b7", "../shared")
            .tree("e0", &[("100644", "a", "b0"), ("100644", "b", "b0")])
            .tree("c1", &[&metadata, entries].concat())
            .tree("c0", &[("040000", "c", "c1"), ("040000", "shared", "e0"), ("120000", "link-to-c", "b9")])
    }

    #[test]
    fn files_come_as_from_a_directory() {
        let chart = chart(&[("040000", "templates", "e0"), ("120000", "linked", "b2")]);
        let files = chart.read("c", Links::Inside).unwrap();
        assert_eq!(
            files,
            ["Chart.yaml", "linked/a", "linked/b", "templates/a", "templates/b"].map(|path| format!("main:c/{path}"))
        );
    }

    #[test]
    fn links_within_the_revision_are_followed_only_on_demand() {
        let chart = chart(&[("120000", "file", "b1"), ("120000", "folder", "b7"), ("120000", "self", "b3")]);
        let refused = chart.read("c", Links::Inside).unwrap_err();
        assert_eq!(refused[0], "the symbolic link main:c/file points outside the chart, to main:shared/a");
        assert_eq!(refused[1], "the symbolic link main:c/folder points outside the chart, to main:shared");
        let refused = chart.read("c", Links::Anywhere).unwrap_err();
        assert_eq!(
            refused,
            ["error evaluating symlink main:c/self: lstat x/../../../c/Chart.yaml: no such file or directory"]
        );
    }

    #[test]
    fn links_out_of_the_revision_and_cycles_are_refused() {
        let chart = chart(&[("120000", "link", "b6"), ("120000", "root", "b4"), ("120000", "up", "b5")]);
        assert_eq!(
            chart.read("c", Links::Anywhere).unwrap_err(),
            [
                "error evaluating symlink main:c/link: lstat link: too many levels of symbolic links",
                "the symbolic link main:c/root points outside the revision, to /etc/passwd",
                "the symbolic link main:c/up points back to its own directory",
            ]
        );
    }

    #[test]
    fn other_repositories_and_missing_objects_are_errors() {
        let submodule = chart(&[("160000", "module", "c0")]).read("c", Links::Inside).unwrap_err();
        assert_eq!(submodule, ["main:c/module is a git submodule: its files are in another repository"]);
        let missing = chart(&[("100644", "gone", "bad")]).read("c", Links::Inside).unwrap_err();
        assert_eq!(missing, ["main:c/gone is missing"]);
        assert_eq!(chart(&[]).read("c/Chart.yaml", Links::Inside).unwrap_err(), ["not a directory"]);
        assert_eq!(chart(&[]).read("none", Links::Inside).unwrap_err(), ["no such file or directory"]);
    }
}
