//! Running the built binary.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

/// The shell command line `line`, run in `directory` with `mim-chart` on the PATH and nothing of Helm's in the
/// environment.
pub fn shell(line: &str, directory: &Path) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_mim-chart"));
    let mut path = binary.parent().expect("the binary lies in a folder").as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Command::new("sh")
        .args(["-c", line])
        .current_dir(directory)
        .env("PATH", path)
        .env_remove("HELM_NAMESPACE")
        .env_remove("HELM_DEBUG")
        .env_remove("NO_COLOR")
        .output()
        .expect("a shell")
}

/// Exit code and both outputs as one readable text. The folder it ran in is written as `W`.
pub fn transcript(output: &Output, directory: &Path) -> String {
    let folder = directory.display().to_string();
    let mut text = format!("exit code: {}\n", output.status.code().map_or("none".to_owned(), |code| code.to_string()));
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let shown = String::from_utf8_lossy(bytes).replace(&folder, "W");
        let _ = write!(text, "----- {name} -----\n{shown}");
    }
    text
}
