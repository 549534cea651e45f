//! Go's `printf`.

use tera::Value;
use tera::value::ValueKind;

use super::Function;
use super::call::{Answer, Call, Failure, go_type};
use super::go_format::{display, shortest};
use super::strings::quoted;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "printf",
        &["format", "args?"],
        "The format with `%s %d %v %q %05d %x %t %.2f ...` filled in from `args`, a list or a single value.",
        |call| {
            let format = call.text("format")?;
            let none = Value::from(Vec::<Value>::new());
            let args = call.optional("args").unwrap_or(&none);
            let args = args.as_array().unwrap_or(std::slice::from_ref(args));
            let text = formatted(format, args, &|size| call.run.budget.check_size(size).map_err(Failure::Call))?;
            Ok(Value::from(text))
        },
    ),
    Function::new("print", &["values"], "The values of a list as one text, spaces between those that are no strings.", print),
    Function::new("println", &["values"], "The values of a list with spaces between and a line break at the end.", |call| {
        let values = call.value("values")?;
        let values = values.as_array().unwrap_or(std::slice::from_ref(values));
        let texts: Vec<_> = values.iter().map(display).collect();
        Ok(Value::from(format!("{}\n", texts.join(" "))))
    }),
];

fn print(call: &Call<'_>) -> Answer {
    let values = call.value("values")?;
    let values = values.as_array().unwrap_or(std::slice::from_ref(values));
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 && !value.is_string() && !values[index - 1].is_string() {
            out.push(' ');
        }
        out.push_str(&display(value));
    }
    Ok(Value::from(out))
}

