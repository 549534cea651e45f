//! Values converted to numbers by the rules of the library that Helm's functions use (spf13/cast): text is parsed,
//! booleans are 0 or 1, and anything else that is not a number is 0.

use crate::go::fmt::{GoValue, View};
use crate::go::number::{parse_float, parse_int};

/// Converts a value like sprig's `toInt64`.
pub fn to_int(value: &impl GoValue) -> i64 {
    match value.view() {
        View::Bool(truth) => i64::from(truth),
        View::Int(_) if is_unknown(value) => 0,
        View::Int(number) => number,
        View::Uint(number) => number as i64,
        View::Float(number) => int_of_float(number),
        View::String(text) => str::from_utf8(text).ok().and_then(|text| parse_int(without_zeros(text))).unwrap_or(0),
        _ => 0,
    }
}

/// Converts a value like sprig's `toFloat64`.
pub fn to_float(value: &impl GoValue) -> f64 {
    match value.view() {
        View::Bool(truth) => f64::from(u8::from(truth)),
        View::Int(_) if is_unknown(value) => 0.0,
        View::Int(number) => number as f64,
        View::Uint(number) => number as f64,
        View::Float(number) => number,
        View::String(text) => str::from_utf8(text).ok().and_then(parse_float).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// Whether the library does not know the type. Of Go's named number types, it knows `time.Month` and `time.Weekday`.
fn is_unknown(value: &impl GoValue) -> bool {
    value.go_type() == "time.Duration"
}

/// Drops the fraction of a float. One out of range becomes the smallest integer, as on the processors that mostly run
/// Helm.
pub fn int_of_float(number: f64) -> i64 {
    if fits_in_i64(number) { number as i64 } else { i64::MIN }
}

/// Whether a float is in the range of `i64`. 2^63 is the first one beyond it.
pub fn fits_in_i64(number: f64) -> bool {
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number)
}

/// Parses a decimal number, 0 if the text is not one (`atoi`).
pub fn atoi(text: &[u8]) -> i64 {
    str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Parses octal digits as a number, 0 if they are not octal (`toDecimal`).
pub fn octal(digits: &[u8]) -> i64 {
    str::from_utf8(digits).ok().and_then(|digits| i64::from_str_radix(digits, 8).ok()).unwrap_or(0)
}

/// Removes a fraction that consists only of zeros.
fn without_zeros(text: &str) -> &str {
    match text.rsplit_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_fractions_are_omitted() {
        let texts = ["12.00", "12.", "1.5", ".0", "12", "1.0.0"];
        assert_eq!(texts.map(without_zeros), ["12", "12.", "1.5", "", "12", "1.0"]);
    }

    #[test]
    fn floats_are_truncated_and_overflow_gives_the_smallest_integer() {
        assert_eq!((int_of_float(-1.9), int_of_float(1e19), int_of_float(f64::NAN)), (-1, i64::MIN, i64::MIN));
    }
}
