//! Shows the progress of long work on a terminal.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::explain::Experiments;

/// Shorter work shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is redrawn.
const INTERVAL: Duration = Duration::from_millis(100);

/// Counts experiments and shows their number on standard error until it is dropped.
pub(in crate::cli) struct Progress {
    experiments: Arc<Experiments>,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Returns a counter that is not shown.
    pub(in crate::cli) fn hidden() -> Progress {
        Progress { experiments: Arc::default(), shown: None }
    }

    /// Returns a counter that is shown after a second, unless no thread can be started.
    pub(in crate::cli) fn shown() -> Progress {
        let experiments = Arc::<Experiments>::default();
        let (end, ended) = mpsc::channel();
        let counted = experiments.clone();
        let draw = move || {
            let is_over = |wait| ended.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
            if is_over(PATIENCE) {
                return;
            }
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed}") {
                bar.set_style(style.tick_chars("|/-\\ "));
            }
            let bar = bar.with_elapsed(PATIENCE);
            loop {
                bar.set_message(format!("trying values: {} renders", counted.count()));
                bar.tick();
                if is_over(INTERVAL) {
                    return bar.finish_and_clear();
                }
            }
        };
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(draw);
        Progress { experiments, shown: thread.ok().map(|thread| (end, thread)) }
    }

    /// Returns the counter.
    pub(in crate::cli) fn experiments(&self) -> &Experiments {
        &self.experiments
    }
}

impl Drop for Progress {
    /// Clears the line before anything else is printed.
    fn drop(&mut self) {
        if let Some((end, thread)) = self.shown.take() {
            drop(end);
            let _ = thread.join();
        }
    }
}
