//! Determines the type of a `--set` value.

use crate::go::fmt::GoValue;
use crate::yaml::Value;

/// Returns the value of a text: `true`, `false` and `null` in any case, 0, and 64-bit integers without a leading 0;
/// everything else is a string.
pub(super) fn typed(text: String) -> Value {
    if equal_fold(&text, "true") {
        Value::Bool(true)
    } else if equal_fold(&text, "false") {
        Value::Bool(false)
    } else if equal_fold(&text, "null") {
        Value::Null
    } else if text == "0" {
        Value::Int(0)
    } else if text.starts_with('0') {
        Value::String(text)
    } else {
        match text.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::String(text),
        }
    }
}

/// Whether `--set` keeps a text as a string.
pub fn is_text(text: &str) -> bool {
    matches!(typed(text.to_owned()), Value::String(_))
}

/// Compares like Go's `strings.EqualFold`, for a lower-case ASCII word: the long s folds to s.
fn equal_fold(text: &str, word: &str) -> bool {
    text.chars().map(|c| if c == 'ſ' { 's' } else { c.to_ascii_lowercase() }).eq(word.chars())
}

/// Returns the name of a value's type in Go's messages about conversions.
pub(super) fn go_type(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        value => GoValue::go_type(&value).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_typed_as_helm_types_them() {
        for (text, value) in [
            ("TRUE", Value::Bool(true)),
            ("False", Value::Bool(false)),
            ("falſe", Value::Bool(false)),
            ("nuLL", Value::Null),
            ("0", Value::Int(0)),
            ("-0", Value::Int(0)),
            ("+1", Value::Int(1)),
            ("9223372036854775807", Value::Int(i64::MAX)),
            ("-9223372036854775808", Value::Int(i64::MIN)),
        ] {
            assert_eq!(typed(text.to_owned()), value, "{text}");
        }
        for text in
            ["", "00", "007", "0x1F", "1.5", "1e3", "yes", "~", "9223372036854775808", "1 ", "+", "-", "1_0", "--1"]
        {
            assert_eq!(typed(text.to_owned()), Value::String(text.to_owned()));
        }
    }
}
