//! Reads the files of a chart from a tree, with one set of rules for symbolic links, `.helmignore` and sizes.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use super::contents::{Contents, OneByOne, Read};
use super::tree::{Found, Kind, Listed, Tree, TreeError};
use crate::chart::{File, IgnoreRules, MAX_FILE_BYTES};
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// The maximum depth of directories in a chart.
pub(super) const MAX_CHART_DEPTH: usize = 100;
/// The maximum number of files and directories in a chart's directory, including ignored ones but not the
/// contents of ignored directories.
pub(super) const MAX_CHART_ENTRIES: usize = 50_000;
/// The maximum total size of the files in a chart's directory, in bytes. It is that of an unpacked archive.
pub(super) const MAX_CHART_BYTES: u64 = 100 << 20;
/// The file in a chart's directory that excludes files from the chart.
const IGNORE_FILE: &str = ".helmignore";
/// The maximum size of `.helmignore`, in bytes.
const MAX_HELMIGNORE_BYTES: u64 = 1 << 20;

/// Which symbolic links in a chart's directory are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Only links that stay inside the directory; others are errors. A chart from elsewhere cannot include files outside it.
    Inside,
    /// All links, as in Helm; in a git revision, all that stay inside its tree. The exception is `.helmignore`, which must always
    /// be inside, because error messages show its lines.
    Anywhere,
}

/// The number of entries and bytes that may still be read. Charts that are read together share one allowance.
#[derive(Debug)]
pub(super) struct Allowance {
    entries: usize,
    bytes: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Allowance { entries: MAX_CHART_ENTRIES, bytes: MAX_CHART_BYTES }
    }
}

impl Allowance {
    /// Takes one directory entry from the allowance. Returns false if none is left.
    pub(super) fn take_entry(&mut self) -> bool {
        self.entries.checked_sub(1).is_some_and(|rest| {
            self.entries = rest;
            true
        })
    }

    /// Takes the bytes of a file from the allowance. Returns false if not enough are left.
    pub(super) fn take_bytes(&mut self, bytes: u64) -> bool {
        self.bytes.checked_sub(bytes).is_some_and(|rest| {
            self.bytes = rest;
            true
        })
    }
}

/// Reads the chart in a tree's directory `top`: its files in byte order of their names, without
/// those that `.helmignore` excludes.
///
/// # Errors
/// The directory is not a chart, `.helmignore` is invalid, or files cannot be read: all errors together.
pub(super) fn read_files(
    tree: &dyn Tree,
    top: &Path,
    links: Links,
    allowance: &mut Allowance,
) -> Result<Vec<File>, Vec<Diagnostic>> {
    list_files(tree, top, links, allowance)?.read(&OneByOne(tree))
}

/// Lists the files that [`read_files`] reads.
///
/// # Errors
/// The directory is not a chart, or `.helmignore` is invalid. Other errors are reported together with those of reading.
pub(super) fn list_files<'t>(
    tree: &'t dyn Tree,
    top: &Path,
    links: Links,
    allowance: &'t mut Allowance,
) -> Result<Listing<'t>, Vec<Diagnostic>> {
    let boundary = Boundary::new(tree, top, links);
    let listed = tree.entries(top);
    let metadata = top.join("Chart.yaml");
    if !matches!(at_top(&listed, "Chart.yaml"), AtTop::File)
        && let Err(error) = tree.look(&metadata)
    {
        if let TreeError::Failed(error) = error {
            return Err(vec![*error]);
        }
        if !matches!(error, TreeError::LeadsOut(_)) {
            let path = tree.shown(&metadata);
            let message = format!("unable to detect chart at {path}: open {path}: {}", error.reason());
            return Err(vec![
                Diagnostic::error("chart-not-found", message).help("a chart is a directory that contains Chart.yaml"),
            ]);
        }
    }
    let (rules, ignore_file) = boundary.ignore_rules(at_top(&listed, IGNORE_FILE))?;
    let listing = Listing { boundary, allowance, files: Vec::new(), errors: Vec::new() };
    let mut walk = Walk { listing, rules, followed: Vec::new(), ignore_file };
    // The reason for stopping is the last of the errors.
    let _ = walk.directory(top, listed, "", 0);
    Ok(walk.listing)
}

/// The files of a chart that are to be read.
pub(super) struct Listing<'t> {
    boundary: Boundary<'t>,
    allowance: &'t mut Allowance,
    files: Vec<Unread>,
    /// What is wrong about the files that are not listed, with the number of those listed before.
    errors: Vec<(usize, Diagnostic)>,
}

