//! sprig's functions on lists. Each returns a new list.

use super::flow::is_empty;
use crate::engine::gotpl::call::{Args, Budget, Evaluate, Function, ITEM, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{List, ListKind, Value, compared};
use crate::engine::sprig::cast::to_int;
use crate::engine::sprig::lists;
use crate::go::slice::grown;

const ANY: &[Param] = &[Param::Any];
const TWO: &[Param] = &[Param::Any, Param::Any];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("list", ANY, list),
    Function::variadic("tuple", ANY, list),
    Function::new("first", ANY, |_, args| first(args)),
    Function::new("mustFirst", ANY, |_, args| first(args)),
    Function::new("last", ANY, |_, args| last(args)),
    Function::new("mustLast", ANY, |_, args| last(args)),
    Function::new("rest", ANY, rest),
    Function::new("mustRest", ANY, rest),
    Function::new("initial", ANY, initial),
    Function::new("mustInitial", ANY, initial),
    Function::new("append", TWO, append),
    Function::new("push", TWO, append),
    Function::new("mustAppend", TWO, append),
    Function::new("mustPush", TWO, append),
    Function::new("prepend", TWO, prepend),
    Function::new("mustPrepend", TWO, prepend),
    Function::variadic("concat", ANY, concat),
    Function::new("reverse", ANY, reverse),
    Function::new("mustReverse", ANY, reverse),
    Function::new("uniq", ANY, uniq),
    Function::new("mustUniq", ANY, uniq),
    Function::variadic("without", TWO, without),
    Function::variadic("mustWithout", TWO, without),
    Function::new("compact", ANY, compact),
    Function::new("mustCompact", ANY, compact),
    Function::new("has", TWO, has),
    Function::new("mustHas", TWO, has),
    Function::variadic("slice", TWO, slice),
    Function::variadic("mustSlice", TWO, slice),
    Function::new("chunk", &[Param::Int, Param::Any], chunk),
    Function::new("mustChunk", &[Param::Int, Param::Any], chunk),
];

/// The items of an argument. The error is `cannot` and the kind of the argument.
pub(super) fn items(value: &Value, cannot: &str) -> Result<Vec<Value>, FnError> {
    match value {
        Value::List(list) => Ok(list.items().to_vec()),
        Value::Bytes(bytes) => Ok(bytes.iter().map(|byte| Value::Uint8(*byte)).collect()),
        Value::Nil | Value::Invalid => Err("runtime error: invalid memory address or nil pointer dereference".into()),
        other => Err(FnError::new(format!("{cannot} {}", other.kind_name()))),
    }
}

/// The items of an argument, after counting the cost of a new list.
fn spent(run: &mut dyn Evaluate, value: &Value, cannot: &str) -> Result<Vec<Value>, FnError> {
    let items = items(value, cannot)?;
    run.spend(items.len().saturating_mul(ITEM))?;
    Ok(items)
}

fn nil_list() -> Value {
    Value::List(List::nil(ListKind::Any))
}

fn list(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    run.spend(args.len().saturating_mul(ITEM))?;
    Ok(Value::list(args.0.to_vec()))
}

fn first(args: Args<'_>) -> Result<Value, FnError> {
    match args.get(0) {
        Value::List(list) => Ok(list.items().first().cloned().unwrap_or_default()),
        other => Ok(items(other, "Cannot find first on type")?.into_iter().next().unwrap_or_default()),
    }
}

fn last(args: Args<'_>) -> Result<Value, FnError> {
    match args.get(0) {
        Value::List(list) => Ok(list.items().last().cloned().unwrap_or_default()),
        other => Ok(items(other, "Cannot find last on type")?.pop().unwrap_or_default()),
    }
}

fn rest(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut items = spent(run, args.get(0), "Cannot find rest on type")?;
    if items.is_empty() {
        return Ok(nil_list());
    }
    items.remove(0);
    Ok(Value::list(items))
}

fn initial(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut items = spent(run, args.get(0), "Cannot find initial on type")?;
    if items.pop().is_none() {
        return Ok(nil_list());
    }
    Ok(Value::list(items))
}

