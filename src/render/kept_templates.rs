//! Keeps the templates of a render, and its trace if it has one, so that lines can be traced later.

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::engine::{self, LoadedTree, Scope, Trace};

/// Templates that were rendered. They are never dropped: freeing them piece by piece at the end of the process would only take
/// time.
#[derive(Clone)]
pub(super) struct KeptTemplates {
    loaded: Arc<Mutex<ManuallyDrop<LoadedTree>>>,
    /// The trace of the render itself, until it is taken.
    trace: Arc<Mutex<Option<Trace>>>,
}

impl KeptTemplates {
    pub(super) fn new(loaded: LoadedTree, trace: Option<Trace>) -> KeptTemplates {
        let loaded = Arc::new(Mutex::new(ManuallyDrop::new(loaded)));
        KeptTemplates { loaded, trace: Arc::new(Mutex::new(trace)) }
    }

    /// Returns where each line comes from: takes the trace of the render, or renders the templates again to make one. `None` if
    /// an engine of the tree can't trace, or if there is too much to trace.
    pub(super) fn trace(&self, scope: &Scope<'_>) -> Option<Trace> {
        let own = locked(&self.trace).take();
        own.or_else(|| self.loaded().render_traced(scope, None).map(|(_, trace)| trace))
    }

    /// Adds template lines to diagnostics about what was rendered, see [`engine::add_template_lines`].
    pub(super) fn add_template_lines<'d>(
        &self,
        scope: &Scope<'_>,
        diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>,
    ) {
        engine::add_template_lines(scope, Some(&*self.loaded()), diagnostics);
    }

    fn loaded(&self) -> MutexGuard<'_, ManuallyDrop<LoadedTree>> {
        locked(&self.loaded)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for KeptTemplates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptTemplates").finish_non_exhaustive()
    }
}