/// A file that is to be read.
struct Unread {
    path: PathBuf,
    /// Its path below the chart's directory.
    below: String,
    /// Its content, if it was read already.
    known: Option<Vec<u8>>,
}

impl Listing<'_> {
    /// The paths of the files whose content is not known yet.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().filter(|file| file.known.is_none()).map(|file| file.path.as_path())
    }

    /// The number of bytes that may be read.
    pub(super) fn allowed_bytes(&self) -> u64 {
        self.allowance.bytes
    }

    /// Reads the files. `contents` has those of the [`paths`](Self::paths).
    ///
    /// # Errors
    /// All errors, in the order of the files.
    pub(super) fn read(mut self, contents: &dyn Contents) -> Result<Vec<File>, Vec<Diagnostic>> {
        let mut listed_errors = std::mem::take(&mut self.errors).into_iter().peekable();
        let (mut files, mut errors) = (Vec::with_capacity(self.files.len()), Vec::new());
        let mut unread = 0..;
        for (index, file) in std::mem::take(&mut self.files).into_iter().enumerate() {
            while let Some((_, error)) = listed_errors.next_if(|(before, _)| *before <= index) {
                errors.push(error);
            }
            let read = file.known.map_or_else(|| contents.take(unread.next().unwrap_or_default(), &file.path), Ok);
            match self.file(&file.path, file.below, read) {
                Ok(file) => files.push(file),
                Err(Failure { error, stops }) => {
                    errors.push(*error);
                    if stops {
                        return Err(errors);
                    }
                }
            }
        }
        errors.extend(listed_errors.map(|(_, error)| error));
        if errors.is_empty() { Ok(files) } else { Err(errors) }
    }

    fn file(&mut self, path: &Path, below: String, read: Read) -> Result<File, Failure> {
        let tree = self.boundary.tree;
        let bytes = read.map_err(|error| {
            if matches!(error, TreeError::TooLarge) {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let message = format!("chart file \"{name}\" is larger than the maximum file size {MAX_FILE_BYTES}");
                return Failure { error: Box::new(refused(message)), stops: false };
            }
            failure(tree, &format!("error reading {below}: open"), path, error)
        })?;
        // The size that was read counts, because files in /proc do not report theirs.
        if !self.allowance.take_bytes(bytes.len() as u64) {
            let shown = tree.shown(&self.boundary.top);
            let error = refused(format!("the files of {shown} are larger than {MAX_CHART_BYTES} bytes in total"));
            let help = "list files that are not part of the chart in .helmignore";
            return Err(Failure { error: Box::new(error.help(help)), stops: true });
        }
        Ok(File { shown: plain(&tree.shown(path)).to_owned(), path: below, bytes: bytes.into() })
    }
}

/// Why an entry is not read.
struct Failure {
    error: Box<Diagnostic>,
    /// Whether nothing else can be read either.
    stops: bool,
}

fn refused(message: String) -> Diagnostic {
    Diagnostic::error("chart-file", message)
}

/// Returns what to report if an entry cannot be read. `what` is the failed operation.
fn failure(tree: &dyn Tree, what: &str, path: &Path, error: TreeError) -> Failure {
    let shown = tree.shown(path);
    let error = match error {
        TreeError::Failed(error) => return Failure { error, stops: true },
        TreeError::Broken(target, error) => {
            refused(format!("error evaluating symlink {shown}: lstat {target}: {}", os_error(&error)))
        }
        error => refused(format!("{what} {shown}: {}", error.reason())),
    };
    Failure { error: Box::new(error), stops: false }
}

/// What the list of a chart's directory shows about a file in it.
enum AtTop {
    /// It is a regular file.
    File,
    /// Nothing has this name, in any case.
    Missing,
    /// The list is not enough; the file must be looked up.
    Unknown,
}

fn at_top(listed: &Result<Vec<Listed>, TreeError>, name: &str) -> AtTop {
    let Ok(entries) = listed else { return AtTop::Unknown };
    match entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) {
        None => AtTop::Missing,
        Some(Listed { name: known, found: Some(Found { kind: Kind::File, link: None }) }) if known == name => {
            AtTop::File
        }
        Some(_) => AtTop::Unknown,
    }
}

