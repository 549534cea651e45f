//! Tests that every command fails if it cannot write to standard output. `/dev/null`, a reader that stops early and closed
//! standard error are not failures.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Stdio;

use crate::support::command::{mim_chart, shell_command};

const COMMANDS: [&str; 14] = [
    "",
    "--help",
    "--version",
    "template --help",
    "version",
    "completion bash",
    "template",
    "values",
    "show values",
    "show functions",
    "lint",
    "why replicaCount",
    "diff --from empty.yaml",
    "validate empty.yaml",
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let list = "apiVersion: v1\nkind: List\nitems: []\n";
    std::fs::write(folder.path().join("empty.yaml"), list).expect("a file");
    folder
}

/// Returns the exit code and standard error of a shell command.
fn run(line: &str, folder: &Path) -> (Option<i32>, String) {
    let output = shell_command("bash", line, folder).output().expect("a shell");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn closed_output_and_full_disks_are_errors() {
    let folder = folder();
    for command in COMMANDS {
        for (to, reason) in [(">&-", "bad file descriptor"), (">/dev/full", "no space left on device")] {
            let (code, stderr) = run(&format!("mim-chart {command} {to}"), folder.path());
            let sentence = format!("cannot write to standard output: {reason}");
            assert!(code == Some(1) && stderr.contains(&sentence), "{command} {to}: {code:?} {stderr}");
        }
    }
}

#[test]
fn null_devices_early_readers_and_closed_errors_are_fine() {
    let folder = folder();
    for command in COMMANDS {
        for to in [">/dev/null", "1<>/dev/null", "2>&- | head -c 1", "| true"] {
            let (code, stderr) = run(&format!("set -o pipefail; mim-chart {command} {to}"), folder.path());
            assert_eq!(code, Some(0), "{command} {to}: {stderr}");
        }
        let arguments = command.split(' ').filter(|argument| !argument.is_empty());
        let status = mim_chart(folder.path()).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.expect("a run").success(), "{command}");
    }
}
