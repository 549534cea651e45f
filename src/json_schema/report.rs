//! Violations as Helm prints them, and as the diagnostic that mim-chart shows.

use super::budget::Budget;
use super::violation::{Violation, lines};
use super::{Schema, evaluate};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::Map;

/// The first line of Helm's error.
const FRAME: &str = "values don't meet the specifications of the schema(s) in the following chart(s):";

/// A chart's name, its schema or why that can't be used, and the chart's values as templates will see them.
pub type ChartValues<'a> = (&'a str, Result<&'a Schema, &'a Diagnostic>, &'a Map);

/// Checks the values of charts against their schemas: a chart first, then its subcharts.
///
/// `charts` has every chart with a schema. What is wrong is one error, with Helm's whole text as its message and a label at
/// every value that is to blame, and at what is wrong in a schema; the warnings of the schemas come before it. All of them
/// share one [`Budget`].
pub fn check(charts: &[ChartValues<'_>]) -> Vec<Diagnostic> {
    let mut diagnostics = check_verbatim(charts);
    for diagnostic in &mut diagnostics {
        diagnostic.message.truncate(diagnostic.message.trim_end_matches('\n').len());
    }
    diagnostics
}

/// The same with the line break in which Helm's text ends, if violations end it.
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

/// Checks values against one schema. The message of the error has Helm's list alone, without the lines around it.
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

/// The line with a chart's name. Helm does not begin a new one for it behind the error of a schema.
fn begin_chart(text: &mut String, name: &str) {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.extend([name, ":\n"]);
}

/// The error of a schema that can't be evaluated, in the frame that Helm gives it.
fn in_frame(chart: &str, mut error: Diagnostic) -> Diagnostic {
    error.message = format!("{FRAME}\n{chart}:\n{}", error.message);
    error
}
