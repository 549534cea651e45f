//! One finding of a check.

use std::collections::HashMap;

use super::location::Workspace;
use crate::diagnostic::{Diagnostic, Severity, SourceKind, Span};

/// A problem that a check found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What has the problem: an object (`StatefulSet/mongooseim`) or a chart.
    pub object: String,
    /// Which of the objects with this name, counted from 0.
    pub nth: usize,
    /// Where in it: the path of a field, or of a file in the chart. Empty for all of it.
    pub path: String,
    /// What is wrong; its labels are the places.
    pub diagnostic: Diagnostic,
    /// The file with the problem, used if no label is in a file.
    pub file: Option<String>,
}

impl Finding {
    /// Adds a sentence about what to do.
    pub fn help(&mut self, text: impl Into<String>) {
        self.diagnostic.help.push(text.into());
    }

    /// Returns the file, line and column, or `None` if there is no place. Files come before standard input.
    pub(super) fn place(&self) -> Option<(String, usize, usize)> {
        let labels = self.diagnostic.labels.iter().map(|label| &label.span);
        let files = labels.filter(|span| span.source().is_some_and(|source| source.kind() == SourceKind::File));
        match files.clone().find(|span| !is_standard_input(span)).or_else(|| files.clone().next()) {
            Some(span) => {
                let position = span.position()?;
                Some((span.source()?.name().to_owned(), position.line, position.column))
            }
            None => self.file.clone().map(|file| (file, 1, 1)),
        }
    }

    /// Returns the file with its path in the repository, and the line and column if they are known. Standard input is not in a
    /// repository: the template that the text came from is used instead, if that is known.
    pub(super) fn place_in(&self, workspace: &Workspace) -> Option<(String, Option<(usize, usize)>)> {
        let labels = self.diagnostic.labels.iter().map(|label| &label.span);
        let is_file = |span: &&Span| {
            span.source().is_some_and(|source| source.kind() == SourceKind::File) && !is_standard_input(span)
        };
        let Some(span) = labels.clone().find(is_file) else {
            let file = self.file.as_ref().filter(|file| *file != STANDARD_INPUT)?;
            return Some((workspace.path_of(file), None));
        };
        let position = span.position()?;
        Some((workspace.path_of(span.source()?.name()), Some((position.line, position.column))))
    }

    /// Returns the secondary places: file, line, column, and the text of the label.
    pub(super) fn related(&self) -> impl Iterator<Item = (&str, usize, usize, &str)> {
        self.diagnostic.related().filter_map(|label| {
            let position = label.span.position()?;
            Some((label.span.source()?.name(), position.line, position.column, label.text.as_str()))
        })
    }
}

/// For each name, counts how many of the names before it are the same.
pub fn ordinals<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let number = |name| {
        let count = counts.entry(name).or_default();
        *count += 1;
        *count - 1
    };
    names.into_iter().map(number).collect()
}

/// The name for standard input on the command line.
pub(super) const STANDARD_INPUT: &str = "-";

fn is_standard_input(span: &Span) -> bool {
    span.source().is_some_and(|source| source.name() == STANDARD_INPUT)
}

/// Returns the name of a severity in reports.
pub(super) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
