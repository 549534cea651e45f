//! The verbs of Go's `printf`: one value in the form that a verb and its flags ask for.

use tera::Value;
use tera::value::ValueKind;

use super::call::go_type;
use super::go_format::{PLAIN_DIGITS, display, sorted};
use crate::go::float::{format_float, format_float_from};
use crate::go::strconv::{is_printable, quote_char, quote_char_ascii, quote_double, quote_double_ascii};

/// What stands between a `%` and its verb.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Flags {
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// Writes a value, or what Go writes where the verb does not fit it: `%!d(string=x)`. The value is one that can be
/// gone through.
///
/// Numbers of values files are floats in Helm. Here the whole ones are integers, and both kinds of verbs fit them.
pub(super) fn write(out: &mut String, verb: char, flags: Flags, value: &Value) {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None if matches!(verb, 'v' | 'T') => pad(out, flags, "<nil>"),
        _ if verb == 'T' => pad(out, flags, cut(go_type(value), flags)),
        // There are no errors to wrap, nor addresses that would be the same in every run.
        _ if matches!(verb, 'w' | 'p') => bad_verb(out, verb, flags, value),
        ValueKind::Array | ValueKind::Map => parts(out, verb, flags, value),
        kind => {
            let fits = match kind {
                ValueKind::String => text(out, verb, flags, value.as_str().unwrap_or("")),
                ValueKind::Bytes => text(out, verb, flags, &display(value)),
                ValueKind::Bool if matches!(verb, 't' | 'v') => {
                    pad(out, flags, &display(value));
                    true
                }
                ValueKind::F64 => float(out, verb, flags, value.as_f64().unwrap_or(0.0)),
                _ => match value.as_number() {
                    Some(number) if "eEfFgG".contains(verb) => float(out, verb, flags, number.as_float()),
                    Some(number) => number.as_integer().is_some_and(|number| integer(out, verb, flags, number)),
                    None => false,
                },
            };
            if !fits {
                bad_verb(out, verb, flags, value);
            }
        }
    }
}

/// A list or map: its parts one by one, in Go's own syntax for `%#v`.
fn parts(out: &mut String, verb: char, flags: Flags, value: &Value) {
    let go_syntax = verb == 'v' && flags.sharp;
    let separator = if go_syntax { ", " } else { " " };
    let part = |out: &mut String, value: &Value| match value.kind() {
        ValueKind::Undefined | ValueKind::None if go_syntax => out.push_str("interface {}(nil)"),
        ValueKind::Undefined | ValueKind::None => out.push_str("<nil>"),
        _ => write(out, verb, flags, value),
    };
    let is_map = value.is_map();
    out.push_str(match (go_syntax, is_map) {
        (true, _) => go_type(value),
        (false, true) => "map",
        (false, false) => "",
    });
    out.push(if go_syntax { '{' } else { '[' });
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        out.push_str(if index > 0 { separator } else { "" });
        part(out, item);
    }
    for (index, (key, value)) in value.as_map().map(sorted).into_iter().flatten().enumerate() {
        out.push_str(if index > 0 { separator } else { "" });
        write(out, verb, flags, &Value::from(key.as_ref()));
        out.push(':');
        part(out, value);
    }
    out.push(if go_syntax { '}' } else { ']' });
}

fn bad_verb(out: &mut String, verb: char, flags: Flags, value: &Value) {
    out.push_str(&format!("%!{verb}({})", typed(value, flags)));
}

/// A value with its type, as Go shows arguments that don't fit.
pub(super) fn typed(value: &Value, flags: Flags) -> String {
    let mut out = match go_type(value) {
        "<nil>" => return "<nil>".to_owned(),
        name => format!("{name}="),
    };
    write(&mut out, 'v', Flags { sharp: false, ..flags }, value);
    out
}

/// Writes a text padded to the width; with zeros where the flag says so, as Go does for any text.
fn pad(out: &mut String, flags: Flags, text: &str) {
    let missing = flags.width.unwrap_or(0).saturating_sub(text.chars().count());
    let fill = if flags.zero && !flags.minus { '0' } else { ' ' };
    if flags.minus {
        out.push_str(text);
    }
    out.extend(std::iter::repeat_n(fill, missing));
    if !flags.minus {
        out.push_str(text);
    }
}

/// The characters that the precision leaves.
fn cut(text: &str, flags: Flags) -> &str {
    let end = flags.precision.and_then(|precision| text.char_indices().nth(precision));
    &text[..end.map_or(text.len(), |(end, _)| end)]
}

fn text(out: &mut String, verb: char, flags: Flags, text: &str) -> bool {
    let written = match verb {
        'v' if flags.sharp => quote_double(cut(text, flags)),
        's' | 'v' => cut(text, flags).to_owned(),
        'q' => quoted(cut(text, flags), flags),
        'x' | 'X' => hexadecimal(text, verb, flags),
        _ => return false,
    };
    pad(out, flags, &written);
    true
}

/// `%q`: `%#q` is in back quotes where that is possible, `%+q` is ASCII.
fn quoted(text: &str, flags: Flags) -> String {
    let plain = |c: char| c == '\t' || !(c < ' ' || matches!(c, '`' | '\u{7f}' | '\u{feff}'));
    match () {
        () if flags.sharp && text.chars().all(plain) => format!("`{text}`"),
        () if flags.plus => quote_double_ascii(text),
        () => quote_double(text),
    }
}

