//! Floats as Go's `strconv.FormatFloat` and `encoding/json` write them.

/// From this power of ten on, `%g` with the shortest digits uses an exponent.
const EXPONENT_FROM: i32 = 6;

/// The shortest decimal digits that read back as the same float. The decimal point follows the first `point` of them.
struct Digits {
    negative: bool,
    digits: String,
    point: i32,
}

impl Digits {
    /// Parses the output of `ryu`: `-1.25e-7`, `100.0`.
    fn parse(printed: &str) -> Digits {
        let negative = printed.starts_with('-');
        let (mantissa, exponent) = printed.trim_start_matches('-').split_once('e').unwrap_or((printed, "0"));
        let mantissa = mantissa.trim_start_matches('-');
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        let leading = all.len() - all.trim_start_matches('0').len();
        let digits = all.trim_matches('0').to_owned();
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let point = whole.len() as i32 - leading as i32 + exponent;
        if digits.is_empty() {
            return Digits { negative, digits: "0".to_owned(), point: 1 };
        }
        Digits { negative, digits, point }
    }

    fn from_float(value: f64) -> Digits {
        Digits::parse(ryu::Buffer::new().format_finite(value))
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    /// `1.25e-07`: Go's `%e` with the shortest digits.
    fn scientific(&self) -> String {
        let (first, rest) = self.digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let exponent = self.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}{first}{dot}{rest}e{sign}{:02}", self.sign(), exponent.abs())
    }

    /// `0.00125`, `1250`: Go's `%f` with the shortest digits.
    fn positional(&self) -> String {
        let sign = self.sign();
        let digits = &self.digits;
        match usize::try_from(self.point) {
            Ok(point) if point >= digits.len() => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
            Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => format!("{sign}0.{}{digits}", "0".repeat(self.point.unsigned_abs() as usize)),
        }
    }

    /// Go's `%g` with the shortest digits: uses an exponent below 1e-4 and from 1e`exponent_from` on.
    fn general(&self, exponent_from: i32) -> String {
        let exponent = self.point - 1;
        if !(-4..exponent_from).contains(&exponent) { self.scientific() } else { self.positional() }
    }
}

/// Formats a float like Go's `strconv.FormatFloat(value, 'g', -1, 64)`, as Go templates and go-yaml do.
///
/// ```
/// use mim_chart::go::float::format_float;
/// assert_eq!(format_float(1e6), "1e+06");
/// assert_eq!(format_float(1.5), "1.5");
/// assert_eq!(format_float(0.000001), "1e-06");
/// ```
pub fn format_float(value: f64) -> String {
    format_float_from(value, EXPONENT_FROM)
}

/// Formats a float like [`format_float`], but with an exponent from 1e`exponent_from` on instead of 1e6.
pub fn format_float_from(value: f64, exponent_from: i32) -> String {
    match special(value) {
        Some(name) => name.to_owned(),
        None => Digits::from_float(value).general(exponent_from),
    }
}

/// Formats a finite float with the digits that 32 bits need (`strconv.FormatFloat(value, 'g', -1, 32)`).
pub fn format_float32(value: f32) -> String {
    Digits::parse(ryu::Buffer::new().format_finite(value)).general(EXPONENT_FROM)
}

/// Formats a float like Go's `encoding/json`: positional from 1e-6 to 1e21, with an exponent outside that range.
///
/// ```
/// use mim_chart::go::float::format_json_float;
/// assert_eq!(format_json_float(1e20), "100000000000000000000");
/// assert_eq!(format_json_float(1e21), "1e+21");
/// assert_eq!(format_json_float(1e-7), "1e-7");
/// assert_eq!(format_json_float(-0.0), "-0");
/// ```
pub fn format_json_float(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 && (value != 0.0 || value.is_sign_positive()) {
        return (value as i64).to_string();
    }
    if let Some(name) = special(value) {
        return name.to_owned();
    }
    let digits = Digits::from_float(value);
    if value != 0.0 && (value.abs() < 1e-6 || value.abs() >= 1e21) {
        // Only a negative exponent loses its leading zero: 1e-07 becomes 1e-7.
        let text = digits.scientific();
        match text.split_once("e-0") {
            Some((mantissa, exponent)) => format!("{mantissa}e-{exponent}"),
            None => text,
        }
    } else {
        digits.positional()
    }
}

/// No float has more decimal places than this; further places are zeros.
const MAX_PLACES: usize = 1_100;

/// Formats a finite float with `precision` decimal places (`%.2f`).
pub fn fixed(number: f64, precision: usize) -> String {
    let exact = precision.min(MAX_PLACES);
    format!("{number:.exact$}{}", "0".repeat(precision - exact))
}

/// Formats a finite float with an exponent and `precision` decimal places (`%.2e`).
pub fn scientific(number: f64, precision: usize) -> String {
    let exact = precision.min(MAX_PLACES);
    let text = format!("{number:.exact$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let zeros = "0".repeat(precision - exact);
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}{zeros}e-{exponent:0>2}"),
        None => format!("{digits}{zeros}e+{exponent:0>2}"),
    }
}

