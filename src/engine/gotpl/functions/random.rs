//! sprig's random functions.

use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::Value;
use crate::engine::sprig::random::Random;

const COUNT: &[Param] = &[Param::Int];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::random("randAlphaNum", COUNT, |run, args| text(run, args, Random::letters_and_digits)),
    Function::random("randAlpha", COUNT, |run, args| text(run, args, Random::letters)),
    Function::random("randNumeric", COUNT, |run, args| text(run, args, Random::digits)),
    Function::random("randAscii", COUNT, |run, args| text(run, args, Random::ascii)),
    Function::random("randBytes", COUNT, |run, args| {
        spend_count(run, args.int(0))?;
        Ok(Value::str(run.random()?.base64(args.int(0))?))
    }),
    Function::random("randInt", &[Param::Int, Param::Int], |run, args| {
        Ok(Value::Int(run.random()?.int(args.int(0), args.int(1))?))
    }),
    Function::random("shuffle", &[Param::Str], |run, args| {
        run.spend(args.bytes(0).len().saturating_mul(4))?;
        Ok(Value::str(run.random()?.shuffle(args.bytes(0))))
    }),
    Function::random("uuidv4", &[], |run, _| Ok(Value::str(run.random()?.uuid()))),
];

fn text(run: &mut dyn Evaluate, args: Args<'_>, make: fn(&mut Random, i64) -> String) -> Result<Value, FnError> {
    spend_count(run, args.int(0))?;
    Ok(Value::str(make(&mut run.random()?, args.int(0))))
}

/// Counts two bytes for each requested one: the random byte and its base64 form.
fn spend_count(run: &mut dyn Evaluate, count: i64) -> Result<(), FnError> {
    run.spend(usize::try_from(count).unwrap_or(0).saturating_mul(2))
}
