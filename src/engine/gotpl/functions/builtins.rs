//! Go's built-in functions, except comparisons and escapes.

use super::format;
use crate::engine::gotpl::call::{Args, Evaluate, Evaluation, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Kind, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    // `Exec` implements these two, since it evaluates their arguments; the entries only declare the signatures.
    Function::variadic("and", &[Param::Reflect, Param::Reflect], |_, _| Ok(Value::Invalid))
        .evaluating(Evaluation::WhileTrue),
    Function::variadic("or", &[Param::Reflect, Param::Reflect], |_, _| Ok(Value::Invalid))
        .evaluating(Evaluation::WhileFalse),
    Function::new("not", &[Param::Reflect], |_, args| Ok(Value::Bool(!args.get(0).is_true()))),
    Function::variadic("call", &[Param::Reflect, Param::Reflect], call).evaluating(Evaluation::WithText),
    Function::variadic("index", &[Param::Reflect, Param::Reflect], index),
    Function::new("len", &[Param::Reflect], length),
    Function::variadic("print", &[Param::Any], |run, args| Ok(Value::Str(format::print(run, args.0)?))),
    Function::variadic("println", &[Param::Any], |run, args| Ok(Value::Str(format::println(run, args.0)?))),
    Function::variadic("printf", &[Param::Str, Param::Any], printf),
];

/// `call` always fails, since no value is a function. The last argument is the text of the first one, for the message.
fn call(_: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    match args.get(0) {
        Value::Invalid | Value::Nil => Err("call of nil".into()),
        value => {
            let written = args.str(args.len() - 1);
            Err(FnError::new(format!("non-function {written} of type {}", value.go_type())))
        }
    }
}

fn index(_: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut item = args.get(0).clone();
    if item.is_nil() {
        return Err("index of untyped nil".into());
    }
    for index in args.from(1) {
        item = match &item {
            Value::Nil | Value::Invalid => return Err("index of nil pointer".into()),
            Value::Str(text) => match text.get(position(index, text.len())?) {
                Some(byte) => Value::Uint8(*byte),
                None => return Err("reflect: string index out of range".into()),
            },
            Value::Bytes(bytes) => match bytes.get(position(index, bytes.len())?) {
                Some(byte) => Value::Uint8(*byte),
                None => return Err("reflect: slice index out of range".into()),
            },
            Value::List(list) => match list.items().get(position(index, list.len())?) {
                Some(item) => item.clone(),
                None => return Err("reflect: slice index out of range".into()),
            },
            Value::Map(map) => match index {
                Value::Str(key) => map.get(key).unwrap_or_else(|| map.kind().zero()),
                Value::Nil | Value::Invalid => return Err("value is nil; should be of type string".into()),
                other => {
                    return Err(FnError::new(format!("value has type {}; should be string", other.go_type())));
                }
            },
            other => return Err(FnError::new(format!("can't index item of type {}", pointee_type(other)))),
        };
    }
    Ok(item)
}

/// Converts an index into a list. Like Go, accepts the length itself.
fn position(index: &Value, length: usize) -> Result<usize, FnError> {
    let number = match index {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Uint8(number) => (*number).into(),
        Value::Uint64(number) => *number as i64,
        Value::Nil | Value::Invalid => return Err("cannot index slice/array with nil".into()),
        other => return Err(FnError::new(format!("cannot index slice/array with type {}", other.go_type()))),
    };
    let position = usize::try_from(number).ok().filter(|position| *position <= length);
    position.ok_or_else(|| FnError::new(format!("index out of range: {number}")))
}

/// The name of the type after following a pointer, as Go does.
fn pointee_type(value: &Value) -> &'static str {
    let name = value.go_type();
    if value.kind() == Kind::Pointer { name.strip_prefix('*').unwrap_or(name) } else { name }
}

fn length(_: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let length = match args.get(0) {
        value @ (Value::Str(_) | Value::Bytes(_)) => value.text_length(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::Nil => return Err("len of nil pointer".into()),
        Value::Invalid => return Err("reflect: call of reflect.Value.Type on zero Value".into()),
        other => return Err(FnError::new(format!("len of type {}", pointee_type(other)))),
    };
    Ok(Value::Int(length as i64))
}

fn printf(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let out = format::printf(run, args.bytes(0), args.from(1))?;
    Ok(Value::str(out))
}
