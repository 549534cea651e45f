//! Files as they stood at a revision of a git repository.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostic::{Diagnostic, Source};
use crate::go::os_error;

/// A commit of the repository that a folder lies in. git is asked with its own program, and is kept from fetching what a
/// partial clone lacks.
#[derive(Debug)]
pub struct Revision {
    /// The top folder of the work tree.
    top: PathBuf,
    /// The commit's name.
    commit: String,
    /// The revision as the user wrote it.
    name: String,
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

/// A folder that is removed when it is no longer needed.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> std::io::Result<TemporaryFolder> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("mim-chart.{}.{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(TemporaryFolder(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What can't be removed stays in the system's folder for what is temporary.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Revision {
    /// Finds the commit that `revision` names in the repository around `folder`.
    ///
    /// # Errors
    /// There is no git, no repository, or no such revision.
    pub fn open(revision: &str, folder: &Path) -> Result<Revision, Diagnostic> {
        let flag = Source::flag("--rev", revision);
        let refuse =
            |message: String, help: &str| Diagnostic::error("revision", message).at(flag.whole(), "").help(help);
        let ask = |arguments: &[&str]| {
            let output = git(folder).args(arguments).output().map_err(|error| {
                refuse(
                    format!("git can't be run: {}", os_error(&error)),
                    "--rev asks git for files as they were: install it",
                )
            })?;
            let first = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned();
            Ok(if output.status.success() { Ok(first(&output.stdout)) } else { Err(first(&output.stderr)) })
        };
        let top = ask(&["rev-parse", "--show-toplevel"])?.map_err(|reason| {
            refuse(
                format!("{} is in no git repository: {reason}", folder.display()),
                "--rev compares with an earlier state of a repository; --from compares with manifests from anywhere",
            )
        })?;
        let commit = ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?
            .map_err(|_| {
                refuse(
                    format!("git knows no revision {revision:?}"),
                    "give a branch, a tag or a commit: main, v1.2, HEAD~1",
                )
            })?;
        Ok(Revision { top: PathBuf::from(top), commit, name: revision.to_owned() })
    }

