//! Which variables there are while a template is parsed.
//!
//! Go's parser and Go's execution do not agree on this. The parser knows a variable from its name on, to the end of the
//! control action around it, `else` included; execution only has those whose pipeline was run. What only the parser knows
//! is an error when it is run, or is another variable of the name that was declared further out.

/// The variables of the template that is being parsed, by the numbers of their names, of which a text has few.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// As the parser counts.
    known: Vec<u32>,
    times_known: Vec<u32>,
    /// As execution will have them: the stack, and where on it each name stands.
    stack: Vec<u32>,
    slots: Vec<Vec<u32>>,
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
        *of_name(&mut self.times_known, name) += 1;
    }

    /// Whether the parser knows the variable.
    pub(super) fn is_known(&self, name: u32) -> bool {
        self.times_known.get(name as usize).is_some_and(|times| *times > 0)
    }

    /// The pipeline that declares the variable has been run.
    pub(super) fn push(&mut self, name: u32) {
        of_name(&mut self.slots, name).push(self.stack.len() as u32);
        self.stack.push(name);
    }

    /// Where the variable is when the template is run.
    pub(super) fn slot(&self, name: u32) -> Option<u32> {
        self.slots.get(name as usize)?.last().copied()
    }

    /// This point.
    pub(super) fn mark(&self) -> Mark {
        Mark { known: self.known.len(), stack: self.stack.len() }
    }

    /// Goes back to a point at the end of a control action.
    pub(super) fn pop(&mut self, mark: Mark) {
        for name in self.known.drain(mark.known..) {
            *of_name(&mut self.times_known, name) -= 1;
        }
        self.pop_stack(mark);
    }

    /// Goes back to a point before `else`: execution was not there, and the parser still knows what it saw.
    pub(super) fn pop_stack(&mut self, mark: Mark) {
        for name in self.stack.drain(mark.stack..) {
            of_name(&mut self.slots, name).pop();
        }
    }
}

/// What a list has for a name.
fn of_name<T: Clone + Default>(list: &mut Vec<T>, name: u32) -> &mut T {
    let at = name as usize;
    if list.len() <= at {
        list.resize(at + 1, T::default());
    }
    &mut list[at]
}
