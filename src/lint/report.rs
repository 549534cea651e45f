//! What linting a chart found, as data.

use crate::diagnostic::{Diagnostic, Severity, Span};

/// One thing that is looked at.
#[derive(Debug)]
pub struct Rule {
    /// A short stable name, in kebab case: one of [`CODES`](crate::diagnostic::CODES), which says what the rule reports.
    pub code: &'static str,
    /// How severe it is to break it.
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

    /// A finding: the rule is broken in a file.
    pub(super) fn broken(&self, file: impl Into<String>, text: impl Into<String>) -> Finding {
        Finding { file: file.into(), diagnostic: Diagnostic::new(self.severity, self.code, text) }
    }
}

/// A rule that a chart breaks.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The file that Helm names: `values.yaml`, `templates/`, or nothing.
    pub file: String,
    /// The rule's code and severity, Helm's message, and where it is.
    pub diagnostic: Diagnostic,
}

impl Finding {
    /// Adds the place, unless there is none.
    #[must_use]
    pub(super) fn at(mut self, span: Span) -> Finding {
        self.diagnostic = self.diagnostic.at(span, "");
        self
    }

    /// The same finding with the places and the advice of the error that it reports.
    #[must_use]
    pub(super) fn because_of(mut self, error: &Diagnostic) -> Finding {
        self.diagnostic.labels.clone_from(&error.labels);
        self.diagnostic.help.clone_from(&error.help);
        self
    }
}

/// All that linting a chart found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The rules that are broken, in Helm's order.
    pub findings: Vec<Finding>,
    /// What else is to be said: what templates refused, values that were skipped. No part of Helm's report.
    pub notes: Vec<Diagnostic>,
}

impl Report {
    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether anything is at least as severe as `severity`.
    pub fn has(&self, severity: Severity) -> bool {
        self.findings.iter().any(|finding| finding.diagnostic.severity <= severity)
    }
}
