//! sprig's functions on integers, floats and lists of numbers.

use crate::engine::gotpl::call::{Args, Budget, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::Value;
use crate::engine::sprig::cast::{to_float, to_int};
use crate::engine::sprig::{decimal, numbers};

const ANY: &[Param] = &[Param::Any];
const TWO: &[Param] = &[Param::Any, Param::Any];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("add", ANY, |_, args| Ok(folded(0, args.0, i64::wrapping_add))),
    Function::new("add1", ANY, |_, args| Ok(Value::Int64(to_int(args.get(0)).wrapping_add(1)))),
    Function::new("sub", TWO, |_, args| Ok(Value::Int64(to_int(args.get(0)).wrapping_sub(to_int(args.get(1)))))),
    Function::new("div", TWO, |_, args| Ok(Value::Int64(numbers::divide(to_int(args.get(0)), to_int(args.get(1)))?))),
    Function::new("mod", TWO, |_, args| {
        Ok(Value::Int64(numbers::remainder(to_int(args.get(0)), to_int(args.get(1)))?))
    }),
    Function::variadic("mul", TWO, |_, args| Ok(folded_from_first(args, i64::wrapping_mul))),
    Function::variadic("max", TWO, |_, args| Ok(folded_from_first(args, i64::max))),
    Function::variadic("biggest", TWO, |_, args| Ok(folded_from_first(args, i64::max))),
    Function::variadic("min", TWO, |_, args| Ok(folded_from_first(args, i64::min))),
    Function::variadic("maxf", TWO, |_, args| Ok(Value::Float(floats(args.0).reduce(numbers::max).unwrap_or(0.0)))),
    Function::variadic("minf", TWO, |_, args| Ok(Value::Float(floats(args.0).reduce(numbers::min).unwrap_or(0.0)))),
    Function::new("ceil", ANY, |_, args| Ok(Value::Float(to_float(args.get(0)).ceil()))),
    Function::new("floor", ANY, |_, args| Ok(Value::Float(to_float(args.get(0)).floor()))),
    Function::variadic("round", &[Param::Any, Param::Int, Param::Float], |_, args| {
        let round_on = if args.len() > 2 { args.float(2) } else { 0.5 };
        Ok(Value::Float(numbers::round(to_float(args.get(0)), args.int(1), round_on)))
    }),
    Function::variadic("addf", ANY, |_, args| decimals(0.0, args.0, decimal::ADD)),
    Function::new("add1f", ANY, |_, args| decimals(to_float(args.get(0)), &[Value::Int(1)], decimal::ADD)),
    Function::variadic("subf", TWO, |_, args| decimals(to_float(args.get(0)), args.from(1), decimal::SUBTRACT)),
    Function::variadic("mulf", TWO, |_, args| decimals(to_float(args.get(0)), args.from(1), decimal::MULTIPLY)),
    Function::variadic("divf", TWO, |_, args| decimals(to_float(args.get(0)), args.from(1), decimal::DIVIDE)),
    Function::new("until", &[Param::Int], |run, args| Ok(numbers::until(args.int(0), &mut Budget(run))?.into())),
    Function::new("untilStep", &[Param::Int, Param::Int, Param::Int], |run, args| {
        Ok(numbers::until_step(args.int(0), args.int(1), args.int(2), &mut Budget(run))?.into())
    }),
    Function::variadic("seq", &[Param::Int], seq),
];

fn folded(first: i64, others: &[Value], step: fn(i64, i64) -> i64) -> Value {
    Value::Int64(others.iter().map(to_int).fold(first, step))
}

fn folded_from_first(args: Args<'_>, step: fn(i64, i64) -> i64) -> Value {
    folded(to_int(args.get(0)), args.from(1), step)
}

fn floats(values: &[Value]) -> impl Iterator<Item = f64> {
    values.iter().map(to_float)
}

fn decimals(first: f64, others: &[Value], step: decimal::Step) -> Result<Value, FnError> {
    let others: Vec<f64> = floats(others).collect();
    Ok(Value::Float(decimal::fold(first, &others, step)?))
}

/// The shell's `seq`: called with the last number, with the first and last, or with the first, step and last.
fn seq(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let (start, last, step) = match args.len() {
        1 => (1, args.int(0), None),
        2 => (args.int(0), args.int(1), None),
        3 => (args.int(0), args.int(2), Some(args.int(1))),
        _ => return Ok(Value::str("")),
    };
    Ok(Value::str(numbers::seq(start, last, step, &mut Budget(run))?))
}
