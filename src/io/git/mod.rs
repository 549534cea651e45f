//! Files as they stood at a revision of a git repository.

mod explain;
mod listing;
mod process;
mod tree;

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};

use super::archive::MAX_ARCHIVE_BYTES;
use super::archive::files_of_archive;
use super::inputs::MAX_INPUT_BYTES;
use super::tree::{Kind, Tree, TreeError};
use super::walk::{Allowance, Links, read_files};
use crate::chart::File;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;
use process::{Git, ObjectReader};
use tree::GitTree;
pub use tree::Objects;

/// A commit of the repository that a folder is in. git is asked with its own program. Nothing is written to a disk, nothing
/// of the repository is executed, and what a partial clone lacks is not fetched.
#[derive(Debug)]
pub struct Revision {
    /// The top folder of the work tree.
    top: PathBuf,
    /// The commit's name.
    commit: String,
    /// The revision as the user wrote it.
    name: String,
    repository: Repository,
}

/// What a path is at a revision.
#[derive(Debug)]
pub enum AtRevision<T> {
    /// This.
    There(T),
    /// There was nothing of this name.
    Missing,
    /// The path does not lie in the repository.
    Outside,
}

impl Revision {
    /// Finds the commit that `revision` names in the repository around `folder`.
    ///
    /// # Errors
    /// git, a repository with a work tree or the commit is missing: which, and what to do.
    pub fn open(revision: &str, folder: &Path) -> Result<Revision, Diagnostic> {
        let (top, state) = explain::work_tree(folder, revision)?;
        let repository = Repository {
            git: Git::new(&top),
            is_partial: state.is_partial,
            flag: Source::flag("--rev", revision),
            reader: RefCell::default(),
        };
        let commit = explain::commit(&repository.git, revision, &state)?;
        Ok(Revision { top, commit, name: revision.to_owned(), repository })
    }

    /// The revision as the user wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path as messages show it, and as git itself takes it: `main:charts/web/values.yaml`.
    pub fn shown(&self, path: &str) -> String {
        let inside = self.inside(Path::new(path)).unwrap_or_else(|| PathBuf::from(path));
        format!("{}:{}", self.name, inside.display())
    }

    /// The bytes of a file, at most [`MAX_INPUT_BYTES`]. Symbolic links are followed within the revision's tree.
    ///
    /// # Errors
    /// It is not a file, is too large, is a link out of the tree, or git can't read it.
    pub fn file(&self, path: &str) -> Result<AtRevision<Vec<u8>>, Diagnostic> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        let tree = GitTree::new(&self.repository, &self.commit, &self.name);
        match tree.read(&inside, MAX_INPUT_BYTES) {
            Ok(bytes) => Ok(AtRevision::There(bytes)),
            Err(error) if error.is_missing() => Ok(AtRevision::Missing),
            Err(error) => Err(unreadable(&self.name, &tree.shown(&inside), error, MAX_INPUT_BYTES)),
        }
    }

    /// The files of the chart at a path: a directory, or an archive. The path itself may lead through symbolic links within
    /// the revision's tree; those in the chart are followed as `links` says.
    ///
    /// # Errors
    /// As for reading a chart from a disk, or git can't read it.
    pub fn chart(&self, path: &str, links: Links) -> Result<AtRevision<Vec<File>>, Vec<Diagnostic>> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        read_chart_at(&self.repository, &self.commit, &self.name, &inside, links)
    }

    /// The path from the top of the repository; `None` if it is outside. Only what is on the way to the repository is
    /// looked up on the disk: what is a link today need not have been one.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let whole = without_dots(path);
        let top = self.top.canonicalize().unwrap_or_else(|_| self.top.clone());
        let mut ancestors: Vec<&Path> = whole.ancestors().collect();
        ancestors.reverse();
        let above = ancestors.into_iter().find(|above| above.canonicalize().is_ok_and(|real| real == top));
        let inside = match above {
            Some(above) => whole.strip_prefix(above).ok()?.to_path_buf(),
            None => real(&whole).strip_prefix(&top).ok()?.to_path_buf(),
        };
        Some(inside)
    }
}

