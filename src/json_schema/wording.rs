//! Formats names and numbers as Helm's schema messages do: Go's `%q` in single quotes, and English digit groups.

use crate::go::strconv::push_escaped;

/// Returns a string in single quotes, with unprintable characters escaped as in Go's `%q`.
///
/// Helm undoes the escapes of double quotes before it replaces the outer quotes, so a backslash at the end appears only once.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        match c {
            '\'' => quoted.push_str("\\'"),
            '\\' => quoted.push_str("\\\\"),
            _ => push_escaped(&mut quoted, c),
        }
    }
    if text.ends_with('\\') {
        quoted.pop();
    }
    quoted.push('\'');
    quoted
}

/// Returns several strings, quoted and separated by commas.
pub(super) fn quote_all<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// Formats an integer with commas between groups of three digits.
pub(super) fn count(number: usize) -> String {
    group_digits(&number.to_string())
}

/// Formats a number as Helm prints a limit: digit groups below a million, `1.5×10⁰⁷` above it and below 0.0001.
pub(super) fn limit(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let plain = number.abs().to_string();
        let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
        let sign = if number < 0.0 { "-" } else { "" };
        let fraction = fraction.map_or_else(String::new, |digits| format!(".{digits}"));
        return format!("{sign}{}{fraction}", group_digits(whole));
    }
    let raised: String = format!("{:02}", exponent.abs())
        .chars()
        .filter_map(|digit| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit.to_digit(10)? as usize))
        .collect();
    format!("{mantissa}×10{}{raised}", if exponent < 0 { "⁻" } else { "" })
}

fn group_digits(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from Go's `golang.org/x/text/message` for English.
    #[test]
    fn limits_are_written_as_helm_writes_them() {
        for (number, written) in [
            (0.0, "0"),
            (-1.0, "-1"),
            (1000.0, "1,000"),
            (999_999.0, "999,999"),
            (1e6, "1×10⁰⁶"),
            (1_234_567.0, "1.234567×10⁰⁶"),
            (1e100, "1×10¹⁰⁰"),
            (-1234.5, "-1,234.5"),
            (99_999.5, "99,999.5"),
            (0.0001, "0.0001"),
            (1.23e-5, "1.23×10⁻⁰⁵"),
            (-1e21, "-1×10²¹"),
            (0.300_000_000_000_000_04, "0.30000000000000004"),
            (f64::MAX, "1.7976931348623157×10³⁰⁸"),
        ] {
            assert_eq!(limit(number), written);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(100), "100");
    }

    #[test]
    fn quotes_escape_invisible_characters() {
        assert_eq!(quote("a'b\"c\\\n\u{1}ä\u{200b}\u{301}"), "'a\\'b\"c\\\\\\n\\x01ä\\u200b\u{301}'");
        assert_eq!(quote("a\\"), "'a\\'");
    }
}
