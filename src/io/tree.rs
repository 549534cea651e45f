//! The interface of file trees that charts are read from: the file system, or a revision of a git repository.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::go::os_error;

/// A tree of files. One walk reads charts from any tree, so that all have the same rules.
pub(super) trait Tree {
    /// Looks up the entry at `path`, following symbolic links.
    fn look(&self, path: &Path) -> Result<Found, TreeError>;

    /// Returns the path without symbolic links, `.` and `..`, or `None` if nothing is there.
    fn real(&self, path: &Path) -> Option<PathBuf>;

    /// Lists a directory, in any order.
    fn entries(&self, directory: &Path) -> Result<Vec<Listed>, TreeError>;

    /// Reads a regular file of at most `limit` bytes.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError>;

    /// Reads what is known to be a regular file, of at most `limit` bytes.
    fn read_found(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
        self.read(path, limit)
    }

    /// Formats a path for messages.
    fn shown(&self, path: &Path) -> String;
}

/// An entry in the list of a directory.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: OsString,
    /// The entry, if the list has everything that [`Tree::look`] would return.
    pub(super) found: Option<Found>,
}

/// The entry at a path.
#[derive(Debug)]
pub(super) struct Found {
    /// The kind of the entry, or of the target if it is a symbolic link.
    pub(super) kind: Kind,
    /// The target of a symbolic link, as a path without further links.
    pub(super) link: Option<PathBuf>,
}

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A pipe, device or socket.
    Special,
    /// A git submodule: the root of another repository.
    Submodule,
}

/// A path that leads into another repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Submodule {
    /// The path of the submodule from the root of the tree.
    pub(super) place: String,
    /// The submodule's commit.
    pub(super) commit: String,
    /// The rest of the path.
    pub(super) rest: PathBuf,
}

/// Why an entry of a tree cannot be read.
#[derive(Debug)]
pub(super) enum TreeError {
    /// The operating system's error, or its equivalent for a revision.
    Io(std::io::Error),
    /// A broken symbolic link: its missing target, and the reason.
    Broken(String, std::io::Error),
    /// A symbolic link that leads out of the tree, with its target.
    LeadsOut(String),
    /// The path is in another repository.
    InSubmodule(Box<Submodule>),
    /// The file is larger than the limit.
    TooLarge,
    /// The tree cannot be read at all.
    Failed(Box<Diagnostic>),
}

impl TreeError {
    /// Whether nothing exists at the path.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, TreeError::Io(error) | TreeError::Broken(_, error) if error.kind() == std::io::ErrorKind::NotFound)
    }

    /// Returns only the reason, as the operating system would phrase it.
    pub(super) fn reason(&self) -> String {
        match self {
            TreeError::Io(error) | TreeError::Broken(_, error) => os_error(error),
            TreeError::LeadsOut(target) => format!("the symbolic link points outside the revision, to {target}"),
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
