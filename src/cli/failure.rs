//! How a command fails.

use crate::diagnostic::{Diagnostic, Diagnostics};

/// What a command failed with.
pub(super) enum Failure {
    /// Errors of the user's input, after the warnings that came before them.
    Diagnostics(Vec<Diagnostic>),
    /// I/O failure, such as an unwritable output.
    Io(anyhow::Error),
    /// Nothing is wrong; `diff --detailed-exitcode` found differences.
    DifferencesFound,
    /// A subcommand is missing: its help is printed instead, which is a success.
    NeedsHelp(&'static str),
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Failure::Diagnostics(diagnostics)
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Failure::Diagnostics(diagnostics.into())
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Failure::Diagnostics(vec![diagnostic])
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure::Io(error)
    }
}
