//! Parses numbers as go-yaml does.

use crate::go::float::format_float32;
use crate::go::number;

/// Formats a float as go-yaml does for a map key: with 32-bit precision.
pub(super) fn float_key(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    let narrow = value as f32;
    if narrow.is_infinite() {
        return if narrow > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    format_float32(narrow)
}

/// Parses an integer like Go's `strconv.ParseInt(text, 0, 64)` or, failing that, `ParseUint`.
pub(super) fn parse_int(text: &str) -> Option<Int> {
    number::parse_int(text).map(Int::Signed).or_else(|| number::parse_uint(text).map(Int::Unsigned))
}

/// Parses an integer such as `0b-11` or `-0b11`, as go-yaml's fallback for prefixed numbers does.
pub(super) fn parse_prefixed(text: &str, prefix: &str, radix: u32) -> Option<Int> {
    let (negative_prefix, rest) = match text.strip_prefix('-').and_then(|text| text.strip_prefix(prefix)) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix(prefix)?),
    };
    let (negative, signed, digits) = match rest.as_bytes().first()? {
        b'-' if !negative_prefix => (true, true, &rest[1..]),
        b'+' if !negative_prefix => (false, true, &rest[1..]),
        _ => (negative_prefix, negative_prefix, rest),
    };
    signed_int(negative, signed, parse_digits(digits, radix)?)
}

fn parse_digits(digits: &str, radix: u32) -> Option<u64> {
    if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(digits, radix).ok() }
}

fn signed_int(negative: bool, signed: bool, value: u64) -> Option<Int> {
    if negative {
        0i64.checked_sub_unsigned(value).map(Int::Signed)
    } else if let Ok(value) = i64::try_from(value) {
        Some(Int::Signed(value))
    } else if signed {
        None
    } else {
        Some(Int::Unsigned(value))
    }
}

/// An integer as go-yaml represents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Int {
    Signed(i64),
    /// Only for values beyond `i64::MAX`.
    Unsigned(u64),
}

/// Whether go-yaml considers text (without underscores) a float: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn looks_like_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let sound_mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && (fraction.is_empty() || all_digits(fraction)),
        None => all_digits(mantissa),
    };
    sound_mantissa && exponent.is_none_or(|exponent| all_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
}

/// Parses a float as go-yaml does; `None` if it is out of range.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    if looks_like_float(text) { number::parse_float(text) } else { None }
}

/// Parses a float that begins with a dot, in which Go allows single underscores between digits.
pub(super) fn parse_dotted_float(text: &str) -> Option<f64> {
    if looks_like_float(&text.replace('_', "")) { number::parse_float(text) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_and_signs() {
        let int = |text| match parse_int(text) {
            Some(Int::Signed(value)) => Some(i128::from(value)),
            Some(Int::Unsigned(value)) => Some(i128::from(value)),
            None => None,
        };
        for (text, value) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("0755", Some(493)),
            ("0o17", Some(15)),
            ("0X1f", Some(31)),
            ("-0b11", Some(-3)),
            ("+7", Some(7)),
            ("08", None),
            ("0x", None),
            ("--1", None),
            ("-9223372036854775808", Some(i128::from(i64::MIN))),
            ("18446744073709551615", Some(i128::from(u64::MAX))),
            ("+18446744073709551615", None),
            ("18446744073709551616", None),
        ] {
            assert_eq!(int(text), value, "{text}");
        }
        assert_eq!(parse_prefixed("0b-11", "0b", 2), Some(Int::Signed(-3)));
    }
}
