//! The vocabulary against real Helm: `tests/cases/functions/cases.json` holds what it answered
//! (`tests/parity/record_functions` writes it).

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::vocabulary;
use crate::chart::{Chart, File, Template};
use crate::diagnostic::{Source, Span};
use crate::engine::tera::TeraEngine;
use crate::engine::{Capabilities, Engine, Release, Scope};
use crate::yaml::{Map, Node, Value};

/// A row's answer of ours: the text, or the message of the first error.
fn answer(row: &Json) -> Result<String, String> {
    let mut chart = Chart::default();
    chart.metadata.name = "c".to_owned();
    chart.metadata.version = "0.1.0".to_owned();
    let template = row["tera"].as_str().expect("a row has a call").to_owned();
    let source = Source::file("templates/x.yaml", template);
    chart.templates.push(Template { path: "templates/x.yaml".to_owned(), source });
    for (path, content) in row["files"].as_object().into_iter().flatten() {
        let bytes = content.as_str().expect("a file is text").to_owned().into_bytes().into();
        chart.files.push(File { path: path.clone(), shown: path.clone(), bytes });
    }
    let Value::Map(values) = value_of(row.get("values").unwrap_or(&Json::Object(Default::default()))) else {
        panic!("values are a map");
    };
    let scope = Scope {
        chart: &chart,
        values: &values,
        release: &Release::install("r", "default"),
        capabilities: &Capabilities::default(),
    };
    match TeraEngine.render(&scope) {
        Ok(rendered) => Ok(rendered.into_iter().map(|rendered| rendered.text).collect()),
        Err(errors) => Err(errors.into_iter().map(|error| error.message).collect()),
    }
}

/// As a values file gives it: every number is a float.
fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Float(number.as_f64().expect("numbers of rows fit")),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(|item| Node::generated(value_of(item))).collect()),
        Json::Object(fields) => {
            let mut map = Map::new();
            for (key, value) in fields {
                map.insert(key.clone(), Span::generated(), Node::generated(value_of(value)));
            }
            Value::Map(map)
        }
    }
}

fn cases() -> Vec<Json> {
    serde_json::from_str(include_str!("../../../../tests/cases/functions/cases.json")).expect("cases are JSON")
}

/// A row may name in `differs` what we answer instead, and `why`.
#[test]
fn functions_answer_as_helm_does() {
    let mut wrong = Vec::new();
    for row in cases() {
        let ours = answer(&row);
        let expected = match row.get("differs") {
            Some(differs) => differs.get("output"),
            None => row["helm"].get("output"),
        };
        let agrees = match (&ours, expected.and_then(Json::as_str)) {
            (Ok(ours), Some(expected)) => ours == expected,
            (Err(_), None) => true,
            _ => false,
        };
        if !agrees {
            wrong.push(format!("{}\n   ours: {ours:?}\n   helm: {}", row["tera"], row["helm"]));
        }
    }
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_function_is_held_against_helm() {
    let cases: String = cases().iter().map(|row| format!("{} ", row["tera"])).collect();
    let tried: BTreeSet<&str> = cases.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let untried: Vec<&str> = vocabulary()
        .filter(|function| !function.meaning.starts_with("The same as") && !function.meaning.starts_with("Refused"))
        .map(|function| function.name)
        .filter(|name| !tried.contains(name))
        .collect();
    // Tera's own function, within a budget: Helm has none of the name.
    assert_eq!(untried, ["range"]);
}

#[test]
fn names_are_not_given_twice() {
    let mut names = BTreeSet::new();
    for function in vocabulary() {
        assert!(names.insert(function.name), "{} is there twice", function.name);
        assert!(function.meaning.ends_with('.'), "{}: {}", function.name, function.meaning);
    }
    assert!(names.len() > 200);
}
