//! Tracks which variables exist while a template is parsed.
//!
//! Go's parser and Go's execution disagree about that. The parser knows a variable from its declaration to the end of
//! the surrounding control action, `else` included. Execution only has the variables whose pipelines were run. Using a
//! variable that only the parser knows is an error at run time, or reads a variable of the same name that was declared
//! further out.

use std::collections::BTreeMap;

/// The variables of the template that is being parsed, by the numbers of their names.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// The variables that the parser knows, innermost last. A name may occur several times.
    known: Vec<u32>,
    /// The variables that execution will have, by slot: each name, with the slot that the name had before.
    stack: Vec<(u32, Option<u32>)>,
    names: Vec<Name>,
    /// Names with higher numbers. A text may have very many, but each template in it uses few.
    more_names: BTreeMap<u32, Name>,
}

/// How many names are kept in `names`.
const LISTED: usize = 32;

/// The state of a name.
#[derive(Debug, Clone, Copy, Default)]
struct Name {
    declarations: u32,
    /// The slot that the name refers to now.
    slot: Option<u32>,
}

/// A state to return to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    known: usize,
    stack: usize,
}

impl Variables {
    /// The variables at the beginning of a template: only `$`, whose name has the number 0.
    pub(super) fn new() -> Variables {
        let mut variables = Variables::default();
        variables.declare(0);
        variables.push(0);
        variables
    }

    /// The state of a name, created on first use.
    fn name(&mut self, name: u32) -> &mut Name {
        let at = name as usize;
        if at >= LISTED {
            return self.more_names.entry(name).or_default();
        }
        if self.names.len() <= at {
            self.names.resize(at + 1, Name::default());
        }
        &mut self.names[at]
    }

    /// The state of a name, if it has one.
    fn known_name(&self, name: u32) -> Option<&Name> {
        self.names.get(name as usize).or_else(|| self.more_names.get(&name))
    }

    /// Adds a variable to those that the parser knows. The parser does not distinguish an assignment from a declaration.
    pub(super) fn declare(&mut self, name: u32) {
        self.known.push(name);
        self.name(name).declarations += 1;
    }

    /// Whether the parser knows the variable.
    pub(super) fn is_known(&self, name: u32) -> bool {
        self.known_name(name).is_some_and(|name| name.declarations > 0)
    }

    /// Adds a variable whose declaring pipeline will have been run.
    pub(super) fn push(&mut self, name: u32) {
        let slot = self.stack.len() as u32;
        let before = self.name(name).slot.replace(slot);
        self.stack.push((name, before));
    }

    /// The slot of the variable at run time.
    pub(super) fn slot(&self, name: u32) -> Option<u32> {
        self.known_name(name)?.slot
    }

    /// The current state.
    pub(super) fn mark(&self) -> Mark {
        Mark { known: self.known.len(), stack: self.stack.len() }
    }

    /// Returns to an earlier state at the end of a control action.
    pub(super) fn pop(&mut self, mark: Mark) {
        while self.known.len() > mark.known
            && let Some(name) = self.known.pop()
        {
            self.name(name).declarations -= 1;
        }
        self.pop_stack(mark);
    }

    /// Returns to an earlier state for execution only: at `else`, the parser still knows the variables of the first branch.
    pub(super) fn pop_stack(&mut self, mark: Mark) {
        while self.stack.len() > mark.stack
            && let Some((name, before)) = self.stack.pop()
        {
            self.name(name).slot = before;
        }
    }
}
