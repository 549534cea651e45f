//! A list of diagnostics as a single error.

use std::fmt;
use std::ops::Deref;

use super::Diagnostic;
use super::text::{TextStyle, write_text};

/// Why something failed: all errors, with the warnings that preceded them.
///
/// It is displayed as on the command line, each entry with its place and advice.
///
/// ```
/// use mim_chart::{Diagnostic, Diagnostics};
///
/// let failed = Diagnostics::from(Diagnostic::error("chart", "Chart.yaml file is missing"));
/// assert_eq!(failed.to_string(), "error: Chart.yaml file is missing");
/// assert_eq!(failed.len(), 1);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnostics {
    entries: Vec<Diagnostic>,
    /// The output of the templates before the errors.
    output: String,
}

impl Diagnostics {
    /// Adds the output of the templates before the errors.
    #[must_use]
    pub fn with_output(mut self, output: String) -> Diagnostics {
        self.output = output;
        self
    }

    /// Returns the output of the templates before the errors, which Helm prints with `--debug`; empty if there is none.
    pub fn output(&self) -> &str {
        &self.output
    }
}

impl Deref for Diagnostics {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.entries
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(entries: Vec<Diagnostic>) -> Self {
        Diagnostics { entries, output: String::new() }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(entry: Diagnostic) -> Self {
        Diagnostics::from(vec![entry])
    }
}

impl From<Diagnostics> for Vec<Diagnostic> {
    fn from(all: Diagnostics) -> Self {
        all.entries
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(write_text(&self.entries, TextStyle::default()).trim_end())
    }
}

impl fmt::Debug for Diagnostics {
    /// Formats like `Display`, because `unwrap` and a `main` that returns it print the debug form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Diagnostics {}
