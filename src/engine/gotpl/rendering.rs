//! Runs all files of a tree of charts: large trees on two threads.
//!
//! The files of a tree are run in order, because a file can change the objects that all files share, such as `.Values`.
//! Hardly any file does. So a second thread, with objects of its own, runs files from the last one on, until both threads meet.
//! If a file has changed an object, or the second thread has met an error, the work of the second thread is not used, and the
//! first one runs the rest in order. Meanwhile, the second thread traces the origins of random lines, which the note about random values
//! needs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use super::exec::Refusal;
use super::limits::Spent;
use super::report;
use super::run::{File, Run, RunScope};
use super::trace::Off;
use super::tracing::{EarlyTrace, Tracing};
use crate::diagnostic::Diagnostic;
use crate::engine::scope::Rendered;
use crate::remaining::Remaining;
use crate::{heap, stack};

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

    /// The number of random calls of the file that was added last, if the note about random values is likely to need its trace. Usually
    /// a workload has the checksum of a file with random values, and the trace of that file says the same. But if the file has changed
    /// an object, the other one may see the value instead of calling the function.
    fn calls_to_trace(&self, file: &File, has_changed: bool) -> Option<usize> {
        let rendered = self.rendered.last().filter(|rendered| rendered.path == file.path && rendered.is_random())?;
        (has_changed || rendered.has_own_random_calls()).then_some(rendered.random.count)
    }

    /// Runs a file and adds its output or its error.
    fn add(&mut self, file: &File, scope: &RunScope<'_>, run: &mut Run<Off>) {
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

/// Runs files with the same result as [`render`], on this thread and a second one, whose runs `begin` and `begin_tracing` create for
/// part of the budgets. If the work of the second thread is not used, it traces the files with random lines.
pub(super) fn render_on_two_threads(
    files: &[&File],
    scope: &RunScope<'_>,
    run: &mut Run<Off>,
    begin: impl Fn(Arc<AtomicBool>) -> Run<Off> + Send,
    begin_tracing: impl Fn(Arc<AtomicBool>) -> Tracing + Send,
) -> (Output, Option<EarlyTrace>) {
    let remaining = &Remaining::new(files.len());
    // Whether the work of the second thread does not count.
    let is_over = &Arc::new(AtomicBool::new(false));
    // Whether nobody needs a trace.
    let has_failed = &Arc::new(AtomicBool::new(false));
    let (random, requests) = mpsc::channel();
    let mut output = Output::default();
    let mut done = 0;
    let second = move || {
        heap::grow_at_once();
        let ahead = Ahead::render(files, begin(Arc::clone(is_over)), remaining);
        if ahead.is_none() {
            is_over.store(true, Ordering::Relaxed);
        }
        let requests = requests.into_iter().map(|(at, calls): (usize, usize)| (files[at], calls));
        let traced = match is_over.load(Ordering::Relaxed) {
            true => EarlyTrace::of_files(requests, || begin_tracing(Arc::clone(has_failed))),
            false => None,
        };
        (ahead, traced)
    };
    let first = || {
        // The other thread ends its work when this is dropped.
        let random = random;
        loop {
            let next = match is_over.load(Ordering::Relaxed) {
                true => Some(done).filter(|done| *done < files.len()),
                false => remaining.first(),
            };
            let Some(at) = next else { break };
            output.add(files[at], scope, run);
            done = at + 1;
            let has_changed = run.has_changed_objects();
            if has_changed && !is_over.swap(true, Ordering::Relaxed) {
                remaining.give_up();
            }
            if let Some(calls) = output.calls_to_trace(files[at], has_changed) {
                // If the other thread needs no more requests, it has ended.
                let _ = random.send((at, calls));
            }
        }
        has_failed.store(!output.errors.is_empty(), Ordering::Relaxed);
    };
    let ((), second) = stack::call_both(stack::TEMPLATES, first, second);
    let (ahead, traced) = second.unwrap_or_default();
    match ahead {
        Some(ahead) if done < files.len() && run.exec.limits().add(ahead.spent) => {
            output.rendered.extend(ahead.rendered.into_iter().rev());
        }
        _ => files[done..].iter().for_each(|file| output.add(file, scope, run)),
    }
    (output, traced)
}

/// The last files of a tree, run by the second thread.
struct Ahead {
    /// The last file first.
    rendered: Vec<Rendered>,
    spent: Spent,
}

impl Ahead {
    /// Runs the remaining files, the last one first. `None` if their output may be different when they are run in order.
    fn render(files: &[&File], mut run: Run<Off>, remaining: &Remaining) -> Option<Ahead> {
        // Through `.Subcharts`, a file can see the `Template` of the file that a chart ran last.
        let mut last = HashMap::new();
        let before: Vec<Option<usize>> =
            files.iter().enumerate().map(|(at, file)| last.insert(file.chart.as_str(), at)).collect();
        for at in last.into_values() {
            run.enter(files[at]);
        }
        let mut rendered = Vec::new();
        while let Some(at) = remaining.last() {
            let file = files[at];
            if let Some(outcome) = run.file(file) {
                if run.has_changed_objects() {
                    return None;
                }
                rendered.push(file.rendered(outcome.ok()?, run.exec.take_random()));
            }
            match before[at] {
                Some(before) => {
                    run.enter(files[before]);
                }
                None => run.leave(file),
            }
        }
        let spent = run.exec.limits().spent();
        // The process ends soon, so freeing values piece by piece would only take time.
        std::mem::forget(run);
        Some(Ahead { rendered, spent })
    }
}
