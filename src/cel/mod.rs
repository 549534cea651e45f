//! CEL, the language of the rules in CustomResourceDefinitions (`x-kubernetes-validations`), as Kubernetes 1.36 evaluates it: the
//! language itself, its macros, and the function libraries that CustomResourceDefinitions can use.
//!
//! | file | what it does |
//! |---|---|
//! | `lex`, `cursor`, `parse`, `macros`, `ast` | parse text into trees, in which names are resolved |
//! | [`shape`](Shape) | the types that a schema gives to data |
//! | `value` | values; data is converted only when it is read |
//! | `check` | type-checks trees |
//! | `evaluate`, `compare`, `arithmetic` | evaluate trees |
//! | `functions` | the functions, one file per library |
//! | `quantity`, `formats`, `types` | quantities, named formats and type names, which functions work on |
//! | `run` | the limits of an evaluation |
//!
//! [`Program::evaluate`] does not check types first: [`Program::check`] does that, once per definition.

mod arithmetic;
mod ast;
mod check;
mod compare;
mod cursor;
mod error;
mod evaluate;
mod formats;
mod functions;
mod lex;
mod macros;
mod parse;
mod quantity;
mod run;
mod shape;
mod types;
mod value;

pub use check::{Refusal, Variable, Wanted};
pub use error::{Error, SyntaxError};
pub use run::Limits;
pub use shape::{Field, Kind, ListType, Shape, escaped, is_reserved};
pub use value::{Value, whole};

use ast::Expr;
use run::Run;

/// A parsed expression.
///
/// ```
/// use mim_chart::cel::{Limits, Program, Value};
///
/// let program = Program::parse("x + 1 < 3 && 'abc'.matches('^a')", &["x"]).unwrap();
/// let value = program.evaluate(vec![Value::Int(1)], &Limits::default());
/// assert!(matches!(value, Ok(Value::Bool(true))));
/// ```
#[derive(Debug)]
pub struct Program {
    expr: Expr,
    /// Whether the expression refers to each variable, by the variable's position.
    used: Vec<bool>,
}

impl Program {
    /// Parses an expression that may refer to `variables`.
    ///
    /// # Errors
    /// The expression is malformed, or refers to an unknown variable or function.
    pub fn parse(text: &str, variables: &[&str]) -> Result<Program, SyntaxError> {
        let (expr, used) = parse::parse(text, variables)?;
        Ok(Program { expr, used })
    }

    /// Whether the expression refers to the variable at this position in the list given to [`Program::parse`].
    pub fn uses(&self, variable: usize) -> bool {
        self.used.get(variable).copied().unwrap_or(false)
    }

    /// Type-checks the expression, as the API server does before it accepts a definition.
    ///
    /// # Errors
    /// The server would reject the expression.
    pub fn check(&self, variables: &[Variable<'_>], wanted: Wanted) -> Result<(), Refusal> {
        check::check(&self.expr, variables, wanted)
    }

    /// Evaluates the expression. `variables` are the values of the first variables; the rest have no value.
    ///
    /// # Errors
    /// The evaluation fails, needs something that is not implemented here, or exceeds the step limit.
    pub fn evaluate<'a>(&'a self, variables: Vec<Value<'a>>, limits: &Limits) -> Result<Value<'a>, Error> {
        let mut slots: Vec<Option<Value<'a>>> = variables.into_iter().map(Some).collect();
        slots.resize_with(self.used.len(), || None);
        evaluate::evaluate(&self.expr, slots, &mut Run::new(limits))
    }
}

#[cfg(test)]
mod tests;
