//! The printer: a buffer with a size limit, and the flags of a verb.

use crate::go::utf8;

/// How deeply values may nest. Go overflows its stack on a map that contains itself.
const MAX_DEPTH: usize = 1_000;

/// How a template dialect prints values differently from Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// From this power of ten on, `%v` prints a float with an exponent.
    pub float_exponent_from: i32,
    /// Whether integers accept the verbs of floats, because the dialect turns whole floats into integers.
    pub whole_floats_are_ints: bool,
}

impl Dialect {
    /// Prints exactly as Go does.
    pub const GO: Dialect = Dialect { float_exponent_from: 6, whole_floats_are_ints: false };
}

/// Why a value can't be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The text exceeds the limit.
    TooLong,
    /// The value nests too deeply, or contains itself.
    TooDeep,
    /// The value contains itself.
    ContainsItself,
}

impl Error {
    /// The message.
    pub fn message(self) -> &'static str {
        match self {
            Error::TooLong => "the printed text would be too long",
            Error::TooDeep => "a value nests too deeply to be printed, or contains itself",
            Error::ContainsItself => "a map that contains itself cannot be printed",
        }
    }
}

/// The flags, width and precision between a `%` and its verb.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%#v`: a value in Go's syntax.
    pub(super) go_syntax: bool,
    /// `%+v`: structs with the names of their fields.
    pub(super) field_names: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Flags {
    /// Returns the same flags without zero padding.
    pub(super) fn without_zeros(self) -> Flags {
        Flags { zero: false, ..self }
    }
}

/// Appends printed values to a buffer.
pub struct Printer<'o> {
    out: &'o mut Vec<u8>,
    /// The length that the buffer must not exceed.
    limit: usize,
    depth: usize,
    pub(super) dialect: Dialect,
    /// Whether `String` methods are ignored, as they are inside an error text.
    pub(super) without_methods: bool,
}

impl<'o> Printer<'o> {
    /// A printer that appends at most `limit` bytes to `out`.
    pub fn new(out: &'o mut Vec<u8>, limit: usize, dialect: Dialect) -> Printer<'o> {
        let limit = out.len().saturating_add(limit);
        Printer { out, limit, depth: 0, dialect, without_methods: false }
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

    /// Checks that `bytes` more bytes fit in the buffer.
    pub(super) fn check_room(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.limit.saturating_sub(self.out.len()) { Err(Error::TooLong) } else { Ok(()) }
    }

    /// Appends a text padded to the width, with zeros if the flag is set, as Go does for any text.
    pub(super) fn pad(&mut self, flags: Flags, text: &[u8]) -> Result<(), Error> {
        let missing = match flags.width {
            None | Some(0) => return self.push(text),
            Some(width) => width.saturating_sub(utf8::count(text)),
        };
        if flags.minus {
            self.push(text)?;
            return self.fill(b' ', missing);
        }
        self.fill(if flags.zero { b'0' } else { b' ' }, missing)?;
        self.push(text)
    }

    /// Calls `print` one level deeper in a value.
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
