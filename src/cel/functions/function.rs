//! The type of the rows in this folder's tables.

use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::Value;

/// Whether a function is called on a receiver, which is then its first argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cel) enum Form {
    Global,
    Member,
}

/// A function with its overloads.
pub(in crate::cel) struct Function {
    pub(in crate::cel) name: &'static str,
    pub(in crate::cel) form: Form,
    /// The overloads as text (`list(A), A -> int`), in cel-go's order.
    pub(in crate::cel) signatures: &'static [&'static str],
    pub(in crate::cel) call: Call,
}

impl Function {
    /// Whether an overload accepts this many arguments.
    pub(super) fn takes(&self, count: usize) -> bool {
        self.signatures.iter().any(|signature| arguments(signature) == count)
    }
}

/// Returns the number of arguments in a signature.
fn arguments(signature: &str) -> usize {
    let taken = signature.split("->").next().unwrap_or_default();
    let mut depth = 0;
    let commas = taken.chars().filter(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        *c == ',' && depth == 0
    });
    if taken.trim().is_empty() { 0 } else { 1 + commas.count() }
}

/// The implementation of a function. Callers pass as many arguments as one of its overloads has.
pub(super) type Call = for<'a> fn(&[Value<'a>], &mut Run<'_>) -> Result<Value<'a>, Error>;

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

pub(super) const fn global(name: &'static str, signatures: &'static [&'static str], call: Call) -> Function {
    Function { name, form: Form::Global, signatures, call }
}

pub(super) const fn member(name: &'static str, signatures: &'static [&'static str], call: Call) -> Function {
    Function { name, form: Form::Member, signatures, call }
}

pub(super) fn no_overload<T>() -> Result<T, Error> {
    Err(Error::overload())
}

/// Converts a length to a value.
pub(super) fn count<'a>(length: usize) -> Value<'a> {
    Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
}

/// Returns a string argument, and charges the steps for reading it.
pub(super) fn text<'v>(value: &'v Value<'_>, run: &mut Run<'_>) -> Result<&'v str, Error> {
    match value {
        Value::String(text) => {
            run.take_bytes(text.as_str().len())?;
            Ok(text.as_str())
        }
        _ => no_overload(),
    }
}
