//! Violations as Helm prints them, and as the diagnostic that mim-chart shows.

use super::budget::Budget;
use super::violation::{Violation, lines};
use super::{Schema, evaluate};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::Map;

/// The first line of Helm's error.
const FRAME: &str = "values don't meet the specifications of the schema(s) in the following chart(s):";

/// Checks the values of charts against their schemas: a chart first, then its subcharts.
///
/// `charts` has, for every chart with a schema, its name, the schema, and its values as templates will see them.
/// What is wrong is one error, with Helm's whole text as its message and a label at every value that is to blame;
/// the warnings of the schemas come before it. All of them share one [`Budget`].
pub fn check(charts: &[(String, &Schema, &Map)]) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> =
        charts.iter().flat_map(|(_, schema, _)| schema.warnings().iter().cloned()).collect();
    let mut refused = Diagnostic::error("schema", FRAME);
    let budget = Budget::default();
    for (name, schema, values) in charts {
        let instance = evaluate::of_map(values, &GENERATED);
        let violations = match evaluate::evaluate_root(schema.registry(), instance, &budget) {
            Ok(violations) => violations,
            Err(error) => {
                diagnostics.push(in_frame(name, *error));
                break;
            }
        };
        if !violations.is_empty() {
            refused.message.extend(["\n", name, ":\n", lines(&violations).trim_end_matches('\n')]);
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

/// The error of a schema that can't be read, in the frame that Helm gives it.
pub fn in_frame(chart: &str, mut error: Diagnostic) -> Diagnostic {
    error.message = format!("{FRAME}\n{chart}:\n{}", error.message);
    error
}
