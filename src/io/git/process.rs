//! Running git so that it executes nothing of the repository and opens no connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::io::process;
use crate::io::tree::TreeError;

/// How long the line before an object's bytes may be: a name, a type and a size.
const MAX_HEADER_BYTES: u64 = 512;

/// git in a folder.
#[derive(Debug, Clone)]
pub(super) struct Git {
    folder: PathBuf,
}

/// What git answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whether git ended well.
    pub(super) ok: bool,
    /// At most as many bytes as were asked for, and one more if there were more.
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl Answer {
    /// The lines of standard output.
    pub(super) fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.stdout).lines().map(str::to_owned).collect()
    }

    /// git's own sentence, without its first word.
    pub(super) fn reason(&self) -> String {
        let line = self.stderr.lines().find(|line| !line.trim().is_empty()).unwrap_or("git gave no reason");
        ["fatal: ", "error: "].iter().find_map(|first| line.strip_prefix(first)).unwrap_or(line).to_owned()
    }
}

impl Git {
    pub(super) fn new(folder: &Path) -> Git {
        Git { folder: folder.to_path_buf() }
    }

    /// Whatever a repository's configuration says, these commands start no hook, monitor, filter, pager or remote helper, and
    /// objects are what their names say: replacements and grafts do not count.
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
            // A folder that only looks like a repository, as a chart may bring one along, is not taken for one.
            "-c",
            "safe.bareRepository=explicit",
        ]);
        command.args(arguments);
        for (name, value) in [
            ("GIT_NO_LAZY_FETCH", "1"),
            // Before git 2.45 objects that a partial clone lacks are fetched all the same: no protocol is allowed to.
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
            // A hook of a linked work tree has it set, and git would take the folder for the top of the work tree.
            command.env_remove("GIT_DIR");
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs git to its end, or until it has printed more than `limit` bytes.
    pub(super) fn ask(&self, arguments: &[&str], limit: u64) -> std::io::Result<Answer> {
        let process::Answer { status, stdout, stderr } = process::run(self.command(arguments), None, limit)?;
        Ok(Answer { ok: status.success(), stdout, stderr })
    }

    /// Starts a git that gives out objects one by one.
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
    /// The bytes of a blob whose size is known.
    ///
    /// # Errors
    /// `NotFound`: the repository lacks the object. Any other: git answered something else than this blob.
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
        // It has ended by itself, or its answers are of no use any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
