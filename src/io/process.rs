//! Runs a program to its end, with limits on how much of its output is read.

use std::io::{Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

/// The number of bytes of a program's standard error that are kept.
const MAX_STDERR_BYTES: u64 = 64 << 10;

/// The output of a program.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: ExitStatus,
    /// At most `limit` bytes, and one more if there were more.
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

/// Runs a program with `input` as its standard input until it ends. A program that prints more than `limit` bytes is killed.
///
/// # Errors
/// The program cannot be started, or its output cannot be read.
pub(super) fn run(mut command: Command, input: Option<String>, limit: u64) -> std::io::Result<Answer> {
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        // A program does not have to read all of its input.
        thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    }
    let (sender, messages) = mpsc::channel();
    if let Some(mut stderr) = child.stderr.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // Messages that cannot be read are dropped. The rest is drained, so that it does not block the program.
            let _ = (&mut stderr).take(MAX_STDERR_BYTES).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            let _ = sender.send(bytes);
        });
    }
    let mut stdout = Vec::new();
    let read = match child.stdout.take() {
        Some(output) => output.take(limit + 1).read_to_end(&mut stdout).map(drop),
        None => Ok(()),
    };
    if read.is_err() || stdout.len() as u64 > limit {
        // It may have ended already. Programs that it started are not waited for.
        let _ = child.kill();
        let status = child.wait()?;
        return read.map(|()| Answer { status, stdout, stderr: String::new() });
    }
    let status = child.wait()?;
    let stderr = messages.recv().unwrap_or_default();
    Ok(Answer { status, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() })
}
