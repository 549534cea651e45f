//! Functions on numbers, whatever form they have: `"2" | add(to=1.9)` is 3.

use tera::Value;

use super::Function;
use super::call::{Answer, Call, Failure, is_nothing, wrong_type};
use super::convert::{to_float, to_int};
use super::decimal::Decimal;
use super::go_value::display;
use crate::engine::tera::value::float_to_tera;
use crate::go::float::format_float;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("int", &["value"], "The value as a whole number; 0 where it is none.", int),
    Function::new("int64", &["value"], "The same as `int`.", int),
    Function::new("float64", &["value"], "The value as a number; 0 where it is none.", |call| {
        Ok(float_to_tera(to_float(call.value("value")?)))
    }),
    Function::new("atoi", &["text"], "The decimal number a text holds; 0 where it holds none.", |call| {
        Ok(Value::from(call.text("text")?.parse::<i64>().unwrap_or(0)))
    }),
    Function::new("toDecimal", &["value"], "The number that octal digits stand for.", |call| {
        let digits = call.printed("value")?;
        Ok(Value::from(i64::from_str_radix(&digits, 8).unwrap_or(0)))
    }),
    Function::new("add", &["n", "to"], "The sum: `1 | add(to=2)`; `to` may be a list of numbers.", |call| {
        fold(call, "to", i64::wrapping_add)
    }),
    Function::new("add1", &["n"], "One more.", |call| Ok(Value::from(to_int(call.value("n")?).wrapping_add(1)))),
    Function::new("sub", &["n", "less"], "The difference: `5 | sub(less=2)` is 3.", |call| {
        Ok(Value::from(to_int(call.value("n")?).wrapping_sub(to_int(call.value("less")?))))
    }),
    Function::new("mul", &["n", "by"], "The product; `by` may be a list of numbers.", |call| {
        fold(call, "by", i64::wrapping_mul)
    }),
    Function::new("div", &["n", "by"], "The quotient without its fraction: `7 | div(by=2)` is 3.", |call| {
        let (n, by) = (to_int(call.value("n")?), nonzero(call)?);
        Ok(Value::from(n.wrapping_div(by)))
    }),
    Function::new("mod", &["n", "by"], "The remainder of the division.", |call| {
        let (n, by) = (to_int(call.value("n")?), nonzero(call)?);
        Ok(Value::from(n.wrapping_rem(by)))
    }),
    Function::new("max", &["n", "others"], "The largest; `others` is a number or a list.", |call| {
        fold(call, "others", i64::max)
    }),
    Function::new("biggest", &["n", "others"], "The same as `max`.", |call| fold(call, "others", i64::max)),
    Function::new("min", &["n", "others"], "The smallest; `others` is a number or a list.", |call| {
        fold(call, "others", i64::min)
    }),
    Function::new("maxf", &["n", "others"], "The largest, of numbers with fractions.", |call| {
        fold_floats(call, "others", f64::max)
    }),
    Function::new("minf", &["n", "others"], "The smallest, of numbers with fractions.", |call| {
        fold_floats(call, "others", f64::min)
    }),
    Function::new("addf", &["n", "to"], "The sum of numbers with fractions.", |call| {
        decimals(call, values_of(call.value("to")?), Decimal::plus, |a, b| a + b)
    }),
    Function::new("add1f", &["n"], "One more, of a number with a fraction.", |call| {
        decimals(call, &[Value::from(1)], Decimal::plus, |a, b| a + b)
    }),
    Function::new("subf", &["n", "less"], "The difference of numbers with fractions.", |call| {
        decimals(call, values_of(call.value("less")?), Decimal::minus, |a, b| a - b)
    }),
    Function::new("mulf", &["n", "by"], "The product of numbers with fractions.", |call| {
        decimals(call, values_of(call.value("by")?), Decimal::times, |a, b| a * b)
    }),
    Function::new("divf", &["n", "by"], "The quotient of numbers with fractions.", |call| {
        let by = values_of(call.value("by")?);
        if by.iter().any(|by| to_float(by) == 0.0) {
            return Err(Failure::call("decimal division by 0"));
        }
        decimals(call, by, Decimal::divided_by, |a, b| a / b)
    }),
    Function::new("floor", &["n"], "The next whole number below.", |call| {
        Ok(float_to_tera(to_float(call.value("n")?).floor()))
    }),
    Function::new("ceil", &["n"], "The next whole number above.", |call| {
        Ok(float_to_tera(to_float(call.value("n")?).ceil()))
    }),
    Function::new("round", &["n", "places"], "Rounded to so many places after the point.", round),
    Function::new("until", &["count"], "The list 0, 1, ... below `count`.", |call| {
        let count = call.whole("count")?;
        steps(call, 0, count, if count < 0 { -1 } else { 1 })
    }),
    Function::new("untilStep", &["start", "stop", "step"], "The list from `start` to before `stop`.", |call| {
        steps(call, call.whole("start")?, call.whole("stop")?, call.whole("step")?)
    }),
    Function::new("range", &["end", "start?", "step_by?"], "The list from `start` (0) to before `end`.", range),
    Function::new(
        "seq",
        &["first", "last?", "step?"],
        "The numbers from `first` to `last` as one text; with `first` alone, those from 1 to it.",
        seq,
    ),
];

