//! Tests names and texts from attackers: nothing in the output has an effect on a terminal, in the log of a CI system, in a
//! comment, or outside the folder in which a patch is applied.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use mim_chart::diagnostic::{Source, is_hidden};
use mim_chart::diff::{compare_sides, write_unified};
use mim_chart::kubernetes::{Object, read_objects};
use mim_chart::secrets::Secrets;

use crate::support::command::mim_chart;

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

/// Returns manifests with these names, each with a text that looks like parts of a patch.
fn manifests(version: usize) -> Vec<Object> {
    let mut objects = Vec::new();
    for (number, name) in PATHS.iter().enumerate() {
        let line_break = if number % 4 == 3 { "\r\n" } else { "\n" };
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
        let manifest = manifest.replace('\n', line_break);
        objects.extend(read_objects(&Source::file("m.yaml", manifest), "m.yaml").expect("a manifest"));
    }
    objects
}

/// Collects all files below a folder with their contents, except git's own.
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

/// Applying a patch changes one file for each object, below the current folder, and each file is the object's manifest.
#[test]
fn patches_touch_only_the_files_of_their_objects() {
    for tool in [&["git", "apply"][..], &["patch", "-p1", "-s", "-f"]] {
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
            assert!(!patch.contains(|c: char| c.is_control() && c != '\n' && c != '\r'), "{patch:?}");
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
            assert!(
                new.iter().any(|object| object.text().map(str::trim_end) == Some(text.trim_end())),
                "{tool:?}: {name:?} {text}"
            );
        }
    }
}

/// Text that clears a screen, hides text, changes its direction, ends a line, and contains commands for CI systems.
const HOSTILE: &str = "x\x1b[2J\x1b[8m\x1b]0;t\x07\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}\u{85}\x7f\r\n::error::injected\n  ::set-output name=a::injected\n##[error]injected ##vso[task.x]injected";
/// The same text without characters that YAML does not allow.
const KEY: &str = "k\u{202e}\u{200b}\u{2028}\n::error::injected\n ##[error]injected";

/// The kind of a stream, which decides what it may contain.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stream {
    /// Text, JSON and XML, in which nothing may have an effect.
    Printed,
    /// Annotations, in which only the intended commands may have an effect.
    Annotations,
    /// Manifests, files, values and patches, which are data.
    Data,
}

/// Returns what is wrong with the bytes of a stream.
fn faults(bytes: &[u8], stream: Stream) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return vec!["is not UTF-8".to_owned()] };
    if stream == Stream::Data {
        return Vec::new();
    }
    // The program's own colors, none of which hides text.
    let text = ["0", "1", "2", "31", "32", "33", "34", "36", "91", "92", "93", "94", "96", "1;31", "1;33"]
        .iter()
        .fold(text.to_owned(), |text, code| text.replace(&format!("\x1b[{code}m"), ""));
    let mut found = Vec::new();
    for line in text.split('\n') {
        let commands = ["::error", "::set-output"].iter().any(|command| line.trim_start().starts_with(command));
        let is_meant = stream == Stream::Annotations && line.starts_with("::error file=");
        let is_meant = is_meant || stream == Stream::Annotations && line.starts_with("::error title=");
        let hidden = line.contains(|c| is_hidden(c) && c != '\t');
        if hidden || commands && !is_meant || line.contains("##[") || line.contains("##vso[") {
            found.push(format!("{line:?}"));
        }
    }
    found
}

/// Runs commands on charts in a folder, each chart with something hostile in another place.
struct Ground {
    folder: tempfile::TempDir,
    faults: Vec<String>,
    runs: usize,
}

impl Ground {
    fn new() -> Ground {
        Ground { folder: tempfile::tempdir().expect("a folder"), faults: Vec::new(), runs: 0 }
    }

