//! The findings of linting a chart, as data.

use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::json_schema::Rejection;

/// A lint rule.
#[derive(Debug)]
pub struct Rule {
    /// A short, stable name in kebab case. [`CODES`](crate::diagnostic::CODES) describes what it reports.
    pub code: &'static str,
    /// The severity of breaking the rule.
    pub severity: Severity,
}

impl Rule {
    pub(super) const fn error(code: &'static str) -> Rule {
        Rule { code, severity: Severity::Error }
    }

    pub(super) const fn warning(code: &'static str) -> Rule {
        Rule { code, severity: Severity::Warning }
    }

    pub(super) const fn info(code: &'static str) -> Rule {
        Rule { code, severity: Severity::Info }
    }

    /// Creates a finding that reports the rule as broken in a file.
    pub(super) fn broken(&self, file: impl Into<String>, text: impl Into<String>) -> Finding {
        let diagnostic = Diagnostic::new(self.severity, self.code, text);
        Finding { file: file.into(), diagnostic, rejections: Vec::new() }
    }

    /// Creates a finding about values that schemas reject, which `error` describes.
    pub(super) fn rejected(&self, file: &str, error: &Diagnostic, rejections: Vec<Rejection>) -> Finding {
        Finding { rejections, ..self.broken(file, error.message.as_str()).because_of(error) }
    }
}

/// A breach of a rule.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The file that Helm names: `values.yaml`, `templates/`, or nothing.
    pub file: String,
    /// The rule's code and severity, Helm's message, and the place.
    pub diagnostic: Diagnostic,
    /// The values that schemas reject, chart by chart, if it is about schemas.
    pub(super) rejections: Vec<Rejection>,
}

impl Finding {
    /// Adds a place to the finding.
    #[must_use]
    pub(super) fn at(mut self, span: Span) -> Finding {
        self.diagnostic = self.diagnostic.at(span, "");
        self
    }

    /// Adds the places and the help of the error that this finding reports.
    #[must_use]
    pub(super) fn because_of(mut self, error: &Diagnostic) -> Finding {
        self.diagnostic.labels.clone_from(&error.labels);
        self.diagnostic.help.clone_from(&error.help);
        self
    }
}

/// The result of linting a chart.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The broken rules, in Helm's order.
    pub findings: Vec<Finding>,
    /// Further diagnostics, such as `required` and `fail` calls of templates. They are not part of Helm's report.
    pub notes: Vec<Diagnostic>,
}

impl Report {
    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether any finding is at least as severe as `severity`.
    pub fn has(&self, severity: Severity) -> bool {
        self.findings.iter().any(|finding| finding.diagnostic.severity <= severity)
    }
}
