//! Writes findings as annotations of GitHub Actions.

use std::fmt::Write;

use super::finding::Finding;
use super::location::Workspace;
use crate::diagnostic::{Severity, printable, printable_lines};

/// Writes workflow commands, which GitHub Actions shows beside the changed lines. Paths start at the root of the repository in
/// `workspace`.
pub fn write_github(findings: &[Finding], workspace: &Workspace) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let at = finding.place_in(workspace).map(|(file, at)| {
            let position = at.map(|(line, column)| format!("line={line},col={column},")).unwrap_or_default();
            format!("file={},{position}", escaped(&file, true))
        });
        let mut message = finding.diagnostic.message.clone();
        for (file, line, column, text) in finding.related() {
            let _ = write!(message, "\n{text}: {}:{line}:{column}", workspace.path_of(file));
        }
        // Writing to a String can't fail.
        let _ = writeln!(
            out,
            "::{command} {}title={}::{}",
            at.unwrap_or_default(),
            escaped(finding.diagnostic.code, true),
            escaped(&message, false)
        );
    }
    out
}

/// Escapes characters that would end a workflow command or one of its properties, and characters that must not be printed.
fn escaped(text: &str, is_property: bool) -> String {
    let text = if is_property { printable(text) } else { printable_lines(text) };
    let text = text.replace('%', "%25").replace('\n', "%0A");
    if is_property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}
