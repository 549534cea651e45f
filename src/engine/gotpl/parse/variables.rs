//! Which variables there are while a template is parsed.
//!
//! Go's parser and Go's execution do not agree on this. The parser knows a variable from its name on, to the end of the
//! control action around it, `else` included; execution only has those whose pipeline was run. What only the parser knows
//! is an error when it is run, or is another variable of the name that was declared further out.

use std::collections::HashMap;

/// The variables of the template that is being parsed, by the numbers of their names.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// As the parser counts.
    known: Vec<u32>,
    times_known: HashMap<u32, u32, ahash::RandomState>,
    /// As execution will have them: the stack, and where on it each name stands.
    stack: Vec<u32>,
    slots: HashMap<u32, Vec<u32>, ahash::RandomState>,
}

/// A point to go back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    known: usize,
    stack: usize,
}

impl Variables {
    /// Those of a template that begins: `$`, whose name has the number 0.
    pub(super) fn new() -> Variables {
        let mut variables = Variables::default();
        variables.know(0);
        variables.push(0);
        variables
    }

    /// The parser has seen the declaration, or an assignment, which it takes for one.
    pub(super) fn know(&mut self, name: u32) {
        self.known.push(name);
        *self.times_known.entry(name).or_default() += 1;
    }

    /// Whether the parser knows the variable.
    pub(super) fn is_known(&self, name: u32) -> bool {
        self.times_known.get(&name).is_some_and(|times| *times > 0)
    }

    /// The pipeline that declares the variable has been run.
    pub(super) fn push(&mut self, name: u32) {
        self.slots.entry(name).or_default().push(self.stack.len() as u32);
        self.stack.push(name);
    }

    /// Where the variable is when the template is run.
    pub(super) fn slot(&self, name: u32) -> Option<u32> {
        self.slots.get(&name)?.last().copied()
    }

    /// This point.
    pub(super) fn mark(&self) -> Mark {
        Mark { known: self.known.len(), stack: self.stack.len() }
    }

    /// Goes back to a point at the end of a control action.
    pub(super) fn pop(&mut self, mark: Mark) {
        for name in self.known.drain(mark.known..) {
            if let Some(times) = self.times_known.get_mut(&name) {
                *times -= 1;
            }
        }
        self.pop_stack(mark);
    }

    /// Goes back to a point before `else`: execution was not there, and the parser still knows what it saw.
    pub(super) fn pop_stack(&mut self, mark: Mark) {
        for name in self.stack.drain(mark.stack..) {
            if let Some(slots) = self.slots.get_mut(&name) {
                slots.pop();
            }
        }
    }
}