/// A chart's directory in a tree, which symbolic links may not leave.
pub(super) struct Boundary<'t> {
    tree: &'t dyn Tree,
    top: PathBuf,
    /// The canonical path of the directory, computed when the first link is compared with it.
    real: OnceCell<PathBuf>,
    links: Links,
}

impl<'t> Boundary<'t> {
    pub(super) fn new(tree: &'t dyn Tree, top: &Path, links: Links) -> Self {
        Boundary { tree, top: top.to_path_buf(), real: OnceCell::new(), links }
    }

    fn real(&self) -> &Path {
        self.real.get_or_init(|| self.tree.real(&self.top).unwrap_or_else(|| self.top.clone()))
    }

    /// Returns the target of a symbolic link, if following it is not allowed.
    pub(super) fn leads_out<'f>(&self, found: &'f Found) -> Option<&'f Path> {
        found.link.as_deref().filter(|target| self.links == Links::Inside && !target.starts_with(self.real()))
    }

    /// Reads `.helmignore`: its rules and its content. It may not be a link out of the chart, because
    /// messages show its invalid lines.
    fn ignore_rules(&self, known: AtTop) -> Result<(IgnoreRules, Option<Vec<u8>>), Vec<Diagnostic>> {
        let path = self.top.join(IGNORE_FILE);
        let shown = self.tree.shown(&path);
        let refuse = |message: String| vec![Diagnostic::error("helmignore", message)];
        let out = |target: &str| {
            let error = Diagnostic::error(
                "helmignore",
                format!("the symbolic link {shown} points outside the chart, to {target}"),
            );
            vec![error.help("replace it with a copy: --follow-symlinks does not apply to .helmignore")]
        };
        let look = match known {
            AtTop::File => Ok(Found { kind: Kind::File, link: None }),
            AtTop::Missing => return Ok((IgnoreRules::built_in(), None)),
            AtTop::Unknown => self.tree.look(&path),
        };
        let found = match look {
            Ok(found) => found,
            Err(error) if error.is_missing() => return Ok((IgnoreRules::built_in(), None)),
            Err(TreeError::LeadsOut(target)) => return Err(out(&target)),
            Err(TreeError::Failed(error)) => return Err(vec![*error]),
            Err(error) => return Err(refuse(format!("open {shown}: {}", error.reason()))),
        };
        if let Some(target) = found.link.as_deref().filter(|target| !target.starts_with(self.real())) {
            return Err(out(&self.tree.shown(target)));
        }
        match found.kind {
            Kind::Directory => return Err(refuse(format!("read {shown}: is a directory"))),
            Kind::Special | Kind::Submodule => return Err(refuse(format!("{shown} is not a regular file"))),
            Kind::File => {}
        }
        match self.tree.read_found(&path, MAX_HELMIGNORE_BYTES) {
            Ok(bytes) => {
                let rules = IgnoreRules::parse(&Source::file(plain(&shown), String::from_utf8_lossy(&bytes)))?;
                Ok((rules, Some(bytes)))
            }
            Err(TreeError::TooLarge) => Err(refuse(format!("{shown} is larger than {MAX_HELMIGNORE_BYTES} bytes"))),
            Err(TreeError::Failed(error)) => Err(vec![*error]),
            Err(error) => Err(refuse(format!("open {shown}: {}", error.reason()))),
        }
    }
}

/// Reading stops: a limit is exceeded, or the tree cannot be read.
struct Stop;

struct Walk<'t> {
    listing: Listing<'t>,
    rules: IgnoreRules,
    /// The targets of the directory links that are currently being followed.
    followed: Vec<PathBuf>,
    /// The content of `.helmignore`, which is read first, until its turn among the files.
    ignore_file: Option<Vec<u8>>,
}

