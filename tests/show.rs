//! What `mim-chart show` prints of charts is what `helm show` prints: `cases/show/cases.json`, recorded from Helm by
//! `tests/parity/record_show`.
//!
//! mim-chart gets the same files. What Helm says of a template that finds nothing is nothing; mim-chart prints the same
//! and gives the reason on standard error, which `show-values-jsonpath` in `cases/cli` shows.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn show_prints_what_helm_prints() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/show");
    let recorded = fs::read_to_string(cases.join("cases.json")).expect("the cases");
    let recorded: Vec<Value> = serde_json::from_str(&recorded).expect("JSON");
    assert!(recorded.len() > 150);
    let mut wrong = Vec::new();
    for case in &recorded {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let given = case["files"].as_object();
        for (path, content) in given.into_iter().flatten() {
            if let Some(content) = content.as_str() {
                write(&folder.path().join("chart").join(path), content);
            }
        }
        let chart = if given.is_some() { folder.path() } else { &cases };
        let arguments = case["arguments"].as_array().expect("arguments").iter().map(text);
        let mut command = Command::new(env!("CARGO_BIN_EXE_mim-chart"));
        let output = command.arg("show").args(arguments).current_dir(chart).output().expect("a run");

        let stdout = String::from_utf8_lossy(&output.stdout);
        let exit = output.status.code().map_or(-1, i64::from);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let helm = &case["helm"];
        // Further lines of a message are indented.
        let same_error = |error: &str| stderr.replace("\n       ", "\n").starts_with(&format!("error: {error}\n"));
        let same_error = helm["error"].as_str().is_none_or(same_error);
        if stdout != text(&helm["stdout"]) || Some(exit) != helm["exit"].as_i64() || !same_error {
            wrong.push(format!("{}\n--- Helm {helm}\n--- mim-chart {exit} {stdout:?} {stderr}", text(&case["name"])));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, content).expect("a file");
}
