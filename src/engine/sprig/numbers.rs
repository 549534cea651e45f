//! Functions on numbers, and lists of integers.

use super::error::Error;
use super::limits::Limits;

/// Returns the quotient without its fraction (`div`).
///
/// # Errors
/// The divisor is 0.
pub fn divide(n: i64, by: i64) -> Result<i64, Error> {
    check_divisor(by)?;
    Ok(n.wrapping_div(by))
}

/// Returns the remainder of a division (`mod`).
///
/// # Errors
/// The divisor is 0.
pub fn remainder(n: i64, by: i64) -> Result<i64, Error> {
    check_divisor(by)?;
    Ok(n.wrapping_rem(by))
}

fn check_divisor(by: i64) -> Result<(), Error> {
    if by == 0 { Err(Error::call("runtime error: integer divide by zero")) } else { Ok(()) }
}

/// Returns the larger number as Go's `math.Max` does (`maxf`): NaN if one is NaN, unless the other is +Inf.
pub fn max(a: f64, b: f64) -> f64 {
    if a == 0.0 && b == 0.0 { a + b } else { choose(a, b, f64::max) }
}

/// Returns the smaller number as Go's `math.Min` does (`minf`): NaN if one is NaN, unless the other is -Inf.
pub fn min(a: f64, b: f64) -> f64 {
    if a == 0.0 && b == 0.0 { -(-a - b) } else { choose(a, b, f64::min) }
}

fn choose(a: f64, b: f64, of_numbers: fn(f64, f64) -> f64) -> f64 {
    match (a.is_nan() || b.is_nan(), a.is_infinite(), b.is_infinite()) {
        (true, false, false) => f64::NAN,
        // Go checks for the winning infinity before it checks for NaN.
        (true, ..) => {
            let infinite = if a.is_infinite() { a } else { b };
            if of_numbers(infinite, 0.0) == infinite { infinite } else { f64::NAN }
        }
        _ => of_numbers(a, b),
    }
}

/// Rounds to so many decimal places (`round`): up if the rest is `round_on` or more, .5 by default. As in sprig, the rest of a
/// negative number counts as negative, so such numbers are always rounded down.
pub fn round(number: f64, places: i64, round_on: f64) -> f64 {
    let power = 10f64.powi(places.clamp(-400, 400) as i32);
    let shifted = number * power;
    let whole = if shifted.fract() >= round_on { shifted.ceil() } else { shifted.floor() };
    whole / power
}

/// Returns the integers from 0 up or down to, but not including, `count` (`until`).
///
/// # Errors
/// There are too many integers.
pub fn until(count: i64, limits: &mut impl Limits) -> Result<Vec<i64>, Error> {
    until_step(0, count, if count < 0 { -1 } else { 1 }, limits)
}

/// Returns the integers from `start` to, but not including, `stop` (`untilStep`): none if the step leads away from it.
///
/// # Errors
/// There are too many integers.
pub fn until_step(start: i64, stop: i64, step: i64, limits: &mut impl Limits) -> Result<Vec<i64>, Error> {
    let leads_there = step != 0 && start != stop && (step > 0) == (stop > start);
    let count = if leads_there { start.abs_diff(stop).div_ceil(step.unsigned_abs()) } else { 0 };
    limits.spend_items(usize::try_from(count).unwrap_or(usize::MAX))?;
    Ok((0..count).map(|index| start.wrapping_add(step.wrapping_mul(index as i64))).collect())
}

/// Returns the output of the shell's `seq`: the integers from `start` to `last`, counting down if `last` is smaller;
/// empty if `step` leads away from it.
///
/// # Errors
/// There are too many integers.
pub fn seq(start: i64, last: i64, step: Option<i64>, limits: &mut impl Limits) -> Result<String, Error> {
    let direction = if last < start { -1 } else { 1 };
    let numbers = until_step(start, last.saturating_add(direction), step.unwrap_or(direction), limits)?;
    Ok(numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Unlimited;
    use super::*;

    #[test]
    fn integer_arithmetic_is_that_of_helm() {
        let list = |start, stop, step| until_step(start, stop, step, &mut Unlimited).unwrap();
        assert_eq!(list(5, 1, -1), [5, 4, 3, 2]);
        assert_eq!(list(0, 5, 2), [0, 2, 4]);
        assert_eq!((list(0, 5, 0), list(0, 5, -1), list(5, 0, 1)), (vec![], vec![], vec![]));
        assert_eq!(until(-3, &mut Unlimited).unwrap(), [0, -1, -2]);
        let seq = |start, last, step| seq(start, last, step, &mut Unlimited).unwrap();
        assert_eq!(
            (seq(1, 3, None), seq(1, -1, None), seq(1, 10, Some(3))),
            ("1 2 3".into(), "1 0 -1".into(), "1 4 7 10".into())
        );
    }

    #[test]
    fn rounding_is_that_of_helm() {
        for (number, places, on, rounded) in [
            (2.5, 0, 0.5, 3.0),
            (-2.5, 0, 0.5, -3.0),
            (0.285, 2, 0.5, 0.28),
            (5.5, 0, 0.6, 5.0),
            (123.4, -1, 0.5, 120.0),
        ] {
            assert_eq!(round(number, places, on), rounded, "{number}");
        }
        assert!(max(f64::NAN, 1.0).is_nan() && min(1.0, f64::NAN).is_nan());
        assert_eq!((max(f64::NAN, f64::INFINITY), min(1.0, 2.0)), (f64::INFINITY, 1.0));
        assert_eq!(divide(7, 0).unwrap_err().to_string(), "runtime error: integer divide by zero");
    }
}
