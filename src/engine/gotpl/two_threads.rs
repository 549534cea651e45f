//! Runs the files of a large tree of charts on two threads.
//!
//! The files of a tree are run in order, because a file can change the objects that all files share, such as `.Values`.
//! Hardly any file does. So a second thread, with objects of its own, runs files from the last one on, until both threads meet. If
//! the first thread runs a file that changes an object, the second one runs it too, with new objects, and starts again from the last
//! file. If there are many such files, or the second thread meets an error or a change itself, its work is not used, and the first
//! thread runs the rest in order.
//!
//! Between files, the second thread traces the origins of random lines, which the note about random values needs.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use super::limits::Spent;
use super::rendering::Output;
use super::run::{File, Run, RunScope};
use super::trace::Off;
use super::tracing::{EarlyTrace, EarlyTracing, Tracing};
use crate::engine::scope::Rendered;
use crate::{heap, stack};

/// How often the second thread starts again because a file has changed an object. In practice, at most one file does.
const MAX_CHANGES: usize = 4;

/// How many files take longer to run than it takes to start again.
const WORTH_A_RUN: usize = 12;

/// Creates the runs of the second thread, for part of the budgets. A run ends early once its flag is set.
pub(super) struct Begin<R, T, C> {
    /// Begins to run files.
    pub(super) run: R,
    /// Begins to trace files.
    pub(super) tracing: T,
    /// Whether a template seems to change an object.
    pub(super) may_change: C,
}

/// Runs files on this thread and a second one, with the same result as [`render`](super::rendering::render). Also returns a trace of
/// some of the files with random lines.
pub(super) fn render_on_two_threads(
    files: &[&File],
    scope: &RunScope<'_>,
    run: &mut Run<Off>,
    begin: Begin<
        impl Fn(Arc<AtomicBool>) -> Run<Off> + Send,
        impl Fn(Arc<AtomicBool>) -> Tracing + Send,
        impl Fn() -> bool + Send,
    >,
) -> (Output, Option<EarlyTrace>) {
    let queue = &Queue::new(files.len());
    // Whether nobody needs a trace.
    let has_failed = &Arc::new(AtomicBool::new(false));
    let (random, requests) = mpsc::channel();
    let mut output = Output::default();
    let mut done = 0;
    let second = move || {
        heap::grow_at_once();
        let Begin { run: begin, tracing: begin_tracing, may_change } = begin;
        let mut tracing = EarlyTracing::new(requests, || begin_tracing(Arc::clone(has_failed)), may_change);
        let ahead = Ahead::render(files, begin, queue, &mut tracing);
        let traced = match &ahead {
            None => tracing.finish_without_own(),
            Some(Ahead { changes: 0, .. }) => tracing.finish(),
            Some(_) => tracing.finish_all(),
        };
        (ahead, traced)
    };
    let first = || {
        // The other thread ends its work when this is dropped.
        let random = random;
        while let Some(at) = queue.first(done) {
            output.add(files[at], scope, run);
            done = at + 1;
            let has_changed = run.has_changed_objects();
            let added = output.rendered.last().filter(|rendered| rendered.path == files[at].path);
            if let Some(calls) = added.and_then(|rendered| calls_to_trace(rendered, has_changed)) {
                // If the other thread needs no more requests, it has ended.
                let _ = random.send((files[at], calls));
            }
            if has_changed {
                queue.note_change(at);
            }
        }
        has_failed.store(!output.errors.is_empty(), Ordering::Relaxed);
    };
    let ((), second) = stack::call_both(stack::TEMPLATES, first, second);
    let (ahead, traced) = second.unwrap_or_default();
    // A file that was run after the second thread had ended may have changed an object.
    let is_current = ahead.as_ref().is_none_or(|ahead| queue.is_current(ahead.changes));
    match ahead.filter(|_| is_current && done < files.len()) {
        Some(ahead) if run.exec.limits().add(ahead.spent) => output.rendered.extend(ahead.rendered.into_iter().rev()),
        _ => files[done..].iter().for_each(|file| output.add(file, scope, run)),
    }
    (output, traced.filter(|_| is_current))
}

