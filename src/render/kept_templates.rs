//! Keeps the templates of a render, so that it can be traced later.

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::{LoadedTree, Scope, Trace};

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
        let loaded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.render_traced(scope, None).map(|(_, trace)| trace)
    }
}

impl fmt::Debug for KeptTemplates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptTemplates").finish_non_exhaustive()
    }
}
