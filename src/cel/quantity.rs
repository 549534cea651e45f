//! Kubernetes quantities and arithmetic on them (k8s.io/apimachinery, `resource.Quantity`).

use std::cmp::Ordering;

use num_bigint::BigInt;

/// A quantity, as an integral number of billionths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity(BigInt);

/// The number of billionths in 1.
const ONE: u64 = 1_000_000_000;
/// The maximum power of ten, counted in billionths; greater exponents are cut to it.
const MAX_EXPONENT: i32 = 40;
/// The negative exponent beyond which a quantity rounds to one billionth, or is zero.
const MAX_SMALLNESS: i32 = 2000;

impl Quantity {
    /// Parses a quantity. Fractions of a billionth are rounded up, away from zero.
    pub(super) fn parse(text: &str) -> Option<Quantity> {
        if !crate::kubernetes::is_quantity(text) {
            return None;
        }
        let unsigned = text.trim_start_matches(['+', '-']);
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if number.len() > 1000 {
            return None;
        }
        let (ten, two) = exponents(suffix)?;
        let digits = format!("0{whole}{fraction}");
        let mut value: BigInt = digits.parse().ok()?;
        let ten = ten.saturating_add(9).saturating_sub(i32::try_from(fraction.len()).ok()?);
        value <<= two;
        let power = |exponent: i32| BigInt::from(10).pow(exponent.unsigned_abs());
        if ten >= 0 {
            value *= power(ten.min(MAX_EXPONENT));
        } else if ten < -MAX_SMALLNESS {
            value = BigInt::from(u8::from(value != BigInt::ZERO));
        } else {
            let divisor = power(ten);
            value = (value + &divisor - 1) / divisor;
        }
        Some(Quantity(if text.starts_with('-') { -value } else { value }))
    }

    pub(super) fn of_int(number: i64) -> Quantity {
        Quantity(BigInt::from(number) * ONE)
    }

    pub(super) fn plus(&self, other: &Quantity) -> Quantity {
        Quantity(&self.0 + &other.0)
    }

    pub(super) fn minus(&self, other: &Quantity) -> Quantity {
        Quantity(&self.0 - &other.0)
    }

    pub(super) fn compare(&self, other: &Quantity) -> Ordering {
        self.0.cmp(&other.0)
    }

    pub(super) fn sign(&self) -> i64 {
        match self.0.cmp(&BigInt::ZERO) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }

    /// Returns the quantity as an integer, if it is one and fits in 64 bits.
    pub(super) fn as_int(&self) -> Option<i64> {
        let one = BigInt::from(ONE);
        (&self.0 % &one == BigInt::ZERO).then(|| i64::try_from(&self.0 / one).ok())?
    }

    pub(super) fn as_float(&self) -> f64 {
        // Parsed from decimal text, as Go parses decimal numbers.
        format!("{}e-9", self.0).parse().unwrap_or(f64::INFINITY)
    }
}

/// Returns the powers of ten and of two that a suffix multiplies by.
fn exponents(suffix: &str) -> Option<(i32, u32)> {
    Some(match suffix {
        "n" => (-9, 0),
        "u" => (-6, 0),
        "m" => (-3, 0),
        "" => (0, 0),
        "k" => (3, 0),
        "M" => (6, 0),
        "G" => (9, 0),
        "T" => (12, 0),
        "P" => (15, 0),
        "E" => (18, 0),
        "Ki" => (0, 10),
        "Mi" => (0, 20),
        "Gi" => (0, 30),
        "Ti" => (0, 40),
        "Pi" => (0, 50),
        "Ei" => (0, 60),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            let beyond = if exponent.starts_with('-') { -MAX_SMALLNESS } else { MAX_EXPONENT };
            (exponent.parse().unwrap_or(beyond), 0)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_compared_by_their_value() {
        let quantity = |text: &str| Quantity::parse(text).unwrap();
        assert_eq!(quantity("200M"), quantity("0.2G"));
        assert_eq!(quantity("1Ki"), quantity("1024"));
        assert_eq!(quantity("1e3"), quantity("1k"));
        assert_eq!(quantity("-1500m"), quantity("-1.5"));
        assert_eq!(quantity("0.0000000001"), quantity("1n"));
        assert_eq!(
            (quantity("50k").as_int(), quantity("1500m").as_int(), quantity("1500m").as_float()),
            (Some(50000), None, 1.5)
        );
        assert!(
            Quantity::parse("1,3G").is_none() && Quantity::parse("200K").is_none() && Quantity::parse("").is_none()
        );
        assert_eq!((quantity("Mi"), quantity(".")), (quantity("0"), quantity("0")));
        assert!(
            quantity("1e999999").compare(&quantity("1E")) == Ordering::Greater && quantity("1e-999999").sign() == 1
        );
    }
}
