//! Printing without a format: `print`, `println`, and a single value as a text.

use std::borrow::Cow;

use super::printer::{Dialect, Error, Printer};
use super::value::{GoValue, View};

impl Printer<'_> {
    /// Prints values like Go's `print`: with a space between two values if neither is a string.
    ///
    /// # Errors
    /// The same as for [`Printer::value`].
    pub fn print(&mut self, values: &[impl GoValue]) -> Result<(), Error> {
        let mut after_string = true;
        for value in values {
            let is_string = matches!(value.view(), View::String(_));
            if !is_string && !after_string {
                self.push(b" ")?;
            }
            self.value(value)?;
            after_string = is_string;
        }
        Ok(())
    }

    /// Prints values like Go's `println`: with a space between any two values, and a line break at the end.
    ///
    /// # Errors
    /// The same as for [`Printer::value`].
    pub fn println(&mut self, values: &[impl GoValue]) -> Result<(), Error> {
        for (index, value) in values.iter().enumerate() {
            self.push(if index > 0 { b" " } else { b"" })?;
            self.value(value)?;
        }
        self.push(b"\n")
    }
}

/// Formats a value as `%v` does, in at most `limit` bytes. A string is borrowed.
///
/// # Errors
/// The same as for [`Printer::value`].
pub fn display<V: GoValue>(value: &V, limit: usize, dialect: Dialect) -> Result<Cow<'_, [u8]>, Error> {
    if value.string_method().is_none()
        && let View::String(text) = value.view()
    {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::new();
    Printer::new(&mut out, limit, dialect).value(value)?;
    Ok(Cow::Owned(out))
}
