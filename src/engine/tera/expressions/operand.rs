//! The operands of an expression and the constructs around them, as recorded while walking through it.

/// The form of an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A literal, or a truth value.
    Constant,
    /// A variable with fields and indexes.
    Variable,
    /// A list or map literal, whose parts are measured.
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
    /// What the operator before it does to it.
    pub(super) before: Use,
}

/// What an operator does to an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    Nothing,
    /// Calculates: the operand is a number, or there is an error.
    Counts,
    Reads,
    Copies,
    /// Makes its parts a part of a new list or map.
    Spreads,
    /// Negates, which is only possible for numbers.
    Negates,
}

/// A construct that is open at the current token.
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
    /// `base[…]`; `is_done` if its index has been measured.
    Index {
        base: Operand,
        open: usize,
        is_done: bool,
    },
    /// The arguments of a function, filter or test; `measures` if it measures them itself.
    Arguments {
        subject: Operand,
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

/// The part of a list comprehension that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Between `[` and `for`, or in an ordinary list.
    Items,
    /// Between `for` and `in`.
    Names,
    /// After `in`.
    Target,
    /// After `if`.
    Condition,
}

/// What happens to the value of the whole tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Print,
    Loop,
    /// It is stored or tested.
    Other,
}
