//! Errors in schemas themselves.

use crate::diagnostic::{Diagnostic, Span};

/// Creates the diagnostic for an error in a schema document.
pub(super) fn error(message: impl Into<String>, span: &Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("schema", message).at(span.clone(), ""))
}
