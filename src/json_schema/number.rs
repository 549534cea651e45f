//! Numbers as JSON Schema compares them: as exact decimals, so that `0.3` is a multiple of `0.1`.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::yaml::{Node, Value};

/// A number with the decimal form in which it was written, or in which Helm would write it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number<'n> {
    float: f64,
    integer: Option<i64>,
    written: &'n str,
}

impl<'n> Number<'n> {
    /// Returns the number in a schema, with the precision it has in the file.
    pub(super) fn of_schema(node: &'n Node) -> Option<Self> {
        let number = Self::of_value(&node.value)?;
        Some(Number { written: node.span.text(), ..number })
    }

    /// Returns the number in an instance: values are 64-bit floats by the time they are checked.
    pub(super) fn of_value(value: &Value) -> Option<Self> {
        match *value {
            Value::Int(whole) => Some(Number { float: whole as f64, integer: Some(whole), written: "" }),
            Value::Float(float) => Some(Number { float, integer: None, written: "" }),
            _ => None,
        }
    }

    /// Returns the nearest 64-bit float.
    pub(super) fn float(self) -> f64 {
        self.float
    }

    /// Returns the number as the schema's author wrote it.
    pub(super) fn written(self) -> Cow<'n, str> {
        match self.decimal_written() {
            Some(_) => Cow::Borrowed(self.written),
            None => Cow::Owned(self.shortest()),
        }
    }

    /// Whether it is an integer; `1.0` is one.
    pub(super) fn is_integer(self) -> bool {
        self.integer.is_some() || self.float.fract() == 0.0
    }

    /// Returns the maximum number of digits that a comparison with another number processes.
    pub(super) fn work(self, other: Number<'_>) -> usize {
        let exponent = |float: f64| if float == 0.0 { 0.0 } else { float.abs().log10() };
        let zeros = (exponent(self.float) - exponent(other.float)).clamp(0.0, MAX_ZEROS as f64);
        self.written.len() + other.written.len() + zeros as usize
    }

    /// Whether it is an integer multiple of `unit`.
    pub(super) fn is_multiple_of(self, unit: Number<'_>) -> bool {
        self.decimal().is_multiple_of(&unit.decimal())
    }

    fn shortest(self) -> String {
        self.integer.map_or_else(|| format!("{:e}", self.float), |whole| whole.to_string())
    }

    fn decimal(self) -> Decimal {
        self.decimal_written().or_else(|| Decimal::parse(&self.shortest())).unwrap_or_default()
    }

    fn decimal_written(self) -> Option<Decimal> {
        Decimal::parse(self.written)
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number<'_> {}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number<'_> {
    /// Compares exactly. Rounding to floats never reverses an order, so the exact digits are only needed if the
    /// floats are equal.
    fn cmp(&self, other: &Self) -> Ordering {
        match self.float.partial_cmp(&other.float) {
            Some(Ordering::Equal) | None => self.decimal().cmp(&other.decimal()),
            Some(order) => order,
        }
    }
}

/// The maximum number of zeros appended for a division: more than the difference between the exponents of any two floats.
const MAX_ZEROS: i64 = 4096;

/// `digits` times ten to the power of `exponent`. The digits neither begin nor end with a zero; zero has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?.into()),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() {
            return None;
        }
        let mut digits = Vec::with_capacity(whole.len() + fraction.len());
        for digit in whole.bytes().chain(fraction.bytes()) {
            match digit {
                b'0' if digits.is_empty() => {}
                b'0'..=b'9' => digits.push(digit - b'0'),
                _ => return None,
            }
        }
        let mut exponent: i64 = exponent;
        exponent -= fraction.len() as i64;
        while digits.last() == Some(&0) {
            digits.pop();
            exponent += 1;
        }
        if digits.is_empty() {
            return Some(Decimal::default());
        }
        Some(Decimal { negative, digits, exponent })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Decimal| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let magnitude = |decimal: &Decimal| decimal.digits.len() as i64 + decimal.exponent;
        let order = magnitude(self).cmp(&magnitude(other)).then_with(|| self.digits.cmp(&other.digits));
        match sign(self).cmp(&sign(other)) {
            Ordering::Equal if sign(self) == 0 => Ordering::Equal,
            Ordering::Equal if self.negative => order.reverse(),
            Ordering::Equal => order,
            different => different,
        }
    }

    /// Whether it is an integer multiple of `unit`. The last digit is not zero, so with a smaller exponent than the unit's
    /// it cannot be one.
    fn is_multiple_of(&self, unit: &Decimal) -> bool {
        if self.digits.is_empty() {
            return true;
        }
        // With 36 digits, ten times the value still fits in 128 bits. A float has 17 digits and cannot be a multiple of
        // a longer unit.
        if unit.digits.is_empty() || unit.digits.len() > 36 || self.exponent < unit.exponent {
            return false;
        }
        let unit_digits = unit.digits.iter().fold(0u128, |sum, &digit| sum * 10 + u128::from(digit));
        let zeros = (self.exponent - unit.exponent).min(MAX_ZEROS) as usize;
        let digits = self.digits.iter().copied().chain(std::iter::repeat_n(0, zeros));
        digits.fold(0u128, |rest, digit| (rest * 10 + u128::from(digit)) % unit_digits) == 0
    }
}

