//! Numbers parsed like Go's `strconv`, in the notation of Go's source: `0x1F`, `0o17`, `017`, `0b1`, `1_000`, `0x1p-2`.

/// Parses a number like `strconv.ParseInt(text, 0, 64)`.
pub fn parse_int(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(magnitude) => 0i64.checked_sub_unsigned(parse_uint(magnitude)?),
        None => i64::try_from(parse_uint(text.strip_prefix('+').unwrap_or(text))?).ok(),
    }
}

/// Parses a number like `strconv.ParseUint(text, 0, 64)`.
pub fn parse_uint(text: &str) -> Option<u64> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (&text[2..], 16),
        [b'0', b'b' | b'B', _, ..] => (&text[2..], 2),
        [b'0', b'o' | b'O', _, ..] => (&text[2..], 8),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    // Rust accepts a sign here, Go does not.
    let read = |digits: &str| {
        let has_sign = digits.starts_with(['+', '-']);
        if has_sign { None } else { u64::from_str_radix(digits, radix).ok() }
    };
    if !text.contains('_') {
        return read(digits);
    }
    if underscores_are_valid(text) { read(&digits.replace('_', "")) } else { None }
}

/// Parses a number like `strconv.ParseFloat(text, 64)`: one out of range is an error; `inf`, `infinity` and `nan` are
/// valid.
pub fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.starts_with(|first: char| first.is_ascii_alphabetic()) {
        // Go accepts a sign before infinities, but not before `nan`.
        let is_signed_nan = unsigned.len() < text.len() && unsigned.eq_ignore_ascii_case("nan");
        return if is_signed_nan { None } else { text.parse().ok() };
    }
    if text.contains('_') {
        return if underscores_are_valid(text) { parse_plain(&text.replace('_', "")) } else { None };
    }
    parse_plain(text)
}

fn parse_plain(text: &str) -> Option<f64> {
    let (is_negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    // Rust rejects a second sign, but would accept a name such as `inf` after the first.
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let number: f64 = match unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        Some(hexadecimal) => parse_hexadecimal(hexadecimal)?,
        None => unsigned.parse().ok()?,
    };
    let number = if is_negative { -number } else { number };
    number.is_finite().then_some(number)
}

/// Parses `1.8p4`: hexadecimal digits, and the power of two, which Go requires.
fn parse_hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let exponent: i32 = exponent.parse().ok()?;
    let digits = [whole, fraction].concat();
    let mut value = 0f64;
    // Digits beyond the precision of a float are rounded one by one; such numbers do not occur in practice.
    for digit in digits.chars() {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let scale = exponent.checked_sub(i32::try_from(fraction.len()).ok()?.checked_mul(4)?)?;
    // In two steps: the power by itself may exceed the range of a float where the product does not.
    let half = scale / 2;
    Some(value * 2f64.powi(half) * 2f64.powi(scale - half))
}

/// Whether underscores only separate digits, or a prefix from digits (`strconv.underscoreOK`).
fn underscores_are_valid(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut before = b'^';
    let mut rest = text.as_bytes();
    let mut is_hex = false;
    if let [b'0', prefix, ..] = rest
        && matches!(prefix.to_ascii_lowercase(), b'b' | b'o' | b'x')
    {
        before = b'0';
        is_hex = prefix.eq_ignore_ascii_case(&b'x');
        rest = &rest[2..];
    }
    for &byte in rest {
        let is_digit = byte.is_ascii_digit() || is_hex && byte.is_ascii_hexdigit();
        before = match (byte, before) {
            _ if is_digit => b'0',
            (b'_', b'0') => b'_',
            (b'_', _) | (_, b'_') => return false,
            _ => b'!',
        };
    }
    before != b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_the_notations_of_source_code() {
        for (text, number) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("007", Some(7)),
            ("0755", Some(493)),
            ("-0x1F", Some(-31)),
            ("0b101", Some(5)),
            ("0O17", Some(15)),
            ("1_000", Some(1_000)),
            ("0x_f", Some(15)),
            ("0_7", Some(7)),
            ("+5", Some(5)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("", None),
            ("-", None),
            ("+-1", None),
            ("--1", None),
            ("08", None),
            ("0x", None),
            ("0x-1", None),
            ("0b2", None),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("0_", None),
            ("1.", None),
            ("1 ", None),
            ("٣", None),
            ("é0", None),
            ("0é", None),
        ] {
            assert_eq!(parse_int(text), number, "{text}");
        }
        assert_eq!(parse_uint("18446744073709551615"), Some(u64::MAX));
        assert_eq!(parse_uint("18446744073709551616"), None);
        assert_eq!(parse_uint("+1"), None);
    }

    #[test]
    fn floats_may_be_hexadecimal_or_words() {
        for (text, number) in [
            ("1e3", Some(1000.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("-1_0.5", Some(-10.5)),
            ("0x1p4", Some(16.0)),
            ("-0X1.8p1", Some(-3.0)),
            ("inf", Some(f64::INFINITY)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("1e400", None),
            ("0x1", None),
            ("x", None),
            ("1__0", None),
            (".", None),
            ("+", None),
            ("", None),
            ("--1", None),
            ("-nan", None),
            ("+_1", None),
            ("é", None),
        ] {
            assert_eq!(parse_float(text), number, "{text}");
        }
        assert!(parse_float("NaN").is_some_and(f64::is_nan));
    }
}