/// `%x` of a text: its bytes, with a space between for `% x`.
fn hexadecimal(text: &str, verb: char, flags: Flags) -> String {
    let length = flags.precision.map_or(text.len(), |precision| precision.min(text.len()));
    let prefix = match (flags.sharp, verb) {
        (false, _) => "",
        (true, 'x') => "0x",
        (true, _) => "0X",
    };
    let mut out = String::new();
    for (index, byte) in text.bytes().take(length).enumerate() {
        out.push_str(if index > 0 && flags.space { " " } else { "" });
        out.push_str(if index == 0 || flags.space { prefix } else { "" });
        out.push_str(&if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") });
    }
    out
}

fn integer(out: &mut String, verb: char, flags: Flags, number: i128) -> bool {
    let character = || u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
    let magnitude = number.unsigned_abs();
    let (prefix, digits) = match verb {
        'd' | 'v' => ("", format!("{magnitude}")),
        'b' => (if flags.sharp { "0b" } else { "" }, format!("{magnitude:b}")),
        'o' => ("", format!("{magnitude:o}")),
        'O' => ("0o", format!("{magnitude:o}")),
        'x' => (if flags.sharp { "0x" } else { "" }, format!("{magnitude:x}")),
        'X' => (if flags.sharp { "0X" } else { "" }, format!("{magnitude:X}")),
        'c' => return written(out, flags, &character().to_string()),
        'q' if flags.plus => return written(out, flags, &quote_char_ascii(character())),
        'q' => return written(out, flags, &quote_char(character())),
        'U' => return unicode(out, flags, number),
        _ => return false,
    };
    let plain = Flags { zero: false, ..flags };
    if flags.precision == Some(0) && number == 0 {
        return written(out, plain, "");
    }
    let sign = sign(number < 0, flags);
    // Zeros up to the width are digits like those up to the precision, which they give way to.
    let least = match flags.precision {
        Some(precision) => precision,
        None if flags.zero && !flags.minus => flags.width.unwrap_or(0).saturating_sub(sign.len()),
        None => 0,
    };
    let zeros = "0".repeat(least.saturating_sub(digits.len()));
    let octal = if matches!(verb, 'o' | 'O') && flags.sharp && !(zeros.starts_with('0') || digits.starts_with('0')) {
        "0"
    } else {
        ""
    };
    written(out, plain, &format!("{sign}{prefix}{octal}{zeros}{digits}"))
}

fn written(out: &mut String, flags: Flags, text: &str) -> bool {
    pad(out, flags, text);
    true
}

/// `%U`: `U+1F600`, for `%#U` with the character behind it.
fn unicode(out: &mut String, flags: Flags, number: i128) -> bool {
    let least = flags.precision.unwrap_or(0).max(4);
    let digits = format!("{:X}", number as u64);
    let zeros = "0".repeat(least.saturating_sub(digits.len()));
    let character = u32::try_from(number).ok().and_then(char::from_u32).filter(|&c| flags.sharp && is_printable(c));
    let character = character.map(|c| format!(" '{c}'")).unwrap_or_default();
    written(out, Flags { zero: false, ..flags }, &format!("U+{zeros}{digits}{character}"))
}

fn sign(negative: bool, flags: Flags) -> &'static str {
    match negative {
        true => "-",
        false if flags.plus => "+",
        false if flags.space => " ",
        false => "",
    }
}

fn float(out: &mut String, verb: char, flags: Flags, number: f64) -> bool {
    if !number.is_finite() {
        return "vgGeEfF".contains(verb) && written(out, Flags { zero: false, ..flags }, &format_float(number));
    }
    let magnitude = number.abs();
    let digits = match (verb, flags.precision) {
        ('v', None) => format_float_from(magnitude, PLAIN_DIGITS),
        ('g' | 'G', None) => format_float(magnitude),
        ('v' | 'g' | 'G', Some(precision)) => significant(magnitude, precision.max(1)),
        ('f' | 'F', precision) => fixed(magnitude, precision.unwrap_or(6)),
        ('e' | 'E', precision) => scientific(magnitude, precision.unwrap_or(6)),
        _ => return false,
    };
    let digits = if verb == 'E' || verb == 'G' { digits.to_uppercase() } else { digits };
    let sign = sign(number.is_sign_negative(), flags);
    if flags.zero && !flags.minus {
        let missing = flags.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
        return written(out, Flags::default(), &format!("{sign}{}{digits}", "0".repeat(missing)));
    }
    written(out, flags, &format!("{sign}{digits}"))
}

/// No float has more decimal places than this; what is asked for beyond is zeros.
const MAX_PLACES: usize = 1_100;

fn fixed(number: f64, precision: usize) -> String {
    let exact = precision.min(MAX_PLACES);
    format!("{number:.exact$}{}", "0".repeat(precision - exact))
}

fn scientific(number: f64, precision: usize) -> String {
    let exact = precision.min(MAX_PLACES);
    let text = format!("{number:.exact$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let zeros = "0".repeat(precision - exact);
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}{zeros}e-{exponent:0>2}"),
        None => format!("{digits}{zeros}e+{exponent:0>2}"),
    }
}

/// `%.3g`: at most so many significant digits, zeros at the end left out, with an exponent where the number has more
/// digits before its point.
fn significant(number: f64, precision: usize) -> String {
    let text = scientific(number, precision.min(MAX_PLACES) - 1);
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let digits: String = digits.chars().filter(|&c| c != '.').collect();
    let trimmed = match digits.trim_end_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let length = trimmed.len() as i64;
    let point = exponent + 1;
    let threshold = if precision as i64 > length && length >= point { length } else { precision as i64 };
    if exponent < -4 || exponent >= threshold {
        return scientific(number, trimmed.len() - 1);
    }
    fixed(number, usize::try_from(length - point).unwrap_or(0))
}
