//! Resolves the text of a scalar to a value by YAML 1.1's implicit types, as implemented in go-yaml v2.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::number::{Int, parse_dotted_float, parse_float, parse_int, parse_prefixed};

/// A scalar's value, before numbers become 64-bit floats.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'t> {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond `i64::MAX`.
    Unsigned(u64),
    /// Possibly infinite or NaN.
    Float(f64),
    Text(Cow<'t, str>),
}

/// The types that go-yaml distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Timestamp,
}

impl Scalar<'_> {
    /// Returns its type; integers of any size have the same one.
    pub(super) fn type_of(&self) -> Type {
        match self {
            Scalar::Null => Type::Null,
            Scalar::Bool(_) => Type::Bool,
            Scalar::Int(_) | Scalar::Unsigned(_) => Type::Int,
            Scalar::Float(_) => Type::Float,
            Scalar::Text(_) => Type::Str,
        }
    }
}

impl Type {
    fn short_tag(self) -> &'static str {
        match self {
            Type::Null => "!!null",
            Type::Bool => "!!bool",
            Type::Int => "!!int",
            Type::Float => "!!float",
            Type::Str => "!!str",
            Type::Timestamp => "!!timestamp",
        }
    }
}

/// The prefix that `!!` abbreviates.
const CORE: &str = "tag:yaml.org,2002:";

/// Returns the value of a scalar that is plain or has a tag.
///
/// # Errors
/// go-yaml's message for text that does not fit its tag.
pub(super) fn resolve<'t>(tag: Option<&str>, text: Cow<'t, str>) -> Result<Scalar<'t>, String> {
    let wanted = match tag.map(|tag| tag.strip_prefix(CORE)) {
        None => None,
        Some(Some("str")) => return Ok(Scalar::Text(text)),
        Some(Some("binary")) => return decode_binary(&text).map(Scalar::Text),
        Some(Some("null")) => Some(Type::Null),
        Some(Some("bool")) => Some(Type::Bool),
        Some(Some("int")) => Some(Type::Int),
        Some(Some("float")) => Some(Type::Float),
        Some(Some("timestamp")) => Some(Type::Timestamp),
        Some(_) => return Ok(Scalar::Text(text)),
    };
    let (found, value) = implicit(&text, matches!(wanted, None | Some(Type::Timestamp)));
    match (wanted, value) {
        (Some(Type::Float), Some(Scalar::Int(value))) => Ok(Scalar::Float(value as f64)),
        (Some(wanted), _) if wanted != found => {
            Err(format!("cannot decode {} `{text}` as a {}", found.short_tag(), wanted.short_tag()))
        }
        (_, Some(value)) => Ok(value),
        (_, None) => Ok(Scalar::Text(text)),
    }
}

/// Whether plain text reads back as the string it is.
pub(super) fn is_plain_string(text: &str) -> bool {
    implicit(text, true).0 == Type::Str
}

/// Whether go-yaml v3 reads text as an octal number that v2 does not recognize.
pub(super) fn is_v3_octal(text: &str) -> bool {
    text.contains("0o") && parse_prefixed(&text.replace('_', ""), "0o", 8).is_some()
}

/// Returns the type of text without a tag, and its value unless that is the text itself.
fn implicit(text: &str, timestamps: bool) -> (Type, Option<Scalar<'static>>) {
    let Some(&first) = text.as_bytes().first() else { return (Type::Null, Some(Scalar::Null)) };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => match text {
            ".nan" | ".NaN" | ".NAN" => (Type::Float, Some(Scalar::Float(f64::NAN))),
            ".inf" | ".Inf" | ".INF" => (Type::Float, Some(Scalar::Float(f64::INFINITY))),
            _ => parse_dotted_float(text).map_or((Type::Str, None), |value| (Type::Float, Some(Scalar::Float(value)))),
        },
        b'0'..=b'9' | b'+' | b'-' => number(text, timestamps),
        _ => (Type::Str, None),
    }
}

