//! A function, as the tables of this folder hold it.

use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::Value;

/// Whether a function is called on something, which is its first argument then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cel) enum Form {
    Global,
    Member,
}

/// A function.
pub(in crate::cel) struct Function {
    pub(in crate::cel) name: &'static str,
    pub(in crate::cel) form: Form,
    /// What it takes and returns, as text (`list(A), A -> int`), in the order of cel-go's overloads.
    pub(in crate::cel) signatures: &'static [&'static str],
    pub(in crate::cel) call: Call,
}

impl Function {
    /// Whether it takes so many arguments.
    pub(super) fn takes(&self, count: usize) -> bool {
        self.signatures.iter().any(|signature| arguments(signature) == count)
    }
}

/// How many arguments a signature has.
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

/// What a function does with its arguments, of which there are as many as it takes.
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

/// A length as a number.
pub(super) fn count<'a>(length: usize) -> Value<'a> {
    Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
}

/// The text that an argument is. Reading it is charged.
pub(super) fn text<'v>(value: &'v Value<'_>, run: &mut Run<'_>) -> Result<&'v str, Error> {
    match value {
        Value::String(text) => {
            run.take_bytes(text.as_str().len())?;
            Ok(text.as_str())
        }
        _ => no_overload(),
    }
}
