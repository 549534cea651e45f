//! Compares `mim-chart dependency` with Helm: its output, charts/ and the lock file. The answers in `cases/dependency/helm.json`
//! were recorded from Helm by `tests/parity/record_dependency`.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Map, Value, json};

use crate::support::command::mim_chart;
use crate::support::files::write;
use crate::support::recorded::{cases, text, texts};

fn run(folder: &Path, words: &[&str]) -> Output {
    mim_chart(folder).args(words).env("SOURCE_DATE_EPOCH", "1700000000").output().expect("the command runs")
}

/// Helm pads files shorter than 512 bytes with zeros before it detects their type, and so reports every short file as binary.
fn without_content_type(message: &str) -> String {
    message.lines().map(|line| line.split("; got '").next().unwrap_or(line).to_owned() + "\n").collect()
}

/// Returns the names in charts/, and the lock files without their times.
fn state(folder: &Path) -> Value {
    let charts = fs::read_dir(folder.join("c/charts")).ok().map(|entries| {
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
        names.sort();
        names
    });
    let mut locks = Map::new();
    for name in ["Chart.lock", "requirements.lock"] {
        if let Ok(text) = fs::read_to_string(folder.join("c").join(name)) {
            let kept: String = text.split_inclusive('\n').filter(|line| !line.starts_with("generated: ")).collect();
            locks.insert(name.to_owned(), Value::String(kept));
        }
    }
    json!({"charts": charts, "lock": locks})
}

#[test]
fn dependency_list_and_build_match_helm() {
    let mut wrong = Vec::new();
    for case in &cases("dependency/helm.json", 31) {
        let name = case["name"].as_str().expect("a name");
        let scratch = tempfile::tempdir().expect("a temporary folder");
        for (path, content) in case["files"].as_object().expect("files") {
            write(&scratch.path().join(path), text(content));
        }
        let mut answers = texts(&case["said"]).into_iter();
        for command in case["commands"].as_array().expect("commands") {
            let words = texts(command);
            if let ["write", path, content] = words[..] {
                write(&scratch.path().join(path), content);
                continue;
            }
            let output = run(scratch.path(), &words);
            let shown =
                |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&scratch.path().display().to_string(), "W");
            let (stdout, stderr) = (shown(&output.stdout), shown(&output.stderr));
            let helms = answers.next().expect("an answer");
            let same = match helms.strip_prefix("Error: ") {
                Some(error) => {
                    !output.status.success() && stdout.is_empty() && stderr.starts_with(&format!("error: {error}"))
                }
                None => output.status.success() && without_content_type(&stdout) == without_content_type(helms),
            };
            if !same {
                wrong.push(format!("{name}: {words:?} says\n{stdout}{stderr}\nHelm\n{helms}"));
            }
        }
        let (result, helms) = (state(scratch.path()), json!({"charts": case["charts"], "lock": case["lock"]}));
        if result != helms {
            wrong.push(format!("{name}: leaves {result:#}, Helm {helms:#}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
