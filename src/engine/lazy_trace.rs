//! A trace that several may ask for, and that is made once.

use std::cell::OnceCell;

use super::scope::Scope;
use super::trace;
use super::trace::Trace;

/// The trace of a render, which is made when it is first asked for.
pub struct LazyTrace<'a> {
    scope: Scope<'a>,
    trace: OnceCell<Option<Trace>>,
}

impl<'a> LazyTrace<'a> {
    /// The trace of a render with this scope.
    pub fn new(scope: Scope<'a>) -> LazyTrace<'a> {
        LazyTrace { scope, trace: OnceCell::new() }
    }

    /// What is rendered.
    pub fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// The trace; `None` if an engine of the tree keeps none.
    pub fn get(&self) -> Option<&Trace> {
        self.trace.get_or_init(|| trace(&self.scope).map(|(_, trace)| trace)).as_ref()
    }
}
