//! Values as Go prints them.

use std::borrow::Cow;
use std::fmt::Write;

use tera::Value;
use tera::value::{Key, ValueKind};

use crate::go::float::format_float_from;

/// From which power of ten on a float is printed with an exponent. Go's `%v` has 6; here numbers stay as people write
/// them for as long as they do in JSON.
pub(super) const PLAIN_DIGITS: i32 = 21;

/// A value as sprig's `strval` and Go's `%v` print it: `map[a:1]`, `[1 2]`, `<nil>`, strings as they are.
pub(super) fn display(value: &Value) -> Cow<'_, str> {
    match value.as_str() {
        Some(text) => Cow::Borrowed(text),
        None => {
            let mut out = String::new();
            write_value(&mut out, value);
            Cow::Owned(out)
        }
    }
}

fn write_value(out: &mut String, value: &Value) {
    if let Some(map) = value.as_map() {
        out.push_str("map[");
        for (index, (key, value)) in sorted(map).into_iter().enumerate() {
            out.push_str(if index > 0 { " " } else { "" });
            out.push_str(&key);
            out.push(':');
            write_value(out, value);
        }
        out.push(']');
    } else if let Some(items) = value.as_array() {
        out.push('[');
        for (index, item) in items.iter().enumerate() {
            out.push_str(if index > 0 { " " } else { "" });
            write_value(out, item);
        }
        out.push(']');
    } else {
        match value.kind() {
            ValueKind::Undefined | ValueKind::None => out.push_str("<nil>"),
            ValueKind::F64 => out.push_str(&format_float_from(value.as_f64().unwrap_or(0.0), PLAIN_DIGITS)),
            // Writing to a String can't fail.
            _ => drop(write!(out, "{value}")),
        }
    }
}

/// The entries of a map in the order of their keys, in which Go prints them.
pub(super) fn sorted(map: &tera::Map) -> Vec<(Cow<'_, str>, &Value)> {
    let text = |key: &'_ Key<'static>| key.to_string();
    let mut entries: Vec<_> = map
        .iter()
        .map(|(key, value)| (key.as_str().map_or_else(|| Cow::Owned(text(key)), Cow::Borrowed), value))
        .collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries
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
