//! Names and texts that others wrote, as somebody would write them who wants to deceive: nothing of what is printed acts on a
//! terminal, in the log of a CI system, in a comment, or outside of the folder that a patch is applied in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use mim_chart::diagnostic::Source;
use mim_chart::diff::{Object, Secrets, compare_sides, read_objects, write_unified};

/// Names that would lead out of a folder, into another one, or to another file.
const PATHS: [&str; 16] = [
    "plain",
    "..",
    "../../outside",
    "a/../../outside",
    "/tmp/outside",
    ".git/hooks/pre-commit",
    ".github/workflows/ci",
    "..\\..\\outside",
    "C:\\outside",
    "x\n--- /dev/null\n+++ b/.github/workflows/ci.yml\n@@ -0,0 +1 @@\n+on: push\n",
    "x\t2024-01-01\n+++ b/outside",
    "x\r\n+++ b/outside",
    "\"b/outside\"",
    "with spaces and \"quotes\" ",
    "größe 日本\u{202e}",
    "x\ndiff --git a/y b/y\nrename from y\nrename to ../outside",
];

/// Manifests as one stream, each with a text that looks like the parts of a patch.
fn manifests(version: usize) -> Vec<Object> {
    let mut objects = Vec::new();
    for (number, name) in PATHS.iter().enumerate() {
        let quoted = serde_json::to_string(name).expect("JSON");
        let namespace = if number % 2 == 0 { format!(", namespace: {quoted}") } else { String::new() };
        let kind = if number % 3 == 0 { quoted.clone() } else { "ConfigMap".to_owned() };
        let lines = [
            "-- /dev/null",
            "++ b/outside",
            "@@ -0,0 +1 @@",
            "diff --git a/outside b/outside",
            "\\ No newline at end of file",
        ];
        let text: String = lines.iter().map(|line| format!("    {line} {version}\n    {line}\n")).collect();
        let manifest = format!(
            "kind: {kind}\napiVersion: v1\nmetadata: {{name: {quoted}{namespace}}}\ndata:\n  text: |\n{text}more: [a,\n-- a/outside {version},\n++ b/outside]\n"
        );
        objects.extend(read_objects(&Source::file("m.yaml", manifest), "m.yaml").expect("a manifest"));
    }
    objects
}

/// All files below a folder with their contents, git's own apart.
fn files(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if name.ends_with("/.git") {
            continue;
        }
        if path.is_dir() {
            files(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read_to_string(path).expect("text"));
        }
    }
}

/// A patch changes one file for each object, below the folder that it is applied in, and each file is what its object is.
#[test]
fn a_patch_touches_no_file_but_those_of_its_objects() {
    for tool in [&["git", "apply", "--whitespace=nowarn"][..], &["patch", "-p1", "-s", "-f"]] {
        if Command::new(tool[0]).arg("--version").output().is_err() {
            continue;
        }
        let top = tempfile::tempdir().expect("a folder");
        let folder = top.path().join("one/two/three");
        fs::create_dir_all(&folder).expect("a folder");
        let status = Command::new("git").args(["init", "-q", "--template="]).current_dir(&folder).status();
        assert!(status.expect("git").success());
        let (old, new) = (manifests(1), manifests(2));
        for (from, to) in [(&[][..], &old[..]), (&old, &new)] {
            let comparison = compare_sides(from, to, &Secrets::shown(), "default");
            let patch = write_unified(&comparison, 3);
            assert!(!patch.contains(|c: char| c.is_control() && c != '\n'), "{patch:?}");
            fs::write(top.path().join("p.patch"), patch).expect("written");
            let patch = top.path().join("p.patch");
            let mut command = Command::new(tool[0]);
            command.args(&tool[1..]).current_dir(&folder);
            match tool[0] {
                "git" => command.arg(&patch),
                _ => command.arg("-i").arg(&patch),
            };
            let output = command.output().expect("the tool");
            assert!(output.status.success(), "{tool:?}: {output:?}\n{}", fs::read_to_string(&patch).expect("text"));
        }
        let mut found = BTreeMap::new();
        files(top.path(), "", &mut found);
        found.remove("p.patch");
        assert_eq!(found.len(), PATHS.len(), "{tool:?}: {:?}", found.keys());
        for (name, text) in &found {
            assert!(name.starts_with("one/two/three/") && name.ends_with(".yaml"), "{tool:?}: {name:?}");
            assert!(new.iter().any(|object| object.text() == Some(text)), "{tool:?}: {name:?} {text}");
        }
    }
}
