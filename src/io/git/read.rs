//! Reads files and charts from a commit's tree.

use std::path::Path;

use super::tree::{GitTree, Objects};
use crate::chart::File;
use crate::diagnostic::{Diagnostic, Source};
use crate::io::archive::{MAX_ARCHIVE_BYTES, files_of_archive};
use crate::io::tree::{Kind, Tree, TreeError};
use crate::io::walk::{Allowance, Links, read_files};

/// The result of looking up a path in a revision.
#[derive(Debug)]
pub enum AtRevision<T> {
    /// The content at the path.
    There(T),
    /// Nothing exists at the path.
    Missing,
    /// The path is not in the repository.
    Outside,
}

/// Reads the files of the chart at `path`, relative to the root of a commit's tree. `name` is the user's name for the commit.
/// Only `objects` is needed of the repository.
///
/// # Errors
/// See [`Revision::chart`](super::Revision::chart).
pub fn read_chart_at(
    objects: &dyn Objects,
    commit: &str,
    name: &str,
    path: &Path,
    links: Links,
) -> Result<AtRevision<Vec<File>>, Vec<Diagnostic>> {
    chart_in(&GitTree::new(objects, commit, name), name, path, links)
}

/// Reads the files of the chart at a path of a tree.
pub(super) fn chart_in(
    tree: &GitTree<'_>,
    name: &str,
    path: &Path,
    links: Links,
) -> Result<AtRevision<Vec<File>>, Vec<Diagnostic>> {
    let shown = tree.shown(path);
    let refuse = |error| vec![unreadable(name, &shown, error, MAX_ARCHIVE_BYTES)];
    match tree.look(path) {
        Err(error) if error.is_missing() => Ok(AtRevision::Missing),
        Err(error) => Err(refuse(error)),
        Ok(found) if found.kind == Kind::Directory => {
            tree.list_below(path).map_err(refuse)?;
            read_files(tree, path, links, &mut Allowance::default()).map(AtRevision::There)
        }
        Ok(_) => {
            let bytes = tree.read(path, MAX_ARCHIVE_BYTES).map_err(refuse)?;
            files_of_archive(&bytes, &shown).map(AtRevision::There).map_err(|error| vec![error])
        }
    }
}

pub(super) fn unreadable(revision: &str, shown: &str, error: TreeError, limit: u64) -> Diagnostic {
    let message = match error {
        TreeError::Failed(error) => return *error,
        TreeError::TooLarge => format!("{shown} is larger than {} MiB", limit >> 20),
        TreeError::LeadsOut(target) => format!("the symbolic link {shown} points outside the revision, to {target}"),
        error => format!("cannot read {shown}: {}", error.reason()),
    };
    Diagnostic::error("revision", message).at(Source::flag("--rev", revision).whole(), "")
}
