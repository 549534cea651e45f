//! The ways in which a command can fail.

use crate::diagnostic::{Diagnostic, Diagnostics};

/// The reason why a command failed.
pub(super) enum Failure {
    /// Errors in the user's input, after the warnings that preceded them.
    Diagnostics(Vec<Diagnostic>),
    /// I/O failure, such as an unwritable output.
    Io(anyhow::Error),
    /// Not an error: `diff --detailed-exitcode` found differences.
    DifferencesFound,
    /// A subcommand is missing. Its help is printed, and the exit code is 0.
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
