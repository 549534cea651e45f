//! Functions on numbers, with sprig's conversions: text is read, anything else that is no number counts as 0.

use tera::Value;

use super::Function;
use super::call::{Answer, Call, Failure, go_type, is_nothing, wrong_type};
use super::decimal::Decimal;
use super::go_format::display;
use crate::engine::tera::value::float_to_tera;

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
        fold(call, "to", |a, b| Ok(a.wrapping_add(b)))
    }),
    Function::new("add1", &["n"], "One more.", |call| Ok(Value::from(to_int(call.value("n")?).wrapping_add(1)))),
    Function::new("sub", &["n", "less"], "The difference: `5 | sub(less=2)` is 3.", |call| {
        Ok(Value::from(to_int(call.value("n")?).wrapping_sub(to_int(call.value("less")?))))
    }),
    Function::new("mul", &["n", "by"], "The product; `by` may be a list of numbers.", |call| {
        fold(call, "by", |a, b| Ok(a.wrapping_mul(b)))
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
        fold(call, "others", |a, b| Ok(a.max(b)))
    }),
    Function::new("biggest", &["n", "others"], "The same as `max`.", |call| fold(call, "others", |a, b| Ok(a.max(b)))),
    Function::new("min", &["n", "others"], "The smallest; `others` is a number or a list.", |call| {
        fold(call, "others", |a, b| Ok(a.min(b)))
    }),
    Function::new("maxf", &["n", "others"], "The largest, of numbers with fractions.", |call| {
        fold_floats(call, "others", f64::max)
    }),
    Function::new("minf", &["n", "others"], "The smallest, of numbers with fractions.", |call| {
        fold_floats(call, "others", f64::min)
    }),
    Function::new("addf", &["n", "to"], "The sum of numbers with fractions.", |call| {
        decimals(call, "to", Decimal::plus, |a, b| a + b)
    }),
    Function::new("add1f", &["n"], "One more, of a number with a fraction.", |call| {
        let n = to_float(call.value("n")?);
        Ok(float_to_tera(decimal(n, 1.0, Decimal::plus, |a, b| a + b)))
    }),
    Function::new("subf", &["n", "less"], "The difference of numbers with fractions.", |call| {
        decimals(call, "less", Decimal::minus, |a, b| a - b)
    }),
    Function::new("mulf", &["n", "by"], "The product of numbers with fractions.", |call| {
        decimals(call, "by", Decimal::times, |a, b| a * b)
    }),
    Function::new("divf", &["n", "by"], "The quotient of numbers with fractions.", |call| {
        if values_of(call.value("by")?).iter().any(|by| to_float(by) == 0.0) {
            return Err(Failure::call("decimal division by 0"));
        }
        decimals(call, "by", Decimal::divided_by, |a, b| a / b)
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
    Function::new("seq", &["first", "last?", "step?"], "The numbers from `first` to `last`, as one text.", seq),
];

fn int(call: &Call<'_>) -> Answer {
    Ok(Value::from(to_int(call.value("value")?)))
}

/// A value as sprig's `toInt64` reads it.
pub(super) fn to_int(value: &Value) -> i64 {
    if let Some(number) = value.as_i64() {
        return number;
    }
    if let Some(number) = value.as_number() {
        return number.as_float() as i64;
    }
    match (value.as_str(), value.as_bool()) {
        (Some(text), _) => text_to_int(text),
        (_, Some(flag)) => i64::from(flag),
        _ => 0,
    }
}

/// A number in Go's notation: decimal, `0x`, `0o`, `0b`; a fraction of zeros is left out; anything else is 0.
fn text_to_int(text: &str) -> i64 {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !whole.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    };
    let (sign, digits) = match whole.as_bytes().first() {
        Some(b'-') => ("-", &whole[1..]),
        Some(b'+') => ("", &whole[1..]),
        _ => ("", whole),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match (lower.get(..2), lower.as_str()) {
        (Some("0x"), _) => (16, &lower[2..]),
        (Some("0o"), _) => (8, &lower[2..]),
        (Some("0b"), _) => (2, &lower[2..]),
        (_, digits) => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return 0;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).unwrap_or(0)
}

/// A value as sprig's `toFloat64` reads it.
pub(super) fn to_float(value: &Value) -> f64 {
    if let Some(number) = value.as_number() {
        return number.as_float();
    }
    match (value.as_str(), value.as_bool()) {
        (Some(text), _) => text.parse().unwrap_or(0.0),
        (_, Some(flag)) => f64::from(u8::from(flag)),
        _ => 0.0,
    }
}

/// A list's values, or the value alone.
fn values_of(value: &Value) -> &[Value] {
    value.as_array().unwrap_or(std::slice::from_ref(value))
}

fn fold(call: &Call<'_>, others: &'static str, with: impl Fn(i64, i64) -> Result<i64, Failure>) -> Answer {
    let mut result = to_int(call.value("n")?);
    for other in values_of(call.value(others)?) {
        result = with(result, to_int(other))?;
    }
    Ok(Value::from(result))
}

fn fold_floats(call: &Call<'_>, others: &'static str, with: fn(f64, f64) -> f64) -> Answer {
    let first = to_float(call.value("n")?);
    Ok(float_to_tera(values_of(call.value(others)?).iter().map(to_float).fold(first, with)))
}

type DecimalStep = fn(Decimal, Decimal) -> Option<Decimal>;

/// Helm computes with decimal digits (0.1 + 0.2 is 0.3); where they don't fit, with floats.
fn decimals(call: &Call<'_>, others: &'static str, exact: DecimalStep, rough: fn(f64, f64) -> f64) -> Answer {
    let mut result = to_float(call.value("n")?);
    for other in values_of(call.value(others)?) {
        result = decimal(result, to_float(other), exact, rough);
    }
    Ok(float_to_tera(result))
}

fn decimal(a: f64, b: f64, exact: DecimalStep, rough: fn(f64, f64) -> f64) -> f64 {
    let computed = Decimal::of(a).zip(Decimal::of(b)).and_then(|(a, b)| exact(a, b));
    computed.map_or_else(|| rough(a, b), Decimal::to_f64)
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
    call.run.budget.spend_items(count).map_err(Failure::Call)?;
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

/// The shell's `seq`: counting down where the last is below the first.
fn seq(call: &Call<'_>) -> Answer {
    let given = |name| call.optional(name).filter(|value| !is_nothing(value)).map(to_int);
    let (first, last, step) = (to_int(call.value("first")?), given("last"), given("step"));
    let (start, last) = match last {
        Some(last) => (first, last),
        None => (1, first),
    };
    let step = step.unwrap_or(if last < start { -1 } else { 1 });
    let end = if step < 0 { last.saturating_sub(1) } else { last.saturating_add(1) };
    let list = steps(call, start, end, step)?;
    let numbers: Vec<String> = list.as_array().unwrap_or_default().iter().map(|n| display(n).into_owned()).collect();
    Ok(Value::from(numbers.join(" ")))
}

/// The name of a value's kind as Go's `reflect` has it; numbers of files are `float64` in Helm and whole here.
pub(super) fn kind_name(value: &Value) -> &'static str {
    match go_type(value) {
        "[]interface {}" | "[]uint8" => "slice",
        "map[string]interface {}" => "map",
        "<nil>" => "invalid",
        name => name,
    }
}
