//! Values as Go prints them.

use std::borrow::Cow;
use std::fmt::Write;

use tera::Value;
use tera::value::ValueKind;

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
        // Go prints maps in the order of their keys.
        let mut entries: Vec<(String, &Value)> = map.iter().map(|(key, value)| (key.to_string(), value)).collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        out.push_str("map[");
        for (index, (key, value)) in entries.into_iter().enumerate() {
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
            ValueKind::F64 => out.push_str(&float(value.as_f64().unwrap_or(0.0))),
            // Writing to a String can't fail.
            _ => drop(write!(out, "{value}")),
        }
    }
}

/// A float as `%v` prints it: the shortest digits that give it back, with an exponent below -4 and from 21 on.
///
/// Go's `%v` is `%g` with the threshold of 21 that `strconv` uses for the shortest form.
pub(super) fn float(number: f64) -> String {
    shortest(number, 21)
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
