//! Formats values: `print`, `println`, `printf`, and `%v` for functions that accept any value as text.

use crate::engine::gotpl::call::Evaluate;
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Text, Value};
use crate::go::fmt::{Dialect, Error, Printer};

/// Go's `fmt.Sprint`, which puts a space between two operands if neither is a string.
pub(super) fn print(run: &mut dyn Evaluate, args: &[Value]) -> Result<Text, FnError> {
    match args {
        [Value::Str(text)] => Ok(text.clone()),
        _ => printed(run, |printer| printer.print(args)).map(Text::from),
    }
}

/// Go's `fmt.Sprintln`.
pub(super) fn println(run: &mut dyn Evaluate, args: &[Value]) -> Result<Text, FnError> {
    printed(run, |printer| printer.println(args)).map(Text::from)
}

/// Go's `fmt.Sprintf`.
pub(super) fn printf(run: &mut dyn Evaluate, format: &[u8], args: &[Value]) -> Result<Vec<u8>, FnError> {
    printed(run, |printer| printer.printf(format, args))
}

/// Formats a value as `%v` does.
pub(super) fn shown(run: &mut dyn Evaluate, value: &Value) -> Result<Text, FnError> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        _ => printed(run, |printer| printer.value(value)).map(Text::from),
    }
}

fn printed(
    run: &mut dyn Evaluate,
    print: impl FnOnce(&mut Printer<'_>) -> Result<(), Error>,
) -> Result<Vec<u8>, FnError> {
    let mut out = Vec::new();
    print(&mut Printer::new(&mut out, run.bytes_left(), Dialect::GO))
        .map_err(|error| FnError::Limit(error.message().to_owned()))?;
    run.spend(out.len())?;
    Ok(out)
}
