//! What `mim-chart dependency` says, and what it puts into charts/ and the lock file, is what Helm does:
//! `cases/dependency/helm.json`, recorded from Helm by `tests/parity/record_dependency`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Map, Value, json};

fn run(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mim-chart"))
        .args(words)
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .expect("the command runs")
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders are made");
    fs::write(path, text).expect("a file is written");
}

/// Helm reads a file's first 512 bytes with zeros behind a shorter one, and takes every short file for a binary one.
fn without_content_type(said: &str) -> String {
    said.lines().map(|line| line.split("; got '").next().unwrap_or(line).to_owned() + "\n").collect()
}

/// What lies in charts/, and the lock files without their times.
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
fn dependencies_are_told_and_brought_in_as_helm_does() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/dependency/helm.json");
    let text = fs::read_to_string(stored).expect("the recorded answers are there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("the recorded answers are JSON");
    assert!(cases.len() > 30);
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().expect("a name");
        let scratch = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in case["files"].as_object().expect("files") {
            write(scratch.path(), path, text.as_str().expect("text"));
        }
        let mut answers = case["said"].as_array().expect("answers").iter().map(|said| said.as_str().expect("text"));
        for command in case["commands"].as_array().expect("commands") {
            let words: Vec<&str> =
                command.as_array().expect("words").iter().map(|word| word.as_str().expect("text")).collect();
            if let ["write", path, text] = words[..] {
                write(scratch.path(), path, text);
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
        let (held, helms) = (state(scratch.path()), json!({"charts": case["charts"], "lock": case["lock"]}));
        if held != helms {
            wrong.push(format!("{name}: leaves {held:#}, Helm {helms:#}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
