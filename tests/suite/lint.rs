//! Compares `mim-chart lint` with `helm lint`: `cases/lint/cases.json`, recorded from Helm by `tests/parity/record_lint`.
//!
//! mim-chart reads the same files, and again with `engine: tera` in every Chart.yaml unless a case has `"engine": false`. In a
//! case with `texts`, which says why the text of a finding is mim-chart's own, only severities and files are compared. A case
//! with `differs` says why mim-chart differs, what it prints instead, and what else it prints on standard error. In messages
//! about YAML, mim-chart always has the right line, which Helm omits or counts differently.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::command::mim_chart;
use crate::support::files;
use crate::support::recorded::{self, text};

/// The files that exist before a case's files are added, as in the recording script.
const CHART: [(&str, &str); 3] = [
    ("chart/Chart.yaml", "apiVersion: v2\nname: probe\nversion: 0.1.0\nicon: https://example.com/icon.png\n"),
    ("chart/values.yaml", "a: 1\n"),
    ("chart/templates/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\n"),
];

/// The output and exit code of a run.
#[derive(Debug, PartialEq)]
struct Said {
    exit: i64,
    stdout: String,
    /// The first lines of messages, unordered: Helm repeats some, and formats all in its own way.
    stderr: BTreeSet<String>,
}

#[test]
fn lint_matches_helm() {
    matches_helm("engine: tera\n");
}

#[test]
fn lint_of_go_templates_matches_helm() {
    matches_helm("");
}

/// Compares all cases. `engine` is a line that is added to each Chart.yaml.
fn matches_helm(engine: &str) {
    let cases = recorded::cases("lint/cases.json", 201);
    let mut wrong = Vec::new();
    for case in &cases {
        let mut ours = run(case, engine);
        let mut helms = of_helm(&case["helm"]);
        if case["texts"].is_string() {
            ours.stdout = without_texts(&ours.stdout);
            helms.stdout = without_texts(&helms.stdout);
        }
        if let Some(differs) = case.get("differs") {
            assert!(differs["why"].is_string());
            if ours == helms {
                wrong.push(format!("{}: does not differ", text(&case["name"])));
            }
            if let Some(stdout) = differs["stdout"].as_str() {
                helms.stdout = stdout.to_owned();
            }
            helms.stderr.extend(differs["also"].as_array().into_iter().flatten().map(|line| text(line).to_owned()));
        }
        if ours != helms {
            let name = text(&case["name"]);
            wrong.push(format!("## {name}\n--- expected {helms:#?}\n--- mim-chart {ours:#?}\n").replace("\\n", "\n"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn run(case: &Value, engine: &str) -> Said {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let given = case["files"].as_object();
    let is_given = |path: &str| given.is_some_and(|files| files.contains_key(path));
    for (path, content) in CHART.into_iter().filter(|(path, _)| !is_given(path)) {
        write(&folder.join(path), content, case, engine);
    }
    for (path, content) in given.into_iter().flatten() {
        match content.as_str() {
            _ if path.ends_with('/') => fs::create_dir_all(folder.join(path)).expect("a folder"),
            Some(content) => write(&folder.join(path), content, case, engine),
            None => {}
        }
    }
    let in_go_templates = case["gotpl"].as_object().filter(|_| engine.is_empty());
    for (path, content) in in_go_templates.into_iter().flatten() {
        write(&folder.join(path), text(content), case, engine);
    }
    for (name, directory) in case["archives"].as_object().into_iter().flatten() {
        files::pack(&folder.join(text(directory)), "", &folder.join(name));
    }
    let arguments = case["arguments"].as_array().expect("arguments").iter().map(text);
    let output = mim_chart(folder).arg("lint").args(arguments).output().expect("a run");
    let shown =
        |bytes: &[u8]| without_yaml_lines(&String::from_utf8_lossy(bytes).replace(&folder.display().to_string(), "W"));
    let is_first_line = |line: &&str| ["error: ", "warning: ", "info: "].iter().any(|start| line.starts_with(start));
    Said {
        exit: output.status.code().map_or(-1, i64::from),
        stdout: shown(&output.stdout),
        stderr: shown(&output.stderr).lines().filter(is_first_line).map(str::to_owned).collect(),
    }
}

fn write(path: &Path, content: &str, case: &Value, engine: &str) {
    let is_chart_file = path.ends_with("Chart.yaml") && !path.ends_with("templates/Chart.yaml");
    let engine = if is_chart_file && case["engine"].as_bool() != Some(false) { engine } else { "" };
    files::write(path, &format!("{content}{engine}"));
}

fn of_helm(helm: &Value) -> Said {
    Said {
        exit: helm["exit"].as_i64().expect("an exit code"),
        stdout: without_yaml_lines(&text(&helm["stdout"]).replace("T/", "W/c.tgz/")),
        stderr: text(&helm["stderr"]).lines().map(as_mim_chart_says).collect(),
    }
}

/// Converts a line of Helm's log: `level=WARN msg="missing required value" message="set x"` becomes `warning: missing required
/// value: set x`.
fn as_mim_chart_says(line: &str) -> String {
    if let Some(error) = line.strip_prefix("Error: ") {
        return format!("error: {error}");
    }
    let (level, rest) = line.strip_prefix("level=").and_then(|rest| rest.split_once(" msg=")).expect("a record");
    let (message, rest) = go_text(rest);
    let level = match (level, message.strip_prefix("warning: ")) {
        (_, Some(warning)) => return format!("warning: {warning}"),
        ("WARN", _) => "warning",
        (level, _) => &level.to_lowercase(),
    };
    match rest.split_once('=') {
        Some((_, value)) => format!("{level}: {message}: {}", go_text(value).0),
        None => format!("{level}: {message}"),
    }
}

/// Parses a quoted or unquoted value in a log record. Also returns the rest of the line.
fn go_text(text: &str) -> (String, &str) {
    if !text.starts_with('"') {
        let end = text.find(' ').unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let value = values.next().expect("a text").expect("a text in quotes");
    (value, &text[values.byte_offset()..])
}

/// Removes line numbers, so that `yaml: line 5: x` equals `yaml: x`.
fn without_yaml_lines(text: &str) -> String {
    let mut parts = text.split("yaml: line ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let number = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        format!("{text}yaml: {}", part[number..].trim_start_matches(": "))
    })
}

/// Returns the lines of findings without their texts and without repetitions.
fn without_texts(stdout: &str) -> String {
    let heads = stdout.lines().filter(|line| line.starts_with(['[', '=']) || line.contains("chart(s)"));
    let mut heads: Vec<&str> = heads.map(|line| line.split(": ").next().unwrap_or(line)).collect();
    heads.dedup();
    heads.join("\n")
}
