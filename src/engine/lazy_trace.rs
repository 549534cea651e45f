//! A trace that is made only if it is needed, and only once.

use std::cell::OnceCell;

use super::scope::Scope;
use super::trace;
use super::trace::Trace;

/// The trace of a render, which is made when it is first needed.
pub struct LazyTrace<'a> {
    scope: Scope<'a>,
    trace: OnceCell<Option<Trace>>,
}

impl<'a> LazyTrace<'a> {
    /// Prepares the trace of a render with this scope.
    pub fn new(scope: Scope<'a>) -> LazyTrace<'a> {
        LazyTrace { scope, trace: OnceCell::new() }
    }

    /// Returns the scope of the render.
    pub fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Returns the trace; `None` if an engine of the tree does not support tracing.
    pub fn get(&self) -> Option<&Trace> {
        self.trace.get_or_init(|| trace(&self.scope).map(|(_, trace)| trace)).as_ref()
    }
}
