//! Kubernetes' quantities: `500m`, `1.5`, `128Mi`.

use std::borrow::Cow;

use crate::json;
use crate::yaml::Value;

/// Whether a string is a quantity: a signed number with an optional fraction and suffix. As in k8s.io/apimachinery
/// (`resource.Quantity`), the digits may be missing, but the text must not be empty.
pub fn is_quantity(text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(digits);
    if number.matches('.').count() > 1 {
        return false;
    }
    if ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&suffix) {
        return true;
    }
    let exponent =
        suffix.strip_prefix(['e', 'E']).map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    exponent.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns a quantity in thousandths; `None` if it is invalid, or too small or too large for this unit.
pub fn quantity(value: &Value) -> Option<i128> {
    let text = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Null => Cow::Borrowed(""),
        Value::Map(_) | Value::List(_) => return None,
        other => Cow::Owned(json::write(other)),
    };
    let digits = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let factor: i128 = match suffix {
        "m" => 1,
        "" => 1000,
        "k" => 1_000_000,
        "M" => 1_000_000_000,
        "G" => 1_000_000_000_000,
        "T" => 1_000_000_000_000_000,
        "P" => 1_000_000_000_000_000_000,
        "Ki" => 1000 << 10,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        "Ti" => 1000 << 40,
        "Pi" => 1000 << 50,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i128 = if whole.trim_start_matches(['+', '-']).is_empty() { 0 } else { whole.parse().ok()? };
    let mut value = whole.checked_mul(factor)?;
    if !fraction.is_empty() {
        let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part = fraction.parse::<i128>().ok()?.checked_mul(factor)?;
        if part % scale != 0 {
            return None;
        }
        value += sign * (part / scale);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_as_the_api_server_reads_them() {
        for text in
            ["1", "1.5", ".5", "1.", "-1", "500m", "128Mi", "1e3", "1E-3", "2Ei", "1E", "0", "m", ".", "Mi", "+"]
        {
            assert!(is_quantity(text), "{text}");
        }
        for text in ["", "1 Gi", "1GB", "1gi", "abc", "1.2.3", "1e", "--1"] {
            assert!(!is_quantity(text), "{text}");
        }
    }

    #[test]
    fn quantities_are_read() {
        let read = |text: &str| quantity(&Value::String(text.to_owned()));
        assert_eq!(read("1.5Gi"), Some((1536 * 1000) << 20));
        assert_eq!(read("-0.5"), Some(-500));
        assert_eq!(read("abc"), None);
        assert_eq!(read("0.0001"), None);
        assert_eq!(read("99999999999999999999999999999999999999999Pi"), None);
    }
}
