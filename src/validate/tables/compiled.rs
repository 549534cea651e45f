//! Expressions in CEL as the API server compiles them before it stores what has them.

use crate::cel::{Program, Refusal, Variable, Wanted};

/// Why an expression is refused.
pub(super) enum Reason {
    /// It cannot be parsed, or its types do not fit.
    Compilation(String),
    /// No program can be made of it.
    NotMade(String),
    /// It has this type, and not the one that is wanted.
    Result(String),
}

/// Compiles an expression in which some variables are known.
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
        Err(Refusal::NotMade(reason)) => Err(Reason::NotMade(reason)),
        Err(Refusal::Result(found)) => Err(Reason::Result(found)),
    }
}
