//! What the walk through an expression knows of operands and of what is around them.

/// What an operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A literal of the template, or a truth value.
    Constant,
    /// A variable with fields and indexes.
    Variable,
    /// A list or map that is written out; its parts are measured.
    Literal,
    Component,
    /// The result of a function or filter, or anything in parentheses.
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Operand {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) shape: Shape,
    /// What is done to it because of what precedes it.
    pub(super) before: Use,
}

/// What an operator does to an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    Nothing,
    /// Calculates: it is a number, or an error.
    Counts,
    Reads,
    Copies,
    /// Its parts become parts of a new list or map.
    Spreads,
    /// Of numbers alone.
    Negates,
}

/// What is open around the current token.
#[derive(Debug, Clone, Copy)]
pub(super) enum Around {
    Group {
        start: usize,
        before: Use,
    },
    List {
        start: usize,
        before: Use,
        stage: Stage,
    },
    Map {
        start: usize,
        before: Use,
    },
    /// `base[…]`, and whether its index has been measured.
    Index {
        base: Operand,
        open: usize,
        is_done: bool,
    },
    /// The arguments of a function, filter or test, and whether that measures them itself.
    Arguments {
        of: Operand,
        measures: bool,
    },
    /// `<name …/>`
    Component {
        start: usize,
        before: Use,
    },
    /// `{…}` in a component's tag.
    Argument,
}

/// How far a list comprehension has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Between `[` and `for`, or an ordinary list.
    Items,
    /// Between `for` and `in`.
    Names,
    /// Behind `in`.
    Target,
    /// Behind `if`.
    Condition,
}

/// What happens to the value of the whole tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Print,
    Loop,
    /// It is stored or looked at.
    Other,
}
