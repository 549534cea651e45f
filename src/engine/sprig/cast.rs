//! Values as numbers, by the rules of the library that Helm's functions convert with (spf13/cast): text is read, anything
//! else that is not a number counts as 0.

use crate::go::fmt::{GoValue, View};

/// A value as sprig's `toInt64` reads it.
pub fn to_int(value: &impl GoValue) -> i64 {
    match value.view() {
        View::Bool(truth) => i64::from(truth),
        View::Int(_) if is_unknown(value) => 0,
        View::Int(number) => number,
        View::Uint(number) => number as i64,
        View::Float(number) => int_of_float(number),
        View::String(text) => str::from_utf8(text).ok().and_then(|text| int_of_text(without_zeros(text))).unwrap_or(0),
        _ => 0,
    }
}

/// A value as sprig's `toFloat64` reads it.
pub fn to_float(value: &impl GoValue) -> f64 {
    match value.view() {
        View::Bool(truth) => f64::from(u8::from(truth)),
        View::Int(_) if is_unknown(value) => 0.0,
        View::Int(number) => number as f64,
        View::Uint(number) => number as f64,
        View::Float(number) => number,
        View::String(text) => str::from_utf8(text).ok().and_then(float_of_text).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// Whether the library does not know the type: of those that are numbers beneath it knows `time.Month` and `time.Weekday`.
fn is_unknown(value: &impl GoValue) -> bool {
    value.go_type() == "time.Duration"
}

/// A float without its fraction. What does not fit becomes the smallest number, as on the processors that Helm runs on most.
pub fn int_of_float(number: f64) -> i64 {
    // 2^63 is the first float beyond i64.
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number);
    if fits { number as i64 } else { i64::MIN }
}

/// The decimal number a text holds, 0 where it holds none (`atoi`).
pub fn atoi(text: &[u8]) -> i64 {
    str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The number that octal digits stand for, 0 where they are none (`toDecimal`).
pub fn octal(digits: &[u8]) -> i64 {
    str::from_utf8(digits).ok().and_then(|digits| i64::from_str_radix(digits, 8).ok()).unwrap_or(0)
}

/// Without a fraction of nothing but zeros.
fn without_zeros(text: &str) -> &str {
    match text.rsplit_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    }
}

/// A whole number in the notation of Go's source: `12`, `0x1f`, `0o17`, `017`, `0b1`, `1_000`.
pub fn int_of_text(text: &str) -> Option<i64> {
    let (sign, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(unsigned) => (&text[..1], unsigned),
        None => ("", text),
    };
    let (radix, digits) = match unsigned.get(..2).filter(|_| unsigned.len() > 2) {
        Some("0x" | "0X") => (16, &unsigned[2..]),
        Some("0o" | "0O") => (8, &unsigned[2..]),
        Some("0b" | "0B") => (2, &unsigned[2..]),
        _ if unsigned.len() > 1 && unsigned.starts_with('0') => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    // What is left of `0_` has no digit before its underscore any more.
    let digits = without_underscores(digits, radix != 10)?;
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

/// A number with a fraction or an exponent; what is too large for one is none.
pub fn float_of_text(text: &str) -> Option<f64> {
    let digits = without_underscores(text, false)?;
    let number: f64 = digits.parse().ok()?;
    let is_word = !digits.bytes().any(|byte| byte.is_ascii_digit());
    (number.is_finite() || is_word).then_some(number)
}

/// Digits without the underscores between them, if those stand between digits, or behind a prefix.
fn without_underscores(text: &str, after_prefix: bool) -> Option<String> {
    let mut before_is_digit = after_prefix;
    let mut previous = None;
    for c in text.chars() {
        let is_digit = c.is_ascii_alphanumeric();
        if (c == '_' && !before_is_digit) || (previous == Some('_') && !is_digit) {
            return None;
        }
        before_is_digit = is_digit;
        previous = Some(c);
    }
    (previous != Some('_')).then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> i64 {
        int_of_text(without_zeros(text)).unwrap_or(0)
    }

    #[test]
    fn numbers_are_read_as_in_source_code() {
        for (text, number) in [
            ("0", 0),
            ("-0", 0),
            ("007", 7),
            ("-0x1F", -31),
            ("0b101", 5),
            ("0O17", 15),
            ("1_000", 1_000),
            ("0x_f", 15),
            ("0_7", 7),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("12.00", 12),
            ("+5", 5),
        ] {
            assert_eq!(read(text), number, "{text}");
        }
        for text in [
            "",
            "-",
            "+-1",
            "--1",
            "08",
            "0x",
            "0b2",
            "1__0",
            "_1",
            "1_",
            "9223372036854775808",
            "1.",
            "1.5",
            "1 ",
            "٣",
            ".0",
            "é0",
        ] {
            assert_eq!(read(text), 0, "{text}");
        }
    }

    #[test]
    fn what_overflows_is_not_a_number() {
        for (text, number) in
            [("1e3", 1000.0), (".5", 0.5), ("1e400", 0.0), ("-1e400", 0.0), ("1_0.5", 10.5), ("x", 0.0)]
        {
            assert_eq!(float_of_text(text).unwrap_or(0.0), number, "{text}");
        }
        assert!(float_of_text("inf").unwrap().is_infinite() && float_of_text("NaN").unwrap().is_nan());
        assert_eq!((int_of_float(-1.9), int_of_float(1e19), int_of_float(f64::NAN)), (-1, i64::MIN, i64::MIN));
    }
}
