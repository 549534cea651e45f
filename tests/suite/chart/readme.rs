//! Tests the chart's README.md: its values files render, its commands run, and its list of kinds is complete.

use std::collections::BTreeSet;
use std::fs;

use super::combinations;
use super::rendering::{read, render, root, run};

fn text() -> String {
    fs::read_to_string(root().join("charts/mongooseim/README.md")).expect("README.md")
}

/// Returns the code blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    text.split(&begin).skip(1).map(|block| block.split("```").next().unwrap_or("").to_owned()).collect()
}

#[test]
fn the_values_files_render() {
    let blocks = blocks(&text(), "yaml");
    assert!(blocks.len() >= 4);
    let folder = tempfile::tempdir().expect("a folder");
    for block in blocks {
        let path = folder.path().join("values.yaml");
        fs::write(&path, &block).expect("a file");
        let output = run(&["template", "--strict", "-f", &path.display().to_string()]);
        assert!(output.status.success(), "{block}\n{}", String::from_utf8_lossy(&output.stderr));
        let rendered = read(String::from_utf8(output.stdout).expect("UTF-8"));
        assert!(rendered.stateful_set().list("spec template spec containers").len() == 1);
    }
}

#[test]
fn the_commands_run() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("mongooseim.toml"), "[[listen.c2s]]\nport = 5222\n").expect("a file");
    fs::write(folder.path().join("values.yaml"), "replicaCount: 2\n").expect("a file");
    let mut count = 0;
    for block in blocks(&text(), "console") {
        for line in block.lines().filter_map(|line| line.strip_prefix("$ mim-chart ")) {
            let arguments: Vec<String> = line
                .split(" | ")
                .next()
                .unwrap_or("")
                .split_whitespace()
                .map(|argument| {
                    argument.replace("mongooseim.toml", &folder.path().join("mongooseim.toml").display().to_string())
                })
                .map(|argument| {
                    argument.replace("values.yaml", &folder.path().join("values.yaml").display().to_string())
                })
                .collect();
            let output = run(&arguments);
            assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
            count += 1;
        }
    }
    assert!(count >= 4, "{count} commands");
}

#[test]
fn the_kinds_to_prune_are_those_that_can_be_rendered() {
    let text = text();
    let listed: BTreeSet<String> = text
        .split("--prune-allowlist=")
        .skip(1)
        .map(|rest| rest.split(|c: char| c.is_whitespace() || c == '`').next().unwrap_or("").to_owned())
        .collect();
    let mut rendered = BTreeSet::new();
    for sets in combinations::all() {
        for object in &render(&sets).objects {
            let version = object.text("apiVersion");
            let group = if version.contains('/') { version.to_owned() } else { format!("core/{version}") };
            rendered.insert(format!("{group}/{}", object.kind()));
        }
    }
    assert_eq!(listed, rendered);
}

#[test]
fn the_chart_readme_is_what_show_readme_prints() {
    let shown = run(&["show", "readme", "mongooseim"]);
    assert!(String::from_utf8(shown.stdout).expect("UTF-8").starts_with(&text()));
}
