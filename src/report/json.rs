//! Writes findings as one JSON object.

use super::finding::{Finding, severity_name};
use crate::diagnostic::{Severity, printable_json};
use crate::json::{self, Object};
use crate::yaml::Value;

/// Writes one JSON object: the numbers of `errors` and `warnings`, and `findings`, each with `severity`, `rule`, `object`,
/// `path`, `message`, `file`, `line`, `column`, `help`, and, if there are further places, `related` (`file`, `line`, `column`,
/// `message`).
pub fn write_json(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    let mut top = Object::new();
    top.count("errors", count(Severity::Error));
    top.count("warnings", count(Severity::Warning));
    top.list("findings", findings.iter().map(one));
    format!("{}\n", printable_json(&json::write(&top.into_value())))
}

fn one(finding: &Finding) -> Value {
    let (file, line, column) = finding.place().unwrap_or_default();
    let mut object = Object::new();
    object.text("severity", severity_name(finding.diagnostic.severity));
    object.text("rule", finding.diagnostic.code);
    object.text("object", &finding.object);
    object.text("path", &finding.path);
    object.text("message", &finding.diagnostic.message);
    object.text("file", &file);
    object.count("line", line);
    object.count("column", column);
    object.list("help", finding.diagnostic.help.iter().cloned().map(Value::String));
    let related: Vec<Value> = finding.related().map(related).collect();
    if !related.is_empty() {
        object.list("related", related.into_iter());
    }
    object.into_value()
}

fn related((file, line, column, text): (&str, usize, usize, &str)) -> Value {
    let mut object = Object::new();
    object.text("file", file);
    object.count("line", line);
    object.count("column", column);
    object.text("message", text);
    object.into_value()
}
