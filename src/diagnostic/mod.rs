//! Errors and warnings for the user. A [`Diagnostic`] is plain data, which one file per output format prints.
//!
//! A [`Source`] is any text that the user wrote, whether a file or a `--set` argument, so "who set this" and "where is it
//! wrong" have the same answer: a [`Span`].

mod codes;
mod counted;
mod diagnostics;
mod flag;
mod json;
mod limit;
mod paint;
mod printable;
mod shown;
mod source;
mod suggest;
mod text;

pub use codes::{CODES, meaning_of_code};
pub use counted::{counted, listed};
pub use diagnostics::Diagnostics;
pub use json::write_json;
pub use limit::limited;
pub use paint::Paint;
pub use printable::{is_hidden, printable, printable_json, printable_line, printable_lines, printable_styled_lines};
pub use shown::{Hidden, Shown};
pub use source::{Position, Source, SourceKind, Span};
pub use suggest::nearest;
pub use text::{TextStyle, write_text};

/// How severe a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is printed on stdout, exit code 1.
    Error,
    /// The result is valid; exit code 0, or 1 with `--strict`.
    Warning,
    /// Informational; never changes the exit code.
    Info,
}

/// A place that a [`Diagnostic`] points to, with a text about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The text printed beside the place; empty if marking the place is enough.
    pub text: String,
}

/// An error, warning or note: what is wrong, where, and what to do.
///
/// ```
/// use mim_chart::Diagnostic;
/// use mim_chart::diagnostic::Source;
///
/// let flag = Source::flag("--set", "replicaCount=abc");
/// let error = Diagnostic::error("schema", "at '/replicaCount': got string, want integer")
///     .at(flag.span(13..16), "set here")
///     .help("give a whole number, such as replicaCount=3");
/// assert_eq!(error.labels[0].span.text(), "abc");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// A short stable name of the rule, in kebab case (`yaml-syntax`, `unknown-value`): one of [`CODES`].
    pub code: &'static str,
    /// How severe it is.
    pub severity: Severity,
    /// What is wrong. The first line has Helm's own wording if there is one, so that users can search for it; further
    /// lines add detail.
    pub message: String,
    /// The places that are wrong, the most important first. Empty if there is no text to point to.
    pub labels: Vec<Label>,
    /// What to do about it, one sentence per entry.
    pub help: Vec<String>,
    /// The path of the value that it is about, from which the origin of the value can be found. It is not printed.
    pub about: Option<Vec<String>>,
}

impl Diagnostic {
    /// Creates a diagnostic without places. The code must be one of [`CODES`].
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        assert!(cfg!(optimized) || meaning_of_code(code).is_some(), "{code} is not in src/diagnostic/codes.rs");
        Diagnostic { code, severity, message: message.into(), labels: Vec::new(), help: Vec::new(), about: None }
    }

    /// Creates an error without places.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// Creates a warning without places.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Adds a place with a text about it. A generated span (see [`Span::generated`]) is ignored, because there is
    /// nothing to show.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        if span.source().is_some() {
            self.labels.push(Label { span, text: text.into() });
        }
        self
    }

    /// Adds a sentence about what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Returns the labels in files after the first one, if they have a text: calls around a template line, or where
    /// a value is set.
    pub fn related(&self) -> impl Iterator<Item = &Label> {
        let is_file = |label: &&Label| label.span.source().is_some_and(|source| source.kind() == SourceKind::File);
        self.labels.iter().filter(is_file).skip(1).filter(|label| !label.text.is_empty())
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
