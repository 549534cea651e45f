//! Checks that the documents match the program: runs their examples, and generates their tables from the chart's schema, the lint
//! rules and the template functions. `UPDATE_README=1 cargo test --test readme` rewrites them.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// The documents whose examples are run.
const DOCUMENTS: [&str; 3] = ["README.md", "charts/mongooseim/README.md", "templates/README.md"];

/// The maximum size of README.md, in bytes.
const MAX_README_BYTES: usize = 16 << 10;

/// Returns the range between `<!-- NAME -->` and `<!-- end NAME -->`.
fn section(text: &str, name: &str) -> Range<usize> {
    let begin = format!("<!-- {name} -->\n");
    let end = format!("<!-- end {name} -->");
    let from = text.find(&begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
    let length = text[from..].find(&end).unwrap_or_else(|| panic!("no {end}"));
    from..from + length
}

/// Tests run in parallel, and all write the same document.
static WRITING: Mutex<()> = Mutex::new(());

fn check_section(path: &Path, name: &str, wanted: &str) {
    let _guard = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = std::fs::read_to_string(path).expect("the document");
    let place = section(&text, name);
    if text[place.clone()] != *wanted && std::env::var_os("UPDATE_README").is_some() {
        text.replace_range(place, wanted);
        std::fs::write(path, text).expect("the document is written");
        return;
    }
    assert!(
        text[place] == *wanted,
        "{name} in {} is out of date: UPDATE_README=1 cargo test --test readme",
        path.display()
    );
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Escapes a text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Adds one row for each value that can be set: a property of the schema without properties of its own.
fn rows(path: &str, schema: &Value, root: &Value, table: &mut String) {
    let schema = match schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        Some(pointer) => root.pointer(pointer).expect("a $ref that exists"),
        None => schema,
    };
    let name = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match schema["properties"].as_object() {
        Some(properties) if !properties.is_empty() => {
            for (key, property) in properties {
                rows(&name(key), property, root, table);
            }
        }
        _ => {
            let kind = match &schema["type"] {
                Value::String(kind) => kind.clone(),
                Value::Array(kinds) => {
                    kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect::<Vec<_>>().join(", ")
                }
                _ => "any".to_owned(),
            };
            let default = match &schema["default"] {
                Value::Null => "unset".to_owned(),
                Value::String(text) if text.is_empty() => "unset".to_owned(),
                default => format!("`{default}`"),
            };
            let meaning = schema["description"].as_str().unwrap_or_else(|| panic!("{path} has no description"));
            let _ = writeln!(table, "| `{path}` | {} | {kind} | {} |", cell(meaning), cell(&default));
        }
    }
}

#[test]
fn the_readme_is_short() {
    let length = std::fs::metadata(root().join("README.md")).expect("README.md").len() as usize;
    assert!(length <= MAX_README_BYTES, "README.md has {length} bytes, more than {MAX_README_BYTES}");
}

#[test]
fn the_table_of_values_is_the_schema() {
    let text = std::fs::read_to_string(root().join("charts/mongooseim/values.schema.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let mut table = "| value | meaning | type | default |\n|---|---|---|---|\n".to_owned();
    rows("", &schema, &schema, &mut table);
    check_section(&root().join("charts/mongooseim/README.md"), "values", &table);
}

#[test]
fn the_table_of_functions_is_that_of_the_engine() {
    let (refused, given): (Vec<_>, Vec<_>) = mim_chart::engine::functions().partition(|function| function.is_refused());
    let mut table = "| form | meaning |\n|---|---|\n".to_owned();
    for function in given {
        let _ = writeln!(table, "| `{}` | {} |", cell(&function.form()), cell(function.meaning));
    }
    let names: Vec<String> = refused.iter().map(|function| format!("`{}`", function.name)).collect();
    let _ = writeln!(
        table,
        "\nTera charts render the same manifests in every run, so functions that depend on time or randomness are refused with an \
         alternative: {}.",
        names.join(", ")
    );
    check_section(&root().join("templates/README.md"), "functions", &table);
}

#[test]
fn the_pipeline_shown_is_the_one_that_is_tested() {
    let text = std::fs::read_to_string(root().join("tests/cases/pipelines/github.yaml")).expect("the pipeline");
    check_section(&root().join("README.md"), "pipeline github", &format!("```yaml\n{text}```\n"));
}

#[test]
fn the_table_of_rules_lists_every_mongooseim_rule() {
    let mut table = "| rule | severity | what it reports |\n|---|---|---|\n".to_owned();
    for rule in mim_chart::lint::GROUPS.iter().flat_map(|group| group.rules.concat()) {
        if let Some(name) = rule.code.strip_prefix("mongooseim-") {
            let severity = format!("{:?}", rule.severity).to_lowercase();
            let _ = writeln!(
                table,
                "| `mongooseim-{name}` | {severity} | {} |",
                cell(mim_chart::diagnostic::meaning_of_code(rule.code).expect("a meaning"))
            );
        }
    }
    check_section(&root().join("charts/mongooseim/README.md"), "lint rules", &table);
}

/// Runs a shell command in a folder, with `mim-chart` in PATH.
fn shell_in(folder: &Path, line: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_mim-chart"));
    let path =
        format!("{}:{}", binary.parent().expect("a folder").display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1; {line}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "A reader")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "reader@example.org")))
        .env_remove("HELM_NAMESPACE")
        .output()
        .expect("a shell");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs a shell command in the folder of the README's example files.
fn shell(line: &str) -> String {
    shell_in(&root().join("tests/cases/readme"), line)
}

/// Returns the names of the places marked `<!-- KIND NAME -->`, in order.
fn marked<'t>(text: &'t str, kind: &str) -> Vec<&'t str> {
    let begin = format!("<!-- {kind} ");
    text.lines().filter_map(|line| line.strip_prefix(&begin)?.strip_suffix(" -->")).collect()
}

