//! Runs files and traces where their output comes from.

use std::collections::HashSet;
use std::sync::mpsc::Receiver;

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
    /// Whether no file has changed what others see, so the traces of other files can be added.
    is_extensible: bool,
    rendered: Vec<Rendered>,
    trace: Trace,
}

impl EarlyTrace {
    /// Returns those of these files that it does not trace; `None` if it traces any others, or can't be extended.
    pub(super) fn missing<'f>(&self, files: &[(&'f str, usize)]) -> Option<Vec<(&'f str, usize)>> {
        let is_traced = |(path, calls): &&(&str, usize)| {
            self.files.iter().any(|(traced, count)| (&**traced, *count) == (*path, *calls))
        };
        let missing: Vec<_> = files.iter().filter(|file| !is_traced(file)).copied().collect();
        let is_usable = self.is_extensible || missing.is_empty();
        (is_usable && missing.len() + self.files.len() == files.len()).then_some(missing)
    }

    /// Returns the output with the trace, extended by those of the files that it does not trace.
    pub(super) fn with(self, other: Option<(Vec<Rendered>, Trace)>) -> (Vec<Rendered>, Trace) {
        let EarlyTrace { mut rendered, mut trace, .. } = self;
        if let Some((more, other)) = other {
            rendered.extend(more);
            trace.extend(other);
        }
        (rendered, trace)
    }
}

/// Traces random lines while files are still being rendered.
pub(super) struct EarlyTracing<'f, B, C> {
    begin: B,
    may_change: C,
    /// The files that the thread which renders them in order asks for, each with its number of random calls.
    requests: Receiver<(&'f File, usize)>,
    /// Those that were received.
    received: Vec<(&'f File, usize)>,
    /// The files of this thread that are not traced yet.
    own: Vec<(&'f File, usize)>,
    /// Whether those of this thread wait until all files have been rendered; `None` if that was not decided yet.
    delays_own: Option<bool>,
    /// The files traced so far.
    files: Vec<(String, usize)>,
    tracing: Option<Tracing>,
    /// Whether a file failed, or the trace is too large.
    has_failed: bool,
}

impl<'f, B: Fn() -> Tracing, C: Fn() -> bool> EarlyTracing<'f, B, C> {
    /// Traces nothing yet; `begin` begins a trace. `may_change` returns whether a template seems to change objects.
    pub(super) fn new(requests: Receiver<(&'f File, usize)>, begin: B, may_change: C) -> Self {
        let (received, own, files) = (Vec::new(), Vec::new(), Vec::new());
        let (delays_own, tracing, has_failed) = (None, None, false);
        EarlyTracing { begin, may_change, requests, received, own, delays_own, files, tracing, has_failed }
    }

    /// Traces a file of this thread until its number of random calls. If a file before it may still change an object, the trace of this
    /// one could become useless, so it waits.
    pub(super) fn add_own(&mut self, file: &'f File, calls: usize) {
        match *self.delays_own.get_or_insert_with(&self.may_change) {
            true => self.own.push((file, calls)),
            false => self.add(file, calls),
        }
    }

    /// Traces the files that have been asked for.
    pub(super) fn add_requested(&mut self) {
        while let Ok((file, calls)) = self.requests.try_recv() {
            self.received.push((file, calls));
            self.add(file, calls);
        }
    }

    /// Drops the traces of this thread's files. A file can see what another one before it has changed, so if one of them was traced,
    /// those that were asked for are traced again, in order.
    pub(super) fn start_again(&mut self) {
        self.own.clear();
        self.delays_own = Some(false);
        if self.files.len() > self.received.len() {
            (self.tracing, self.has_failed) = (None, false);
            self.files.clear();
            for (file, calls) in self.received.clone() {
                self.add(file, calls);
            }
        }
        self.add_requested();
    }

    /// Returns the trace of the files so far, if no file changes an object. `None` if there are none, any fails, or the trace is too
    /// large.
    pub(super) fn finish(mut self) -> Option<EarlyTrace> {
        for (file, calls) in std::mem::take(&mut self.own) {
            self.add(file, calls);
        }
        let (rendered, trace) = self.tracing.filter(|_| !self.has_failed)?.finish()?;
        Some(EarlyTrace { files: self.files, is_extensible: true, rendered, trace })
    }

    /// The same, including the files that will be asked for.
    pub(super) fn finish_all(mut self) -> Option<EarlyTrace> {
        while let Ok((file, calls)) = self.requests.recv() {
            self.add(file, calls);
        }
        Some(EarlyTrace { is_extensible: false, ..self.finish()? })
    }

    /// The same, but only the files that were or will be asked for.
    pub(super) fn finish_without_own(mut self) -> Option<EarlyTrace> {
        self.start_again();
        self.finish_all()
    }

    fn add(&mut self, file: &File, calls: usize) {
        if self.has_failed {
            return;
        }
        let tracing = self.tracing.get_or_insert_with(&self.begin);
        self.has_failed = !tracing.add(file, Some(calls)) || tracing.is_spent();
        self.files.push((file.path.clone(), calls));
    }
}
