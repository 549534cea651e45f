//! What texts and numbers have to look like.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::yaml::Value;

/// Whether a number is whole and fits 32 or 64 bits.
pub(super) fn is_whole(value: &Value, is_32: bool) -> bool {
    let Some(number) = value.as_number() else { return false };
    let limit = if is_32 { f64::from(i32::MAX) } else { i64::MAX as f64 };
    number.fract() == 0.0 && number <= limit && number >= -limit - 1.0
}

/// Digits without a zero in front.
pub(super) fn is_decimal(text: &str) -> bool {
    text == "0" || !text.starts_with('0') && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Standard base64 with padding; line breaks are ignored, as Go does.
pub(super) fn is_base64(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    STANDARD.decode(compact).is_ok()
}

/// A time of RFC 3339.
pub(super) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let has_date = [0..4, 5..7, 8..10, 11..13, 14..16, 17..19].into_iter().all(digits)
        && signs.iter().all(|(at, sign)| bytes.get(*at) == Some(sign));
    let rest = text.get(19..).unwrap_or_default();
    let zone = rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let is_offset = zone.len() == 6 && zone.starts_with(['+', '-']) && zone.as_bytes()[3] == b':';
    has_date && (zone == "Z" || is_offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers() {
        assert!(is_time("2026-01-01T00:00:00Z") && is_time("2026-01-01T00:00:00.5+02:00"));
        assert!(!is_time("2026-01-01") && !is_time("2026-01-01T00:00:00") && !is_time(""));
        assert!(is_whole(&Value::Float(3.0), true) && !is_whole(&Value::Float(3.5), true));
        assert!(!is_whole(&Value::Float(3e9), true) && is_whole(&Value::Float(3e9), false));
    }
}
