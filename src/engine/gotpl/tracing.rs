//! Runs files and traces where their output comes from.

use std::collections::HashSet;

use super::run::{File, Run, RunScope};
use super::trace::{FilePieces, Recorder};
use crate::engine::scope::Rendered;
use crate::engine::trace::Trace;

/// A traced run.
pub(super) struct Tracing {
    run: Run<Recorder>,
    rendered: Vec<Rendered>,
    pieces: Vec<FilePieces>,
}

impl Tracing {
    /// Begins to trace a run of some of the files of a tree.
    pub(super) fn new(files: &[File], scope: &RunScope<'_>, mut run: Run<Recorder>) -> Tracing {
        let mut known = HashSet::new();
        for file in files.iter().filter(|file| known.insert(file.chart.as_str())) {
            if let Some(dot) = run.objects(file).map(|objects| objects.dot.clone()) {
                run.exec.trace().set_values(&dot, &file.names, scope.values);
            }
        }
        Tracing { run, rendered: Vec::new(), pieces: Vec::new() }
    }

    /// Runs a file, with `random_calls` only until the output of that many calls of random functions has been written. Returns
    /// `false` if it fails; then it is omitted.
    pub(super) fn add(&mut self, file: &File, random_calls: Option<usize>) -> bool {
        if let Some(calls) = random_calls {
            self.run.exec.end_files_after(calls);
        }
        let bytes = self.run.file(file).and_then(Result::ok);
        let random = self.run.exec.take_random();
        let rendered = bytes.map(|bytes| file.rendered(bytes, random));
        let text = rendered.as_ref().map_or("", |rendered| &rendered.text);
        let pieces = self.run.exec.trace().take_file(&file.path, text);
        let Some(rendered) = rendered else { return false };
        self.pieces.push(pieces);
        self.rendered.push(rendered);
        true
    }

    /// Whether the trace has become too large.
    pub(super) fn is_spent(&mut self) -> bool {
        self.run.exec.trace().is_spent()
    }

    /// Returns the output with the trace; `None` if it is too large.
    pub(super) fn finish(self) -> Option<(Vec<Rendered>, Trace)> {
        let recorder = self.run.exec.into_trace();
        (!recorder.is_spent()).then(|| (self.rendered, recorder.finish(self.pieces)))
    }
}

/// A trace of random lines that was made while files were still being rendered.
pub(super) struct EarlyTrace {
    /// The paths of the traced files, each with its number of random calls.
    files: Vec<(String, usize)>,
    pub(super) traced: (Vec<Rendered>, Trace),
}

impl EarlyTrace {
    /// Traces files, each until its number of random calls. `None` if there are none, any fails, or the trace becomes too large.
    pub(super) fn of_files<'f>(
        requests: impl Iterator<Item = (&'f File, usize)>,
        begin: impl FnOnce() -> Tracing,
    ) -> Option<EarlyTrace> {
        let mut requests = requests.peekable();
        requests.peek()?;
        let mut tracing = begin();
        let mut files = Vec::new();
        for (file, calls) in requests {
            if !tracing.add(file, Some(calls)) || tracing.is_spent() {
                return None;
            }
            files.push((file.path.clone(), calls));
        }
        Some(EarlyTrace { files, traced: tracing.finish()? })
    }

    /// Whether it is the trace of these files.
    pub(super) fn is_of(&self, files: &[(&str, usize)]) -> bool {
        let is_asked_for = |(path, calls): &(String, usize)| files.contains(&(path, *calls));
        self.files.len() == files.len() && self.files.iter().all(is_asked_for)
    }
}
