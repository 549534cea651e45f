//! Reads the cases below `tests/cases` that scripts in `tests/parity` recorded from Helm, as JSON.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Returns the folder `tests/cases/NAME`.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// Reads the list of cases in `tests/cases/PATH`, at least `least` of them.
pub fn cases(path: &str, least: usize) -> Vec<Value> {
    let text = fs::read_to_string(folder(path)).expect("the recorded cases");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("the recorded cases are JSON");
    assert!(cases.len() >= least, "{path} has only {} cases", cases.len());
    cases
}

/// Reads the object in `tests/cases/PATH`.
pub fn object(path: &str) -> Value {
    let text = fs::read_to_string(folder(path)).expect("the recorded cases");
    serde_json::from_str(&text).expect("the recorded cases are JSON")
}

/// Returns a value that must be a list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is not a list"))
}

/// Returns a value that must be a string.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a string"))
}

/// Returns a value that must be a list of strings.
pub fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(text).collect()
}
