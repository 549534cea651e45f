//! Go's `printf`: parses the flags, widths and argument numbers of a format. `verbs` prints the arguments.

use super::printer::{Error, Flags, Printer};
use super::value::{GoValue, View};
use crate::go::utf8;

/// The largest width or precision that Go accepts.
const MAX_WIDTH: usize = 1_000_000;

impl Printer<'_> {
    /// Formats arguments as Go does, including its error texts: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA int=1)`.
    ///
    /// # Errors
    /// An argument nests too deeply, or the text becomes too long.
    pub fn printf<V: GoValue>(&mut self, format: &[u8], args: &[V]) -> Result<(), Error> {
        let mut format = Format { format, at: 0, args, next: 0, reordered: false };
        while let Some(length) = format.rest().iter().position(|&byte| byte == b'%') {
            self.push(&format.rest()[..length])?;
            format.at += length + 1;
            format.directive(self)?;
        }
        self.push(format.rest())?;
        format.report_extra(self)
    }
}

struct Format<'a, V> {
    format: &'a [u8],
    at: usize,
    args: &'a [V],
    /// The index of the argument for the next verb.
    next: usize,
    /// Whether the format selected an argument by its number; unused arguments are then not an error.
    reordered: bool,
}

impl<'a, V: GoValue> Format<'a, V> {
    fn rest(&self) -> &'a [u8] {
        &self.format[self.at..]
    }

    fn next_is(&mut self, sign: u8) -> bool {
        let found = self.rest().first() == Some(&sign);
        self.at += usize::from(found);
        found
    }

    /// Processes a directive, whose `%` has been read.
    fn directive(&mut self, printer: &mut Printer<'_>) -> Result<(), Error> {
        let mut flags = self.flags();
        let mut good_number = true;
        let mut numbered = self.argument_number(&mut good_number);
        if self.next_is(b'*') {
            match self.number_from_argument() {
                Some(width) => {
                    flags.width = Some(width.unsigned_abs() as usize);
                    // A negative width aligns to the left, which never pads with zeros.
                    flags.minus |= width < 0;
                    flags.zero &= width >= 0;
                }
                None => printer.push(b"%!(BADWIDTH)")?,
            }
            numbered = false;
        } else {
            flags.width = self.number();
            good_number &= !(numbered && flags.width.is_some());
        }
        // A point at the very end is read as the verb.
        if self.rest().len() > 1 && self.next_is(b'.') {
            good_number &= !numbered;
            numbered = self.argument_number(&mut good_number);
            if self.next_is(b'*') {
                flags.precision = self.number_from_argument().and_then(|precision| usize::try_from(precision).ok());
                if flags.precision.is_none() {
                    printer.push(b"%!(BADPREC)")?;
                }
                numbered = false;
            } else {
                flags.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !numbered {
            self.argument_number(&mut good_number);
        }
        let Some((verb, length)) = utf8::decode(self.rest()) else { return printer.push(b"%!(NOVERB)") };
        let verb = verb.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.at += length;
        match self.args.get(self.next) {
            _ if verb == '%' => printer.push(b"%"),
            _ if !good_number => printer.push(format!("%!{verb}(BADINDEX)").as_bytes()),
            None => printer.push(format!("%!{verb}(MISSING)").as_bytes()),
            Some(value) => {
                self.next += 1;
                if matches!(verb, 'v' | 'w') {
                    flags.go_syntax = std::mem::take(&mut flags.sharp);
                    flags.field_names = std::mem::take(&mut flags.plus);
                }
                printer.argument(verb, flags, value)
            }
        }
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(flag) = self.rest().first() {
            match flag {
                b'-' => flags.minus = true,
                b'+' => flags.plus = true,
                b'#' => flags.sharp = true,
                b' ' => flags.space = true,
                b'0' => flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        flags
    }

    /// Reads `[2]`, which selects the second argument. Returns whether there was a number, even one without an
    /// argument.
    fn argument_number(&mut self, good_number: &mut bool) -> bool {
        let Some(inner) = self.rest().strip_prefix(b"[") else { return false };
        self.reordered = true;
        let Some(length) = inner.iter().position(|&byte| byte == b']').filter(|_| self.rest().len() >= 3) else {
            *good_number = false;
            self.at += 1;
            return false;
        };
        self.at += length + 2;
        let digits = inner[..length].iter().all(u8::is_ascii_digit);
        let number = str::from_utf8(&inner[..length]).ok().filter(|_| digits).and_then(|text| text.parse().ok());
        let number = number.filter(|&number: &usize| number <= 10 * MAX_WIDTH);
        match number {
            Some(number) if (1..=self.args.len()).contains(&number) => self.next = number - 1,
            _ => *good_number = false,
        }
        number.is_some()
    }

    /// Reads a width or precision. One that is out of range swallows the rest of the format.
    fn number(&mut self) -> Option<usize> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit());
        let mut number = None;
        for &digit in digits {
            if number > Some(MAX_WIDTH) {
                self.at = self.format.len();
                return None;
            }
            number = Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0'));
            self.at += 1;
        }
        number
    }

    /// Reads the argument that `*` uses as width or precision.
    fn number_from_argument(&mut self) -> Option<i64> {
        let number = match self.args.get(self.next)?.view() {
            View::Int(number) => Some(number),
            View::Uint(number) => i64::try_from(number).ok(),
            _ => None,
        };
        self.next += 1;
        number.filter(|number| number.unsigned_abs() <= MAX_WIDTH as u64)
    }

    /// Reports arguments that no verb used.
    fn report_extra(&self, printer: &mut Printer<'_>) -> Result<(), Error> {
        let extra = self.args.get(self.next..).unwrap_or_default();
        if self.reordered || extra.is_empty() {
            return Ok(());
        }
        printer.push(b"%!(EXTRA ")?;
        for (index, value) in extra.iter().enumerate() {
            printer.push(if index > 0 { b", " } else { b"" })?;
            printer.typed(Flags::default(), value)?;
        }
        printer.push(b")")
    }
}