fn append(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut items = spent(run, args.get(0), "Cannot push on type")?;
    items.push(args.get(1).clone());
    let capacity = grown(items.len() - 1, items.len(), ListKind::Any.element());
    Ok(Value::List(List::with_capacity(ListKind::Any, items, capacity)))
}

fn prepend(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut items = spent(run, args.get(0), "Cannot prepend on type")?;
    items.insert(0, args.get(1).clone());
    let capacity = if items.len() > 1 { grown(1, items.len(), ListKind::Any.element()) } else { 1 };
    Ok(Value::List(List::with_capacity(ListKind::Any, items, capacity)))
}

fn concat(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut all = Vec::new();
    for list in args.0 {
        match list {
            Value::List(_) | Value::Bytes(_) | Value::Nil | Value::Invalid => all.extend(spent(run, list, "")?),
            other => return Err(FnError::new(format!("Cannot concat type {} as list", other.kind_name()))),
        }
    }
    Ok(if all.is_empty() { nil_list() } else { Value::appended(all) })
}

fn reverse(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut items = spent(run, args.get(0), "Cannot find reverse on type")?;
    items.reverse();
    Ok(Value::list(items))
}

/// Whether a list contains a value. Counts the cost of the comparisons.
fn contains(run: &mut dyn Evaluate, list: &[Value], value: &Value) -> Result<bool, FnError> {
    Ok(lists::contains(list, value, compared, &mut Budget(run))?)
}

fn uniq(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let items = spent(run, args.get(0), "Cannot find uniq on type")?;
    Ok(Value::appended(lists::uniq(&items, compared, &mut Budget(run))?))
}

fn without(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let items = spent(run, args.get(0), "Cannot find without on type")?;
    Ok(Value::appended(lists::without(&items, args.from(1), compared, &mut Budget(run))?))
}

fn compact(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut items = spent(run, args.get(0), "Cannot compact on type")?;
    items.retain(|item| !is_empty(item));
    Ok(Value::appended(items))
}

fn has(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    match args.get(1) {
        Value::Nil | Value::Invalid => Ok(Value::Bool(false)),
        Value::List(list) => Ok(Value::Bool(contains(run, list.items(), args.get(0))?)),
        other => {
            let items = items(other, "Cannot find has on type")?;
            Ok(Value::Bool(contains(run, &items, args.get(0))?))
        }
    }
}

fn chunk(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let items = spent(run, args.get(1), "Cannot chunk type")?;
    let out_of_range = || FnError::new("runtime error: makeslice: len out of range");
    let size = match usize::try_from(args.int(0)) {
        Ok(0) => return Err(out_of_range()),
        Ok(size) => size,
        Err(_) => {
            // Go computes the number of parts, which is 0 or impossible to allocate.
            let parts = ((items.len() as f64 - 1.0) / args.int(0) as f64).floor() + 1.0;
            if parts != 0.0 {
                return Err(out_of_range());
            }
            return Ok(Value::List(List::new(ListKind::Lists, Vec::new())));
        }
    };
    let parts = items.chunks(size).map(|part| Value::list(part.to_vec())).collect();
    Ok(Value::List(List::new(ListKind::Lists, parts)))
}

/// A part of a list, with the type of the list.
fn slice(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let list = args.get(0);
    let length = match list {
        Value::List(list) => list.len(),
        other => items(other, "list should be type of slice or array but")?.len(),
    };
    if length == 0 {
        return Ok(Value::Nil);
    }
    let start = args.from(1).first().map_or(0, to_int);
    let end = args.from(2).first().map_or(length as i64, to_int);
    Ok(match list {
        Value::List(list) => {
            // The items after the part are kept too.
            run.spend(list.capacity().saturating_mul(ITEM))?;
            let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
            let part = range.and_then(|(start, end)| list.part(start, end));
            Value::List(part.ok_or_else(|| FnError::new("reflect.Value.Slice: slice index out of bounds"))?)
        }
        Value::Bytes(bytes) => {
            let part = lists::slice(bytes, start, end)?;
            run.spend(part.len().saturating_mul(ITEM))?;
            Value::Bytes(part.into())
        }
        _ => Value::Nil,
    })
}
