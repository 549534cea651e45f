//! Tests the pipelines in `cases/pipelines`: each is valid YAML, and every mim-chart command in it runs in a suitable repository.
//! README.md shows one of them.

use std::path::Path;

use serde_yaml::Value;

use crate::support::command::shell_command;
use crate::support::recorded::folder;

const PIPELINES: [&str; 4] = ["github", "gitlab", "argocd", "pre-commit"];

fn pipeline(name: &str) -> String {
    std::fs::read_to_string(folder("pipelines").join(format!("{name}.yaml"))).expect("a pipeline")
}

/// Collects all strings in a document.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Sequence(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Mapping(map) => map.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

fn commands(name: &str) -> Vec<String> {
    let document: Value = serde_yaml::from_str(&pipeline(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut found = Vec::new();
    texts(&document, &mut found);
    found.retain(|text| text.starts_with("mim-chart ") || text.contains("'mim-chart "));
    found
}

fn shell(line: &str, folder: &Path) -> (bool, String) {
    let output = shell_command("sh", line, folder)
        .env("GITHUB_BASE_REF", "main")
        .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", "main")
        .env("ARGOCD_APP_NAME", "chat")
        .env("ARGOCD_APP_NAMESPACE", "xmpp")
        .output()
        .expect("a shell");
    let reported = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), reported)
}

/// Creates a repository with the chart's values on the branch main, and a change of them on another branch.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let git = "git -c user.name=a -c user.email=a@example.com";
    let line = format!(
        "echo 'replicaCount: 1' > prod.yaml && git init -q -b main && {git} add . && {git} commit -q -m one && \
         git update-ref refs/remotes/origin/main main && git checkout -q -b change && echo 'replicaCount: 3' > prod.yaml && \
         {git} commit -q -a -m two"
    );
    let (is_fine, reported) = shell(&line, folder.path());
    assert!(is_fine, "{reported}");
    folder
}

#[test]
fn every_command_of_the_pipelines_runs() {
    for name in PIPELINES {
        let folder = repository();
        let commands = commands(name);
        assert!(!commands.is_empty(), "{name} runs mim-chart");
        for command in &commands {
            let (is_fine, reported) = shell(command, folder.path());
            assert!(is_fine, "{name}: {command}: {reported}");
        }
        if name == "github" || name == "gitlab" {
            let comment = std::fs::read_to_string(folder.path().join("comment.md")).expect("a comment");
            assert!(comment.contains("scales 1 → 3"), "{comment}");
        }
    }
}

#[test]
fn pipelines_stop_rejected_changes() {
    let folder = repository();
    std::fs::write(folder.path().join("prod.yaml"), "podLabels: {team: 'not a label'}\n").expect("written");
    for command in commands("pre-commit") {
        let (is_fine, reported) = shell(&command, folder.path());
        assert!(!is_fine, "{command}: {reported}");
    }
}
