//! Compiles CEL expressions like the API server, which does so before it stores an object.

use crate::cel::{Program, Refusal, Variable, Wanted};

/// Why an expression is refused.
pub(super) enum Reason {
    /// It has a syntax error or a type error.
    Compilation(String),
    /// It cannot be turned into a program.
    InvalidConstant(String),
    /// Its result has this type instead of the expected one.
    Result(String),
}

/// Compiles an expression with some variables.
pub(super) fn compiled(
    text: &str,
    names: &[&str],
    variables: &[Variable<'_>],
    wanted: Wanted,
) -> Result<Program, Reason> {
    let program = Program::parse(text, names).map_err(|error| Reason::Compilation(error.in_text(text)))?;
    match program.check(variables, wanted) {
        Ok(()) => Ok(program),
        Err(Refusal::Types(error)) => Err(Reason::Compilation(error.in_text(text))),
        Err(Refusal::InvalidConstant(reason)) => Err(Reason::InvalidConstant(reason)),
        Err(Refusal::Result(found)) => Err(Reason::Result(found)),
    }
}
