//! A tree of files that charts are read from: a directory on a disk, or a revision of a git repository.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::go::os_error;

/// A tree of files. A chart is read from any of them by the same walk, so that they can't differ in what they allow.
pub(super) trait Tree {
    /// The entry at `path`; symbolic links are followed.
    fn look(&self, path: &Path) -> Result<Found, TreeError>;

    /// The path without symbolic links, `.` and `..`; `None` if nothing is there.
    fn real(&self, path: &Path) -> Option<PathBuf>;

    /// What is in a directory, in any order.
    fn entries(&self, directory: &Path) -> Result<Vec<Listed>, TreeError>;

    /// The bytes of a regular file, at most `limit` of them.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError>;

    /// The same for what is known to be a regular file.
    fn read_found(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
        self.read(path, limit)
    }

    /// The path as messages show it.
    fn shown(&self, path: &Path) -> String;
}

/// An entry of a directory.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: OsString,
    /// The entry, if the list of the directory says all that [`Tree::look`] would find.
    pub(super) found: Option<Found>,
}

/// The entry at a path.
#[derive(Debug)]
pub(super) struct Found {
    /// What it is, or what the symbolic link leads to.
    pub(super) kind: Kind,
    /// For a symbolic link the path that it leads to, without further links.
    pub(super) link: Option<PathBuf>,
}

/// The kinds of things in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A pipe, a device, a socket.
    Special,
    /// The place of another git repository.
    Submodule,
}

/// Where a path leads into another repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Submodule {
    /// The path of the submodule, from the top of the tree.
    pub(super) place: String,
    /// The commit that it is at.
    pub(super) commit: String,
    /// The rest of the path.
    pub(super) rest: PathBuf,
}

/// Why something in a tree can't be read.
#[derive(Debug)]
pub(super) enum TreeError {
    /// The operating system's reason, or what stands for it in a revision.
    Io(std::io::Error),
    /// A symbolic link whose target is not there: what the link says, and the reason.
    Broken(String, std::io::Error),
    /// A symbolic link that leads out of the tree, and what it says.
    LeadsOut(String),
    /// It is in another repository.
    InSubmodule(Box<Submodule>),
    /// The file is larger than was asked for.
    TooLarge,
    /// The tree can't be read at all.
    Failed(Box<Diagnostic>),
}

impl TreeError {
    /// Whether nothing is there.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, TreeError::Io(error) | TreeError::Broken(_, error) if error.kind() == std::io::ErrorKind::NotFound)
    }

    /// The reason alone, as the operating system would put it.
    pub(super) fn reason(&self) -> String {
        match self {
            TreeError::Io(error) | TreeError::Broken(_, error) => os_error(error),
            TreeError::LeadsOut(target) => format!("the symbolic link leads out of the revision, to {target}"),
            TreeError::InSubmodule(module) => format!("it is in the git submodule {}", module.place),
            TreeError::TooLarge => "file too large".to_owned(),
            TreeError::Failed(error) => error.message.clone(),
        }
    }
}

impl From<std::io::Error> for TreeError {
    fn from(error: std::io::Error) -> Self {
        TreeError::Io(error)
    }
}

impl From<std::io::ErrorKind> for TreeError {
    fn from(kind: std::io::ErrorKind) -> Self {
        TreeError::Io(kind.into())
    }
}
