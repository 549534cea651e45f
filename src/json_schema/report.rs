//! Checks charts' values and reports the violations by chart, with the text that Helm prints.

use std::borrow::Cow;

use super::budget::Budget;
use super::violation::{Violation, lines};
use super::{Schema, evaluate};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::Map;

/// The first line of Helm's error.
const FRAME: &str = "values don't meet the specifications of the schema(s) in the following chart(s):";

/// A chart with a schema, and its values as templates see them.
#[derive(Debug, Clone, Copy)]
pub struct ChartValues<'a> {
    /// The chart's name.
    pub name: &'a str,
    /// The names of the subcharts on the path from the root chart to this one.
    pub path: &'a [String],
    /// The schema, or the error that makes it unusable.
    pub schema: Result<&'a Schema, &'a Diagnostic>,
    /// The values.
    pub values: &'a Map,
}

/// The values of one chart that its schema rejects.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The chart's name.
    pub chart: String,
    /// The names of the subcharts on the path from the root chart to this one.
    pub path: Vec<String>,
    reason: Reason,
}

/// Why a schema rejects values.
#[derive(Debug, Clone)]
enum Reason {
    Violations(Vec<Violation>),
    /// The schema itself is invalid.
    Schema(Diagnostic),
    /// The check exceeded its budget.
    Aborted(Diagnostic),
}

impl Rejection {
    /// Returns Helm's text about the chart, without the line with its name. A list of violations ends with a line break.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.reason {
            Reason::Violations(violations) => Cow::Owned(lines(violations)),
            Reason::Schema(error) | Reason::Aborted(error) => Cow::Borrowed(&error.message),
        }
    }

    /// Returns the rejection as an error, with [`Self::text`] as its message.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error("schema", "");
        self.add_to(&mut diagnostic);
        diagnostic
    }

    /// Adds the text, the places and the help to an error about several charts.
    fn add_to(&self, diagnostic: &mut Diagnostic) {
        diagnostic.message.push_str(&self.text());
        match &self.reason {
            Reason::Violations(violations) => Violation::label(violations, diagnostic),
            Reason::Schema(error) | Reason::Aborted(error) => {
                diagnostic.labels.extend(error.labels.iter().cloned());
                diagnostic.help.extend(error.help.iter().cloned());
            }
        }
    }
}

/// Values that schemas reject, as one error of Helm.
#[derive(Debug, Clone)]
pub struct SchemaError {
    /// The charts with rejected values: a chart first, then its subcharts.
    pub charts: Vec<Rejection>,
}

impl SchemaError {
    /// Returns the error with Helm's whole text as its message, which ends with a line break if it ends with violations. Every
    /// offending value and every error in a schema has a label.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error("schema", FRAME);
        for rejection in &self.charts {
            begin_chart(&mut diagnostic.message, &rejection.chart);
            rejection.add_to(&mut diagnostic);
        }
        diagnostic
    }
}

/// Checks the values of charts against their schemas: a chart first, then its subcharts. Returns errors, and the schemas' warnings.
///
/// `charts` contains every chart that has a schema. All violations are one error. All checks share one [`Budget`].
pub fn check(charts: &[ChartValues<'_>]) -> (Vec<SchemaError>, Vec<Diagnostic>) {
    let readable = charts.iter().filter_map(|chart| chart.schema.ok());
    let warnings = readable.flat_map(|schema| schema.warnings().iter().cloned()).collect();
    let mut errors = Vec::new();
    let mut rejected = Vec::new();
    let budget = Budget::default();
    for rejection in charts.iter().filter_map(|chart| check_within(chart, &budget)) {
        if matches!(rejection.reason, Reason::Aborted(_)) {
            errors.push(SchemaError { charts: vec![rejection] });
            break;
        }
        rejected.push(rejection);
    }
    if !rejected.is_empty() {
        errors.push(SchemaError { charts: rejected });
    }
    (errors, warnings)
}

/// Checks the values of a single chart against its schema.
pub fn check_chart(chart: &ChartValues<'_>) -> Option<Rejection> {
    check_within(chart, &Budget::default())
}

fn check_within(chart: &ChartValues<'_>, budget: &Budget) -> Option<Rejection> {
    let evaluated = |schema: &Schema| {
        evaluate::evaluate_root(schema.registry(), evaluate::of_map(chart.values, &GENERATED), budget)
    };
    let reason = match chart.schema.map(evaluated) {
        Ok(Ok(violations)) if violations.is_empty() => return None,
        Ok(Ok(violations)) => Reason::Violations(violations),
        Ok(Err(error)) => Reason::Aborted(*error),
        Err(error) => Reason::Schema(error.clone()),
    };
    Some(Rejection { chart: chart.name.to_owned(), path: chart.path.to_vec(), reason })
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
