//! The output of a chart with the origin of each line, for charts whose engine can trace.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::documents::{Document, documents};
use super::effects::{Effect, EffectKind, Line, Source};
use super::experiment::Experiment;
use crate::diagnostic::Diagnostic;
use crate::engine::{Dependence, Focus, LineOrigin, Rendered, Trace, UsedPath};
use crate::kubernetes::{FieldPath, Id};
use crate::manifest::{FieldLines, value_path};
use crate::secrets::Secrets;
use crate::values::ValuePath;

/// The output of a chart, and where each line comes from.
pub(super) struct TracedOutput {
    pub(super) documents: Vec<Document>,
    pub(super) trace: Arc<Trace>,
    /// The first document of each identity, filled on first use.
    by_id: OnceCell<HashMap<Id, usize>>,
}

impl TracedOutput {
    /// Returns the documents with a trace of their lines.
    pub(super) fn new(documents: Vec<Document>, trace: Arc<Trace>) -> TracedOutput {
        TracedOutput { documents, trace, by_id: OnceCell::new() }
    }

    /// Renders the chart again with a trace; `None` if its engine can't trace.
    pub(super) fn render(experiment: &Experiment<'_>) -> Option<TracedOutput> {
        experiment.trace(None).map(TracedOutput::of_render)
    }

    /// Like [`TracedOutput::render`], but traces only what depends on the value at `path`.
    pub(super) fn about(path: &ValuePath, experiment: &Experiment<'_>) -> Option<TracedOutput> {
        let paths = std::slice::from_ref(path);
        experiment.trace(Some(Focus::Values(paths))).map(TracedOutput::of_render)
    }

    /// Returns the output of a traced render.
    pub(super) fn of_render((mut rendered, trace): (Vec<Rendered>, Trace)) -> TracedOutput {
        rendered.retain(|rendered| !rendered.notes);
        TracedOutput::new(documents(&rendered), Arc::new(trace))
    }

    /// Returns the document of an object.
    fn document(&self, id: &Id) -> Option<&Document> {
        let numbered = || self.documents.iter().enumerate().rev();
        let index = || numbered().map(|(number, document)| (document.manifest.id.clone(), number)).collect();
        self.by_id.get_or_init(index).get(id).and_then(|number| self.documents.get(*number))
    }

    /// Returns the fields of an object, if it exists and can be parsed.
    pub(super) fn fields_of(&self, id: &Id) -> Option<TracedFields<'_>> {
        let document = self.document(id)?;
        let fields = FieldLines::read(&document.manifest.path, document.manifest.text()).ok()?;
        Some(TracedFields { output: self, document, fields })
    }

    /// Returns the values that decided that an object is rendered.
    pub(super) fn deciding_object(&self, id: &Id) -> Vec<UsedPath> {
        let origin = self.document(id).and_then(|document| self.origin(document, 0));
        origin.into_iter().flat_map(both).collect()
    }

    /// Returns where a line (from 0) of a document comes from.
    pub(super) fn origin(&self, document: &Document, line: usize) -> Option<LineOrigin> {
        self.trace.line(&document.manifest.path, document.rendered_line(line))
    }

    /// Returns the lines that show a value, and those that it decided about.
    pub(super) fn effects(&self, path: &ValuePath, secrets: &Secrets) -> Vec<Effect> {
        let mut found = Vec::new();
        for (document, lines) in self.dependents(path) {
            let manifest = &document.manifest;
            let shown = secrets.masked_lines(manifest.text());
            let line = |(rendered_line, dependence): (usize, Dependence)| {
                let at = rendered_line - document.rendered_line(0);
                let place = self.trace.span_of_line(&document.manifest.path, rendered_line);
                let source = Some(Source { dependence, place });
                let text = shown.get(at).cloned().unwrap_or_default();
                Line { number: document.first_line() + at, text, is_new: false, source }
            };
            let kind = EffectKind::Lines(lines.into_iter().map(line).collect());
            let line_count = document.line_count();
            found.push(Effect { id: manifest.id.clone(), path: manifest.path.clone(), line_count, kind });
        }
        found
    }

    /// Returns the documents that depend on a value, each with the lines that do, numbered as in the template's output.
    pub(super) fn dependents(&self, path: &ValuePath) -> Vec<(&Document, Vec<(usize, Dependence)>)> {
        let dependents = self.trace.dependents(path);
        let mut by_file: HashMap<&str, Vec<(usize, Dependence)>> = HashMap::new();
        let mut found = Vec::new();
        for document in &self.documents {
            let file = document.manifest.path.as_str();
            let (first, last) = (document.rendered_line(0), document.rendered_line(document.line_count()));
            let lines = by_file.entry(file).or_insert_with(|| dependents.lines_of(file));
            let from = lines.partition_point(|(line, _)| *line < first);
            let lines: Vec<_> = lines[from..].iter().copied().take_while(|(line, _)| *line < last).collect();
            if !lines.is_empty() {
                found.push((document, lines));
            }
        }
        found
    }

    /// Returns the document at a line of the whole output, and the line in it (from 0).
    pub(super) fn at(&self, line: usize) -> Option<(&Document, usize)> {
        let after = self.documents.partition_point(|document| document.first_line() <= line);
        let document = self.documents.get(after.checked_sub(1)?)?;
        let at = line - document.first_line();
        (at < document.line_count()).then_some((document, at))
    }

    /// Returns all lines with this text.
    pub(super) fn lines_with(&self, text: &str) -> Vec<(&Document, usize)> {
        let of_document = |document: &'_ Document| -> Vec<usize> {
            let lines = document.manifest.text().lines().enumerate();
            lines.filter(|(_, line)| *line == text).map(|(at, _)| at).collect()
        };
        let all =
            self.documents.iter().flat_map(|document| of_document(document).into_iter().map(move |at| (document, at)));
        all.collect()
    }
}

/// The fields of an object, with the origins of their lines.
pub(super) struct TracedFields<'o> {
    output: &'o TracedOutput,
    document: &'o Document,
    fields: FieldLines,
}

impl TracedFields<'_> {
    /// Returns the values that a field shows and those that decided about it; none if the field doesn't exist.
    pub(super) fn values_of(&self, field: &FieldPath) -> Vec<UsedPath> {
        let path = value_path(self.fields.node(), field);
        if path.steps().len() < field.0.len() {
            return Vec::new();
        }
        let lines = self.fields.field_lines(&path).unwrap_or_default();
        lines.into_iter().filter_map(|line| self.output.origin(self.document, line)).flat_map(both).collect()
    }
}

fn both(origin: LineOrigin) -> impl Iterator<Item = UsedPath> {
    origin.shown.into_iter().chain(origin.deciding)
}

/// The error for a chart whose engine can't trace.
pub(super) fn no_trace() -> Diagnostic {
    Diagnostic::error("no-trace", "this chart has no line trace: it is written in Tera, or does too much to be traced")
}
