//! Keeps the templates of a render, and its trace if it has one, so that lines can be traced later.

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::engine::{self, LoadedTree, Scope, Trace};

/// Templates that were rendered. They are never dropped: freeing them piece by piece at the end of the process would only take
/// time.
#[derive(Clone)]
pub(super) struct KeptTemplates {
    loaded: Arc<Mutex<ManuallyDrop<LoadedTree>>>,
    /// The trace once the templates were traced; `None` in it if an engine of the tree can't trace, or if there is too much to
    /// trace.
    trace: Arc<OnceLock<Option<Arc<Trace>>>>,
}

impl KeptTemplates {
    /// Keeps templates that were not traced.
    pub(super) fn new(loaded: LoadedTree) -> KeptTemplates {
        let loaded = Arc::new(Mutex::new(ManuallyDrop::new(loaded)));
        KeptTemplates { loaded, trace: Arc::default() }
    }

    /// Keeps templates that were to be traced.
    pub(super) fn traced(loaded: LoadedTree, trace: Option<Arc<Trace>>) -> KeptTemplates {
        KeptTemplates { trace: Arc::new(OnceLock::from(trace)), ..KeptTemplates::new(loaded) }
    }

    /// Returns where each line comes from; if the templates were not traced yet, renders them again. `None` if an engine of the
    /// tree can't trace, or if there is too much to trace.
    pub(super) fn trace(&self, scope: &Scope<'_>) -> Option<Arc<Trace>> {
        let render = || self.loaded().render_traced(scope, None).map(|(_, trace)| Arc::new(trace));
        self.trace.get_or_init(render).clone()
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
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeptTemplates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptTemplates").finish_non_exhaustive()
    }
}
