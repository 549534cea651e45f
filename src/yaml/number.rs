//! Numbers as Go reads and writes them.

/// The shortest decimal digits that read back as the same float, with the decimal point after the first `point` of them.
struct Digits {
    negative: bool,
    digits: String,
    point: i32,
}

impl Digits {
    /// Takes apart what `ryu` prints: `-1.25e-7`, `100.0`.
    fn parse(printed: &str) -> Digits {
        let negative = printed.starts_with('-');
        let (mantissa, exponent) = printed.trim_start_matches('-').split_once('e').unwrap_or((printed, "0"));
        let mantissa = mantissa.trim_start_matches('-');
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        let leading = all.len() - all.trim_start_matches('0').len();
        let digits = all.trim_matches('0').to_owned();
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let point = whole.len() as i32 - leading as i32 + exponent;
        if digits.is_empty() {
            return Digits { negative, digits: "0".to_owned(), point: 1 };
        }
        Digits { negative, digits, point }
    }

    fn of(value: f64) -> Digits {
        Digits::parse(ryu::Buffer::new().format_finite(value))
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    /// `1.25e-07`: Go's `%e` with the shortest digits.
    fn scientific(&self) -> String {
        let (first, rest) = self.digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let exponent = self.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}{first}{dot}{rest}e{sign}{:02}", self.sign(), exponent.abs())
    }

    /// `0.00125`, `1250`: Go's `%f` with the shortest digits.
    fn positional(&self) -> String {
        let sign = self.sign();
        let digits = &self.digits;
        match usize::try_from(self.point) {
            Ok(point) if point >= digits.len() => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
            Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => format!("{sign}0.{}{digits}", "0".repeat(self.point.unsigned_abs() as usize)),
        }
    }

    /// Go's `%g` with the shortest digits, which goes over to an exponent below 1e-4 and from 1e6 on.
    fn general(&self) -> String {
        let exponent = self.point - 1;
        if !(-4..6).contains(&exponent) { self.scientific() } else { self.positional() }
    }
}

/// A float as Go's `strconv.FormatFloat(value, 'g', -1, 64)` writes it: what a Go template prints, and what go-yaml writes.
///
/// ```
/// use mim_chart::yaml::go_float;
/// assert_eq!(go_float(1e6), "1e+06");
/// assert_eq!(go_float(1.5), "1.5");
/// assert_eq!(go_float(0.000001), "1e-06");
/// ```
pub fn go_float(value: f64) -> String {
    match special(value) {
        Some(word) => word.to_owned(),
        None => Digits::of(value).general(),
    }
}

/// A float as go-yaml writes it when it is a map key: with the digits a 32-bit float needs.
pub(super) fn go_float_key(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    let narrow = value as f32;
    if narrow.is_infinite() {
        return if narrow > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    Digits::parse(ryu::Buffer::new().format_finite(narrow)).general()
}

/// A float as Go's `encoding/json` writes it: positional between 1e-6 and 1e21, with an exponent outside.
///
/// ```
/// use mim_chart::yaml::json_float;
/// assert_eq!(json_float(1e20), "100000000000000000000");
/// assert_eq!(json_float(1e21), "1e+21");
/// assert_eq!(json_float(1e-7), "1e-7");
/// assert_eq!(json_float(-0.0), "-0");
/// ```
pub fn json_float(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 && (value != 0.0 || value.is_sign_positive()) {
        return (value as i64).to_string();
    }
    if let Some(word) = special(value) {
        return word.to_owned();
    }
    let digits = Digits::of(value);
    if value != 0.0 && (value.abs() < 1e-6 || value.abs() >= 1e21) {
        // Only a negative exponent loses its leading zero: 1e-07 becomes 1e-7.
        let text = digits.scientific();
        match text.split_once("e-0") {
            Some((mantissa, exponent)) => format!("{mantissa}e-{exponent}"),
            None => text,
        }
    } else {
        digits.positional()
    }
}

fn special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        None
    }
}

/// A whole number as Go's `strconv.ParseInt(text, 0, 64)` or, failing that, `ParseUint` reads it: `0x`, `0o`, `0b` and a
/// leading 0 set the base.
pub(super) fn parse_int(text: &str) -> Option<Int> {
    let (negative, signed, magnitude) = match text.as_bytes().first()? {
        b'-' => (true, true, &text[1..]),
        b'+' => (false, true, &text[1..]),
        _ => (false, false, text),
    };
    let lower = |prefix: &str| {
        magnitude.get(..2).filter(|start| start.eq_ignore_ascii_case(prefix)).and_then(|_| magnitude.get(2..))
    };
    let (radix, digits) = if let Some(digits) = lower("0x") {
        (16, digits)
    } else if let Some(digits) = lower("0o") {
        (8, digits)
    } else if let Some(digits) = lower("0b") {
        (2, digits)
    } else if magnitude.len() > 1 && magnitude.starts_with('0') {
        (8, &magnitude[1..])
    } else {
        (10, magnitude)
    };
    let value = parse_digits(digits, radix)?;
    signed_int(negative, signed, value)
}

/// `0b-11` and `-0b11` as go-yaml's second look at such numbers reads them.
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

/// A whole number as go-yaml keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Int {
    Signed(i64),
    /// Only beyond `i64::MAX`.
    Unsigned(u64),
}

/// Whether go-yaml takes text (without underscores) for a float: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
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

/// A float as go-yaml reads it; beyond the range it is none.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    if !looks_like_float(text) {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A float that begins with a dot; Go lets single underscores stand between digits there.
pub(super) fn parse_dotted_float(text: &str) -> Option<f64> {
    let mut previous = b'^';
    for byte in text.bytes().chain([b'$']) {
        if byte == b'_' && !previous.is_ascii_digit() || previous == b'_' && !byte.is_ascii_digit() {
            return None;
        }
        previous = byte;
    }
    parse_float(&text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_go_writes_them() {
        for (value, go, json) in [
            (0.0, "0", "0"),
            (1.0, "1", "1"),
            (100000.0, "100000", "100000"),
            (123456.5, "123456.5", "123456.5"),
            (1e6, "1e+06", "1000000"),
            (1234567.0, "1.234567e+06", "1234567"),
            (12345678.5, "1.23456785e+07", "12345678.5"),
            (0.1, "0.1", "0.1"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "0.00001"),
            (1e-7, "1e-07", "1e-7"),
            (1.5e-10, "1.5e-10", "1.5e-10"),
            (1e20, "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21"),
            (-0.5, "-0.5", "-0.5"),
            (f64::MAX, "1.7976931348623157e+308", "1.7976931348623157e+308"),
            (5e-324, "5e-324", "5e-324"),
        ] {
            assert_eq!((go_float(value), json_float(value)), (go.to_owned(), json.to_owned()), "{value:?}");
        }
    }

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
