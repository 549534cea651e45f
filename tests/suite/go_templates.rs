//! Compares Go templates with Helm's output in `cases/go_templates/cases.json`.
//!
//! Each case is a chart `c`. `CASE=date` runs the cases whose id begins with `date`. Where Helm fails, mim-chart's message must
//! begin with Helm's text.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::command::mim_chart;
use crate::support::files::write;
use crate::support::recorded::{self, text};

#[test]
fn templates_render_as_in_helm() {
    let mut cases = recorded::cases("go_templates/cases.json", 600);
    cases.extend(recorded::cases("go_templates/functions.json", 100));
    let wanted = std::env::var("CASE").unwrap_or_default();
    let cases: Vec<&Value> = cases.iter().filter(|case| text(&case["id"]).starts_with(&wanted)).collect();
    let (first, second) = cases.split_at(cases.len() / 2);
    let all = |cases: &[&Value]| cases.iter().filter_map(|case| difference(case)).collect::<Vec<_>>();
    let wrong = std::thread::scope(|scope| {
        let second = scope.spawn(|| all(second));
        let mut wrong = all(first);
        wrong.extend(second.join().expect("no panic"));
        wrong
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn difference(case: &Value) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    lay_out(case, &folder.path().join("c"));
    let mut command = mim_chart(folder.path());
    command.env("TZ", "UTC");
    command.args(["template", "r", "c", "--message-format=json"]);
    for set in case["set"].as_array().into_iter().flatten() {
        command.args(["--set", text(set)]);
    }
    command.args(case["args"].as_array().into_iter().flatten().map(text));
    let output = command.output().expect("a run");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let mut wrong = Vec::new();
    if stdout != case["out"].as_str().unwrap_or_default() {
        wrong.push(format!("--- output\n{stdout}--- Helm's\n{}", case["out"].as_str().unwrap_or_default()));
    }
    match case["error"].as_str() {
        None if output.status.code() != Some(0) => wrong.push(format!("--- errors\n{stderr}")),
        None => {}
        Some(error) => {
            let wanted = helms_warning(error);
            let messages: Vec<Value> = stderr.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            let mut errors = messages.iter().filter(|message| message["severity"] == "error");
            let first = errors.next().map(|message| text(&message["message"])).unwrap_or_default();
            if output.status.code() != Some(1) || !first.starts_with(wanted) {
                wrong.push(format!("--- error\n{first}\n--- Helm's\n{wanted}"));
            }
        }
    }
    (!wrong.is_empty()).then(|| format!("## {}\n{}\n{}", text(&case["id"]), case["templates"], wrong.join("\n")))
}

/// Removes what Helm prints around an error.
fn helms_warning(error: &str) -> &str {
    let error = error.strip_prefix("Error: ").unwrap_or(error);
    error.split("\n\nUse --debug flag").next().unwrap_or(error).trim_end()
}

fn lay_out(case: &Value, chart: &Path) {
    write(&chart.join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    write(&chart.join("values.yaml"), case["values"].as_str().unwrap_or_default());
    for (name, content) in case["templates"].as_object().into_iter().flatten() {
        write(&chart.join("templates").join(name), text(content));
    }
    for (path, content) in case["files"].as_object().into_iter().flatten() {
        write(&chart.join(path), text(content));
    }
    // Git does not keep empty folders, and a case may not have templates.
    fs::create_dir_all(chart.join("templates")).expect("a folder");
}
