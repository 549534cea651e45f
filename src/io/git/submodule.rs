//! Reads files in submodules: a commit refers to a commit of another repository.

use std::path::{Path, PathBuf};

use super::process::Git;
use super::read::{AtRevision, chart_in, unreadable};
use super::repository::Repository;
use super::tree::GitTree;
use crate::chart::File;
use crate::diagnostic::Diagnostic;
use crate::go::os_error;
use crate::io::inputs::MAX_INPUT_BYTES;
use crate::io::tree::{Submodule, Tree};
use crate::io::walk::Links;

/// The maximum nesting depth of submodules.
const MAX_NESTED: usize = 8;
/// The number of bytes of git's answers that are read.
const MAX_ANSWER_BYTES: u64 = 1 << 16;

/// A commit of the repository or of a submodule, with its path in the user's repository.
pub(super) struct Place<'r> {
    repository: &'r Repository,
    /// The work tree, which contains those of submodules.
    folder: &'r Path,
    commit: &'r str,
    /// The revision as the user wrote it.
    name: &'r str,
    /// The path of the submodule, or empty for the user's repository.
    path: String,
    depth: usize,
}

impl<'r> Place<'r> {
    /// Creates the place of the commit that the user names.
    pub(super) fn top(repository: &'r Repository, folder: &'r Path, commit: &'r str, name: &'r str) -> Place<'r> {
        Place { repository, folder, commit, name, path: String::new(), depth: 0 }
    }

    fn tree(&self) -> GitTree<'r> {
        GitTree::new(self.repository, self.commit, self.name).at(&self.path)
    }

    /// Reads a file in this repository or a submodule.
    ///
    /// # Errors
    /// See [`Revision::file`](super::Revision::file).
    pub(super) fn file(&self, path: &Path) -> Result<AtRevision<Vec<u8>>, Diagnostic> {
        let tree = self.tree();
        let error = match tree.read(path, MAX_INPUT_BYTES) {
            Ok(bytes) => return Ok(AtRevision::There(bytes)),
            Err(error) if error.is_missing() => return Ok(AtRevision::Missing),
            Err(error) => error,
        };
        match self.submodule(&tree, path) {
            Some(module) if !module.rest.as_os_str().is_empty() => {
                let (repository, folder) = self.open(&module)?;
                self.below(&repository, &folder, &module).file(&module.rest)
            }
            _ => Err(unreadable(self.name, &tree.shown(path), error, MAX_INPUT_BYTES)),
        }
    }

    /// Reads the files of the chart at a path in this repository or a submodule.
    ///
    /// # Errors
    /// See [`Revision::chart`](super::Revision::chart).
    pub(super) fn chart(&self, path: &Path, links: Links) -> Result<AtRevision<Vec<File>>, Vec<Diagnostic>> {
        let tree = self.tree();
        let errors = match chart_in(&tree, self.name, path, links) {
            Err(errors) => errors,
            found => return found,
        };
        let Some(module) = self.submodule(&tree, path) else { return Err(errors) };
        let (repository, folder) = self.open(&module).map_err(|error| vec![error])?;
        self.below(&repository, &folder, &module).chart(&module.rest, links)
    }

    fn submodule(&self, tree: &GitTree<'_>, path: &Path) -> Option<Submodule> {
        if self.depth < MAX_NESTED { tree.submodule(path) } else { None }
    }

    fn below<'s>(&'s self, repository: &'s Repository, folder: &'s Path, module: &'s Submodule) -> Place<'s> {
        let path = Path::new(&self.path).join(&module.place).display().to_string();
        Place { repository, folder, commit: &module.commit, name: self.name, path, depth: self.depth + 1 }
    }

    /// Opens the repository of a submodule and checks that it has the commit. A commit's hash depends on its content, so it does
    /// not matter where the repository was cloned from.
    fn open(&self, module: &Submodule) -> Result<(Repository, PathBuf), Diagnostic> {
        let folder = self.folder.join(&module.place);
        let shown = folder.display();
        let refuse = |message: String| self.repository.refuse(message);
        if folder.join(".git").symlink_metadata().is_err() {
            return Err(refuse(format!("the git submodule {shown} is not checked out"))
                .help(format!("git submodule update --init {shown}"))
                .help("in GitHub Actions, set `submodules: true` for actions/checkout"));
        }
        let git = Git::new(&folder);
        let ask = |arguments: &[&str]| {
            let answer = git.ask(arguments, MAX_ANSWER_BYTES);
            answer.map_err(|error| refuse(format!("git cannot be run: {}", os_error(&error))))
        };
        let answer = ask(&["cat-file", "-t", &module.commit])?;
        if !answer.ok {
            let commit = &module.commit[..module.commit.len().min(12)];
            let message =
                format!("the git submodule {shown} lacks the commit {commit} of this revision: {}", answer.reason());
            return Err(refuse(message).help(format!("fetch it: git -C {shown} fetch origin {}", module.commit)));
        }
        let partial = ask(&["config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"])?;
        Ok((Repository::new(&folder, partial.ok, self.name), folder))
    }
}
