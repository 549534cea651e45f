//! Tera's values as Go's functions see them.

use std::borrow::Cow;

use tera::Value;
use tera::value::{Key, ValueKind};

use crate::engine::sprig::Dialect;
use crate::go::fmt::{self, GoValue, View};

/// How the functions of Tera templates differ from Helm's.
pub(super) const DIALECT: Dialect = Dialect::TERA;

impl GoValue for Value {
    type Key = Vec<u8>;

    fn view(&self) -> View<'_, Value> {
        if let Some(map) = self.as_map() {
            let mut entries: Vec<_> = map.iter().map(|(key, value)| (key_bytes(key), value.clone())).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            return View::Map(entries);
        }
        match self.kind() {
            ValueKind::Undefined | ValueKind::None => View::Nil,
            ValueKind::Bool => View::Bool(self.is_truthy()),
            ValueKind::F64 => View::Float(self.as_f64().unwrap_or(0.0)),
            ValueKind::String => View::String(self.as_str().unwrap_or_default().as_bytes()),
            ValueKind::Bytes => View::String(self.as_bytes().unwrap_or_default()),
            ValueKind::Array => View::List(Cow::Borrowed(self.as_array().unwrap_or_default())),
            _ => match (self.as_i64(), self.as_u128()) {
                (Some(number), _) => View::Int(number),
                (None, Some(number)) if u64::try_from(number).is_ok() => View::Uint(number as u64),
                _ => View::Float(self.as_number().map_or(0.0, |number| number.as_float())),
            },
        }
    }

    fn go_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(go_type(self))
    }

    fn is_true(&self) -> bool {
        self.is_truthy()
    }
}

fn key_bytes(key: &Key<'static>) -> Vec<u8> {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned).into_bytes()
}

/// Returns the name of a value's type as Go prints it.
pub(super) fn go_type(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => "<nil>",
        ValueKind::Bool => "bool",
        ValueKind::F64 => "float64",
        ValueKind::String => "string",
        ValueKind::Array => "[]interface {}",
        ValueKind::Map => "map[string]interface {}",
        ValueKind::Bytes => "[]uint8",
        _ => "int",
    }
}

/// Returns the name of a value's kind in Go's `reflect`. Whole numbers in files are `float64` in Helm, but integers
/// here.
pub(super) fn kind_name(value: &Value) -> &'static str {
    match go_type(value) {
        "[]interface {}" | "[]uint8" => "slice",
        "map[string]interface {}" => "map",
        "<nil>" => "invalid",
        name => name,
    }
}

/// Formats a value as sprig's `strval` and Go's `%v` do: `map[a:1]`, `[1 2]`, `<nil>`, strings unchanged. The depth and
/// size of templates' values have been checked.
pub(super) fn display(value: &Value) -> Cow<'_, str> {
    match fmt::display(value, usize::MAX, DIALECT.print) {
        Ok(Cow::Borrowed(text)) => String::from_utf8_lossy(text),
        Ok(Cow::Owned(text)) => Cow::Owned(text_of(text)),
        Err(_) => Cow::Borrowed(""),
    }
}

/// Converts bytes to a text, or keeps them as bytes if they are not UTF-8; `b64enc` and the digests accept both.
pub(super) fn value_of_bytes(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::bytes(error.into_bytes()), Value::from)
}

/// Converts bytes to text, with U+FFFD in place of invalid UTF-8.
pub(super) fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_without_an_exponent_as_long_as_they_are_readable() {
        for (number, text) in [
            (1234567.5, "1234567.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
        ] {
            assert_eq!(display(&Value::from(number)), text);
        }
    }
}