fn int(call: &Call<'_>) -> Answer {
    Ok(Value::from(to_int(call.value("value")?)))
}

/// A list's values, or the value alone.
fn values_of(value: &Value) -> &[Value] {
    value.as_array().unwrap_or(std::slice::from_ref(value))
}

fn fold(call: &Call<'_>, others: &'static str, with: fn(i64, i64) -> i64) -> Answer {
    let first = to_int(call.value("n")?);
    Ok(Value::from(values_of(call.value(others)?).iter().map(to_int).fold(first, with)))
}

fn fold_floats(call: &Call<'_>, others: &'static str, with: fn(f64, f64) -> f64) -> Answer {
    let first = to_float(call.value("n")?);
    Ok(float_to_tera(values_of(call.value(others)?).iter().map(to_float).fold(first, with)))
}

type DecimalStep = fn(Decimal, Decimal) -> Option<Decimal>;

/// Helm computes with decimal digits (0.1 + 0.2 is 0.3); where there are too many of them, floats have to do.
fn decimals(call: &Call<'_>, others: &[Value], exact: DecimalStep, rough: fn(f64, f64) -> f64) -> Answer {
    let first = to_float(call.value("n")?);
    let others = || others.iter().map(to_float);
    if let Some(number) = others().chain([first]).find(|number| !number.is_finite()) {
        return Err(Failure::call(format!("Cannot create a Decimal from {}", format_float(number))));
    }
    let computed = others().try_fold(Decimal::of(first), |sum, other| Some(exact(sum?, Decimal::of(other)?)));
    let computed = computed.flatten().map(Decimal::to_f64);
    Ok(float_to_tera(computed.unwrap_or_else(|| others().fold(first, rough))))
}

fn nonzero(call: &Call<'_>) -> Result<i64, Failure> {
    match to_int(call.value("by")?) {
        0 => Err(Failure::call("runtime error: integer divide by zero")),
        by => Ok(by),
    }
}

fn round(call: &Call<'_>) -> Answer {
    let n = to_float(call.value("n")?);
    let places = call.whole("places")?.clamp(-400, 400) as i32;
    let power = 10f64.powi(places);
    let shifted = n * power;
    // sprig rounds up from a fraction of .5 on, which for negative numbers never occurs.
    let whole = if shifted.fract() >= 0.5 { shifted.ceil() } else { shifted.floor() };
    Ok(float_to_tera(whole / power))
}

fn steps(call: &Call<'_>, start: i64, stop: i64, step: i64) -> Answer {
    if step == 0 || (step > 0) == (stop < start) || start == stop {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    let count = start.abs_diff(stop).div_ceil(step.unsigned_abs());
    call.spend_items(usize::try_from(count).unwrap_or(usize::MAX))?;
    let items = (0..count).map(|index| Value::from(start.wrapping_add(step.wrapping_mul(index as i64))));
    Ok(Value::from(items.collect::<Vec<_>>()))
}

/// Tera's own `range`, within the budget of the template.
fn range(call: &Call<'_>) -> Answer {
    let number = |name| match call.optional(name) {
        Some(value) => value.as_i64().map(Some).ok_or_else(|| wrong_type(value, "int")),
        None => Ok(None),
    };
    let (start, step) = (number("start")?.unwrap_or(0), number("step_by")?.unwrap_or(1));
    let end = call.whole("end")?;
    if step == 0 {
        return Err(Failure::call("`step_by` must not be 0"));
    }
    steps(call, start, end, step)
}

/// The shell's `seq`: counting down where the last is below the first, and not at all where `step` leads away from it.
fn seq(call: &Call<'_>) -> Answer {
    let given = |name| call.optional(name).filter(|value| !is_nothing(value)).map(to_int);
    let (first, step) = (to_int(call.value("first")?), given("step"));
    let (start, last) = match given("last") {
        Some(last) => (first, last),
        None => (1, first),
    };
    let direction = if last < start { -1 } else { 1 };
    let list = steps(call, start, last.saturating_add(direction), step.unwrap_or(direction))?;
    let numbers: Vec<_> = list.as_array().unwrap_or_default().iter().map(display).collect();
    Ok(Value::from(numbers.join(" ")))
}