/// The number of random calls of a file, if the note about random values is likely to need its trace. Usually a workload has the
/// checksum of a file with random values, and the trace of that file says the same. But if the file has changed an object, the other
/// one may see the value instead of calling the function.
fn calls_to_trace(rendered: &Rendered, has_changed: bool) -> Option<usize> {
    (rendered.is_random() && (has_changed || rendered.has_own_random_calls())).then_some(rendered.random.count)
}

/// The files that neither thread has begun.
struct Queue {
    files: usize,
    state: Mutex<State>,
}

struct State {
    remaining: Range<usize>,
    /// The files that have changed an object, in order.
    changes: Vec<usize>,
    /// Ends the current run of the second thread.
    ends: Arc<AtomicBool>,
    /// Whether the first thread runs all further files.
    is_over: bool,
}

/// The second thread's run does not know all changes, or is not needed.
struct Outdated;

impl Queue {
    fn new(files: usize) -> Queue {
        let state = State { remaining: 0..files, changes: Vec::new(), ends: Arc::default(), is_over: false };
        Queue { files, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the next file for the first thread, which has run this many.
    fn first(&self, done: usize) -> Option<usize> {
        let mut state = self.state();
        if state.is_over { Some(done).filter(|done| *done < self.files) } else { state.remaining.next() }
    }

    /// Returns the next file for the second thread, whose run knows this many changes. `None` if there is none.
    fn last(&self, changes: usize) -> Result<Option<usize>, Outdated> {
        let mut state = self.state();
        if state.is_over || state.changes.len() != changes { Err(Outdated) } else { Ok(state.remaining.next_back()) }
    }

    /// Notes that a file which the first thread has run has changed an object. All files after it are to be run again.
    fn note_change(&self, file: usize) {
        let mut state = self.state();
        state.changes.push(file);
        state.ends.store(true, Ordering::Relaxed);
        state.remaining = file + 1..self.files;
        state.is_over |= state.changes.len() > MAX_CHANGES;
    }

    /// Begins a run of the second thread: returns the changes so far, and the flag that ends the run. `None` if it is not needed.
    fn begin(&self) -> Option<(Vec<usize>, Arc<AtomicBool>)> {
        let mut state = self.state();
        state.ends = Arc::default();
        (!state.is_over).then(|| (state.changes.clone(), Arc::clone(&state.ends)))
    }

    /// Whether many files remain.
    fn is_worth_a_run(&self) -> bool {
        self.state().remaining.len() >= WORTH_A_RUN
    }

    /// Leaves all further files to the first thread, unless the second thread's run does not know all changes.
    fn give_up(&self, changes: usize) -> Result<(), Outdated> {
        let mut state = self.state();
        if state.changes.len() != changes {
            return Err(Outdated);
        }
        state.is_over = true;
        Ok(())
    }

    /// Whether a run that knows this many changes knows all.
    fn is_current(&self, changes: usize) -> bool {
        self.state().changes.len() == changes
    }
}

/// The last files of a tree, run by the second thread.
struct Ahead {
    /// The last file first.
    rendered: Vec<Rendered>,
    spent: Spent,
    /// The number of changes that it knows.
    changes: usize,
}

impl Ahead {
    /// Runs files, the last one first, and traces those with random lines. `None` if their output may be different when they are run
    /// in order.
    fn render<'f>(
        files: &[&'f File],
        begin: impl Fn(Arc<AtomicBool>) -> Run<Off>,
        queue: &Queue,
        tracing: &mut EarlyTracing<'f, impl Fn() -> Tracing, impl Fn() -> bool>,
    ) -> Option<Ahead> {
        loop {
            let (changes, ends) = queue.begin()?;
            if !changes.is_empty() {
                tracing.start_again();
                // That took time.
                if !queue.is_worth_a_run() {
                    return None;
                }
            }
            let mut run = begin(ends);
            let ahead = Ahead::render_after(&changes, files, &mut run, queue, tracing);
            // The process ends soon, so freeing values piece by piece would only take time.
            std::mem::forget(run);
            if ahead.is_some() {
                return ahead;
            }
            if queue.give_up(changes.len()).is_ok() {
                return None;
            }
        }
    }

    /// The same, with objects that these files have changed.
    fn render_after<'f>(
        changes: &[usize],
        files: &[&'f File],
        run: &mut Run<Off>,
        queue: &Queue,
        tracing: &mut EarlyTracing<'f, impl Fn() -> Tracing, impl Fn() -> bool>,
    ) -> Option<Ahead> {
        for &at in changes {
            enter_before(at, files, run);
            run.file(files[at])?.ok()?;
            if !run.has_changed_objects() {
                return None;
            }
            run.exec.take_random();
        }
        let before = run.exec.limits().spent();
        enter_before(files.len(), files, run);
        let mut last = HashMap::new();
        let previous: Vec<Option<usize>> =
            files.iter().enumerate().map(|(at, file)| last.insert(file.chart.as_str(), at)).collect();
        let mut rendered = Vec::new();
        while let Some(at) = queue.last(changes.len()).ok()? {
            let file = files[at];
            if let Some(outcome) = run.file(file) {
                if run.has_changed_objects() {
                    return None;
                }
                let added = file.rendered(outcome.ok()?, run.exec.take_random());
                if let Some(calls) = calls_to_trace(&added, false) {
                    tracing.add_own(file, calls);
                }
                rendered.push(added);
            }
            tracing.add_requested();
            enter(previous[at], file, files, run);
        }
        let spent = run.exec.limits().spent().without(before);
        Some(Ahead { rendered, spent, changes: changes.len() })
    }
}

/// Sets the `Template` of each chart as it is before a file is run in order: through `.Subcharts`, a file can see that of the file
/// that a chart ran last.
fn enter_before(at: usize, files: &[&File], run: &Run<Off>) {
    let mut last: HashMap<&str, (&File, Option<usize>)> = HashMap::new();
    for (number, file) in files.iter().enumerate() {
        let known = last.entry(&file.chart).or_insert((file, None));
        if number < at {
            known.1 = Some(number);
        }
    }
    last.into_values().for_each(|(file, number)| enter(number, file, files, run));
}

/// Sets the `Template` of the chart of a file: to that of a file in the same chart, or to none.
fn enter(at: Option<usize>, file: &File, files: &[&File], run: &Run<Off>) {
    match at {
        Some(at) => {
            run.enter(files[at]);
        }
        None => run.leave(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_starts_the_second_thread_again() {
        let queue = Queue::new(10);
        let (changes, ends) = queue.begin().unwrap();
        assert!(changes.is_empty());
        assert_eq!((queue.first(0), queue.first(1)), (Some(0), Some(1)));
        assert!(matches!((queue.last(0), queue.last(0)), (Ok(Some(9)), Ok(Some(8)))));
        queue.note_change(1);
        assert!(ends.load(Ordering::Relaxed) && queue.last(0).is_err() && !queue.is_current(0));
        assert!(queue.give_up(0).is_err());
        let (changes, ends) = queue.begin().unwrap();
        assert!(changes == [1] && !ends.load(Ordering::Relaxed));
        assert!(matches!(queue.last(1), Ok(Some(9))));
        assert_eq!(queue.first(2), Some(2));
    }

    #[test]
    fn the_first_thread_runs_all_files_if_the_second_gives_up_or_many_files_change_objects() {
        let queue = Queue::new(3);
        assert!(matches!((queue.first(0), queue.last(0)), (Some(0), Ok(Some(2)))));
        assert!(queue.give_up(0).is_ok() && queue.last(0).is_err() && queue.begin().is_none());
        assert_eq!([queue.first(1), queue.first(2), queue.first(3)], [Some(1), Some(2), None]);
        let queue = Queue::new(100);
        for file in 0..=MAX_CHANGES {
            assert!(queue.begin().is_some());
            queue.note_change(file);
        }
        assert!(queue.begin().is_none());
    }
}