/// The files of the chart at `path`, which begins at the top of a commit's tree; `name` is what the user calls the commit. Of
/// the repository only `objects` is needed.
///
/// # Errors
/// As for [`Revision::chart`].
pub fn read_chart_at(
    objects: &dyn Objects,
    commit: &str,
    name: &str,
    path: &Path,
    links: Links,
) -> Result<AtRevision<Vec<File>>, Vec<Diagnostic>> {
    let tree = GitTree::new(objects, commit, name);
    let shown = tree.shown(path);
    let refuse = |error| vec![unreadable(name, &shown, error, MAX_ARCHIVE_BYTES)];
    match tree.look(path) {
        Err(error) if error.is_missing() => Ok(AtRevision::Missing),
        Err(error) => Err(refuse(error)),
        Ok(found) if found.kind == Kind::Directory => {
            tree.list_below(path).map_err(refuse)?;
            read_files(&tree, path, links, &mut Allowance::default()).map(AtRevision::There)
        }
        Ok(_) => {
            let bytes = tree.read(path, MAX_ARCHIVE_BYTES).map_err(refuse)?;
            files_of_archive(&bytes, &shown).map(AtRevision::There).map_err(|error| vec![error])
        }
    }
}

fn unreadable(revision: &str, shown: &str, error: TreeError, limit: u64) -> Diagnostic {
    let message = match error {
        TreeError::Failed(error) => return *error,
        TreeError::TooLarge => format!("{shown} is larger than {} MiB", limit >> 20),
        TreeError::LeadsOut(target) => format!("the symbolic link {shown} leads out of the revision, to {target}"),
        error => format!("cannot read {shown}: {}", error.reason()),
    };
    Diagnostic::error("revision", message).at(Source::flag("--rev", revision).whole(), "")
}

/// A repository's objects, read with git.
#[derive(Debug)]
struct Repository {
    git: Git,
    is_partial: bool,
    /// `--rev`, for messages.
    flag: Source,
    reader: RefCell<Option<ObjectReader>>,
}

impl Repository {
    fn refuse(&self, message: String) -> Diagnostic {
        Diagnostic::error("revision", message).at(self.flag.whole(), "")
    }

    fn object(&self, object: &str, size: u64) -> Result<Vec<u8>, TreeError> {
        let mut reader = self.reader.borrow_mut();
        let mut running = match reader.take() {
            Some(running) => running,
            None => self.git.objects()?,
        };
        let bytes = running.blob(object, size)?;
        // One that failed may have more to say than was read: it is not used again.
        *reader = Some(running);
        Ok(bytes)
    }
}

impl Objects for Repository {
    fn list(&self, tree: &str, below: bool, limit: u64, shown: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
        let arguments = if below { vec!["-r", "-t"] } else { Vec::new() };
        let arguments = [vec!["ls-tree", "-z", "-l", "--full-tree"], arguments, vec![tree]].concat();
        let failed = |reason: String| self.refuse(format!("git cannot list the files of {shown}: {reason}"));
        let answer = self.git.ask(&arguments, limit).map_err(|error| Box::new(failed(os_error(&error))))?;
        match answer {
            answer if answer.ok || answer.stdout.len() as u64 > limit => Ok(answer.stdout),
            _ if self.is_partial => Err(self.missing(&format!("files of {shown}"))),
            answer => Err(Box::new(failed(answer.reason()).help("`git fsck` shows whether the repository is damaged"))),
        }
    }

    fn blob(&self, object: &str, size: u64, shown: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
        self.object(object, size).map_err(|error| {
            if error.is_missing() {
                return self.missing(shown);
            }
            let message = format!("git cannot read {shown}: {}", error.reason());
            Box::new(self.refuse(message).help("`git fsck` shows whether the repository is damaged"))
        })
    }

    fn missing(&self, what: &str) -> Box<Diagnostic> {
        let error = self.refuse(if self.is_partial {
            format!("this partial clone lacks {what}, and mim-chart never opens a connection")
        } else {
            format!("the git repository lacks {what}")
        });
        Box::new(if self.is_partial {
            error
                .help("fetch the missing files: git fetch --refetch --no-filter")
                .help("in GitHub Actions, leave out `filter` of actions/checkout")
        } else {
            error.help(
                "the repository is damaged: `git fsck` shows what is missing, `git fetch --refetch` fetches it again",
            )
        })
    }
}

/// An absolute path without `.` and `..`.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in std::env::current_dir().unwrap_or_default().join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The path without symbolic links; what is not there is taken as it is written.
fn real(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut there = path;
    loop {
        if let Ok(real) = there.canonicalize() {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        let (Some(above), Some(name)) = (there.parent(), there.file_name()) else { return path.to_path_buf() };
        missing.push(name.to_owned());
        there = above;
    }
}
