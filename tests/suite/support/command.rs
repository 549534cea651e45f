//! Runs the built program.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

/// Environment variables of the developer that would change the output.
const REMOVED: [&str; 10] = [
    "HELM_NAMESPACE",
    "HELM_DEBUG",
    "MIM_CHART_AS_HELM",
    "MIM_CHART_PAGER",
    "PAGER",
    "LESS",
    "COLUMNS",
    "NO_COLOR",
    "CLICOLOR_FORCE",
    "SOURCE_DATE_EPOCH",
];

/// git's configuration: test repositories need neither be safe against power failures nor be maintained.
const GIT: [(&str, &str); 5] = [
    ("GIT_CONFIG_COUNT", "2"),
    ("GIT_CONFIG_KEY_0", "core.fsync"),
    ("GIT_CONFIG_VALUE_0", "none"),
    ("GIT_CONFIG_KEY_1", "maintenance.auto"),
    ("GIT_CONFIG_VALUE_1", "false"),
];

/// Returns the path of the built program.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mim-chart"))
}

/// Creates a command that runs the program in `folder` without Helm's environment variables.
pub fn mim_chart(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(folder);
    REMOVED.iter().for_each(|name| {
        command.env_remove(name);
    });
    command
}

/// Runs the program in `folder`.
pub fn run<S: AsRef<str>>(folder: &Path, arguments: &[S]) -> Output {
    mim_chart(folder).args(arguments.iter().map(AsRef::as_ref)).output().expect("mim-chart runs")
}

/// Runs the program, which must succeed, and returns its standard output.
pub fn stdout<S: AsRef<str>>(folder: &Path, arguments: &[S]) -> String {
    let output = run(folder, arguments);
    let shown: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    assert!(output.status.success(), "{shown:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Returns the PATH of a shell that finds `mim-chart`.
pub fn search_path() -> OsString {
    let mut path = binary().parent().expect("the binary is in a folder").as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// Creates a command that runs `line` with a shell in `folder`, with `mim-chart` in PATH.
pub fn shell_command(shell: &str, line: &str, folder: &Path) -> Command {
    let mut command = Command::new(shell);
    command.args(["-c", line]).current_dir(folder).env("PATH", search_path()).envs(GIT);
    REMOVED.iter().for_each(|name| {
        command.env_remove(name);
    });
    command
}

/// Little memory, in KiB. The stack for deep input takes 192 MiB of it.
pub const LITTLE_MEMORY: u32 = 700_000;

/// Runs `line` with `bash` in `folder`, with `mim-chart` in PATH. Each process gets an address space of `memory` KiB.
pub fn limited_shell(line: &str, folder: &Path, memory: u32) -> Output {
    shell_command("bash", &format!("ulimit -v {memory}; {line}"), folder).output().expect("a shell")
}

/// Runs `line` with `sh` in `folder`, with `mim-chart` in PATH.
pub fn shell(line: &str, folder: &Path) -> Output {
    shell_command("sh", line, folder).output().expect("a shell")
}

/// Formats the exit code and both outputs as one readable text. The folder is shown as `W`.
pub fn transcript(output: &Output, folder: &Path) -> String {
    let folder = folder.display().to_string();
    let mut text = format!("exit code: {}\n", output.status.code().map_or("none".to_owned(), |code| code.to_string()));
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let shown = String::from_utf8_lossy(bytes).replace(&folder, "W");
        let _ = write!(text, "----- {name} -----\n{shown}");
    }
    text
}
