//! Defaults, choices and types: `default`, `ternary`, `coalesce`, `empty`, `kindOf`, ...

use crate::engine::gotpl::call::{Args, Evaluate, Function, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Value, compared};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("default", &[Param::Any, Param::Any], |_, args| {
        Ok(args.from(1).first().filter(|given| !is_empty(given)).unwrap_or(args.get(0)).clone())
    }),
    Function::new("empty", &[Param::Any], |_, args| Ok(Value::Bool(is_empty(args.get(0))))),
    Function::variadic("coalesce", &[Param::Any], |_, args| {
        Ok(args.0.iter().find(|value| !is_empty(value)).cloned().unwrap_or_default())
    }),
    Function::variadic("all", &[Param::Any], |_, args| Ok(Value::Bool(!args.0.iter().any(is_empty)))),
    Function::variadic("any", &[Param::Any], |_, args| Ok(Value::Bool(!args.0.iter().all(is_empty)))),
    Function::new("ternary", &[Param::Any, Param::Any, Param::Bool], |_, args| {
        Ok(args.get(usize::from(!args.bool(2))).clone())
    }),
    Function::new("typeOf", &[Param::Any], |_, args| Ok(Value::str(args.get(0).go_type()))),
    Function::new("typeIs", &[Param::Str, Param::Any], |_, args| {
        Ok(Value::Bool(args.bytes(0) == args.get(1).go_type().as_bytes()))
    }),
    Function::new("typeIsLike", &[Param::Str, Param::Any], type_is_like),
    Function::new("kindOf", &[Param::Any], |_, args| Ok(Value::str(args.get(0).kind_name()))),
    Function::new("kindIs", &[Param::Str, Param::Any], |_, args| {
        Ok(Value::Bool(args.bytes(0) == args.get(1).kind_name().as_bytes()))
    }),
    Function::new("deepEqual", &[Param::Any, Param::Any], |run, args| {
        let (is_equal, bytes) = compared(args.get(0), args.get(1));
        run.spend(bytes / 16)?;
        Ok(Value::Bool(is_equal))
    }),
];

/// Whether sprig considers a value empty: whether Go's `if` treats it as false.
pub(super) fn is_empty(value: &Value) -> bool {
    !value.is_true()
}

fn type_is_like(_: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let name = args.get(1).go_type();
    let wanted = args.bytes(0);
    Ok(Value::Bool(wanted == name.as_bytes() || name.strip_prefix('*').is_some_and(|name| wanted == name.as_bytes())))
}
