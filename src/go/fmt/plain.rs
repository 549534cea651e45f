//! `%v` without flags: what `{{ value }}` prints. Values may nest as deeply as memory allows, because nothing here
//! recurses.

use std::collections::HashSet;
use std::io::Write as _;
use std::vec;

use super::printer::{Error, Flags, Printer};
use super::value::{GoValue, View};
use super::verbs::ADDRESS;

/// Up to this depth, values are not checked for containing themselves: one that does soon nests deeper.
const UNCHECKED_DEPTH: usize = 64;

/// A list, map or struct that is being printed: its remaining elements and its closing bracket.
struct Open<V: GoValue> {
    rest: Rest<V>,
    is_first: bool,
    identity: usize,
    close: &'static [u8],
}

enum Rest<V: GoValue> {
    Items(vec::IntoIter<V>),
    Entries(vec::IntoIter<(V::Key, V)>),
    Fields(vec::IntoIter<(&'static str, V)>),
}

impl Printer<'_> {
    /// Prints a value as `%v` does: `map[a:1]`, `[1 2]`, `<nil>`, strings unchanged.
    ///
    /// # Errors
    /// The value contains itself, or the text becomes too long. The buffer then holds part of it.
    pub fn value<V: GoValue>(&mut self, value: &V) -> Result<(), Error> {
        let mut open = Vec::new();
        let mut seen = HashSet::new();
        self.begin(value, &mut open, &mut seen)?;
        while let Some(top) = open.last_mut() {
            if !std::mem::take(&mut top.is_first) && top.rest.has_next() {
                self.push(b" ")?;
            }
            let next = match &mut top.rest {
                Rest::Items(items) => items.next(),
                Rest::Fields(fields) => fields.next().map(|(_, value)| value),
                Rest::Entries(entries) => match entries.next() {
                    Some((key, value)) => {
                        self.push(key.as_ref())?;
                        self.push(b":")?;
                        Some(value)
                    }
                    None => None,
                },
            };
            match next {
                Some(value) => self.begin(&value, &mut open, &mut seen)?,
                None => {
                    self.push(top.close)?;
                    if open.len() > UNCHECKED_DEPTH {
                        seen.remove(&open[open.len() - 1].identity);
                    }
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// Prints a scalar, or opens a list, map or struct.
    fn begin<V: GoValue>(
        &mut self,
        value: &V,
        open: &mut Vec<Open<V>>,
        seen: &mut HashSet<usize>,
    ) -> Result<(), Error> {
        if let Some(text) = value.string_method() {
            return self.push(&text);
        }
        let (rest, begin, close): (_, &[u8], &'static [u8]) = match value.view() {
            View::List(items) => (Rest::Items(items.into_owned().into_iter()), b"[", b"]"),
            View::Map(entries) => (Rest::Entries(entries.into_iter()), b"map[", b"]"),
            View::Struct(fields) => (Rest::Fields(fields.into_iter()), b"{", b"}"),
            // A pointer inside another value prints as an address.
            View::Pointer(target) if open.is_empty() && target.view().holds_others() => {
                self.push(b"&")?;
                return self.begin(&target, open, seen);
            }
            view => return self.scalar(view),
        };
        let identity = value.identity();
        if open.len() >= UNCHECKED_DEPTH && identity != 0 && !seen.insert(identity) {
            return Err(Error::ContainsItself);
        }
        self.push(begin)?;
        open.push(Open { rest, is_first: true, identity, close });
        Ok(())
    }

    fn scalar<V: GoValue>(&mut self, view: View<'_, V>) -> Result<(), Error> {
        match view {
            View::Nil | View::NilPointer => self.push(b"<nil>"),
            View::Bool(truth) => self.push(if truth { b"true" } else { b"false" }),
            View::Int(number) => self.write(format_args!("{number}")),
            View::Uint(number) => self.write(format_args!("{number}")),
            // Most numbers that charts print are integers below a million, which have no exponent in any dialect.
            View::Float(number)
                if number == number.trunc() && number.abs() < 1e6 && (number != 0.0 || number.is_sign_positive()) =>
            {
                self.write(format_args!("{}", number as i64))
            }
            View::Float(number) => self.float('v', Flags::default(), number).map(drop),
            View::Complex(real, imaginary) => self.complex('v', Flags::default(), real, imaginary).map(drop),
            View::String(text) => self.push(text),
            View::Bytes(bytes) => self.numbers(bytes),
            // Lists, maps and structs have already been opened.
            View::Pointer(_) | View::Func | View::List(_) | View::Map(_) | View::Struct(_) => {
                self.write(format_args!("{ADDRESS:#x}"))
            }
        }
    }

    /// Prints bytes as a list of numbers. It is optimized because some charts print their whole context, all files
    /// included, to distinguish calls.
    fn numbers(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut text = Vec::new();
        self.check_room(2 * bytes.len())?;
        text.reserve(4 * bytes.len() + 2);
        text.push(b'[');
        for &byte in bytes {
            let (digits, length) = DECIMAL[usize::from(byte)];
            let end = text.len() + length;
            text.extend_from_slice(&digits);
            text.truncate(end);
        }
        if !bytes.is_empty() {
            text.pop();
        }
        text.push(b']');
        self.push(&text)
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) -> Result<(), Error> {
        let mut digits = [0; 32];
        let mut rest = &mut digits[..];
        // No number is longer, so the write cannot fail.
        let _ = rest.write_fmt(text);
        let free = rest.len();
        self.push(&digits[..32 - free])
    }
}

impl<V: GoValue> Rest<V> {
    fn has_next(&self) -> bool {
        match self {
            Rest::Items(items) => items.len() > 0,
            Rest::Entries(entries) => entries.len() > 0,
            Rest::Fields(fields) => fields.len() > 0,
        }
    }
}

/// Each byte as a decimal number followed by a space, and the length of that text.
static DECIMAL: [([u8; 4], usize); 256] = {
    let mut all = [([b' '; 4], 0); 256];
    let mut number = 0;
    while number < all.len() {
        let (digits, length) = &mut all[number];
        if number >= 100 {
            digits[*length] = b'0' + (number / 100) as u8;
            *length += 1;
        }
        if number >= 10 {
            digits[*length] = b'0' + (number / 10 % 10) as u8;
            *length += 1;
        }
        digits[*length] = b'0' + (number % 10) as u8;
        *length += 2;
        number += 1;
    }
    all
};
