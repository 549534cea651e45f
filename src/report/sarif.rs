//! Writes findings as SARIF.

use super::finding::{Finding, STANDARD_INPUT};
use super::location::{Workspace, uri};
use crate::diagnostic::{Severity, meaning_of_code, printable_json};
use crate::json::{self, Object};
use crate::yaml::Value;

/// Writes SARIF 2.1.0, in the form that code hosts accept. Paths start at the root of the repository in `workspace`.
pub fn write_sarif(findings: &[Finding], workspace: &Workspace) -> String {
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.diagnostic.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut driver = Object::new();
    driver.text("name", "mim-chart");
    driver.text("version", env!("CARGO_PKG_VERSION"));
    driver.list("rules", rules.into_iter().map(rule));
    let mut run = Object::new();
    run.put("tool", with("driver", driver.into_value()));
    run.text("columnKind", "unicodeCodePoints");
    run.list("results", findings.iter().map(|finding| result(finding, workspace)));
    let mut top = Object::new();
    top.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    top.text("version", "2.1.0");
    top.list("runs", std::iter::once(run.into_value()));
    format!("{}\n", printable_json(&json::write(&top.into_value())))
}

/// Describes a rule, once for all its findings.
fn rule(code: &str) -> Value {
    let mut rule = Object::new();
    rule.text("id", code);
    if let Some(meaning) = meaning_of_code(code) {
        rule.put("shortDescription", with_text("text", meaning));
    }
    rule.into_value()
}

fn result(finding: &Finding, workspace: &Workspace) -> Value {
    let level = match finding.diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let place = finding.place_in(workspace).map(|(file, at)| location(&file, at).into_value());
    let in_files = finding.related().filter(|(file, ..)| *file != STANDARD_INPUT);
    let related = in_files.map(|(file, line, column, text)| {
        let mut location = location(&workspace.path_of(file), Some((line, column)));
        location.put("message", with_text("text", text));
        location.into_value()
    });
    let related: Vec<Value> = related.collect();
    let mut result = Object::new();
    result.text("ruleId", finding.diagnostic.code);
    result.text("level", level);
    result.put("message", with_text("text", &finding.diagnostic.message));
    result.list("locations", place.into_iter());
    if !related.is_empty() {
        result.list("relatedLocations", related.into_iter());
    }
    result.into_value()
}

/// A place in a file of the repository, with line and column if they are known.
fn location(file: &str, at: Option<(usize, usize)>) -> Object {
    let mut physical = Object::new();
    physical.put("artifactLocation", with_text("uri", &uri(file)));
    if let Some((line, column)) = at {
        let mut region = Object::new();
        region.count("startLine", line);
        region.count("startColumn", column);
        physical.put("region", region.into_value());
    }
    let mut location = Object::new();
    location.put("physicalLocation", physical.into_value());
    location
}

fn with(key: &str, value: Value) -> Value {
    let mut object = Object::new();
    object.put(key, value);
    object.into_value()
}

fn with_text(key: &str, text: &str) -> Value {
    with(key, Value::String(text.to_owned()))
}
