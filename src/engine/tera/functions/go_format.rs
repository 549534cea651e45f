//! Values as Go prints them.

use std::borrow::Cow;
use std::fmt::Write;

use tera::Value;
use tera::value::{Key, ValueKind};

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
            ValueKind::F64 => out.push_str(&shortest(value.as_f64().unwrap_or(0.0), PLAIN_DIGITS)),
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

/// The shortest digits that give the number back, with an exponent (of two digits at least) below -4 and from
/// `threshold` on.
pub(super) fn shortest(number: f64, threshold: i32) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= threshold {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    format!("{number}")
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
        assert_eq!(shortest(1234567.5, 6), "1.2345675e+06");
        assert_eq!(shortest(f64::NAN, 6), "NaN");
        assert_eq!(shortest(f64::NEG_INFINITY, 6), "-Inf");
    }
}
