//! Integers formatted for a verb.

use super::printer::{Error, Flags, Printer};
use crate::go::strconv::{is_printable, quote_char, quote_char_ascii};

impl Printer<'_> {
    /// Prints an integer; returns false if the verb does not apply to integers.
    pub(super) fn integer(&mut self, verb: char, flags: Flags, negative: bool, magnitude: u64) -> Result<bool, Error> {
        let character = || {
            let code = u32::try_from(magnitude).ok().filter(|_| !negative);
            code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        let (prefix, digits) = match verb {
            'd' | 'v' => ("", magnitude.to_string()),
            'b' => (if flags.sharp { "0b" } else { "" }, format!("{magnitude:b}")),
            'o' => ("", format!("{magnitude:o}")),
            'O' => ("0o", format!("{magnitude:o}")),
            'x' => (if flags.sharp { "0x" } else { "" }, format!("{magnitude:x}")),
            'X' => (if flags.sharp { "0X" } else { "" }, format!("{magnitude:X}")),
            'c' => return self.written(flags, &character().to_string()),
            'q' if flags.plus => return self.written(flags, &quote_char_ascii(character())),
            'q' => return self.written(flags, &quote_char(character())),
            'U' if negative => return self.unicode(flags, magnitude.wrapping_neg()),
            'U' => return self.unicode(flags, magnitude),
            _ => return Ok(false),
        };
        let leading_zero = matches!(verb, 'o' | 'O') && flags.sharp;
        self.digits(flags, negative, prefix, leading_zero, &digits)
    }

    /// Prints an unsigned integer in Go's syntax: `0x1f`.
    pub(super) fn hexadecimal(&mut self, flags: Flags, number: u64) -> Result<bool, Error> {
        self.digits(flags, false, "0x", false, &format!("{number:x}"))
    }

    fn digits(
        &mut self,
        flags: Flags,
        negative: bool,
        prefix: &str,
        leading_zero: bool,
        digits: &str,
    ) -> Result<bool, Error> {
        let plain = flags.without_zeros();
        if flags.precision == Some(0) && digits == "0" {
            return self.written(plain, "");
        }
        let sign = sign(negative, flags);
        // Zeros that fill the width count as digits, like those that fill the precision, which takes precedence.
        let least = match flags.precision {
            Some(precision) => precision,
            None if flags.zero && !flags.minus => flags.width.unwrap_or(0).saturating_sub(sign.len()),
            None => 0,
        };
        self.check_room(least)?;
        let zeros = "0".repeat(least.saturating_sub(digits.len()));
        let octal = if leading_zero && zeros.is_empty() && digits != "0" { "0" } else { "" };
        // `0o` comes before the zero of `%#O`.
        self.written(plain, &format!("{sign}{prefix}{octal}{zeros}{digits}"))
    }

    pub(super) fn written(&mut self, flags: Flags, text: &str) -> Result<bool, Error> {
        self.pad(flags, text.as_bytes())?;
        Ok(true)
    }

    /// Prints `%U`: `U+1F600`, followed by the character for `%#U`.
    fn unicode(&mut self, flags: Flags, number: u64) -> Result<bool, Error> {
        let least = flags.precision.unwrap_or(0).max(4);
        self.check_room(least)?;
        let digits = format!("{number:X}");
        let zeros = "0".repeat(least.saturating_sub(digits.len()));
        let character = u32::try_from(number).ok().and_then(char::from_u32).filter(|&c| flags.sharp && is_printable(c));
        let character = character.map(|c| format!(" '{c}'")).unwrap_or_default();
        self.written(flags.without_zeros(), &format!("U+{zeros}{digits}{character}"))
    }
}

/// Returns the sign to print for a number with these flags.
pub(super) fn sign(negative: bool, flags: Flags) -> &'static str {
    match negative {
        true => "-",
        false if flags.plus => "+",
        false if flags.space => " ",
        false => "",
    }
}
