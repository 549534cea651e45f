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

/// Kubernetes' quantities: a signed number with fraction, and a suffix (k8s.io/apimachinery, `resource.Quantity`).
pub(super) fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(digits);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return false;
    }
    if ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&suffix) {
        return true;
    }
    let exponent =
        suffix.strip_prefix(['e', 'E']).map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    exponent.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Standard base64 with padding; line breaks are passed over, as Go does.
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

/// A DNS label: at most 63 small letters, digits and hyphens (RFC 1123).
pub(super) fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_label_part(text)
}

/// A DNS subdomain: labels with dots between, at most 253 characters (RFC 1123).
pub(super) fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label_part)
}

fn is_label_part(text: &str) -> bool {
    let is_end = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    !text.is_empty()
        && bytes.iter().all(|byte| is_end(byte) || *byte == b'-')
        && bytes.first().is_some_and(is_end)
        && bytes.last().is_some_and(is_end)
}

/// A value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
pub(super) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_qualified_part(text)
}

fn is_qualified_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    text.len() <= 63
        && bytes.iter().all(inside)
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
}

/// A key of labels and annotations: a name, with a DNS subdomain and `/` before it or not.
pub(super) fn is_qualified_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_qualified_part(name),
        None => is_qualified_part(text),
    }
}

/// A port's name (RFC 6335): at most 15 small letters, digits and single hyphens, with a letter.
pub(super) fn is_port_name(text: &str) -> bool {
    text.len() <= 15
        && is_label_part(text)
        && !text.contains("--")
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// The name of a key in a ConfigMap or Secret.
pub(super) fn is_config_key(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.len() <= 253 && text.bytes().all(inside) && text != "." && !text.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_as_the_api_server_reads_them() {
        for text in ["1", "1.5", ".5", "1.", "-1", "500m", "128Mi", "1e3", "1E-3", "2Ei", "1E", "0"] {
            assert!(is_quantity(text), "{text}");
        }
        for text in ["", "1 Gi", "1GB", "1gi", "abc", "1.2.3", "m", "1e", "--1", "."] {
            assert!(!is_quantity(text), "{text}");
        }
    }

    #[test]
    fn names_of_all_sorts() {
        assert!(is_dns_label("a-1") && !is_dns_label("a.b") && !is_dns_label("-a") && !is_dns_label(""));
        assert!(is_dns_subdomain("a.b-c.1") && !is_dns_subdomain("a..b") && !is_dns_subdomain("A"));
        assert!(
            is_qualified_name("app.kubernetes.io/Name_x") && !is_qualified_name("a/b/c") && !is_qualified_name("a/")
        );
        assert!(is_label_value("") && !is_label_value("a b") && !is_label_value(&"a".repeat(64)));
        assert!(
            is_port_name("c2s-tls")
                && !is_port_name("123")
                && !is_port_name("a--b")
                && !is_port_name("a-very-long-port-name")
        );
        assert!(is_config_key("a.toml") && !is_config_key("a/b") && !is_config_key(".."));
    }

    #[test]
    fn times_and_numbers() {
        assert!(is_time("2026-01-01T00:00:00Z") && is_time("2026-01-01T00:00:00.5+02:00"));
        assert!(!is_time("2026-01-01") && !is_time("2026-01-01T00:00:00") && !is_time(""));
        assert!(is_whole(&Value::Float(3.0), true) && !is_whole(&Value::Float(3.5), true));
        assert!(!is_whole(&Value::Float(3e9), true) && is_whole(&Value::Float(3e9), false));
    }
}
