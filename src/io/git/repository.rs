//! Reads the objects of a repository with git.

use std::cell::RefCell;
use std::path::Path;

use super::process::{Git, ObjectReader};
use super::tree::Objects;
use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;
use crate::io::tree::TreeError;

/// The objects of a repository, read with git.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) git: Git,
    is_partial: bool,
    /// The flag `--rev`, for messages.
    flag: Source,
    reader: RefCell<Option<ObjectReader>>,
}

impl Repository {
    /// Opens the repository that git finds in a folder. `revision` is the value of `--rev`, for messages.
    pub(super) fn new(folder: &Path, is_partial: bool, revision: &str) -> Repository {
        Repository {
            git: Git::new(folder),
            is_partial,
            flag: Source::flag("--rev", revision),
            reader: RefCell::default(),
        }
    }

    pub(super) fn refuse(&self, message: String) -> Diagnostic {
        Diagnostic::error("revision", message).at(self.flag.whole(), "")
    }

    fn object(&self, object: &str, size: u64) -> Result<Vec<u8>, TreeError> {
        let mut reader = self.reader.borrow_mut();
        let mut running = match reader.take() {
            Some(running) => running,
            None => self.git.objects()?,
        };
        let bytes = running.blob(object, size)?;
        // After an error, the reader may have unread output, so it is not reused.
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
            format!("this partial clone lacks {what}, and mim-chart never accesses the network")
        } else {
            format!("the git repository lacks {what}")
        });
        Box::new(if self.is_partial {
            error
                .help("fetch the missing files: git fetch --refetch --no-filter")
                .help("in GitHub Actions, remove `filter` from actions/checkout")
        } else {
            error.help(
                "the repository is damaged: `git fsck` shows what is missing, `git fetch --refetch` fetches it again",
            )
        })
    }
}