/// Returns the commands in a console: lines after `$ `, with all lines of a heredoc (`<<'END'`).
fn commands(shown: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut lines = shown.lines();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else { continue };
        let mut command = command.to_owned();
        if command.ends_with("<<'END'") {
            for line in lines.by_ref() {
                command.push('\n');
                command.push_str(line);
                if line == "END" {
                    break;
                }
            }
        }
        commands.push(command);
    }
    commands
}

#[test]
fn the_first_hour_prints_the_output_shown() {
    let path = root().join("README.md");
    let text = std::fs::read_to_string(&path).expect("README.md");
    let folder = tempfile::tempdir().expect("a folder");
    let names = marked(&text, "walk");
    assert!(names.len() >= 5, "parts of the walk: {names:?}");
    for name in names {
        let marker = format!("walk {name}");
        let mut console = String::new();
        for command in commands(&text[section(&text, &marker)]) {
            // Show the paths of this machine as relative paths.
            let printed = shell_in(folder.path(), &command).replace(&format!("{}/", folder.path().display()), "./");
            let _ = write!(console, "$ {command}\n{printed}");
        }
        check_section(&path, &marker, &format!("```console\n{console}```\n"));
    }
}

#[test]
fn the_examples_print_the_output_shown() {
    for document in DOCUMENTS {
        let path = root().join(document);
        let text = std::fs::read_to_string(&path).expect("a document");
        let names = marked(&text, "run");
        assert!(document != "README.md" || names.len() >= 4, "examples that are run: {names:?}");
        for name in names {
            let marker = format!("run {name}");
            let shown = &text[section(&text, &marker)];
            let line = shown.lines().find_map(|line| line.strip_prefix("$ ")).expect("a command");
            check_section(&path, &marker, &format!("```console\n$ {line}\n{}```\n", shell(line)));
        }
    }
}

#[test]
fn generated_secrets_are_hexadecimal() {
    // Base64 can begin with `+`, which vm.args and the chart's checks reject in a cookie.
    for path in ["README.md", "charts/mongooseim/README.md"] {
        let text = std::fs::read_to_string(root().join(path)).expect("a document");
        let generated: Vec<&str> =
            text.lines().filter(|line| line.contains("--from-literal") && line.contains("$(")).collect();
        assert!(!generated.is_empty(), "{path} shows how to generate a secret");
        for line in generated {
            assert!(line.contains("$(openssl rand -hex "), "{path}: {line}");
        }
        assert!(!text.contains("/dev/urandom") && !text.contains("openssl rand -base64"), "{path}");
    }
}
