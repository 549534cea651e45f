//! Decimal arithmetic, in which Helm's functions on fractions compute: 0.1 + 0.2 is 0.3.

use super::error::Error;
use crate::go::float::format_float;

/// A step of a computation: on decimals, and on floats where there are too many digits.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    exact: fn(Decimal, Decimal) -> Option<Decimal>,
    rough: fn(f64, f64) -> f64,
    divides: bool,
}

/// `addf`.
pub const ADD: Step = Step { exact: Decimal::plus, rough: |a, b| a + b, divides: false };
/// `subf`.
pub const SUBTRACT: Step = Step { exact: Decimal::minus, rough: |a, b| a - b, divides: false };
/// `mulf`.
pub const MULTIPLY: Step = Step { exact: Decimal::times, rough: |a, b| a * b, divides: false };
/// `divf`.
pub const DIVIDE: Step = Step { exact: Decimal::divided_by, rough: rough_quotient, divides: true };

/// Computes with numbers from left to right.
///
/// # Errors
/// One of them is infinite or NaN, or a divisor 0.
pub fn fold(first: f64, others: &[f64], step: Step) -> Result<f64, Error> {
    let all = || others.iter().copied();
    if let Some(number) = all().chain([first]).find(|number| !number.is_finite()) {
        return Err(Error::Call(format!("Cannot create a Decimal from {}", format_float(number))));
    }
    if step.divides && others.contains(&0.0) {
        return Err(Error::call("decimal division by 0"));
    }
    let computed = all().try_fold(Decimal::of(first), |sum, other| Some((step.exact)(sum?, Decimal::of(other)?)));
    let computed = computed.flatten().map(Decimal::to_f64);
    Ok(computed.unwrap_or_else(|| all().fold(first, step.rough)))
}

/// How many places after the point a quotient has.
const QUOTIENT_PLACES: u32 = 16;

/// The quotient of numbers with too many digits, with as many places.
fn rough_quotient(a: f64, b: f64) -> f64 {
    let quotient = a / b;
    if quotient.abs() < 1.0 {
        format!("{quotient:.places$}", places = QUOTIENT_PLACES as usize).parse().unwrap_or(quotient)
    } else {
        quotient
    }
}

/// A decimal number: `digits` with the point `places` from the right.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    digits: i128,
    places: u32,
}

impl Decimal {
    /// The shortest decimal number that stands for a float; `None` where it has too many digits.
    pub fn of(number: f64) -> Option<Decimal> {
        if !(1e-30..1e30).contains(&number.abs()) && number != 0.0 {
            return None;
        }
        let text = format!("{number}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Decimal { digits, places: u32::try_from(fraction.len()).ok()? })
    }

    /// The sum; `None` where it has too many digits.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let (a, b, places) = self.aligned(other)?;
        Some(Decimal { digits: a.checked_add(b)?, places })
    }

    /// The difference; `None` where it has too many digits.
    pub fn minus(self, other: Decimal) -> Option<Decimal> {
        let (a, b, places) = self.aligned(other)?;
        Some(Decimal { digits: a.checked_sub(b)?, places })
    }

    /// The product; `None` where it has too many digits.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        Some(Decimal { digits: self.digits.checked_mul(other.digits)?, places: self.places + other.places })
    }

    /// The quotient, rounded half away from zero; `None` for a division by zero.
    pub fn divided_by(self, other: Decimal) -> Option<Decimal> {
        let (a, b, _) = self.aligned(other)?;
        let (mut quotient, mut rest) = (a.checked_div(b)?, a.checked_rem(b)?);
        for _ in 0..QUOTIENT_PLACES {
            rest = rest.checked_mul(10)?;
            quotient = quotient.checked_mul(10)?.checked_add(rest / b)?;
            rest %= b;
        }
        let is_half = rest.unsigned_abs() >= b.unsigned_abs() - rest.unsigned_abs();
        let away_from_zero = if is_half { a.signum() * b.signum() } else { 0 };
        Some(Decimal { digits: quotient.checked_add(away_from_zero)?, places: QUOTIENT_PLACES })
    }

    /// The nearest float.
    pub fn to_f64(self) -> f64 {
        format!("{}e-{}", self.digits, self.places).parse().unwrap_or(f64::NAN)
    }

    fn aligned(self, other: Decimal) -> Option<(i128, i128, u32)> {
        let places = self.places.max(other.places);
        let raise = |n: Decimal| n.digits.checked_mul(10i128.checked_pow(places - n.places)?);
        Some((raise(self)?, raise(other)?, places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let of = |n| Decimal::of(n).unwrap();
        assert_eq!(of(0.1).plus(of(0.2)).unwrap().to_f64(), 0.3);
        assert_eq!(of(1.1).times(of(1.1)).unwrap().to_f64(), 1.21);
        assert_eq!(of(-2.0).divided_by(of(3.0)).unwrap().to_f64(), -0.6666666666666667);
        assert_eq!(of(123456789.125).divided_by(of(0.3333333333333333)).unwrap().to_f64(), 370370367.37500006);
        assert_eq!(of(0.1).divided_by(of(1e20)).unwrap().to_f64(), 0.0);
        assert!(Decimal::of(1e300).is_none());
        assert!(of(1.0).divided_by(of(0.0)).is_none());
    }
}
