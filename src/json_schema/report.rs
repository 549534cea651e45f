//! Violations as Helm prints them, and as the diagnostic that mim-chart shows.

use super::budget::Budget;
use super::place::Path;
use super::violation::Violation;
use super::wording::quote;
use super::{Schema, evaluate};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::Map;

/// The first line of Helm's error.
const FRAME: &str = "values don't meet the specifications of the schema(s) in the following chart(s):";

/// The violations as Helm lists them: `- at '/replicaCount': got string, want integer`, each with a line break.
pub fn lines(violations: &[Violation]) -> String {
    let mut text = String::new();
    push_lines(violations, 0, &mut text);
    text
}

fn push_lines(violations: &[Violation], level: usize, text: &mut String) {
    for violation in violations {
        if violation.is_rest {
            text.extend(["- ", &violation.message, "\n"]);
            continue;
        }
        let place = quote(&Path::pointer(&violation.instance_path));
        text.extend(std::iter::repeat_n("  ", level));
        text.extend(["- at ", &place, ": ", &violation.message, "\n"]);
        push_lines(&violation.children, level + 1, text);
    }
}

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

static GENERATED: Span = Span::generated();

/// The error of a schema that can't be read, in the frame that Helm gives it.
pub fn in_frame(chart: &str, mut error: Diagnostic) -> Diagnostic {
    error.message = format!("{FRAME}\n{chart}:\n{}", error.message);
    error
}

/// The longest name that is compared with others, in bytes: beyond it nobody has mistyped anything.
const LONGEST_NAME: usize = 200;
/// How many candidates are compared with a name.
const MOST_CANDIDATES: usize = 10_000;

/// The candidate most like a name, if any is like it. Of very many only the first are looked at.
pub(super) fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let lower = name.to_lowercase();
    let likeness = |candidate: &str| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
    let candidates = candidates.into_iter().take(MOST_CANDIDATES).filter(|candidate| candidate.len() <= LONGEST_NAME);
    let scored = candidates.map(|candidate| (likeness(candidate), candidate));
    let (distance, candidate) = scored.min()?;
    (distance <= (name.chars().count().max(candidate.chars().count()) / 3).max(1)).then_some(candidate)
}
