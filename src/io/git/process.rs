//! Runs git so that it executes nothing from the repository and opens no connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::io::process;
use crate::io::tree::TreeError;

/// The maximum length of the line before an object's bytes: hash, type and size.
const MAX_HEADER_BYTES: u64 = 512;

/// Runs git in a folder.
#[derive(Debug, Clone)]
pub(super) struct Git {
    folder: PathBuf,
}

/// The output of git.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whether git succeeded.
    pub(super) ok: bool,
    /// At most `limit` bytes, and one more if there were more.
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl Answer {
    /// Returns the lines of standard output.
    pub(super) fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.stdout).lines().map(str::to_owned).collect()
    }

    /// Returns git's error message without its `fatal:` or `error:`.
    pub(super) fn reason(&self) -> String {
        let line = self.stderr.lines().find(|line| !line.trim().is_empty()).unwrap_or("git gave no reason");
        ["fatal: ", "error: "].iter().find_map(|first| line.strip_prefix(first)).unwrap_or(line).to_owned()
    }
}

impl Git {
    pub(super) fn new(folder: &Path) -> Git {
        Git { folder: folder.to_path_buf() }
    }

    /// Builds a command that runs no hook, monitor, filter, pager or remote helper, whatever the repository's configuration says,
    /// and that reads each object as its hash says, without replacements and grafts.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder);
        command.args([
            "--no-pager",
            "--no-replace-objects",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
            // A chart might contain a folder that looks like a bare repository; git must not use it as one.
            "-c",
            "safe.bareRepository=explicit",
        ]);
        command.args(arguments);
        for (name, value) in [
            ("GIT_NO_LAZY_FETCH", "1"),
            // Before git 2.45, GIT_NO_LAZY_FETCH is not enough to keep a partial clone from fetching: forbid all protocols.
            ("GIT_ALLOW_PROTOCOL", "none"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_GRAFT_FILE", "/dev/null"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("LC_ALL", "C"),
            ("LANGUAGE", "C"),
        ] {
            command.env(name, value);
        }
        if std::env::var_os("GIT_WORK_TREE").is_none() {
            // Hooks in a linked work tree run with this set, which would make git treat the folder as the root of the work tree.
            command.env_remove("GIT_DIR");
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs git until it ends, or until it has printed more than `limit` bytes.
    pub(super) fn ask(&self, arguments: &[&str], limit: u64) -> std::io::Result<Answer> {
        let process::Answer { status, stdout, stderr } = process::run(self.command(arguments), None, limit)?;
        Ok(Answer { ok: status.success(), stdout, stderr })
    }

    /// Starts a git process that returns objects one by one.
    pub(super) fn objects(&self) -> std::io::Result<ObjectReader> {
        let mut child = self.command(&["cat-file", "--batch"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => Ok(ObjectReader { child, stdin, stdout: BufReader::new(stdout) }),
            _ => Err(std::io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
pub(super) struct ObjectReader {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl ObjectReader {
    /// Reads a blob of a known size.
    ///
    /// # Errors
    /// `NotFound` if the repository lacks the object. Any other error: git did not answer with this blob.
    pub(super) fn blob(&mut self, object: &str, size: u64) -> Result<Vec<u8>, TreeError> {
        writeln!(self.stdin, "{object}")?;
        self.stdin.flush()?;
        let mut head = Vec::new();
        (&mut self.stdout).take(MAX_HEADER_BYTES).read_until(b'\n', &mut head)?;
        let head = String::from_utf8_lossy(&head);
        if head.trim_end().ends_with(" missing") {
            return Err(std::io::ErrorKind::NotFound.into());
        }
        if head.trim_end() != format!("{object} blob {size}") {
            return Err(std::io::Error::other("the object is damaged").into());
        }
        let mut bytes = Vec::new();
        (&mut self.stdout).take(size).read_to_end(&mut bytes)?;
        self.stdout.read_exact(&mut [0])?;
        Ok(bytes)
    }
}

impl Drop for ObjectReader {
    fn drop(&mut self) {
        // It has ended already, or its answers are no longer needed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
