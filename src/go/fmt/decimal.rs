//! Floats and complex numbers formatted for a verb.

use super::integer::sign;
use super::printer::{Error, Flags, Printer};
use crate::go::float::{binary, fixed, format_float, format_float_from, hexadecimal, scientific, significant};

impl Printer<'_> {
    /// Prints a float; returns false if the verb does not apply to floats.
    pub(super) fn float(&mut self, verb: char, flags: Flags, number: f64) -> Result<bool, Error> {
        if !"vgGeEfFxXb".contains(verb) {
            return Ok(false);
        }
        if !number.is_finite() {
            return self.not_finite(flags, number);
        }
        self.check_room(flags.precision.unwrap_or(0))?;
        let magnitude = number.abs();
        let digits = match (verb, flags.precision) {
            ('v', None) => format_float_from(magnitude, self.dialect.float_exponent_from),
            ('g' | 'G', None) => format_float(magnitude),
            ('v' | 'g' | 'G', Some(precision)) => significant(magnitude, precision),
            ('f' | 'F', precision) => fixed(magnitude, precision.unwrap_or(6)),
            ('e' | 'E', precision) => scientific(magnitude, precision.unwrap_or(6)),
            ('b', _) => binary(magnitude),
            (_, precision) => hexadecimal(magnitude, precision),
        };
        let digits = if flags.sharp && verb != 'b' { with_point(digits, verb, flags.precision) } else { digits };
        let digits = if matches!(verb, 'E' | 'G' | 'X') { digits.to_uppercase() } else { digits };
        let sign = sign(number.is_sign_negative(), flags);
        if flags.zero && !flags.minus {
            let missing = flags.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
            self.push(sign.as_bytes())?;
            self.fill(b'0', missing)?;
            self.push(digits.as_bytes())?;
            return Ok(true);
        }
        self.written(flags, &format!("{sign}{digits}"))
    }

    /// Prints an infinity or `NaN`. `+Inf` always has its sign, `NaN` only if a flag asks for one; neither is padded
    /// with zeros.
    fn not_finite(&mut self, flags: Flags, number: f64) -> Result<bool, Error> {
        let sign = match sign(number < 0.0, flags) {
            "" if number.is_infinite() => "+",
            sign => sign,
        };
        let name = if number.is_nan() { "NaN" } else { "Inf" };
        self.written(flags.without_zeros(), &format!("{sign}{name}"))
    }

    /// Prints a complex number: `(1+2i)`; returns false if the verb does not apply.
    pub(super) fn complex(&mut self, verb: char, flags: Flags, real: f64, imaginary: f64) -> Result<bool, Error> {
        if !"vgGeEfFxXb".contains(verb) {
            return Ok(false);
        }
        self.push(b"(")?;
        self.float(verb, flags, real)?;
        self.float(verb, Flags { plus: true, ..flags }, imaginary)?;
        self.push(b"i)")?;
        Ok(true)
    }
}

/// Applies the flag `#`: always prints a decimal point, and for `%g` and `%x` trailing zeros, up to six digits or the
/// precision. As in Go, the `x` of `0x` counts as a digit.
fn with_point(digits: String, verb: char, precision: Option<usize>) -> String {
    let exponent = digits.find(if matches!(verb, 'x' | 'X') { 'p' } else { 'e' }).unwrap_or(digits.len());
    let (mantissa, exponent) = digits.split_at(exponent);
    let wanted = if matches!(verb, 'v' | 'g' | 'G' | 'x') { precision.unwrap_or(6) } else { 0 };
    let mut have = mantissa.trim_start_matches(['0', '.']).chars().filter(|&c| c != '.').count();
    let mut point = "";
    if !mantissa.contains('.') {
        have += usize::from(mantissa == "0");
        point = ".";
    }
    format!("{mantissa}{point}{}{exponent}", "0".repeat(wanted.saturating_sub(have)))
}
