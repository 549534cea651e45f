//! Compares mim-chart's messages about values that a schema rejects with Helm's in `cases/json_schema/helm_messages.json`,
//! recorded by `tests/parity/record_schema`.

use std::path::Path;

use mim_chart::diagnostic::Source;
use mim_chart::json_schema::{ChartValues, Schema, SchemaError, check};
use mim_chart::yaml::read_values;
use serde_json::Value;

/// Cases in which mim-chart differs on purpose: after a prefix of items, Helm counts from the end of the prefix, so that its
/// place belongs to another item.
const DIFFERENT: [&str; 3] = ["tuple additional (2019)", "prefixItems", "no further items"];

#[test]
fn schema_messages_match_helm() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/json_schema/helm_messages.json");
    let text = std::fs::read_to_string(path).expect("the recorded messages are there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("the recorded messages are JSON");
    assert!(cases.len() > 400);
    let mut wrong = Vec::new();
    for case in &cases {
        let field = |name: &str| case[name].as_str().unwrap_or_else(|| panic!("a case without {name}"));
        let mut message = validation_message(field("schema"), field("values"));
        if case["any_order"].as_bool() == Some(true) {
            message = in_fixed_order(&message);
        }
        let different = DIFFERENT.contains(&field("name"));
        if (message == without_reason(field("error"))) == different {
            wrong.push(format!(
                "{}: {}\n--- Helm\n{}\n--- mim-chart\n{message}\n",
                field("name"),
                field("schema"),
                field("error")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Returns the error as the command prints it, or nothing.
fn validation_message(schema: &str, values: &str) -> String {
    let values = read_values(&Source::file("given.yaml", values)).expect("the values are a map");
    let schema = Schema::parse(&Source::file("values.schema.json", schema));
    let chart = ChartValues { name: "probe", path: &[], schema: schema.as_ref(), values: &values };
    let (errors, _) = check(&[chart]);
    let shown =
        |error: &SchemaError| format!("Error: {}", without_reason(error.diagnostic().message.trim_end_matches('\n')));
    errors.first().map(shown).unwrap_or_default()
}

/// Removes why a document cannot be loaded: Helm reports network errors, mim-chart never opens a connection.
fn without_reason(text: &str) -> String {
    let opened = "failing loading \"";
    match text.find(opened).and_then(|at| Some(at + opened.len() + text[at + opened.len()..].find("\": ")? + 3)) {
        Some(end) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Sorts siblings in the list, as the recording does where Helm's order is random.
fn in_fixed_order(text: &str) -> String {
    let is_item = |line: &str| line.trim_start().starts_with("- at ");
    let first = text.lines().position(is_item).unwrap_or(usize::MAX);
    let head = text.lines().take(first).map(str::to_owned);
    let items: Vec<String> = text.lines().skip(first).map(sort_names).collect();
    head.chain(sorted(&items)).collect::<Vec<_>>().join("\n")
}

fn sort_names(line: &str) -> String {
    let parts = line
        .split_once(": additional properties ")
        .and_then(|(at, rest)| Some((at, rest.strip_suffix(" not allowed")?)));
    let Some((at, names)) = parts else { return line.to_owned() };
    let mut names: Vec<&str> = names.split(", ").collect();
    names.sort_unstable();
    format!("{at}: additional properties {} not allowed", names.join(", "))
}

fn sorted(lines: &[String]) -> Vec<String> {
    let indent = |line: &String| line.len() - line.trim_start().len();
    let mut blocks: Vec<Vec<String>> = Vec::new();
    for line in lines {
        match blocks.last_mut() {
            Some(block) if indent(line) > indent(&block[0]) => block.push(line.clone()),
            _ => blocks.push(vec![line.clone()]),
        }
    }
    for block in &mut blocks {
        let below = sorted(&block[1..]);
        block.truncate(1);
        block.extend(below);
    }
    blocks.sort();
    blocks.concat()
}
