//! Expressions as trees. Names are resolved: variables are slots, functions rows of their tables.

use super::functions::Function;

/// A parsed expression, and where it is in the text, in bytes: the place of the sign that makes it, as cel-go counts.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) node: Node,
    pub(super) at: usize,
}

/// What an expression is.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(String),
    Bytes(Vec<u8>),
    /// A type by its name: `int` in `type(x) == int`.
    Type(&'static str),
    /// A variable: the ones of the whole expression first, then those of the macros around it.
    Local(usize),
    List(Vec<(Expr, IsOptional)>),
    Map(Vec<(Expr, Expr, IsOptional)>),
    /// `a.b`, or `a.?b`.
    Select(Box<Expr>, String, IsOptional),
    /// `has(a.b)`
    Has(Box<Expr>, String),
    /// `a[b]`, or `a[?b]`.
    Index(Box<Expr>, Box<Expr>, IsOptional),
    Call(&'static Function, Vec<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Conditional(Box<[Expr; 3]>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
    Macro(Box<Macro>),
}

impl Expr {
    /// Whether it is a value that is written out, and not a list or a map.
    pub(super) fn is_literal(&self) -> bool {
        matches!(
            self.node,
            Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::Uint(_)
                | Node::Double(_)
                | Node::String(_)
                | Node::Bytes(_)
        )
    }

    /// Calls something with all parts, and with the whole.
    pub(super) fn each_part<'e>(&'e self, call: &mut impl FnMut(&'e Expr)) {
        call(self);
        match &self.node {
            Node::List(items) => items.iter().for_each(|(item, _)| item.each_part(call)),
            Node::Map(entries) => entries.iter().for_each(|(key, value, _)| {
                key.each_part(call);
                value.each_part(call);
            }),
            Node::Select(of, ..) | Node::Has(of, _) | Node::Not(of) | Node::Negative(of) => of.each_part(call),
            Node::Index(of, index, _) => {
                of.each_part(call);
                index.each_part(call);
            }
            Node::Call(_, parts) | Node::And(parts) | Node::Or(parts) => {
                parts.iter().for_each(|part| part.each_part(call));
            }
            Node::Conditional(parts) => parts.iter().for_each(|part| part.each_part(call)),
            Node::Binary(_, parts) => parts.iter().for_each(|part| part.each_part(call)),
            Node::Macro(of) => {
                of.range.each_part(call);
                of.filter.iter().for_each(|part| part.each_part(call));
                of.body.each_part(call);
            }
            _ => {}
        }
    }
}

/// Whether a selection or an element is optional.
pub(super) type IsOptional = bool;

/// An operator of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
}

/// What a macro does with each element of `range`. The element, or the key and the value, are variables at the end of the scope.
#[derive(Debug)]
pub(super) struct Macro {
    pub(super) kind: MacroKind,
    pub(super) range: Expr,
    /// Whether there are two variables.
    pub(super) is_double: bool,
    /// What is evaluated of each, in the scope of the variables.
    pub(super) body: Expr,
    /// What an element has to meet, where the macro may pass elements over.
    pub(super) filter: Option<Expr>,
}

/// The macros over elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MacroKind {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    TransformMap,
    TransformMapEntry,
    SortBy,
    /// `optMap`
    OptionalMap,
    /// `optFlatMap`
    OptionalFlatMap,
}