impl Walk<'_> {
    /// Lists the files below a directory, whose entries have been listed.
    fn directory(
        &mut self,
        directory: &Path,
        listed: Result<Vec<Listed>, TreeError>,
        prefix: &str,
        depth: usize,
    ) -> Result<(), Stop> {
        let tree = self.listing.boundary.tree;
        if depth > MAX_CHART_DEPTH {
            let shown = tree.shown(directory);
            self.refuse(format!("{shown} is more than {MAX_CHART_DEPTH} directories deep"));
            return Ok(());
        }
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(error) => return self.fail("open", directory, error),
        };
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        for Listed { name, found } in entries {
            if !self.listing.allowance.take_entry() {
                let shown = tree.shown(&self.listing.boundary.top);
                let error = refused(format!("{shown} contains more than {MAX_CHART_ENTRIES} files"));
                self.note(error.help("list directories that are not part of the chart in .helmignore"));
                return Err(Stop);
            }
            let path = directory.join(&name);
            match name.to_str() {
                Some(name) => self.entry(&path, &format!("{prefix}{name}"), found, depth)?,
                None => self.refuse(format!("the name of {} is not UTF-8", tree.shown(&path))),
            }
        }
        Ok(())
    }

    /// Lists the entry at a path. `found` is what the list of its directory shows about it.
    fn entry(&mut self, path: &Path, below: &str, found: Option<Found>, depth: usize) -> Result<(), Stop> {
        let tree = self.listing.boundary.tree;
        let found = match found.map_or_else(|| tree.look(path), Ok) {
            Ok(found) => found,
            Err(TreeError::LeadsOut(target)) => {
                if !self.ignores(below, false)? {
                    let message =
                        format!("the symbolic link {} points outside the revision, to {target}", tree.shown(path));
                    let help = "in a revision, only links to its own files are followed";
                    self.note(Diagnostic::error("chart-file", message).help(help));
                }
                return Ok(());
            }
            Err(error) => return self.fail("stat", path, error),
        };
        if self.ignores(below, found.kind == Kind::Directory)? {
            return Ok(());
        }
        if let Some(target) = self.listing.boundary.leads_out(&found) {
            let (link, target) = (tree.shown(path), tree.shown(target));
            let message = format!("the symbolic link {link} points outside the chart, to {target}");
            self.note(Diagnostic::error("chart-file", message).help("use --follow-symlinks to follow it"));
            return Ok(());
        }
        match (found.kind, found.link) {
            (Kind::Directory, None) => self.directory(path, tree.entries(path), &format!("{below}/"), depth + 1),
            (Kind::Directory, Some(target)) => self.linked_directory(path, target, below, depth),
            (Kind::File, _) => {
                let known = if below == IGNORE_FILE { self.ignore_file.take() } else { None };
                self.listing.files.push(Unread { path: path.to_path_buf(), below: below.to_owned(), known });
                Ok(())
            }
            (Kind::Special, _) => {
                let path = tree.shown(path);
                self.refuse(format!("cannot load irregular file {path} as it has file mode type bits set"));
                Ok(())
            }
            (Kind::Submodule, _) => {
                let message = format!("{} is a git submodule: its files are in another repository", tree.shown(path));
                let help = "render the old side from a work tree with its submodules, and compare with --from";
                self.note(Diagnostic::error("chart-file", message).help(help));
                Ok(())
            }
        }
    }

    /// Follows a symbolic link to a directory, unless it leads back to a directory that is being read.
    fn linked_directory(&mut self, path: &Path, target: PathBuf, below: &str, depth: usize) -> Result<(), Stop> {
        let tree = self.listing.boundary.tree;
        let parent = path.parent().and_then(|parent| tree.real(parent)).unwrap_or_default();
        if parent.starts_with(&target) || self.followed.contains(&target) {
            self.refuse(format!("the symbolic link {} points back to its own directory", tree.shown(path)));
            return Ok(());
        }
        self.followed.push(target);
        let read = self.directory(path, tree.entries(path), &format!("{below}/"), depth + 1);
        self.followed.pop();
        read
    }

    fn ignores(&mut self, below: &str, is_directory: bool) -> Result<bool, Stop> {
        self.rules.ignores(below, is_directory).map_err(|error| {
            let shown = self.listing.boundary.tree.shown(&self.listing.boundary.top.join(".helmignore"));
            let message = format!("{shown}: {}", error.message);
            self.note(Diagnostic { message, ..error });
            Stop
        })
    }

    fn note(&mut self, error: Diagnostic) {
        self.listing.errors.push((self.listing.files.len(), error));
    }

    fn refuse(&mut self, message: String) {
        self.note(refused(message));
    }

    /// Reports what cannot be read. `what` is the failed operation.
    fn fail(&mut self, what: &str, path: &Path, error: TreeError) -> Result<(), Stop> {
        let Failure { error, stops } = failure(self.listing.boundary.tree, what, path, error);
        self.note(*error);
        if stops { Err(Stop) } else { Ok(()) }
    }
}

/// Returns the path as the user would write it: without a leading `./`.
pub(super) fn plain(shown: &str) -> &str {
    shown.strip_prefix("./").unwrap_or(shown)
}