/// Returns the integer value of a keyword.
pub(super) fn keyword_as_count(keyword: Option<&Node>) -> Option<usize> {
    let number = Number::of_value(&keyword?.value).filter(|number| number.is_integer())?;
    // The conversion saturates, which is right for a limit beyond all lengths.
    Some(number.float() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn float(value: f64) -> Node {
        Node::generated(Value::Float(value))
    }

    fn written(text: &str) -> Node {
        let source = Source::file("values.schema.json", text);
        Node::new(Value::Float(text.parse().unwrap()), source.whole())
    }

    fn compare(left: &Node, right: &Node) -> Ordering {
        Number::of_schema(left).cmp(&Number::of_schema(right))
    }

    #[test]
    fn numbers_compare_by_value_not_by_spelling() {
        assert_eq!(compare(&float(1.0), &written("1.0")), Ordering::Equal);
        assert_eq!(compare(&float(100.0), &written("1E+2")), Ordering::Equal);
        assert_eq!(compare(&float(-0.0), &written("0")), Ordering::Equal);
        assert_eq!(compare(&float(-2.0), &written("-1")), Ordering::Less);
        assert_eq!(compare(&float(0.1), &written("0.1000000000000000055511151231257827")), Ordering::Less);
        assert_eq!(compare(&written("9007199254740992"), &written("9007199254740993")), Ordering::Less);
        assert_eq!(compare(&Node::generated(Value::Int(3)), &written("3.0")), Ordering::Equal);
    }

    #[test]
    fn multiples_are_exact() {
        let multiple = |value: f64, unit: &str| {
            let unit = written(unit);
            Number::of_value(&Value::Float(value)).unwrap().is_multiple_of(Number::of_schema(&unit).unwrap())
        };
        assert!(multiple(0.3, "0.1"));
        assert!(multiple(0.0075, "0.0001"));
        assert!(!multiple(0.00751, "0.0001"));
        assert!(!multiple(1e308, "0.123456789"));
        assert!(multiple(1e308, "0.5"));
        assert!(multiple(-9.0, "1.5"));
        assert!(multiple(0.0, "7"));
        assert!(!multiple(1.0, "2"));
    }

    #[test]
    fn a_whole_float_is_an_integer() {
        assert!(Number::of_value(&Value::Float(1.0)).unwrap().is_integer());
        assert!(Number::of_value(&Value::Float(1e300)).unwrap().is_integer());
        assert!(!Number::of_value(&Value::Float(1.5)).unwrap().is_integer());
    }
}
