//! Functions on numbers in any form: `"2" | add(to=1.9)` is 3.

use tera::Value;

use super::call::{Answer, Call, Failure, Function, is_nothing, wrong_type};
use crate::engine::sprig::cast::{atoi, octal, to_float, to_int};
use crate::engine::sprig::{decimal, numbers};
use crate::engine::tera::value::float_to_tera;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("int", &["value"], "The value as a whole number; 0 if it is not one.", int),
    Function::new("int64", &["value"], "The same as `int`.", int),
    Function::new("float64", &["value"], "The value as a number; 0 if it is not one.", |call| {
        Ok(float_to_tera(to_float(call.value("value")?)))
    }),
    Function::new("atoi", &["text"], "The text as a decimal number; 0 if it is not one.", |call| {
        Ok(Value::from(atoi(call.text("text")?.as_bytes())))
    }),
    Function::new("toDecimal", &["value"], "The number with the given octal digits.", |call| {
        Ok(Value::from(octal(call.printed("value")?.as_bytes())))
    }),
    Function::new("add", &["n", "to"], "The sum: `1 | add(to=2)`; `to` can be a list of numbers.", |call| {
        fold(call, "to", i64::wrapping_add)
    }),
    Function::new("add1", &["n"], "One more.", |call| Ok(Value::from(to_int(call.value("n")?).wrapping_add(1)))),
    Function::new("sub", &["n", "less"], "The difference: `5 | sub(less=2)` is 3.", |call| {
        Ok(Value::from(to_int(call.value("n")?).wrapping_sub(to_int(call.value("less")?))))
    }),
    Function::new("mul", &["n", "by"], "The product; `by` can be a list of numbers.", |call| {
        fold(call, "by", i64::wrapping_mul)
    }),
    Function::new("div", &["n", "by"], "The quotient without its fraction: `7 | div(by=2)` is 3.", |call| {
        Ok(Value::from(numbers::divide(to_int(call.value("n")?), to_int(call.value("by")?))?))
    }),
    Function::new("mod", &["n", "by"], "The remainder of the division.", |call| {
        Ok(Value::from(numbers::remainder(to_int(call.value("n")?), to_int(call.value("by")?))?))
    }),
    Function::new("max", &["n", "others"], "The largest; `others` is a number or a list.", |call| {
        fold(call, "others", i64::max)
    }),
    Function::new("biggest", &["n", "others"], "The same as `max`.", |call| fold(call, "others", i64::max)),
    Function::new("min", &["n", "others"], "The smallest; `others` is a number or a list.", |call| {
        fold(call, "others", i64::min)
    }),
    Function::new("maxf", &["n", "others"], "The largest of numbers with fractions.", |call| {
        fold_floats(call, "others", numbers::max)
    }),
    Function::new("minf", &["n", "others"], "The smallest of numbers with fractions.", |call| {
        fold_floats(call, "others", numbers::min)
    }),
    Function::new("addf", &["n", "to"], "The sum of numbers with fractions.", |call| {
        decimals(call, "to", decimal::ADD)
    }),
    Function::new("add1f", &["n"], "The number plus one, with its fraction.", |call| {
        Ok(float_to_tera(decimal::fold(to_float(call.value("n")?), &[1.0], decimal::ADD)?))
    }),
    Function::new("subf", &["n", "less"], "The difference of numbers with fractions.", |call| {
        decimals(call, "less", decimal::SUBTRACT)
    }),
    Function::new("mulf", &["n", "by"], "The product of numbers with fractions.", |call| {
        decimals(call, "by", decimal::MULTIPLY)
    }),
    Function::new("divf", &["n", "by"], "The quotient of numbers with fractions.", |call| {
        decimals(call, "by", decimal::DIVIDE)
    }),
    Function::new("floor", &["n"], "Rounded down to a whole number.", |call| {
        Ok(float_to_tera(to_float(call.value("n")?).floor()))
    }),
    Function::new("ceil", &["n"], "Rounded up to a whole number.", |call| {
        Ok(float_to_tera(to_float(call.value("n")?).ceil()))
    }),
    Function::new("round", &["n", "places"], "Rounded to so many decimal places.", |call| {
        let (n, places) = (to_float(call.value("n")?), call.whole("places")?);
        Ok(float_to_tera(numbers::round(n, places, 0.5)))
    }),
    Function::new("until", &["count"], "The list 0, 1, ... up to, but not including, `count`.", |call| {
        let count = call.whole("count")?;
        steps(call, 0, count, if count < 0 { -1 } else { 1 })
    }),
    Function::new(
        "untilStep",
        &["start", "stop", "step"],
        "The list from `start` up to, but not including, `stop`.",
        |call| steps(call, call.whole("start")?, call.whole("stop")?, call.whole("step")?),
    ),
    Function::new(
        "range",
        &["end", "start?", "step_by?"],
        "The list from `start` (0) up to, but not including, `end`.",
        range,
    ),
    Function::new(
        "seq",
        &["first", "last?", "step?"],
        "The numbers from `first` to `last` as one string; with only `first`, from 1 to it.",
        seq,
    ),
];

fn int(call: &Call<'_>) -> Answer {
    Ok(Value::from(to_int(call.value("value")?)))
}

/// Returns the items of a list, or any other value as a single item.
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

fn decimals(call: &Call<'_>, others: &'static str, step: decimal::Step) -> Answer {
    let others: Vec<f64> = values_of(call.value(others)?).iter().map(to_float).collect();
    Ok(float_to_tera(decimal::fold(to_float(call.value("n")?), &others, step)?))
}

fn steps(call: &Call<'_>, start: i64, stop: i64, step: i64) -> Answer {
    Ok(Value::from(numbers::until_step(start, stop, step, &mut call.limits())?))
}

/// Does the same as Tera's own `range`, but within the budget of the template.
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

/// Returns the output of the shell's `seq`, which counts down if the last number is below the first; empty if `step`
/// leads away from it.
fn seq(call: &Call<'_>) -> Answer {
    let given = |name| call.optional(name).filter(|value| !is_nothing(value)).map(to_int);
    let (first, step) = (to_int(call.value("first")?), given("step"));
    let (start, last) = match given("last") {
        Some(last) => (first, last),
        None => (1, first),
    };
    Ok(Value::from(numbers::seq(start, last, step, &mut call.limits())?))
}
