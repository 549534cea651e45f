//! Reads files as of a revision of a git repository.

mod explain;
mod listing;
mod process;
mod read;
mod repository;
mod submodule;
mod tree;

use std::path::{Component, Path, PathBuf};

use super::walk::Links;
use crate::chart::File;
use crate::diagnostic::Diagnostic;
pub use read::{AtRevision, read_chart_at};
use repository::Repository;
use submodule::Place;
pub use tree::Objects;

/// A commit of the repository that contains a folder. It is read with the git program. Nothing is written to disk, no code of the
/// repository is run, and objects that a partial clone lacks are not fetched.
#[derive(Debug)]
pub struct Revision {
    /// The root of the work tree.
    top: PathBuf,
    /// The commit's hash.
    commit: String,
    /// The revision as the user wrote it.
    name: String,
    repository: Repository,
}

impl Revision {
    /// Finds the commit that `revision` names in the repository that contains `folder`.
    ///
    /// # Errors
    /// git, a repository with a work tree, or the commit is missing: which of them, and what to do.
    pub fn open(revision: &str, folder: &Path) -> Result<Revision, Diagnostic> {
        let (top, state) = explain::work_tree(folder, revision)?;
        let repository = Repository::new(&top, state.is_partial, revision);
        let commit = explain::commit(&repository.git, revision, &state)?;
        Ok(Revision { top, commit, name: revision.to_owned(), repository })
    }

    /// Returns the revision as the user wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Formats a path for messages, in the form that git accepts: `main:charts/web/values.yaml`.
    pub fn shown(&self, path: &str) -> String {
        let inside = self.inside(Path::new(path)).unwrap_or_else(|| PathBuf::from(path));
        format!("{}:{}", self.name, inside.display())
    }

    /// Reads a file of at most [`MAX_INPUT_BYTES`](super::MAX_INPUT_BYTES). Symbolic links are followed within the revision's
    /// tree, and submodules to their commits.
    ///
    /// # Errors
    /// The path is not a file, is too large, is a link out of the tree, or git cannot read it.
    pub fn file(&self, path: &str) -> Result<AtRevision<Vec<u8>>, Diagnostic> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        self.place().file(&inside)
    }

    /// Reads the files of the chart at a path, which is a directory or an archive. The path itself may contain symbolic links
    /// within the revision's tree; `links` decides which links in the chart are followed.
    ///
    /// # Errors
    /// The errors of reading a chart from disk, or git cannot read it.
    pub fn chart(&self, path: &str, links: Links) -> Result<AtRevision<Vec<File>>, Vec<Diagnostic>> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        self.place().chart(&inside, links)
    }

    fn place(&self) -> Place<'_> {
        Place::top(&self.repository, &self.top, &self.commit, &self.name)
    }

    /// Returns the path relative to the root of the repository, or `None` if it is outside. Only the part that leads to the
    /// repository is resolved on disk: what is a link today may not have been one in the revision.
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

/// Returns an absolute path without `.` and `..`.
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

/// Returns the path without symbolic links. Parts that do not exist are kept as they are.
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
