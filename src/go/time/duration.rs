//! Durations such as `1h30m`.

use std::fmt;

use super::parse::{MAX_MAGNITUDE, leading_number, quote};

/// Go's `time.Duration`, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Duration(pub i64);

const SECOND: u64 = 1_000_000_000;

/// The units of durations, in nanoseconds.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", 60 * SECOND),
    ("h", 3_600 * SECOND),
];

impl Duration {
    /// Parses a duration: `1h30m`, `-1.5s`.
    ///
    /// # Errors
    /// The text is not a duration; Go's message.
    pub fn parse(text: &[u8]) -> Result<Duration, String> {
        let invalid = || format!("time: invalid duration {}", quote(text));
        let (is_negative, mut rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        if rest == b"0" {
            return Ok(Duration(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total = 0u64;
        while !rest.is_empty() {
            let (whole, after) = leading_number(rest).ok_or_else(invalid)?;
            let mut has_digits = after.len() < rest.len();
            rest = after;
            let mut fraction = (0, 1.0);
            if let Some(digits) = rest.strip_prefix(b".") {
                let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
                has_digits |= length > 0;
                fraction = leading_fraction(&digits[..length]);
                rest = &digits[length..];
            }
            if !has_digits {
                return Err(invalid());
            }
            let end = rest.iter().position(|byte| *byte == b'.' || byte.is_ascii_digit()).unwrap_or(rest.len());
            let (unit, after) = rest.split_at(end);
            if unit.is_empty() {
                return Err(format!("time: missing unit in duration {}", quote(text)));
            }
            rest = after;
            let Some((_, size)) = UNITS.iter().find(|(name, _)| name.as_bytes() == unit) else {
                return Err(format!("time: unknown unit {} in duration {}", quote(unit), quote(text)));
            };
            let part = whole.checked_mul(*size).filter(|part| *part <= MAX_MAGNITUDE).ok_or_else(invalid)?;
            let (digits, scale) = fraction;
            let part = part + (digits as f64 * (*size as f64 / scale)) as u64;
            total = total
                .checked_add(part)
                .filter(|total| part <= MAX_MAGNITUDE && *total <= MAX_MAGNITUDE)
                .ok_or_else(invalid)?;
        }
        match is_negative {
            true => Ok(Duration(0i64.wrapping_sub_unsigned(total))),
            false => i64::try_from(total).map(Duration).map_err(|_| invalid()),
        }
    }

    /// Returns the duration in units of so many nanoseconds, as a fraction: `Hours`, `Minutes`, `Seconds`.
    pub fn in_units(self, nanoseconds: i64) -> f64 {
        (self.0 / nanoseconds) as f64 + (self.0 % nanoseconds) as f64 / nanoseconds as f64
    }

    /// Rounds to the nearest multiple of `unit`, halves away from zero.
    #[must_use]
    pub fn round(self, unit: Duration) -> Duration {
        if unit.0 <= 0 {
            return self;
        }
        let (value, unit) = (i128::from(self.0), i128::from(unit.0));
        let rest = value.abs() % unit;
        let size = if rest + rest < unit { value.abs() - rest } else { value.abs() + unit - rest };
        Duration((size * value.signum()).clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    }

    /// Rounds toward zero to a multiple of `unit`.
    #[must_use]
    pub fn truncate(self, unit: Duration) -> Duration {
        if unit.0 <= 0 { self } else { Duration(self.0 - self.0 % unit.0) }
    }

    /// Returns the duration without its sign.
    #[must_use]
    pub fn abs(self) -> Duration {
        Duration(self.0.saturating_abs())
    }
}

/// Parses digits as a number, and returns it with ten to the power of their count. Digits that do not fit are ignored.
fn leading_fraction(digits: &[u8]) -> (u64, f64) {
    let (mut number, mut scale) = (0u64, 1.0);
    for digit in digits {
        if number > (MAX_MAGNITUDE - 1) / 10 {
            break;
        }
        let next = number * 10 + u64::from(digit - b'0');
        if next > MAX_MAGNITUDE {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale)
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        match total {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{total}ns"),
            1_000..1_000_000 => write!(f, "{}µs", Decimal { value: total, unit: 1_000 }),
            1_000_000..SECOND => write!(f, "{}ms", Decimal { value: total, unit: 1_000_000 }),
            _ => {
                let minutes = total / (60 * SECOND);
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                write!(f, "{}s", Decimal { value: total % (60 * SECOND), unit: SECOND })
            }
        }
    }
}

/// A number in a unit that is a power of ten, printed without trailing zeros.
struct Decimal {
    value: u64,
    unit: u64,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value / self.unit)?;
        let mut rest = self.value % self.unit;
        if rest > 0 {
            f.write_str(".")?;
        }
        let mut unit = self.unit;
        while rest > 0 {
            unit /= 10;
            write!(f, "{}", rest / unit)?;
            rest %= unit;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, String> {
        Duration::parse(text.as_bytes()).map(|duration| duration.to_string())
    }

    #[test]
    fn durations_are_read_and_written() {
        let rows = [
            ("0", "0s"),
            ("-0", "0s"),
            ("1h30m", "1h30m0s"),
            ("1.5h", "1h30m0s"),
            ("-1.5s", "-1.5s"),
            (".5s", "500ms"),
            ("1.s", "1s"),
            ("1500us", "1.5ms"),
            ("1µs1ns", "1.001µs"),
            ("12ns", "12ns"),
            ("100h", "100h0m0s"),
            ("1m1m", "2m0s"),
            ("0.100000000000000000000h", "6m0s"),
            ("-9223372036854775808ns", "-2562047h47m16.854775808s"),
            ("9223372036854775807ns", "2562047h47m16.854775807s"),
        ];
        for (text, written) in rows {
            assert_eq!(parsed(text), Ok(written.to_owned()), "{text}");
        }
    }

    #[test]
    fn errors_are_those_of_go() {
        let rows = [
            ("", "time: invalid duration \"\""),
            ("x1h", "time: invalid duration \"x1h\""),
            ("1d", "time: unknown unit \"d\" in duration \"1d\""),
            ("1", "time: missing unit in duration \"1\""),
            (".s", "time: invalid duration \".s\""),
            ("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""),
            ("3000000h", "time: invalid duration \"3000000h\""),
            ("1\"ä", "time: unknown unit \"\\\"\\xc3\\xa4\" in duration \"1\\\"\\xc3\\xa4\""),
        ];
        for (text, message) in rows {
            assert_eq!(parsed(text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let second = Duration(SECOND as i64);
        let round = |nanoseconds| Duration(nanoseconds).round(second).to_string();
        assert_eq!(round(1_500_000_000), "2s");
        assert_eq!(round(-1_500_000_000), "-2s");
        assert_eq!(round(1_499_999_999), "1s");
        assert_eq!(Duration(i64::MAX).round(second), Duration(i64::MAX));
        assert_eq!(Duration(-1_999_999_999).truncate(second).to_string(), "-1s");
    }
}
