//! The steps of a template.

use super::item::Item;

/// A step, which turns items into items.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// The steps between two braces, applied one after the other.
    Chain(Vec<Step>),
    /// Text, outside braces or in quotes.
    Text(String),
    /// A literal number or boolean.
    Literal(Item<'static>),
    /// `.name`
    Field(String),
    /// `.*`
    Wildcard,
    /// `..`
    Recursive,
    /// `[from:to:step]`
    Slice(Slice),
    /// `[a,b]`: all members apply to the same items.
    Union(Vec<Vec<Step>>),
    /// `[?(left operator right)]`
    Filter(Filter),
    /// `range`, `end`, or a word that is neither.
    Word(String),
}

/// The three numbers of `[from:to:step]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Slice {
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    pub(super) step: Option<i64>,
    /// Whether `to` was not written and follows from `from`: `[3]`.
    pub(super) single: bool,
}

/// A condition on the items of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub(super) left: Vec<Step>,
    /// The operator and the right side; without them the left side only needs to exist.
    pub(super) comparison: Option<(String, Vec<Step>)>,
}
