//! Helm's wording for a file of a chart that cannot be loaded.

use crate::diagnostic::Diagnostic;

/// Puts the part of Helm's message that names the file in front of an error about its content.
pub(super) fn cannot_load(file: &str, error: Diagnostic) -> Diagnostic {
    Diagnostic { message: format!("cannot load {file}: {}", error.message), ..error }
}