    /// The revision as the user wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// git's words.
    pub fn file(&self, path: &str) -> Result<AtRevision<Vec<u8>>, Diagnostic> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        let entries = self.entries(&inside)?;
        match entries.into_iter().find(|entry| entry.path == inside && entry.is_file()) {
            Some(entry) => Ok(AtRevision::There(self.contents(&[entry])?.pop().unwrap_or_default())),
            None => Ok(AtRevision::Missing),
        }
    }

    /// A copy of a folder or file, and where it lies in the copy.
    ///
    /// # Errors
    /// git's words; the copy can't be written.
    pub fn tree(&self, path: &str) -> Result<AtRevision<(TemporaryFolder, PathBuf)>, Diagnostic> {
        let Some(inside) = self.inside(Path::new(path)) else { return Ok(AtRevision::Outside) };
        let entries = self.entries(&inside)?;
        if entries.is_empty() {
            return Ok(AtRevision::Missing);
        }
        let contents = self.contents(&entries)?;
        let broken = |error: std::io::Error| {
            self.refuse(format!("the files of {} can't be copied: {}", self.name, os_error(&error)))
        };
        let folder = TemporaryFolder::new().map_err(broken)?;
        for (entry, bytes) in entries.iter().zip(contents) {
            let target = folder.path().join(&entry.path);
            if let Some(above) = target.parent() {
                std::fs::create_dir_all(above).map_err(broken)?;
            }
            entry.write(&target, &bytes).map_err(broken)?;
        }
        let copy = if inside.is_empty() { folder.path().to_path_buf() } else { folder.path().join(&inside) };
        Ok(AtRevision::There((folder, copy)))
    }

    fn refuse(&self, message: String) -> Diagnostic {
        Diagnostic::error("revision", message).at(Source::flag("--rev", &self.name).whole(), "")
    }

    /// The path from the top of the repository, with `/`; `None` if it lies outside.
    fn inside(&self, path: &Path) -> Option<String> {
        let whole = absolute(path);
        let top = self.top.canonicalize().unwrap_or_else(|_| self.top.clone());
        let inside = whole.strip_prefix(&top).ok()?;
        Some(inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// The files at and below a path.
    fn entries(&self, inside: &str) -> Result<Vec<TreeEntry>, Diagnostic> {
        let mut command = git(&self.top);
        command.args(["ls-tree", "-r", "-z", "--full-tree", &self.commit]);
        if !inside.is_empty() {
            command.args(["--", inside]);
        }
        let output =
            command.output().map_err(|error| self.refuse(format!("git can't be run: {}", os_error(&error))))?;
        if !output.status.success() {
            return Err(self.refuse(format!("git ls-tree: {}", String::from_utf8_lossy(&output.stderr).trim())));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.split('\0').filter_map(TreeEntry::parse).collect())
    }

    /// The contents of files, in their order.
    fn contents(&self, entries: &[TreeEntry]) -> Result<Vec<Vec<u8>>, Diagnostic> {
        let read = || -> std::io::Result<Vec<Vec<u8>>> {
            let mut child = git(&self.top)
                .args(["cat-file", "--batch"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
            let found = std::thread::scope(|scope| {
                scope.spawn(move || {
                    let Some(mut stdin) = stdin else { return };
                    // A git that has ended is told by what it did not answer.
                    let _ = entries.iter().try_for_each(|entry| writeln!(stdin, "{}", entry.object));
                });
                let mut stdout = BufReader::new(stdout.ok_or(std::io::ErrorKind::BrokenPipe)?);
                let mut found = Vec::with_capacity(entries.len());
                for _ in entries {
                    let mut head = String::new();
                    stdout.read_line(&mut head)?;
                    let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
                    let size = size.ok_or_else(|| std::io::Error::other(head.trim_end().to_owned()))?;
                    let mut bytes = Vec::new();
                    (&mut stdout).take(size).read_to_end(&mut bytes)?;
                    stdout.read_exact(&mut [0])?;
                    found.push(bytes);
                }
                Ok(found)
            });
            child.wait()?;
            found
        };
        read().map_err(|error| self.refuse(format!("git cat-file: {}", os_error(&error))))
    }
}

/// git in a folder, without anything of the user's that could reach the network or change the repository.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command
}

/// An absolute path without `.`, `..` and symbolic links; what is not there is taken as it is written.
fn absolute(path: &Path) -> PathBuf {
    let whole = std::env::current_dir().unwrap_or_default().join(path);
    let mut plain = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    let mut missing = Vec::new();
    let mut there = plain.as_path();
    loop {
        if let Ok(real) = there.canonicalize() {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        let (Some(above), Some(name)) = (there.parent(), there.file_name()) else { return plain };
        missing.push(name.to_owned());
        there = above;
    }
}

/// A file of a commit.
#[derive(Debug)]
struct TreeEntry {
    mode: String,
    object: String,
    path: String,
}

impl TreeEntry {
    /// `mode type object TAB path`; what is no file (a submodule) is left out.
    fn parse(line: &str) -> Option<TreeEntry> {
        let (head, path) = line.split_once('\t')?;
        let mut words = head.split(' ');
        let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
        (kind == "blob").then(|| TreeEntry { mode: mode.to_owned(), object: object.to_owned(), path: path.to_owned() })
    }

    fn is_file(&self) -> bool {
        self.mode != "120000"
    }

    #[cfg(unix)]
    fn write(&self, target: &Path, bytes: &[u8]) -> std::io::Result<()> {
        if self.is_file() {
            return std::fs::write(target, bytes);
        }
        use std::os::unix::ffi::OsStrExt;
        std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(bytes), target)
    }

    #[cfg(not(unix))]
    fn write(&self, target: &Path, bytes: &[u8]) -> std::io::Result<()> {
        std::fs::write(target, bytes)
    }
}