/// Formats a finite, non-negative float with at most `precision` significant digits (`%.3g`): without trailing zeros,
/// and with an exponent if the number has more digits before its point or is below 1e-4.
pub fn significant(number: f64, precision: usize) -> String {
    let precision = precision.max(1);
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

/// The number of fraction bits in a float.
const FRACTION_BITS: u32 = 52;

/// Splits a finite, non-negative float into `integer * 2^exponent`, with the integer below 2^53.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    match (bits >> FRACTION_BITS) as i32 & 0x7ff {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << FRACTION_BITS, exponent - 1075),
    }
}

/// Formats a finite, non-negative float as an integer times a power of two (`%b`): `4503599627370496p-52`.
pub fn binary(number: f64) -> String {
    let (integer, exponent) = parts(number);
    format!("{integer}p{exponent:+}")
}

/// Formats a finite, non-negative float in hexadecimal (`%x`), with `precision` digits after the point or as few as
/// needed: `0x1.8p+00`.
pub fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    const DIGITS: usize = FRACTION_BITS as usize / 4;
    let (mut integer, mut exponent) = match parts(number) {
        (0, _) => (0, 0),
        (integer, exponent) => {
            let shift = integer.leading_zeros() - (63 - FRACTION_BITS);
            (integer << shift, exponent - shift as i32 + FRACTION_BITS as i32)
        }
    };
    if let Some(precision) = precision.filter(|&precision| precision < DIGITS) {
        // Round to nearest, ties to even.
        let dropped = 4 * (DIGITS - precision);
        let (kept, rest) = (integer >> dropped, integer & ((1 << dropped) - 1));
        let half = 1 << (dropped - 1);
        integer = (kept + u64::from(rest > half || rest == half && kept & 1 == 1)) << dropped;
        if integer >> FRACTION_BITS > 1 {
            (integer, exponent) = (integer >> 1, exponent + 1);
        }
    }
    let digits = format!("{:0DIGITS$x}", integer & ((1 << FRACTION_BITS) - 1));
    let digits = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(precision) => format!("{digits:0<precision$}")[..precision].to_owned(),
    };
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{}{point}{digits}p{sign}{:02}", integer >> FRACTION_BITS, exponent.abs())
}

fn special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_go_writes_them() {
        for (value, go, json) in [
            (0.0, "0", "0"),
            (1.0, "1", "1"),
            (100000.0, "100000", "100000"),
            (123456.5, "123456.5", "123456.5"),
            (1e6, "1e+06", "1000000"),
            (1234567.0, "1.234567e+06", "1234567"),
            (12345678.5, "1.23456785e+07", "12345678.5"),
            (0.1, "0.1", "0.1"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "0.00001"),
            (1e-7, "1e-07", "1e-7"),
            (1.5e-10, "1.5e-10", "1.5e-10"),
            (1e20, "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21"),
            (-0.5, "-0.5", "-0.5"),
            (f64::MAX, "1.7976931348623157e+308", "1.7976931348623157e+308"),
            (5e-324, "5e-324", "5e-324"),
        ] {
            assert_eq!((format_float(value), format_json_float(value)), (go.to_owned(), json.to_owned()), "{value:?}");
        }
    }

    #[test]
    fn floats_in_hexadecimal_and_binary() {
        for (number, shortest, two, binary_form) in [
            (0.0, "0x0p+00", "0x0.00p+00", "0p-1074"),
            (1.0, "0x1p+00", "0x1.00p+00", "4503599627370496p-52"),
            (3.5, "0x1.cp+01", "0x1.c0p+01", "7881299347898368p-51"),
            (1e7, "0x1.312dp+23", "0x1.31p+23", "5368709120000000p-29"),
            (0.1, "0x1.999999999999ap-04", "0x1.9ap-04", "7205759403792794p-56"),
            (5e-324, "0x1p-1074", "0x1.00p-1074", "1p-1074"),
            (1.9999, "0x1.fff972474538fp+00", "0x1.00p+01", "9006748894778255p-52"),
            (f64::MAX, "0x1.fffffffffffffp+1023", "0x1.00p+1024", "9007199254740991p+971"),
        ] {
            assert_eq!(hexadecimal(number, None), shortest);
            assert_eq!(hexadecimal(number, Some(2)), two);
            assert_eq!(binary(number), binary_form);
        }
        assert_eq!(hexadecimal(1.0, Some(15)), "0x1.000000000000000p+00");
        assert_eq!(hexadecimal(1.5, Some(0)), "0x1p+01");
    }

    #[test]
    fn the_threshold_of_exponents_can_be_chosen() {
        for (value, text) in
            [(1_234_567.5, "1234567.5"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (0.00001, "1e-05")]
        {
            assert_eq!(format_float_from(value, 21), text);
        }
        assert_eq!(format_float(f64::NAN), "NaN");
        assert_eq!(format_float(f64::NEG_INFINITY), "-Inf");
    }
}
