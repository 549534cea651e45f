//! Files as they stood at a revision of a git repository.

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

impl Revision {
    /// Finds the commit that `revision` names in the repository around `folder`.
    ///
    /// # Errors
    /// git, a repository with a work tree or the commit is missing: which, and what to do.
    pub fn open(revision: &str, folder: &Path) -> Result<Revision, Diagnostic> {
        let (top, state) = explain::work_tree(folder, revision)?;
        let repository = Repository::new(&top, state.is_partial, revision);
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

    /// The bytes of a file, at most [`MAX_INPUT_BYTES`](super::MAX_INPUT_BYTES). Symbolic links are followed within the revision's tree, and
    /// submodules into the commit that they are at.
    ///
    /// # Errors
    /// It is not a file, is too large, is a link out of the tree, or git can't read it.
    pub fn file(&self, path: &str) -> Result<AtRevision<Vec<u8>>, Diagnostic> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        self.place().file(&inside)
    }

    /// The files of the chart at a path: a directory, or an archive. The path itself may lead through symbolic links within
    /// the revision's tree; those in the chart are followed as `links` says.
    ///
    /// # Errors
    /// As for reading a chart from a disk, or git can't read it.
    pub fn chart(&self, path: &str, links: Links) -> Result<AtRevision<Vec<File>>, Vec<Diagnostic>> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        self.place().chart(&inside, links)
    }

    fn place(&self) -> Place<'_> {
        Place::top(&self.repository, &self.top, &self.commit, &self.name)
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
