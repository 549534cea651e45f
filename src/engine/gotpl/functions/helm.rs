//! The functions that Helm adds to Go's templates.

use crate::engine::environment::NO_DNS;
use crate::engine::gotpl::call::{Args, Evaluate, Function, Param, RefusalRef};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Map, Value, from_yaml_map};
use crate::kubernetes::Id;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("include", &[Param::Str, Param::Any], |run, args| run.include(&args.text(0), args.get(1).clone())),
    Function::new("tpl", &[Param::Str, Param::Any], |run, args| run.tpl(&args.text(0), args.get(1).clone())),
    Function::new("required", &[Param::Str, Param::Any], required),
    Function::new("fail", &[Param::Str], |run, args| refuse(run, RefusalRef::Fail(&args.str(0)))),
    Function::new("lookup", &[Param::Str, Param::Str, Param::Str, Param::Str], lookup),
    Function::new("getHostByName", &[Param::Str], host_by_name),
];

/// Never makes a network request, as Helm does not without `--enable-dns`.
fn host_by_name(run: &mut dyn Evaluate, _: Args<'_>) -> Result<Value, FnError> {
    if run.environment().needs_dns { Err(NO_DNS.into()) } else { Ok(Value::str("")) }
}

/// Returns objects that the user has declared as existing in the cluster.
fn lookup(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let Some(objects) = run.environment().objects.clone() else { return Ok(Map::new().into()) };
    let text = |index| args.str(index).into_owned();
    let found = objects.find(&Id { api_version: text(0), kind: text(1), namespace: text(2), name: text(3) });
    run.spend_parsed(found.size)?;
    Ok(from_yaml_map(&found.content, None).into())
}

fn required(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    match args.get(1) {
        Value::Nil | Value::Invalid => refuse(run, RefusalRef::Missing(&args.str(0))),
        Value::Str(text) if text.is_empty() => refuse(run, RefusalRef::Empty(&args.str(0))),
        value => Ok(value.clone()),
    }
}

/// Ends the render, or notes the refusal and returns an empty string.
fn refuse(run: &mut dyn Evaluate, refused: RefusalRef<'_>) -> Result<Value, FnError> {
    if run.note_refusal(refused) {
        return Ok(Value::str(""));
    }
    let (RefusalRef::Missing(sentence) | RefusalRef::Empty(sentence) | RefusalRef::Fail(sentence)) = refused;
    Err(FnError::Refused(sentence.to_owned()))
}