/// What stands between a `%` and its verb.
#[derive(Default, Clone, Copy)]
struct Flags {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Fills in a format as Go does, mistakes in it included: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA int=1)`.
pub(super) fn formatted(
    format: &str,
    args: &[Value],
    check_size: &dyn Fn(usize) -> Result<(), Failure>,
) -> Result<String, Failure> {
    let mut out = String::with_capacity(format.len());
    let mut args = args.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = Flags::default();
        while let Some(flag) = chars.next_if(|c| "-+# 0".contains(*c)) {
            match flag {
                '-' => flags.minus = true,
                '+' => flags.plus = true,
                '#' => flags.sharp = true,
                ' ' => flags.space = true,
                _ => flags.zero = true,
            }
        }
        let mut number = |star: &mut dyn Iterator<Item = &Value>| {
            if chars.next_if_eq(&'*').is_some() {
                return star.next().and_then(Value::as_i64).and_then(|n| usize::try_from(n).ok());
            }
            let mut number = None;
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                let digit = digit.to_digit(10).unwrap_or(0) as usize;
                number = Some(number.unwrap_or(0usize).saturating_mul(10).saturating_add(digit));
            }
            number
        };
        flags.width = number(&mut args);
        if chars.next_if_eq(&'.').is_some() {
            let mut number = None;
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                let digit = digit.to_digit(10).unwrap_or(0) as usize;
                number = Some(number.unwrap_or(0usize).saturating_mul(10).saturating_add(digit));
            }
            flags.precision = Some(number.unwrap_or(0));
        }
        check_size(flags.width.unwrap_or(0).max(flags.precision.unwrap_or(0)).saturating_mul(1024).saturating_add(out.len()))?;
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        match args.next() {
            Some(value) => out.push_str(&verb_text(verb, flags, value)),
            None => out.push_str(&format!("%!{verb}(MISSING)")),
        }
    }
    let extra: Vec<String> = args.map(typed).collect();
    if !extra.is_empty() {
        out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    Ok(out)
}

/// A value with its type, as Go shows arguments that don't fit.
fn typed(value: &Value) -> String {
    match go_type(value) {
        "<nil>" => "<nil>".to_owned(),
        name => format!("{name}={}", display(value)),
    }
}

fn verb_text(verb: char, flags: Flags, value: &Value) -> String {
    if let Some(items) = value.as_array()
        && verb != 'T'
        && verb != 'v'
    {
        let items: Vec<String> = items.iter().map(|item| verb_text(verb, flags, item)).collect();
        return format!("[{}]", items.join(" "));
    }
    let text = match value.kind() {
        _ if verb == 'T' => Some(go_type(value).to_owned()),
        ValueKind::String => text_verb(verb, flags, value.as_str().unwrap_or("")),
        ValueKind::Bool => (verb == 't' || verb == 'v').then(|| display(value).into_owned()),
        ValueKind::F64 => float_verb(verb, flags, value.as_f64().unwrap_or(0.0)),
        ValueKind::Undefined | ValueKind::None => (verb == 'v').then(|| "<nil>".to_owned()),
        ValueKind::Array | ValueKind::Map | ValueKind::Bytes => (verb == 'v').then(|| display(value).into_owned()),
        _ => match (value.as_number(), verb) {
            // Numbers of values files are floats in Helm: what floats can do, whole ones can here too.
            (Some(number), 'e' | 'E' | 'f' | 'F' | 'g' | 'G') => float_verb(verb, flags, number.as_float()),
            (Some(number), _) => number.as_integer().and_then(|number| int_verb(verb, flags, number)),
            _ => None,
        },
    };
    match text {
        Some(text) => padded(&text, flags, value.is_number() && !matches!(verb, 'c' | 'q' | 'U')),
        None => format!("%!{verb}({})", typed(value)),
    }
}

fn padded(text: &str, flags: Flags, is_number: bool) -> String {
    let width = flags.width.unwrap_or(0);
    let missing = width.saturating_sub(text.chars().count());
    if missing == 0 {
        text.to_owned()
    } else if flags.minus {
        format!("{text}{}", " ".repeat(missing))
    } else if flags.zero && is_number {
        let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+', ' '])));
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else {
        let pad = if flags.zero { "0" } else { " " };
        format!("{}{text}", pad.repeat(missing))
    }
}

fn text_verb(verb: char, flags: Flags, text: &str) -> Option<String> {
    let cut: String = match flags.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    let hex = |upper: bool| cut.bytes().map(move |byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
    Some(match verb {
        's' => cut,
        'v' if flags.sharp => quoted(&cut),
        'v' => cut,
        'q' => quoted(&cut),
        'x' => hex(false).collect(),
        'X' => hex(true).collect(),
        _ => return None,
    })
}

fn int_verb(verb: char, flags: Flags, number: i128) -> Option<String> {
    let magnitude = number.unsigned_abs();
    let digits = match verb {
        'd' | 'v' => format!("{magnitude}"),
        'b' => format!("{magnitude:b}"),
        'o' => format!("{}{magnitude:o}", if flags.sharp { "0" } else { "" }),
        'O' => format!("0o{magnitude:o}"),
        'x' => format!("{}{magnitude:x}", if flags.sharp { "0x" } else { "" }),
        'X' => format!("{}{magnitude:X}", if flags.sharp { "0X" } else { "" }),
        'c' => return Some(character(number).to_string()),
        'q' => return Some(format!("'{}'", character(number).escape_default())),
        'U' => return Some(format!("U+{magnitude:04X}")),
        _ => return None,
    };
    let missing = flags.precision.unwrap_or(0).saturating_sub(digits.len());
    Some(format!("{}{}{digits}", sign(number < 0, flags), "0".repeat(missing)))
}

fn character(number: i128) -> char {
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn sign(negative: bool, flags: Flags) -> &'static str {
    match negative {
        true => "-",
        false if flags.plus => "+",
        false if flags.space => " ",
        false => "",
    }
}

fn float_verb(verb: char, flags: Flags, number: f64) -> Option<String> {
    let magnitude = number.abs();
    let digits = match (verb, flags.precision) {
        ('v', None) => shortest(magnitude, 21),
        ('g' | 'G', None) => shortest(magnitude, 21),
        ('v' | 'g' | 'G', Some(precision)) => significant(magnitude, precision.max(1)),
        ('f' | 'F', precision) => format!("{magnitude:.*}", precision.unwrap_or(6)),
        ('e' | 'E', precision) => scientific(magnitude, precision.unwrap_or(6)),
        _ => return None,
    };
    let digits = if verb == 'E' || verb == 'G' { digits.to_uppercase() } else { digits };
    Some(format!("{}{digits}", sign(number.is_sign_negative(), flags)))
}

fn scientific(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    match text.split_once('e') {
        Some((digits, exponent)) => match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}e-{exponent:0>2}"),
            None => format!("{digits}e+{exponent:0>2}"),
        },
        None => text,
    }
}

/// `%.3g`: so many significant digits, zeros at the end left out, with an exponent where the number is larger.
fn significant(number: f64, precision: usize) -> String {
    let text = scientific(number, precision - 1);
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |digits: &str| match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits.to_owned(),
    };
    if exponent < -4 || exponent >= precision as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim(digits), exponent.abs());
    }
    let places = (precision as i32 - 1 - exponent).max(0) as usize;
    trim(&format!("{number:.places$}"))
}
