//! CEL, the expressions in which CustomResourceDefinitions give rules (`x-kubernetes-validations`), as Kubernetes 1.36 evaluates
//! them: the language, the macros and the function libraries that are there for CustomResourceDefinitions.
//!
//! | file | what it does |
//! |---|---|
//! | `lex`, `cursor`, `parse`, `macros`, `ast` | text to trees, in which names are resolved |
//! | [`shape`](Shape) | the types that data has by its schema |
//! | `value` | values; data is converted where it is looked at |
//! | `check` | the types of trees |
//! | `evaluate`, `compare`, `arithmetic` | trees to values |
//! | `functions` | the functions, one file for each library |
//! | `quantity`, `formats`, `types` | what functions are about |
//! | `run` | what evaluations may take |
//!
//! What is evaluated is not checked against types first: that is done where the definition is checked.

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
pub use shape::{Field, Kind, Shape, Sort, escaped, is_reserved};
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
    /// The variables that it names, by their places.
    used: Vec<bool>,
}

impl Program {
    /// Parses an expression in which some variables are known.
    ///
    /// # Errors
    /// It is malformed, or names a variable or a function that there is not.
    pub fn parse(text: &str, variables: &[&str]) -> Result<Program, SyntaxError> {
        let (expr, used) = parse::parse(text, variables)?;
        Ok(Program { expr, used })
    }

    /// Whether the expression names the variable at a place of those that it was parsed with.
    pub fn uses(&self, variable: usize) -> bool {
        self.used.get(variable).copied().unwrap_or(false)
    }

    /// Checks the expression against the types of its variables, as the API server does before it takes a definition.
    ///
    /// # Errors
    /// The server refuses the expression.
    pub fn check(&self, variables: &[Variable<'_>], wanted: Wanted) -> Result<(), Refusal> {
        check::check(&self.expr, variables, wanted)
    }

    /// The value of the expression, where the first of its variables have these values and the others none.
    ///
    /// # Errors
    /// It fails, is not evaluated here, or takes more steps than the limits have.
    pub fn evaluate<'a>(&'a self, variables: Vec<Value<'a>>, limits: &Limits) -> Result<Value<'a>, Error> {
        let mut slots: Vec<Option<Value<'a>>> = variables.into_iter().map(Some).collect();
        slots.resize_with(self.used.len(), || None);
        evaluate::evaluate(&self.expr, slots, &mut Run::new(limits))
    }
}

#[cfg(test)]
mod tests;
