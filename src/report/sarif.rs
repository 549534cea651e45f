//! Findings as SARIF.

use super::finding::Finding;
use super::location::{Workspace, uri};
use crate::diagnostic::{Severity, meaning_of_code, printable_json};
use crate::json::{self, Object};
use crate::yaml::Value;

/// SARIF 2.1.0, as code hosts take it. Paths are those of the repository in `workspace`.
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

/// A rule as it is described once for all its findings.
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
    let location = finding.place_in(workspace).map(|(file, at)| {
        let mut physical = Object::new();
        physical.put("artifactLocation", with_text("uri", &uri(&file)));
        if let Some((line, column)) = at {
            let mut region = Object::new();
            region.count("startLine", line);
            region.count("startColumn", column);
            physical.put("region", region.into_value());
        }
        with("physicalLocation", physical.into_value())
    });
    let mut result = Object::new();
    result.text("ruleId", finding.diagnostic.code);
    result.text("level", level);
    result.put("message", with_text("text", &finding.diagnostic.message));
    result.list("locations", location.into_iter());
    result.into_value()
}

fn with(key: &str, value: Value) -> Value {
    let mut object = Object::new();
    object.put(key, value);
    object.into_value()
}

fn with_text(key: &str, text: &str) -> Value {
    with(key, Value::String(text.to_owned()))
}
