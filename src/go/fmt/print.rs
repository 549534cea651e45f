//! What needs no format: `print`, `println`, and a value as a text of its own.

use std::borrow::Cow;

use super::printer::{Dialect, Error, Printer};
use super::value::{GoValue, View};

impl Printer<'_> {
    /// Go's `print`: the values, spaces between two that are both no strings.
    ///
    /// # Errors
    /// As [`Printer::value`].
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

    /// Go's `println`: the values, spaces between all of them, and a line break.
    ///
    /// # Errors
    /// As [`Printer::value`].
    pub fn println(&mut self, values: &[impl GoValue]) -> Result<(), Error> {
        for (index, value) in values.iter().enumerate() {
            self.push(if index > 0 { b" " } else { b"" })?;
            self.value(value)?;
        }
        self.push(b"\n")
    }
}

/// `%v` of a value as a text of its own; a string is lent. At most `limit` bytes are made.
///
/// # Errors
/// As [`Printer::value`].
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
