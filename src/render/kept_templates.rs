//! Keeps the templates of a render, so that it can be traced later.

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::engine::{self, LoadedTree, Scope, Trace};

/// Templates that were rendered. They are never dropped: freeing them piece by piece at the end of the process would only take
/// time.
#[derive(Clone)]
pub(super) struct KeptTemplates(Arc<Mutex<ManuallyDrop<LoadedTree>>>);

impl KeptTemplates {
    pub(super) fn new(loaded: LoadedTree) -> KeptTemplates {
        KeptTemplates(Arc::new(Mutex::new(ManuallyDrop::new(loaded))))
    }

    /// Renders the templates again and returns where each line comes from. `None` if an engine of the tree can't trace, or if
    /// there is too much to trace.
    pub(super) fn trace(&self, scope: &Scope<'_>) -> Option<Trace> {
        self.loaded().render_traced(scope, None).map(|(_, trace)| trace)
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeptTemplates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptTemplates").finish_non_exhaustive()
    }
}
