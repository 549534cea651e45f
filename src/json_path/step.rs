//! The steps of a template.

use super::item::Item;

/// A step from items to items.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// What is between two braces: one step after the other.
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
    /// `[a,b]`: each from the same items.
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

/// A condition that items of a list have to meet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub(super) left: Vec<Step>,
    /// The operator and what to compare with; without it the left side has only to be there.
    pub(super) comparison: Option<(String, Vec<Step>)>,
}