    /// Writes a chart `c` that renders, then the given files in it. Empty content removes a file.
    fn chart(&self, files: &[(&str, &str)]) {
        let chart = self.folder.path().join("c");
        let _ = fs::remove_dir_all(&chart);
        let base = [
            ("Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n"),
            ("values.yaml", "a: 1\n"),
            ("templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '{{ Values.a }}'}\n"),
        ];
        for (path, text) in base.iter().chain(files) {
            self.write(&format!("c/{path}"), text);
        }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn run(&mut self, arguments: &[&str], stream: Stream) {
        let output: Output = mim_chart(self.folder.path()).args(arguments).output().expect("mim-chart runs");
        self.runs += 1;
        assert!(output.status.code().is_some_and(|code| code < 3), "{arguments:?}: {output:?}");
        for (name, bytes, stream) in [("stdout", &output.stdout, stream), ("stderr", &output.stderr, Stream::Printed)] {
            for fault in faults(bytes, stream) {
                self.faults.push(format!("{arguments:?} {name}: {fault}"));
            }
        }
    }

    /// Runs every command with every output format on the chart.
    fn all(&mut self, flags: &[&str]) {
        let with = |arguments: &[&'static str]| -> Vec<String> {
            arguments.iter().chain(flags).map(|argument| (*argument).to_owned()).collect()
        };
        let printed: &[&[&str]] = &[
            &["lint", "c"],
            &["lint", "c", "-o", "json", "--color=always"],
            &["lint", "c", "-o", "sarif"],
            &["lint", "c", "-o", "junit"],
            &["template", "c", "--output-dir", "out"],
            &["diff", "c", "--from", "old.yaml"],
            &["diff", "c", "--from", "old.yaml", "--color=always"],
            &["diff", "c", "--from", "old.yaml", "-o", "markdown"],
            &["diff", "c", "--from", "old.yaml", "-o", "json"],
            &["diff", "c", "--from", "old.yaml", "-o", "sarif"],
            &["diff", "c", "--from", "old.yaml", "-o", "html"],
            &["diff", "c", "--from", "old.yaml", "--side-by-side", "--width", "40", "--color=always"],
            &["diff", "c", "--from", "old.yaml", "--images"],
            &["template", "c", "--output", "html"],
            &["why", KEY, "c"],
            &["why", "a", "c", "-o", "json"],
            &["values", "c", "--unused"],
            &["values", "c", "--unused", "-o", "json"],
        ];
        let data: &[&[&str]] = &[
            &["template", "c", "--debug"],
            &["template", "c", "--strict", "--color=always"],
            &["template", "c", "--validate-offline", "--message-format", "json"],
            &["diff", "c", "--from", "old.yaml", "-o", "unified"],
            &["values", "c", "--origins"],
        ];
        let without_values: &[&[&str]] =
            &[&["dependency", "list", "c"], &["dependency", "build", "c"], &["package", "c", "-d", "packed"]];
        let own: &[&[&str]] = &[&["show", "all", "c"], &["show", "templates", "c"]];
        for arguments in printed {
            self.run_all(&with(arguments), Stream::Printed);
        }
        self.run_all(&with(&["lint", "c", "-o", "github"]), Stream::Annotations);
        self.run_all(&with(&["diff", "c", "--from", "old.yaml", "-o", "github"]), Stream::Annotations);
        for arguments in data {
            self.run_all(&with(arguments), Stream::Data);
        }
        for arguments in without_values {
            self.run(arguments, Stream::Printed);
        }
        for arguments in own {
            self.run(arguments, Stream::Data);
        }
    }

    fn run_all(&mut self, arguments: &[String], stream: Stream) {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.run(&arguments, stream);
    }
}

/// Quotes a text for YAML and JSON, and escapes what YAML does not allow.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("JSON");
    let escaped = |c: char| match u32::from(c) {
        code @ 0x7f..0x1_0000 => format!("\\u{code:04x}"),
        _ => c.to_string(),
    };
    json.chars().map(escaped).collect()
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn hostile_charts_print_no_control_characters() {
    let mut ground = Ground::new();
    let (hostile, key) = (quoted(HOSTILE), quoted(KEY));
    let lines = HOSTILE.replace(|c: char| c.is_control() && c != '\n' || c == '\u{feff}', "").replace('\n', "\n    ");
    ground.write(
        "old.yaml",
        &format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  a: '0'\n  t: |\n    one\n    two\n    {lines}\n"),
    );
    let chart_yaml = |more: &str| format!("apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n{more}\n");
    let fields = format!(
        "appVersion: {hostile}\ndescription: {hostile}\nhome: {hostile}\nicon: {hostile}\nsources: [{hostile}]\nkeywords: [{hostile}]\n\
         annotations: {{{key}: {hostile}}}\nmaintainers: [{{name: {hostile}, email: {hostile}, url: {hostile}}}]\n{key}: {hostile}"
    );
    let dependency = |fields: &str| chart_yaml(&format!("dependencies:\n- {{{fields}}}"));
    let manifest = |kind: &str, metadata: &str, rest: &str| {
        format!("apiVersion: v1\nkind: {kind}\nmetadata: {{{metadata}}}\n{rest}\n")
    };
    let named = format!(
        "name: {hostile}, namespace: {hostile}, labels: {{{key}: {hostile}}}, annotations: {{{key}: {hostile}}}"
    );
    let schema = format!(
        r#"{{"title": {hostile}, "description": {hostile}, "properties": {{{key}: {{"title": {hostile}, "type": "integer"}},
        "a": {{"title": {hostile}, "enum": [{hostile}], "pattern": {hostile}, "description": {hostile}}}}}, "required": [{hostile}], "additionalProperties": false}}"#
    );
    let charts: Vec<Vec<(&str, String)>> = vec![
        vec![("Chart.yaml", chart_yaml(&fields))],
        vec![("Chart.yaml", chart_yaml("x").replace("name: c", &format!("name: {hostile}")))],
        vec![("Chart.yaml", chart_yaml("").replace("1.0.0", &hostile))],
        vec![("Chart.yaml", chart_yaml("").replace("v2", &hostile))],
        vec![("Chart.yaml", chart_yaml("").replace("tera", &hostile))],
        vec![("Chart.yaml", chart_yaml(&format!("type: {hostile}")))],
        vec![("Chart.yaml", chart_yaml(&format!("kubeVersion: {hostile}")))],
        vec![("Chart.yaml", format!("{}\n{HOSTILE}", chart_yaml("")))],
        vec![("Chart.yaml", dependency(&format!("name: {hostile}, version: {hostile}, repository: {hostile}")))],
        vec![(
            "Chart.yaml",
            dependency(&format!(
                "name: d, version: 1.0.0, repository: {hostile}, alias: {hostile}, condition: {hostile}, tags: [{hostile}]"
            )),
        )],
        vec![(
            "Chart.yaml",
            dependency(&format!(
                "name: d, version: {hostile}, repository: 'file://../{KEY}', import-values: [{hostile}]"
            )),
        )],
        vec![
            ("Chart.yaml", dependency("name: d, version: 1.0.0, repository: ''")),
            ("charts/d/Chart.yaml", chart_yaml(&fields).replace("name: c", "name: d")),
            ("charts/d/values.yaml", format!("{key}: 1\n")),
            (
                "charts/e\u{202e}\n::error::injected/Chart.yaml",
                chart_yaml("").replace("name: c", &format!("name: {key}")),
            ),
            (
                "Chart.lock",
                format!(
                    "dependencies:\n- {{name: {hostile}, version: {hostile}, repository: {hostile}}}\ndigest: {hostile}\ngenerated: {hostile}\n"
                ),
            ),
        ],
        vec![("values.yaml", format!("{key}: {hostile}\na: {{{key}: [{hostile}]}}\n"))],
        vec![("values.yaml", format!("a: 1\n{HOSTILE}: [\n"))],
        vec![("values.yaml", format!("{key}: {hostile}\na: [{hostile}]\n")), ("values.schema.json", schema.clone())],
        vec![("values.schema.json", format!("{{\"$ref\": {hostile}}}"))],
        vec![("values.schema.json", format!("{{\"x\": {HOSTILE}"))],
        vec![(".helmignore", format!("[{HOSTILE}\n"))],
        vec![("templates/a.yaml", manifest(&hostile, &named, &format!("data: {{{key}: {hostile}}}")))],
        vec![(
            "templates/a.yaml",
            manifest("ConfigMap", &named, &format!("data: {{{key}: {hostile}}}\nimmutable: {hostile}")),
        )],
        vec![(
            "templates/a.yaml",
            manifest(
                "Pod",
                &named,
                &format!(
                    "spec: {{{key}: 1, containers: [{{name: {hostile}, image: {hostile}, ports: [{{name: {hostile}, protocol: {hostile}}}]}}]}}"
                ),
            ),
        )],
        vec![(
            "templates/a.yaml",
            manifest("ConfigMap", "name: a", &format!("data:\n  a: '1'\n  t: |\n    one\n    2\n    {lines}\n")),
        )],
        vec![(
            "templates/a.yaml",
            manifest("Pod", &format!("name: a, annotations: {{helm.sh/hook: {hostile}}}"), "spec: {}"),
        )],
        vec![("templates/a.yaml", format!("a: [{HOSTILE}\n"))],
        vec![("templates/a.yaml", format!("{{{{ fail(message={hostile}) }}}}"))],
        vec![("templates/a.yaml", format!("{{{{ Values.b | required(message={hostile}) }}}}"))],
        vec![("templates/a.yaml", format!("{{{{ include(name={hostile}) }}}}"))],
        vec![("templates/a.yaml", format!("{{{{ Values[{hostile}].x }}}}\n{{{{ x{HOSTILE} }}}}"))],
        vec![("templates/a.yaml", format!("{{% {HOSTILE} %}}"))],
        vec![("templates/a\u{202e}\u{9b}\r\n::error::injected ##[error].yaml", "{{ nothing }}".to_owned())],
        vec![("templates/b\u{202e}\u{9b}\r\n::error::injected ##[error].yaml", manifest("ConfigMap", "name: b", ""))],
        vec![("templates/NOTES.txt", HOSTILE.to_owned()), ("README.md", HOSTILE.to_owned())],
        vec![
            ("crds/c\u{9b}\n::error::injected.yaml", format!("kind: {hostile}\n")),
            ("crds/d.yaml", format!("- {HOSTILE}")),
        ],
    ];
    for files in &charts {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        ground.chart(&files);
        ground.all(&[]);
    }
    assert!(ground.runs > 500, "{}", ground.runs);
    assert!(ground.faults.is_empty(), "{} faults:\n{}", ground.faults.len(), ground.faults.join("\n"));
}

