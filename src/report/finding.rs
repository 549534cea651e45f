//! One thing that a check found.

use std::collections::HashMap;

use super::location::Workspace;
use crate::diagnostic::{Diagnostic, Severity, SourceKind, Span};

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is wrong with: an object (`StatefulSet/mongooseim`), or a chart.
    pub object: String,
    /// Which of the objects that are called so, from 0.
    pub nth: usize,
    /// Where within: the path of a field, or of a file of the chart. Empty for the whole.
    pub path: String,
    /// What is wrong; its labels are the places.
    pub diagnostic: Diagnostic,
    /// The file that it is about, where no label names it.
    pub file: Option<String>,
}

impl Finding {
    /// Adds a sentence that says what to do.
    pub fn help(&mut self, text: impl Into<String>) {
        self.diagnostic.help.push(text.into());
    }

    /// The file, line and column. None without a place.
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

    /// The file as a repository has it, with the line and column where they are known. Standard input is in no repository: there
    /// it is the template that the text came from, if that is known.
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

    /// Further places with what is said about them: file, line, column and text.
    pub(super) fn related(&self) -> impl Iterator<Item = (&str, usize, usize, &str)> {
        self.diagnostic.related().filter_map(|label| {
            let position = label.span.position()?;
            Some((label.span.source()?.name(), position.line, position.column, label.text.as_str()))
        })
    }
}

/// How many objects of the same name come before each.
pub fn ordinals<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let number = |name| {
        let count = counts.entry(name).or_default();
        *count += 1;
        *count - 1
    };
    names.into_iter().map(number).collect()
}

/// The name of standard input on a command line.
pub(super) const STANDARD_INPUT: &str = "-";

fn is_standard_input(span: &Span) -> bool {
    span.source().is_some_and(|source| source.name() == STANDARD_INPUT)
}

/// The severity in messages.
pub(super) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
