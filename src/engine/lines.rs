//! Places in rendered text, traced back to the lines of templates.

use super::locate;
use super::scope::Scope;
use crate::diagnostic::{Diagnostic, Label, SourceKind};

/// The template lines of further diagnostics are not looked for.
const MAX_LOCATED: usize = 50;

/// Puts the template line that gave a diagnostic's place in rendered text before that place, where it is known. Finding one may
/// take several renders of the chart, so only the first `MAX_LOCATED` diagnostics get it.
pub fn add_template_lines<'d>(scope: &Scope<'_>, diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>) {
    for diagnostic in diagnostics.into_iter().take(MAX_LOCATED) {
        let Some(label) = diagnostic.labels.first() else { continue };
        let Some(source) = label.span.source().filter(|source| source.kind() == SourceKind::Rendered) else { continue };
        let Some(line) = label.span.position().map(|position| position.line) else { continue };
        let path = source.name().to_owned();
        add_template_line(scope, diagnostic, &path, line);
    }
}

/// Puts the template line that gave a line (from 1) of the rendered file `path` before the places of a diagnostic, where it is known.
pub fn add_template_line(scope: &Scope<'_>, diagnostic: &mut Diagnostic, path: &str, line: usize) {
    if let Some(span) = locate(scope, path, line) {
        let text = "this line of the template gave the text below".to_owned();
        diagnostic.labels.insert(0, Label { span, text });
    }
}