fn word(text: &str) -> (Type, Option<Scalar<'static>>) {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            (Type::Bool, Some(Scalar::Bool(true)))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            (Type::Bool, Some(Scalar::Bool(false)))
        }
        "~" | "null" | "Null" | "NULL" => (Type::Null, Some(Scalar::Null)),
        _ => (Type::Str, None),
    }
}

fn number(text: &str, timestamps: bool) -> (Type, Option<Scalar<'static>>) {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return (Type::Float, Some(Scalar::Float(f64::INFINITY))),
        "-.inf" | "-.Inf" | "-.INF" => return (Type::Float, Some(Scalar::Float(f64::NEG_INFINITY))),
        _ => {}
    }
    if timestamps && is_timestamp(text) {
        return (Type::Timestamp, None);
    }
    let plain = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    if let Some(value) = parse_int(&plain) {
        (Type::Int, Some(value.into()))
    } else if let Some(value) = parse_float(&plain) {
        (Type::Float, Some(Scalar::Float(value)))
    } else if let Some(value) = parse_prefixed(&plain, "0b", 2) {
        (Type::Int, Some(value.into()))
    } else {
        (Type::Str, None)
    }
}

impl From<Int> for Scalar<'_> {
    fn from(value: Int) -> Self {
        match value {
            Int::Signed(value) => Scalar::Int(value),
            Int::Unsigned(value) => Scalar::Unsigned(value),
        }
    }
}

/// Decodes a `!!binary` scalar. JSON has only text, so every byte that is not valid UTF-8 becomes U+FFFD.
fn decode_binary(text: &str) -> Result<Cow<'static, str>, String> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    let text: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let bytes = GeneralPurpose::new(&STANDARD, CONFIG)
        .decode(text)
        .map_err(|_| "!!binary value contains invalid base64 data".to_owned())?;
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Ok(Cow::Owned(decoded))
}

/// Whether text is a date or a timestamp: `2001-12-14`, `2001-12-14 21:59:43.1`, `2001-12-14t21:59:43Z`.
fn is_timestamp(text: &str) -> bool {
    let mut rest = Reader(text);
    let Some(year) = rest.digits(4, 4) else { return false };
    let Some(month) = rest.literal("-").and_then(|()| rest.digits(1, 2)) else { return false };
    let Some(day) = rest.literal("-").and_then(|()| rest.digits(1, 2)) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    if !(1..=days).contains(&day) {
        return false;
    }
    if rest.0.is_empty() {
        return true;
    }
    let zoned = rest.literal("T").or_else(|| rest.literal("t")).is_some();
    if !zoned {
        if rest.literal(" ").is_none() {
            return false;
        }
        rest.0 = rest.0.trim_start_matches(' ');
    }
    rest.time().is_some() && (!zoned || rest.zone().is_some()) && rest.0.is_empty()
}

/// The unread rest of a timestamp.
struct Reader<'t>(&'t str);

impl Reader<'_> {
    fn literal(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits.parse().ok()
    }

    fn below(&mut self, least: usize, limit: u32) -> Option<u32> {
        self.digits(least, 2).filter(|&value| value < limit)
    }

    fn time(&mut self) -> Option<()> {
        self.below(1, 24)?;
        self.literal(":")?;
        self.below(1, 60)?;
        self.literal(":")?;
        self.below(1, 60)?;
        if self.literal(".").or_else(|| self.literal(",")).is_some() {
            self.digits(1, usize::MAX).or_else(|| self.0.is_empty().then_some(0))?;
        }
        Some(())
    }

    fn zone(&mut self) -> Option<()> {
        if self.literal("Z").is_some() {
            return Some(());
        }
        self.literal("+").or_else(|| self.literal("-"))?;
        self.digits(2, 2).filter(|&hours| hours <= 24)?;
        self.literal(":")?;
        self.digits(2, 2).filter(|&minutes| minutes <= 60)?;
        Some(())
    }
}
