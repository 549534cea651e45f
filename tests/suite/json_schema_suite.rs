//! Runs the JSON Schema Test Suite: every required test of drafts 4, 6, 7, 2019-09 and 2020-12.
//!
//! `cases/json_schema/` contains the published suite without its optional tests.

use std::fs;
use std::path::{Path, PathBuf};

use mim_chart::diagnostic::Source;
use mim_chart::json;
use mim_chart::json_schema::{Budget, Draft, Resolver, Schema, lines};
use mim_chart::yaml::{Map, Node, Value};

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/json_schema")
}

fn read(path: &Path) -> Node {
    let source = Source::file(path.display().to_string(), fs::read_to_string(path).expect("the suite is there"));
    json::read(&source, 0..source.text().len()).expect("the suite is JSON")
}

/// Resolves URLs below `http://localhost:1234/` to the suite's `remotes` folder. Documents without
/// `$schema` are of the draft under test.
struct Remotes(Draft);

impl Resolver for Remotes {
    fn resolve(&self, uri: &str) -> Option<Node> {
        let path = suite().join("remotes").join(uri.strip_prefix("http://localhost:1234/")?);
        path.is_file().then(|| with_draft(&read(&path), self.0))
    }
}

/// Adds the draft to a schema of the suite, as a chart would.
fn with_draft(schema: &Node, draft: Draft) -> Node {
    match &schema.value {
        Value::Map(map) if map.get("$schema").is_none() => {
            let mut map = map.clone();
            let name = Node::generated(Value::String(draft.metaschema().to_owned()));
            map.insert("$schema", Default::default(), name);
            Node { value: Value::Map(map), span: schema.span.clone() }
        }
        _ => schema.clone(),
    }
}

fn field<'n>(map: &'n Map, name: &str) -> &'n Node {
    map.get(name).unwrap_or_else(|| panic!("a test without {name:?}"))
}

fn text<'n>(map: &'n Map, name: &str) -> &'n str {
    field(map, name).value.as_str().expect("a text")
}

/// Runs a draft's folder. Reports every wrong answer, and returns the number of tests.
fn run(folder: &str, draft: Draft) -> usize {
    let mut files: Vec<PathBuf> = fs::read_dir(suite().join("tests").join(folder))
        .expect("the draft is there")
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut tests = 0;
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let groups = read(&file);
        for group in groups.value.as_list().expect("groups").iter().filter_map(|group| group.value.as_map()) {
            let group_name = format!("{name}: {}", text(group, "description"));
            let schema = Schema::from_document(with_draft(field(group, "schema"), draft), &Remotes(draft));
            for test in
                field(group, "tests").value.as_list().expect("tests").iter().filter_map(|test| test.value.as_map())
            {
                tests += 1;
                let expected = field(test, "valid").value.as_bool().expect("a verdict");
                let check = |budget: Budget| {
                    schema.as_ref().map(|schema| schema.validate(field(test, "data"), &budget).expect("a small schema"))
                };
                let found = check(Budget::default());
                // Large evaluations remember results. That must not change the result of small ones.
                let remembering = check(Budget::new(1_000_000, 0));
                assert_eq!(found.as_deref().map(lines), remembering.as_deref().map(lines), "{group_name}");
                if found.as_ref().map(Vec::is_empty) != Ok(expected) {
                    wrong.push(format!("{group_name}: {}: {found:?}", text(test, "description")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tests} tests:\n{}", wrong.len(), wrong.join("\n"));
    tests
}

#[test]
fn draft_4() {
    assert!(run("draft4", Draft::Draft4) > 500);
}

#[test]
fn draft_6() {
    assert!(run("draft6", Draft::Draft6) > 700);
}

#[test]
fn draft_7() {
    assert!(run("draft7", Draft::Draft7) > 800);
}

#[test]
fn draft_2019_09() {
    assert!(run("draft2019-09", Draft::Draft2019) > 1100);
}

#[test]
fn draft_2020_12() {
    assert!(run("draft2020-12", Draft::Draft2020) > 1100);
}
