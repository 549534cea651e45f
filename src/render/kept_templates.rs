//! The templates of a render, for what is asked of them afterwards.

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::{LoadedTree, Scope, Trace};

/// Templates that were rendered. To free them piece by piece at the end of the process would only take time.
#[derive(Clone)]
pub(super) struct KeptTemplates(Arc<Mutex<ManuallyDrop<LoadedTree>>>);

impl KeptTemplates {
    pub(super) fn new(loaded: LoadedTree) -> KeptTemplates {
        KeptTemplates(Arc::new(Mutex::new(ManuallyDrop::new(loaded))))
    }

    /// Where what they give comes from; `None` if an engine of the tree can't say it, or there is too much of it.
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
