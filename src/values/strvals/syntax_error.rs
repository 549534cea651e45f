//! The error for a flag that cannot be parsed or applied.

use super::set_flag::SetFlag;
use crate::diagnostic::{Diagnostic, Source, Span};

/// Why a flag cannot be applied.
#[derive(Debug)]
pub(super) struct SyntaxError {
    /// Helm's message, without the flag's name.
    message: String,
    place: Span,
    help: Vec<String>,
}

impl SyntaxError {
    pub(super) fn new(message: impl Into<String>, place: Span) -> Self {
        SyntaxError { message: message.into(), place, help: Vec::new() }
    }

    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    pub(super) fn diagnose(self, source: &Source, flag: SetFlag) -> Diagnostic {
        let name = source.name();
        // For JSON, Helm's message only repeats the flag, so the label contains the reason.
        let (message, label) = match flag {
            SetFlag::Json => (format!("failed parsing {name} data {}", source.text()), self.message),
            _ => (format!("failed parsing {name} data: {}", self.message), String::new()),
        };
        let error = Diagnostic::error("set-syntax", message).at(self.place, label);
        self.help.into_iter().fold(error, Diagnostic::help)
    }
}
