//! The printer: a buffer with a limit, and what needs no format.

use std::borrow::Cow;

use super::value::{GoValue, View};
use super::verbs::Flags;

/// How deeply values may nest. Go overflows its stack on a map that contains itself.
const MAX_DEPTH: usize = 1_000;

/// Where values of templates are printed in another way than Go prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// From which power of ten on `%v` prints a float with an exponent.
    pub float_exponent_from: i32,
    /// Whether whole numbers take the verbs of floats, since floats that are whole became integers.
    pub whole_floats_are_ints: bool,
}

impl Dialect {
    /// As Go prints.
    pub const GO: Dialect = Dialect { float_exponent_from: 6, whole_floats_are_ints: false };
}

/// Why a value can't be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The text becomes longer than it may.
    TooLong,
    /// The value nests too deeply, or contains itself.
    TooDeep,
}

/// Appends printed values to a buffer.
pub struct Printer<'o> {
    out: &'o mut Vec<u8>,
    /// How long the buffer may become.
    limit: usize,
    depth: usize,
    pub(super) dialect: Dialect,
    /// Whether `String` methods are passed over, as within the text of an error.
    pub(super) without_methods: bool,
}

impl<'o> Printer<'o> {
    /// A printer that appends at most `limit` bytes to `out`.
    pub fn new(out: &'o mut Vec<u8>, limit: usize, dialect: Dialect) -> Printer<'o> {
        let limit = out.len().saturating_add(limit);
        Printer { out, limit, depth: 0, dialect, without_methods: false }
    }

    /// `%v` of a value: `map[a:1]`, `[1 2]`, `<nil>`, strings as they are.
    ///
    /// # Errors
    /// The value nests too deeply or becomes too long; the buffer then holds a part of it.
    pub fn value(&mut self, value: &impl GoValue) -> Result<(), Error> {
        self.argument('v', Flags::default(), value)
    }

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

    /// Appends bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.check_room(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends a byte `count` times.
    pub(super) fn fill(&mut self, byte: u8, count: usize) -> Result<(), Error> {
        self.check_room(count)?;
        self.out.resize(self.out.len() + count, byte);
        Ok(())
    }

    /// Checks that so many bytes may be appended.
    pub(super) fn check_room(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.limit.saturating_sub(self.out.len()) { Err(Error::TooLong) } else { Ok(()) }
    }

    /// Does something one level deeper in a value.
    pub(super) fn deeper(&mut self, print: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        self.depth += 1;
        let printed = print(self);
        self.depth -= 1;
        printed
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
