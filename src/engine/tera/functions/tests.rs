//! Compares the functions with real Helm, whose results are in `tests/cases/functions/cases.json`
//! (`tests/parity/record_functions` writes it).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::functions;
use crate::chart::{Chart, EngineKind, File, Template};
use crate::diagnostic::{Source, Span};
use crate::engine;
use crate::engine::capabilities::Capabilities;
use crate::engine::scope::{Release, Scope};
use crate::yaml::{Map, Node, Value};

mod limits;
mod random;

/// Returns this program's result for a row.
fn answer(row: &Json) -> Result<String, String> {
    let files = |field: &str| row[field].as_object().cloned().unwrap_or_default().into_iter();
    let text = |content: &Json| content.as_str().expect("a file is text").as_bytes().to_vec();
    let plain = files("files").map(|(path, content)| (path, text(&content)));
    let binary = files("binaryFiles").map(|(path, content)| (path, STANDARD.decode(text(&content)).expect("base64")));
    let template = row["tera"].as_str().expect("a row has a call");
    render(template, row.get("values").unwrap_or(&Json::Object(Default::default())), plain.chain(binary))
}

/// Renders a template with values and files; returns the text, or the errors.
fn render(template: &str, values: &Json, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<String, String> {
    let mut chart = Chart::default();
    chart.metadata.name = "c".to_owned();
    chart.metadata.version = "0.1.0".to_owned();
    chart.metadata.engine = EngineKind::Tera;
    let source = Source::file("templates/x.yaml", template.to_owned());
    chart.templates.push(Template { path: "templates/x.yaml".to_owned(), source });
    for (path, bytes) in files {
        chart.files.push(File::new(path, bytes));
    }
    let Value::Map(values) = value_of(values) else { panic!("values are a map") };
    let scope = Scope {
        chart: &chart,
        values: &values,
        release: &Release::install("r", "default"),
        capabilities: &Capabilities::default(),
        refusals: None,
    };
    match engine::render(&scope) {
        Ok(rendered) => Ok(rendered.into_iter().map(|rendered| rendered.text).collect()),
        Err(errors) => Err(errors.into_iter().map(|error| format!("{error:?}")).collect()),
    }
}

/// Converts JSON as in a values file, where every number is a float.
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

/// Returns Helm's message without its position; `None` if it is only a Go panic. For an argument of the wrong
/// type, returns the type that was expected.
fn message_of_helm(error: &str) -> Option<&str> {
    for error in ["wrong type for value; ", "invalid value; "] {
        if let Some((_, message)) = error.split_once(error) {
            return message.split(';').next();
        }
    }
    const CRASHES: [&str; 4] = ["reflect: ", "reflect.Value", "runtime error: ", "interface conversion: "];
    let (_, message) = error.rsplit_once("error calling ").and_then(|(_, called)| called.split_once(": "))?;
    (!CRASHES.iter().any(|crash| message.starts_with(crash))).then_some(message)
}

/// If a row contains `differs`, that is the expected result, and `why` explains it.
#[test]
fn functions_return_the_results_of_helm() {
    let mut wrong = Vec::new();
    for row in cases() {
        let ours = answer(&row);
        let expected = row.get("differs").unwrap_or(&row["helm"]);
        let agrees = match (&ours, expected.get("output").and_then(Json::as_str)) {
            (Ok(ours), Some(expected)) => ours == expected,
            (Err(_), None) => true,
            _ => false,
        };
        if !agrees {
            wrong.push(format!("{} {}\n   ours: {ours:?}\n   helm: {}", row["tera"], row["values"], row["helm"]));
        }
    }
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn errors_are_reported_as_in_helm() {
    let mut wrong = Vec::new();
    for row in cases().iter().filter(|row| row.get("differs").is_none()) {
        let message = row["helm"]["error"].as_str().and_then(message_of_helm);
        // Errors are searched in their escaped form. Whole numbers in values are integers here.
        let escaped = |text: &str| format!("{text:?}").trim_matches('"').replace("float64", "int");
        if let (Some(message), Err(ours)) = (message, answer(row))
            && !ours.replace("float64", "int").contains(&escaped(message))
        {
            wrong.push(format!("{} {}\n   ours: {ours}\n   helm: {message}", row["tera"], row["values"]));
        }
    }
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn differences_from_helm_are_explained() {
    let cases = cases();
    for row in &cases {
        let differs = row.get("differs");
        let why = row["why"].as_str().unwrap_or_default();
        assert_eq!(
            differs.is_some(),
            why.ends_with('.'),
            "{}: `differs` and a sentence `why` go together",
            row["tera"]
        );
        assert_ne!(differs, Some(&row["helm"]), "{} does not differ any more", row["tera"]);
    }
    let explained = cases.iter().filter(|row| row.get("differs").is_some()).count();
    assert!(explained * 40 < cases.len(), "{explained} differences are too many");
}

#[test]
fn every_function_is_compared_with_helm() {
    let cases: String = cases().iter().map(|row| format!("{} ", row["tera"])).collect();
    let tried: BTreeSet<&str> = cases.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let untried: Vec<&str> = functions()
        .filter(|function| !function.meaning.starts_with("The same as") && !function.is_refused())
        .map(|function| function.name)
        .filter(|name| !tried.contains(name))
        .collect();
    // Tera's own function, within a budget. Helm has none of this name.
    assert_eq!(untried, ["range"]);
}

#[test]
fn function_names_are_unique() {
    let mut names = BTreeSet::new();
    for function in functions() {
        assert!(names.insert(function.name), "{} is there twice", function.name);
        assert!(function.meaning.ends_with('.'), "{}: {}", function.name, function.meaning);
    }
    assert!(names.len() > 200);
}