#[test]
#[ignore = "slow: cargo test --release -- --ignored"]
fn hostile_arguments_print_no_control_characters() {
    let mut ground = Ground::new();
    let hostile = quoted(HOSTILE);
    ground.write("old.yaml", "kind: List\nitems: []\n");
    let file = "f\u{202e}\u{9b}\r\n::error::injected ##[error].yaml";
    ground.write(file, &format!("{}: [{hostile}]\n", quoted(KEY)));
    let broken = "g\u{202e}\u{9b}\r\n::error::injected ##[error].yaml";
    ground.write(broken, &format!("{HOSTILE}: [\n"));
    let manifests = "m\u{202e}\n::error::injected.yaml";
    ground.write(
        manifests,
        &format!("kind: {hostile}\napiVersion: {hostile}\nmetadata: {{name: {hostile}, namespace: {hostile}, {hostile}: 1}}\n---\nkind: Pod\napiVersion: v1\nmetadata: {{name: {hostile}}}\nspec: {{{hostile}: {hostile}}}\n"),
    );
    ground.chart(&[]);
    let set = [format!("{HOSTILE}=1"), format!("a={HOSTILE}"), format!("a.{HOSTILE}[=1")];
    for flag in ["--set", "--set-string", "--set-json", "--set-literal", "--set-file"] {
        for argument in &set {
            ground.all(&[flag, argument]);
        }
    }
    ground.all(&["-f", file]);
    ground.all(&["-f", broken]);
    ground.all(&["-f", HOSTILE]);
    ground.all(&["-n", HOSTILE]);
    let ends: &[(&[&str], Stream)] = &[
        (&["template", HOSTILE, "c"], Stream::Data),
        (&["template", HOSTILE], Stream::Data),
        (&["template", "c", "--name-template", HOSTILE], Stream::Data),
        (&["template", "c", "--show-only", HOSTILE], Stream::Data),
        (&["template", "c", "--kube-version", HOSTILE], Stream::Data),
        (&["template", "c", "--api-versions", HOSTILE], Stream::Data),
        (&["template", "c", "--version", HOSTILE], Stream::Data),
        (&["template", "c", "--output-dir", KEY], Stream::Printed),
        (&["template", "c", "--output-dir", "o", "--release-name", HOSTILE], Stream::Printed),
        (&["template", "c", "--color", HOSTILE], Stream::Data),
        (&["template", "c", HOSTILE, HOSTILE], Stream::Data),
        (&[HOSTILE], Stream::Printed),
        (&["template", "c", "--\u{9b}31m\n::error::injected"], Stream::Data),
        (&["template", "c", "-\u{9b}\n::error::injected"], Stream::Data),
        (&["diff", "c", "--rev", HOSTILE], Stream::Printed),
        (&["diff", "c", "--from", HOSTILE], Stream::Printed),
        (&["diff", "c", "--from", manifests], Stream::Printed),
        (&["diff", "c", "--from", manifests, "--color=always"], Stream::Printed),
        (&["diff", "c", "--from", manifests, "-o", "markdown"], Stream::Printed),
        (&["diff", "c", "--from", manifests, "-o", "sarif"], Stream::Printed),
        (&["diff", "c", "--from", manifests, "-o", "html"], Stream::Printed),
        (&["diff", "c", "--from", manifests, "--side-by-side"], Stream::Printed),
        (&["diff", "c", "--from", manifests, "--images"], Stream::Printed),
        (&["diff", "c", "--from", manifests, "-o", "github"], Stream::Annotations),
        (&["diff", "c", "--from", manifests, "-o", "json"], Stream::Printed),
        (&["diff", "c", "--from", manifests, "-o", "unified"], Stream::Data),
        (&["diff", "c", "--from", broken], Stream::Printed),
        (&["validate", HOSTILE], Stream::Printed),
        (&["validate", broken], Stream::Printed),
        (&["validate", manifests], Stream::Printed),
        (&["validate", manifests, "-o", "json", "--strict"], Stream::Printed),
        (&["validate", manifests, "-o", "sarif"], Stream::Printed),
        (&["validate", manifests, "-o", "junit"], Stream::Printed),
        (&["validate", manifests, "-o", "github"], Stream::Annotations),
        (&["validate", manifests, "--crds", HOSTILE, "--kube-version", HOSTILE], Stream::Printed),
        (&["lint", HOSTILE], Stream::Printed),
        (&["lint", HOSTILE, "-o", "github"], Stream::Annotations),
        (&["lint", HOSTILE, "-o", "junit"], Stream::Printed),
        (&["why", HOSTILE], Stream::Printed),
        (&["why", HOSTILE, "c", "--message-format", "json"], Stream::Printed),
        (&["values", HOSTILE], Stream::Data),
        (&["show", HOSTILE], Stream::Data),
        (&["show", "all", HOSTILE], Stream::Data),
        (&["show", "values", "c", "--jsonpath", HOSTILE], Stream::Data),
        (&["show", "values", "c", "--jsonpath", "{.\u{9b}\n::error::injected"], Stream::Data),
        (&["create", HOSTILE], Stream::Printed),
        (&["create", KEY], Stream::Printed),
        (&["create", "new", "--starter", HOSTILE], Stream::Printed),
        (&["package", HOSTILE], Stream::Printed),
        (&["package", "c", "--version", HOSTILE], Stream::Printed),
        (&["package", "c", "-d", KEY], Stream::Printed),
        (&["dependency", "list", HOSTILE], Stream::Printed),
        (&["dependency", "build", HOSTILE], Stream::Printed),
        (&["dependency", HOSTILE], Stream::Printed),
        (&["completion", HOSTILE], Stream::Data),
        (&["man", "--dir", "old.yaml/\u{9b}\n::error::injected"], Stream::Printed),
        (&["version", HOSTILE], Stream::Printed),
    ];
    for (arguments, stream) in ends {
        ground.run(arguments, *stream);
        ground.run(&[arguments, &["--message-format", "json"][..]].concat(), *stream);
    }
    assert!(ground.faults.is_empty(), "{} faults:\n{}", ground.faults.len(), ground.faults.join("\n"));
}
