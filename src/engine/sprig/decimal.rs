//! Decimal arithmetic, as in Helm's functions on fractions: 0.1 + 0.2 is 0.3.

use num_bigint::{BigInt, Sign};

use super::error::Error;
use crate::go::float::format_float;

/// An operation on decimal numbers.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    run: fn(&Decimal, &Decimal) -> Option<Decimal>,
    divides: bool,
}

/// `addf`.
pub const ADD: Step = Step { run: Decimal::plus, divides: false };
/// `subf`.
pub const SUBTRACT: Step = Step { run: Decimal::minus, divides: false };
/// `mulf`.
pub const MULTIPLY: Step = Step { run: Decimal::times, divides: false };
/// `divf`.
pub const DIVIDE: Step = Step { run: Decimal::divided_by, divides: true };

/// Applies an operation to numbers from left to right.
///
/// # Errors
/// A number is infinite or NaN, a divisor is 0, or a result has too many digits.
pub fn fold(first: f64, others: &[f64], step: Step) -> Result<f64, Error> {
    let all = || others.iter().copied();
    if let Some(number) = all().chain([first]).find(|number| !number.is_finite()) {
        return Err(Error::Call(format!("Cannot create a Decimal from {}", format_float(number))));
    }
    if step.divides && others.contains(&0.0) {
        return Err(Error::call("decimal division by 0"));
    }
    let computed =
        all().try_fold(Decimal::from_float(first), |sum, other| (step.run)(&sum, &Decimal::from_float(other)));
    let computed = computed.ok_or_else(|| Error::call("a decimal number has too many digits"))?;
    Ok(computed.to_f64())
}

/// How many decimal places a quotient has.
const QUOTIENT_PLACES: i64 = 16;
/// The largest size of a number in bits, about 300,000 digits: a template can multiply any number of factors.
const MAX_BITS: u64 = 1_000_000;
const BITS_OF_A_DIGIT: u64 = 4;

/// A decimal number: `digits` times ten to the power of `exponent`.
#[derive(Debug, Clone)]
pub struct Decimal {
    digits: BigInt,
    exponent: i64,
}

impl Decimal {
    /// Returns the shortest decimal number that stands for a finite float.
    pub fn from_float(number: f64) -> Decimal {
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse().unwrap_or_default();
        let exponent = exponent.parse::<i64>().unwrap_or_default() - fraction.len() as i64;
        Decimal { digits, exponent: if number == 0.0 { 0 } else { exponent } }
    }

    /// Returns the sum; `None` if it has too many digits.
    pub fn plus(&self, other: &Decimal) -> Option<Decimal> {
        let (a, b, exponent) = self.aligned(other)?;
        Some(Decimal { digits: a + b, exponent })
    }

    /// Returns the difference; `None` if it has too many digits.
    pub fn minus(&self, other: &Decimal) -> Option<Decimal> {
        let (a, b, exponent) = self.aligned(other)?;
        Some(Decimal { digits: a - b, exponent })
    }

    /// Returns the product; `None` if it has too many digits.
    pub fn times(&self, other: &Decimal) -> Option<Decimal> {
        let fits = self.digits.bits() + other.digits.bits() <= MAX_BITS;
        fits.then(|| Decimal { digits: &self.digits * &other.digits, exponent: self.exponent + other.exponent })
    }

    /// Returns the quotient with 16 decimal places, rounded half away from zero; `None` if the divisor is 0 or there
    /// are too many digits.
    pub fn divided_by(&self, other: &Decimal) -> Option<Decimal> {
        if other.digits.sign() == Sign::NoSign {
            return None;
        }
        let raised_by = self.exponent - other.exponent + QUOTIENT_PLACES;
        let (a, b) = if raised_by < 0 {
            (self.digits.clone(), raised(&other.digits, -raised_by)?)
        } else {
            (raised(&self.digits, raised_by)?, other.digits.clone())
        };
        let (mut quotient, rest) = (&a / &b, &a % &b);
        if rest.magnitude() * 2u8 >= *b.magnitude() {
            quotient += if a.sign() == b.sign() { 1 } else { -1 };
        }
        Some(Decimal { digits: quotient, exponent: -QUOTIENT_PLACES })
    }

    /// Returns the nearest float.
    pub fn to_f64(&self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    fn aligned(&self, other: &Decimal) -> Option<(BigInt, BigInt, i64)> {
        let exponent = self.exponent.min(other.exponent);
        let raise = |number: &Decimal| raised(&number.digits, number.exponent - exponent);
        Some((raise(self)?, raise(other)?, exponent))
    }
}

/// Appends zeros to digits; `None` if there are too many.
fn raised(digits: &BigInt, zeros: i64) -> Option<BigInt> {
    let zeros = u32::try_from(zeros).ok()?;
    let fits = digits.bits() + u64::from(zeros) * BITS_OF_A_DIGIT <= MAX_BITS;
    fits.then(|| digits * BigInt::from(10).pow(zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let decimal = Decimal::from_float;
        assert_eq!(decimal(0.1).plus(&decimal(0.2)).unwrap().to_f64(), 0.3);
        assert_eq!(decimal(1.1).times(&decimal(1.1)).unwrap().to_f64(), 1.21);
        assert_eq!(decimal(-2.0).divided_by(&decimal(3.0)).unwrap().to_f64(), -0.6666666666666667);
        assert_eq!(
            decimal(123456789.125).divided_by(&decimal(0.3333333333333333)).unwrap().to_f64(),
            370370367.37500006
        );
        assert_eq!(decimal(0.1).divided_by(&decimal(1e20)).unwrap().to_f64(), 0.0);
        assert_eq!(decimal(1e-17).divided_by(&decimal(0.2)).unwrap().to_f64(), 1e-16);
        assert!(decimal(1.0).divided_by(&decimal(0.0)).is_none());
        assert_eq!(decimal(-0.0).plus(&decimal(0.0)).unwrap().to_f64().to_string(), "0");
    }

    #[test]
    fn numbers_of_any_size_are_exact() {
        let decimal = Decimal::from_float;
        assert_eq!(decimal(1e30).plus(&decimal(1.0)).unwrap().minus(&decimal(1e30)).unwrap().to_f64(), 1.0);
        assert_eq!(decimal(1e200).times(&decimal(1e-200)).unwrap().to_f64(), 1.0);
        assert_eq!(decimal(1e300).times(&decimal(1e300)).unwrap().to_f64(), f64::INFINITY);
    }

    #[test]
    fn digits_are_limited() {
        let numbers = vec![1.000_000_000_000_000_2; 30_000];
        assert!(fold(1.0, &numbers, MULTIPLY).is_err());
        assert!(fold(1.0, &[f64::NAN], ADD).is_err() && fold(1.0, &[0.0], DIVIDE).is_err());
    }
}
