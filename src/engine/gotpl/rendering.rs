//! Runs all files of a tree of charts in order.

use super::exec::Refusal;
use super::report;
use super::run::{File, Run, RunScope};
use super::trace::Off;
use crate::diagnostic::Diagnostic;
use crate::engine::scope::Rendered;

/// The result of rendering a tree of charts.
#[derive(Default)]
pub(super) struct Output {
    pub(super) rendered: Vec<Rendered>,
    pub(super) errors: Vec<Diagnostic>,
    /// The refusals of each file, by its path.
    pub(super) refusals: Vec<(String, Vec<Refusal>)>,
}

impl Output {
    /// Adds an error unless one about the same place is known: templates that share a broken part all fail there.
    pub(super) fn fail(&mut self, error: Diagnostic) {
        let place = error.labels.first().map(|label| &label.span);
        if place.is_none() || !self.errors.iter().any(|known| known.labels.first().map(|label| &label.span) == place) {
            self.errors.push(error);
        }
    }

    /// Runs a file and adds its output or its error.
    pub(super) fn add(&mut self, file: &File, scope: &RunScope<'_>, run: &mut Run<Off>) {
        let Some(rendered) = run.file(file) else { return };
        let random = run.exec.take_random();
        let refused = run.exec.take_refusals();
        if !refused.is_empty() {
            self.refusals.push((file.path.clone(), refused));
        }
        match rendered {
            Ok(bytes) => self.rendered.push(file.rendered(bytes, random)),
            Err(error) => self.fail(report::exec_error(&error, scope.values, &file.names)),
        }
    }
}

/// Runs files in order.
pub(super) fn render(files: &[&File], scope: &RunScope<'_>, run: &mut Run<Off>) -> Output {
    let mut output = Output::default();
    files.iter().for_each(|file| output.add(file, scope, run));
    output
}
