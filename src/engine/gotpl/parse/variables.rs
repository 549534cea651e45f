//! Which variables there are while a template is parsed.
//!
//! Go's parser and Go's execution do not agree on this. The parser knows a variable from its name on, to the end of the
//! control action around it, `else` included; execution only has those whose pipeline was run. What only the parser knows
//! is an error when it is run, or is another variable of the name that was declared further out.

use std::collections::BTreeMap;

/// The variables of the template that is being parsed, by the numbers of their names.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// As the parser counts.
    known: Vec<u32>,
    /// As execution will have them: the stack of names, each with the place of the one before it that has the same name.
    stack: Vec<(u32, Option<u32>)>,
    names: Vec<Name>,
    /// Names whose numbers are higher. A text may have very many, of which each template in it uses few.
    more_names: BTreeMap<u32, Name>,
}

/// How many names are kept in a list.
const LISTED: usize = 32;

/// What is known of a name.
#[derive(Debug, Clone, Copy, Default)]
struct Name {
    times_known: u32,
    /// Where it was last put on the stack.
    slot: Option<u32>,
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

    /// What there is of a name.
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

    /// What there is of a name, if it was ever met.
    fn known_name(&self, name: u32) -> Option<&Name> {
        self.names.get(name as usize).or_else(|| self.more_names.get(&name))
    }

    /// The parser has seen the declaration, or an assignment, which it takes for one.
    pub(super) fn know(&mut self, name: u32) {
        self.known.push(name);
        self.name(name).times_known += 1;
    }

    /// Whether the parser knows the variable.
    pub(super) fn is_known(&self, name: u32) -> bool {
        self.known_name(name).is_some_and(|name| name.times_known > 0)
    }

    /// The pipeline that declares the variable has been run.
    pub(super) fn push(&mut self, name: u32) {
        let slot = self.stack.len() as u32;
        let before = self.name(name).slot.replace(slot);
        self.stack.push((name, before));
    }

    /// Where the variable is when the template is run.
    pub(super) fn slot(&self, name: u32) -> Option<u32> {
        self.known_name(name)?.slot
    }

    /// This point.
    pub(super) fn mark(&self) -> Mark {
        Mark { known: self.known.len(), stack: self.stack.len() }
    }

    /// Goes back to a point at the end of a control action.
    pub(super) fn pop(&mut self, mark: Mark) {
        while self.known.len() > mark.known
            && let Some(name) = self.known.pop()
        {
            self.name(name).times_known -= 1;
        }
        self.pop_stack(mark);
    }

    /// Goes back to a point before `else`: execution was not there, and the parser still knows what it saw.
    pub(super) fn pop_stack(&mut self, mark: Mark) {
        while self.stack.len() > mark.stack
            && let Some((name, before)) = self.stack.pop()
        {
            self.name(name).slot = before;
        }
    }
}
