//! Checks charts' values and reports the violations as one diagnostic, with the text that Helm prints.

use super::budget::Budget;
use super::violation::{Violation, lines};
use super::{Schema, evaluate};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::Map;

/// The first line of Helm's error.
const FRAME: &str = "values don't meet the specifications of the schema(s) in the following chart(s):";

/// A chart's name, its schema or the error that makes it unusable, and the chart's values as templates see them.
pub type ChartValues<'a> = (&'a str, Result<&'a Schema, &'a Diagnostic>, &'a Map);

/// Checks the values of charts against their schemas: a chart first, then its subcharts.
///
/// `charts` contains every chart that has a schema. All violations are one error, with Helm's whole text as its message
/// and a label at every offending value and at every error in a schema; the schemas' warnings come first. All checks
/// share one [`Budget`].
pub fn check(charts: &[ChartValues<'_>]) -> Vec<Diagnostic> {
    let mut diagnostics = check_verbatim(charts);
    for diagnostic in &mut diagnostics {
        diagnostic.message.truncate(diagnostic.message.trim_end_matches('\n').len());
    }
    diagnostics
}

/// Like [`check`], but keeps the line break at the end of Helm's text, which is there if it ends with violations.
pub fn check_verbatim(charts: &[ChartValues<'_>]) -> Vec<Diagnostic> {
    let readable = charts.iter().filter_map(|(_, schema, _)| schema.ok());
    let mut diagnostics: Vec<Diagnostic> = readable.flat_map(|schema| schema.warnings().iter().cloned()).collect();
    let mut refused = Diagnostic::error("schema", FRAME);
    let budget = Budget::default();
    for (name, schema, values) in charts {
        let schema = match schema {
            Ok(schema) => schema,
            Err(error) => {
                begin_chart(&mut refused.message, name);
                refused.message.push_str(&error.message);
                refused.labels.extend(error.labels.iter().cloned());
                refused.help.extend(error.help.iter().cloned());
                continue;
            }
        };
        let instance = evaluate::of_map(values, &GENERATED);
        let violations = match evaluate::evaluate_root(schema.registry(), instance, &budget) {
            Ok(violations) => violations,
            Err(error) => {
                diagnostics.push(in_frame(name, *error));
                break;
            }
        };
        if !violations.is_empty() {
            begin_chart(&mut refused.message, name);
            refused.message.push_str(&lines(&violations));
            Violation::label(&violations, &mut refused);
        }
    }
    if refused.message != FRAME {
        diagnostics.push(refused);
    }
    diagnostics
}

/// Checks values against a single schema. The message of the error is only Helm's list, without the lines around it.
pub fn check_one(schema: &Schema, values: &Map) -> Option<Diagnostic> {
    let instance = evaluate::of_map(values, &GENERATED);
    match evaluate::evaluate_root(schema.registry(), instance, &Budget::default()) {
        Ok(violations) if violations.is_empty() => None,
        Ok(violations) => {
            let mut refused = Diagnostic::error("schema", lines(&violations).trim_end_matches('\n'));
            Violation::label(&violations, &mut refused);
            Some(refused)
        }
        Err(error) => Some(*error),
    }
}

static GENERATED: Span = Span::generated();

/// Appends the line with a chart's name. It is always on a line of its own, whereas Helm omits the line break after an
/// error in a schema.
fn begin_chart(text: &mut String, name: &str) {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.extend([name, ":\n"]);
}

/// Puts the error of an aborted evaluation into the text with which Helm surrounds it.
fn in_frame(chart: &str, mut error: Diagnostic) -> Diagnostic {
    error.message = format!("{FRAME}\n{chart}:\n{}", error.message);
    error
}
