//! Numeric constants of templates: how Go's template parser reads a literal, and which types it can have.

use super::value::Value;
use crate::go::number::{parse_float, parse_int, parse_uint};
use crate::go::strconv::quote_double;

/// A numeric literal. It can have several types at once: `3.0` is also a valid `int`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Number {
    /// The value as a signed integer.
    pub int: Option<i64>,
    /// The value as an unsigned integer.
    pub uint: Option<u64>,
    /// The value as a float.
    pub float: Option<f64>,
    /// The value as a complex number: real and imaginary part.
    pub complex: Option<(f64, f64)>,
    /// Whether it is a float where no type is required: it is written with a decimal point or an exponent.
    pub prefers_float: bool,
}

/// An integer literal that does not fit into `int` where an `int` is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overflow;

impl Number {
    /// Returns the value where no type is required.
    ///
    /// # Errors
    /// The literal is an integer that only fits into `uint64`.
    pub fn value(&self) -> Result<Value, Overflow> {
        match *self {
            Number { complex: Some(parts), .. } => Ok(Value::Complex(parts.into())),
            Number { float: Some(float), prefers_float: true, .. } => Ok(Value::Float(float)),
            Number { int: Some(int), .. } => Ok(Value::Int(int)),
            Number { uint: Some(_), .. } => Err(Overflow),
            _ => Ok(Value::Invalid),
        }
    }

    /// Parses a literal as written: `0x1F`, `1_000`, `1e3`, `3i`.
    ///
    /// # Errors
    /// Go's message for an invalid literal.
    pub fn parse(text: &str) -> Result<Number, String> {
        // Most numbers are short and decimal.
        if text.len() < 10 && (!text.starts_with('0') || text == "0") && text.bytes().all(|byte| byte.is_ascii_digit())
        {
            return text
                .parse()
                .map(Number::of_char)
                .map_err(|_| format!("illegal number syntax: {}", quote_double(text)));
        }
        if let Some(imaginary) = text.strip_suffix('i').and_then(parse_float) {
            return Ok(Number::complex((0.0, imaginary)));
        }
        let mut number = Number { uint: parse_uint(text), int: parse_int(text), ..Number::default() };
        if number.int == Some(0) {
            number.uint = Some(0);
        }
        match (number.int, number.uint) {
            (Some(int), _) => number.float = Some(int as f64),
            (None, Some(uint)) => number.float = Some(uint as f64),
            (None, None) => {
                let illegal = || format!("illegal number syntax: {}", quote_double(text));
                let float = parse_float(text).ok_or_else(illegal)?;
                if !text.contains(['.', 'e', 'E', 'p', 'P']) {
                    return Err(format!("integer overflow: {}", quote_double(text)));
                }
                number.float = Some(float);
                number.set_integers(float);
            }
        }
        let is_hex_integer = text.starts_with("0x") || text.starts_with("0X");
        let is_hex_integer = is_hex_integer && text.len() > 2 && !text.contains(['p', 'P']);
        number.prefers_float = !is_hex_integer && text.contains(['.', 'e', 'E', 'p', 'P']);
        Ok(number)
    }

    /// Parses a complex literal such as `1+2i`.
    ///
    /// # Errors
    /// Go's message for an invalid literal.
    pub fn parse_complex(text: &str) -> Result<Number, String> {
        // The sign of the imaginary part is the last sign that does not belong to an exponent.
        let bytes = text.as_bytes();
        let is_split =
            |&at: &usize| matches!(bytes[at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'E' | b'p' | b'P');
        let split = (1..bytes.len()).rev().find(is_split);
        let parts = split.and_then(|at| {
            let imaginary = text[at..].strip_suffix('i')?;
            Some((parse_float(&text[..at])?, parse_float(imaginary)?))
        });
        parts.map(Number::complex).ok_or_else(|| "syntax error scanning complex number".to_owned())
    }

    /// The number for a character constant.
    pub fn of_char(code: u32) -> Number {
        let (int, uint, float) = (Some(code.into()), Some(code.into()), Some(code.into()));
        Number { int, uint, float, complex: None, prefers_float: false }
    }

    fn complex(parts: (f64, f64)) -> Number {
        let mut number = Number { complex: Some(parts), ..Number::default() };
        if parts.1 == 0.0 {
            number.float = Some(parts.0);
            number.set_integers(parts.0);
        }
        number
    }

    /// Sets the integer types if the float is a whole number in their range.
    fn set_integers(&mut self, float: f64) {
        if float == float.trunc() {
            self.int = (-9.223372036854776e18..9.223372036854776e18).contains(&float).then_some(float as i64);
            self.uint = (0.0..1.8446744073709552e19).contains(&float).then_some(float as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_have_the_types_and_values_of_go() {
        for (text, int, float) in [
            ("0x1F", Some(31), Some(31.0)),
            ("0b101", Some(5), Some(5.0)),
            ("0o17", Some(15), Some(15.0)),
            ("017", Some(15), Some(15.0)),
            ("1_000", Some(1000), Some(1000.0)),
            ("0x_FF", Some(255), Some(255.0)),
            (".5", None, Some(0.5)),
            ("5.", Some(5), Some(5.0)),
            ("1e3", Some(1000), Some(1000.0)),
            ("0x1p4", Some(16), Some(16.0)),
            ("-3", Some(-3), Some(-3.0)),
            ("+3", Some(3), Some(3.0)),
            ("9223372036854775808", None, Some(9223372036854775808.0)),
        ] {
            let number = Number::parse(text).unwrap();
            assert_eq!((number.int, number.float), (int, float), "{text}");
        }
        assert!(Number::parse("1e3").unwrap().prefers_float);
        assert!(!Number::parse("0x1E").unwrap().prefers_float);
        assert_eq!(Number::parse("9223372036854775808").unwrap().value().err(), Some(Overflow));
        assert_eq!(Number::parse("3i").unwrap().complex, Some((0.0, 3.0)));
        assert_eq!(Number::parse_complex("2+3i").unwrap().complex, Some((2.0, 3.0)));
        assert_eq!(Number::parse_complex("1e+2-3i").unwrap().complex, Some((100.0, -3.0)));
    }

    #[test]
    fn malformed_numbers_are_reported() {
        for text in ["1__0", "0b12", "1e400", "1.x", "_1", "1_", ".", "+"] {
            assert_eq!(Number::parse(text).unwrap_err(), format!("illegal number syntax: \"{text}\""));
        }
        for text in ["99999999999999999999", "08"] {
            assert_eq!(Number::parse(text).unwrap_err(), format!("integer overflow: \"{text}\""));
        }
    }
}
