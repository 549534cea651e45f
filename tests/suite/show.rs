//! Compares `mim-chart show` with `helm show`: `cases/show/cases.json`, recorded from Helm by `tests/parity/record_show`.
//!
//! mim-chart reads the same files. Helm prints nothing for a JSONPath that finds nothing. mim-chart prints the same, but gives
//! the reason on standard error; the case `show-values-jsonpath` in `cases/cli` tests that.

use crate::support::command::mim_chart;
use crate::support::files::write;
use crate::support::recorded::{self, text};

#[test]
fn show_matches_helm() {
    let recorded = recorded::cases("show/cases.json", 151);
    let mut wrong = Vec::new();
    for case in &recorded {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let given = case["files"].as_object();
        for (path, content) in given.into_iter().flatten() {
            if let Some(content) = content.as_str() {
                write(&folder.path().join("chart").join(path), content);
            }
        }
        let chart = if given.is_some() { folder.path() } else { &recorded::folder("show") };
        let arguments = case["arguments"].as_array().expect("arguments").iter().map(text);
        let output = mim_chart(chart).arg("show").args(arguments).output().expect("a run");

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
