//! Compares rendered trees of charts with Helm: `cases/trees/trees.json`, recorded from Helm by `tests/parity/record_trees`. The
//! name of each tree is the rule that it tests.
//!
//! mim-chart reads the same files, and again with `engine: tera` in every Chart.yaml and templates in Tera.
//! `tests/parity/trees.py` describes the format of a tree. Lines of Helm's log are compared as a set.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::command::mim_chart;
use crate::support::files::{self, write};
use crate::support::recorded::{self, text};

/// The codes of mim-chart's notices that Helm does not have.
const OWN_NOTICES: [&str; 4] = ["hooks", "unknown-value", "subcharts-of-one-name", "repeated-key"];

#[test]
fn trees_render_as_in_helm() {
    render_as_in_helm(Language { dump: "trees/dump.tera", templates: "tera", engine: "engine: tera\n" });
}

#[test]
fn trees_of_go_templates_render_as_in_helm() {
    render_as_in_helm(Language { dump: "trees/dump.gotpl", templates: "go", engine: "" });
}

/// The template language of the trees.
struct Language {
    /// The template that is added to each chart.
    dump: &'static str,
    /// The key of a tree's own templates.
    templates: &'static str,
    /// The line in Chart.yaml that selects the engine.
    engine: &'static str,
}

fn render_as_in_helm(language: Language) {
    let dump = fs::read_to_string(recorded::folder(language.dump)).expect("a template");
    let trees = recorded::cases("trees/trees.json", 120);
    let wrong: Vec<String> = trees.iter().filter_map(|tree| difference(tree, &dump, &language)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), trees.len(), wrong.join("\n"));
}

fn difference(tree: &Value, dump: &str, language: &Language) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    lay_out(tree, dump, language, folder.path());
    let arguments = tree["arguments"].as_array().expect("arguments").iter().map(text);
    let output = mim_chart(folder.path()).args(arguments).arg("--message-format=json").output().expect("a run");

    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let exit = output.status.code().map_or(-1, i64::from);
    let reported: Vec<Value> = stderr.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let messages = |wanted: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
        reported
            .iter()
            .filter(|reported| wanted(reported))
            .map(|reported| without_path(text(&reported["message"])))
            .collect()
    };
    let errors = messages(&|reported| reported["severity"] == "error");
    let notices =
        messages(&|reported| reported["severity"] != "error" && !OWN_NOTICES.contains(&text(&reported["code"])));

    let helm = &tree["helm"];
    let helms_notices: BTreeSet<String> =
        helm["notices"].as_array().into_iter().flatten().filter_map(|notice| as_mim_chart_says(text(notice))).collect();
    let mut wrong = Vec::new();
    if Some(exit) != helm["exit"].as_i64() {
        wrong.push(format!("exit code {exit}, Helm's is {}", helm["exit"]));
    }
    if stdout != text(&helm["stdout"]) {
        let diff = similar::TextDiff::from_lines(text(&helm["stdout"]), &stdout);
        wrong.push(diff.unified_diff().header("Helm", "mim-chart").to_string());
    }
    if let Some(error) = helm["error"].as_str().filter(|error| !errors.contains(error.trim_end())) {
        wrong.push(format!("--- errors\n{errors:#?}\n--- Helm's\n{error}"));
    }
    if exit == 0 && notices != helms_notices {
        wrong.push(format!("--- notices\n{notices:#?}\n--- Helm's\n{helms_notices:#?}"));
    }
    (!wrong.is_empty()).then(|| format!("## {}\n{}\n{stderr}", text(&tree["name"]), wrong.join("\n")))
}

fn lay_out(tree: &Value, dump: &str, language: &Language, folder: &Path) {
    for (path, content) in tree["files"].as_object().expect("files") {
        let mut content = text(content).to_owned();
        if path.ends_with("/Chart.yaml") && !path.contains("/templates/") {
            let is_library = content.lines().any(|line| line.trim_end() == "type: library");
            if tree["dump"] != false && !is_library {
                write(&folder.join(path).with_file_name("templates/dump.yaml"), dump);
            }
            if !content.ends_with('\n') {
                content.push('\n');
            }
            if tree["engine"] != false {
                content.push_str(language.engine);
            }
        }
        write(&folder.join(path), &content);
    }
    for (path, pair) in tree["templates"].as_object().into_iter().flatten() {
        write(&folder.join(path), text(&pair[language.templates]));
    }
    for pair in tree["pack"].as_array().into_iter().flatten() {
        pack_and_remove(&folder.join(text(&pair[1])), &folder.join(text(&pair[0])));
    }
}

/// Packs a folder and removes it.
fn pack_and_remove(source: &Path, archive: &Path) {
    let name = source.file_name().and_then(|name| name.to_str()).expect("a name");
    files::pack(source, name, archive);
    fs::remove_dir_all(source).expect("no folder");
}

/// Removes the path of a hook's template, which Helm does not print.
fn without_path(message: &str) -> String {
    match message.split_once(" in ") {
        Some((words @ "skipping unknown hooks", rest)) => {
            format!("{words}: {}", rest.rsplit_once("hookTypes=").map_or(rest, |(_, hooks)| hooks))
        }
        _ => message.to_owned(),
    }
}

/// Converts a line of Helm's log to mim-chart's message. Returns `None` for lines that mim-chart does not need.
fn as_mim_chart_says(line: &str) -> Option<String> {
    let (_, message) = line.split_once(' ').expect("a level");
    if message.starts_with("found symbolic link") {
        return None;
    }
    let message = message.strip_prefix("warning: ").unwrap_or(message);
    let with = |message: &str, name: &str| {
        message.split_once(name).map(|(words, rest)| (words.to_owned(), rest.trim_matches('"').to_owned()))
    };
    if let Some(rest) = message.strip_prefix("returned non-bool value ") {
        return Some(format!("returned non-bool value: {rest}"));
    }
    if let Some(rest) = message.strip_prefix("ImportValues missing table from chart chart=") {
        let (chart, element) = with(rest, " error=\"")?;
        return Some(format!("ImportValues missing table from chart {chart}: \"{element}"));
    }
    if let Some(rest) = message.strip_prefix("ImportValues missing table error=\"") {
        return Some(format!("ImportValues missing table: {}", rest.strip_suffix('"').unwrap_or(rest)));
    }
    if let Some((words, hooks)) = with(message, " hookTypes=") {
        return Some(format!("{words}: {hooks}"));
    }
    Some(message.to_owned())
}
