//! Parsed expressions as trees. Names are resolved: variables to slots, functions to rows of their tables.

use super::functions::Function;

/// A parsed expression and its byte offset in the text. As in cel-go, that is the offset of the operator or bracket that forms
/// the expression.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) node: Node,
    pub(super) at: usize,
}

/// The kind of an expression, with its operands.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(String),
    Bytes(Vec<u8>),
    /// A type name: `int` in `type(x) == int`.
    Type(&'static str),
    /// The slot of a variable: those of the whole expression come first, then those of the enclosing macros.
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
    /// Whether the expression is a literal other than a list or a map.
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

    /// Calls `call` with this expression and every expression inside it, outermost first.
    pub(super) fn each_part<'e>(&'e self, call: &mut impl FnMut(&'e Expr)) {
        call(self);
        match &self.node {
            Node::List(items) => items.iter().for_each(|(item, _)| item.each_part(call)),
            Node::Map(entries) => entries.iter().for_each(|(key, value, _)| {
                key.each_part(call);
                value.each_part(call);
            }),
            Node::Select(operand, ..) | Node::Has(operand, _) | Node::Not(operand) | Node::Negative(operand) => {
                operand.each_part(call)
            }
            Node::Index(operand, index, _) => {
                operand.each_part(call);
                index.each_part(call);
            }
            Node::Call(_, parts) | Node::And(parts) | Node::Or(parts) => {
                parts.iter().for_each(|part| part.each_part(call));
            }
            Node::Conditional(parts) => parts.iter().for_each(|part| part.each_part(call)),
            Node::Binary(_, parts) => parts.iter().for_each(|part| part.each_part(call)),
            Node::Macro(operand) => {
                operand.range.each_part(call);
                operand.filter.iter().for_each(|part| part.each_part(call));
                operand.body.each_part(call);
            }
            _ => {}
        }
    }
}

/// Whether a selection or an element is marked optional with `?`.
pub(super) type IsOptional = bool;

/// A binary operator.
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

/// A macro that loops over `range`. Its variables, the element or the key and the value, are the last ones in scope.
#[derive(Debug)]
pub(super) struct Macro {
    pub(super) kind: MacroKind,
    pub(super) range: Expr,
    /// Whether the macro has two variables.
    pub(super) is_double: bool,
    /// The expression evaluated for each element, with the variables in scope.
    pub(super) body: Expr,
    /// The condition under which an element is used, for macros that can skip elements.
    pub(super) filter: Option<Expr>,
}

/// The macros that loop over elements.
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
