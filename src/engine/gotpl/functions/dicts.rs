//! sprig's functions on maps. Maps are shared: `set` and `unset` change their argument.

use super::strings::string_of;
use crate::engine::gotpl::call::{Args, Evaluate, Function, ITEM, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{Entry, List, ListKind, MAX_DEPTH, Map, MapKind, Text, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("dict", &[Param::Any], dict),
    Function::new("get", &[Param::Map, Param::Str], |_, args| {
        Ok(args.map(0).get(args.bytes(1)).unwrap_or_else(|| Value::str("")))
    }),
    Function::new("set", &[Param::Map, Param::Str, Param::Any], set),
    Function::new("unset", &[Param::Map, Param::Str], |_, args| {
        args.map(0).remove(args.bytes(1));
        Ok(args.get(0).clone())
    }),
    Function::new("hasKey", &[Param::Map, Param::Str], |_, args| Ok(Value::Bool(args.map(0).contains(args.bytes(1))))),
    Function::variadic("pluck", &[Param::Str, Param::Map], pluck),
    Function::variadic("keys", &[Param::Map], keys),
    Function::new("values", &[Param::Map], |run, args| {
        run.spend(args.map(0).len().saturating_mul(ITEM))?;
        Ok(Value::appended(args.map(0).snapshot().into_iter().map(|(_, value)| value).collect()))
    }),
    Function::variadic("pick", &[Param::Map, Param::Str], pick),
    Function::variadic("omit", &[Param::Map, Param::Str], omit),
    Function::variadic("dig", &[Param::Any], dig),
    Function::new("deepCopy", &[Param::Any], deep_copy),
    Function::new("mustDeepCopy", &[Param::Any], deep_copy),
];

fn dict(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    run.spend(args.len().saturating_mul(ITEM))?;
    let mut entries: Vec<Entry> = Vec::with_capacity(args.len().div_ceil(2));
    for pair in args.0.chunks(2) {
        let key = string_of(run, &pair[0])?;
        entries.push((key, pair.get(1).cloned().unwrap_or_else(|| Value::str(""))));
    }
    Ok(Value::map(entries))
}

fn set(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let map = args.map(0);
    // Later entries must be moved.
    run.spend(ITEM + map.len() / 16)?;
    if !map.insert(args.text(1), args.get(2).clone()) {
        return Err("assignment to entry in nil map".into());
    }
    Ok(Value::Map(map))
}

fn pluck(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    run.spend(args.len().saturating_mul(ITEM))?;
    let key = args.bytes(0);
    Ok(Value::appended((1..args.len()).filter_map(|at| args.map(at).get(key)).collect()))
}

fn keys(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let mut keys: Vec<Text> = Vec::new();
    for at in 0..args.len() {
        run.spend(args.map(at).len().saturating_mul(ITEM))?;
        keys.extend(args.map(at).keys());
    }
    Ok(Value::List(List::appended(ListKind::Strings, keys.into_iter().map(Value::Str).collect())))
}

fn pick(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    run.spend(args.len().saturating_mul(ITEM))?;
    let map = args.map(0);
    let picked = (1..args.len()).filter_map(|at| Some((args.text(at), map.get(args.bytes(at))?)));
    Ok(Value::map(picked.collect()))
}

fn omit(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    run.spend(args.map(0).len().saturating_mul(ITEM))?;
    let left = Map::from_entries(MapKind::Any, args.map(0).snapshot());
    (1..args.len()).for_each(|at| drop(left.remove(args.bytes(at))));
    Ok(Value::Map(left))
}

/// `dig "a" "b" DEFAULT MAP`
fn dig(_: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    let conversion = |value: &Value, wanted: &str| match value {
        Value::Nil | Value::Invalid => {
            FnError::new(format!("interface conversion: interface {{}} is nil, not {wanted}"))
        }
        value => FnError::new(format!("interface conversion: interface {{}} is {}, not {wanted}", value.go_type())),
    };
    let [path @ .., default, map] = args.0 else { return Err("dig needs at least three arguments".into()) };
    if path.is_empty() {
        return Err("dig needs at least three arguments".into());
    }
    let as_map = |value: &Value| match value {
        Value::Map(map) if map.kind() == MapKind::Any => Ok(map.clone()),
        other => Err(conversion(other, "map[string]interface {}")),
    };
    let mut step = Value::Map(as_map(map)?);
    let keys = path.iter().map(|key| key.as_str().ok_or_else(|| conversion(key, "string")));
    for key in keys.collect::<Result<Vec<_>, _>>()? {
        match as_map(&step)?.get(key) {
            Some(value) => step = value,
            None => return Ok(default.clone()),
        }
    }
    Ok(step)
}

fn deep_copy(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    if args.get(0).is_nil() {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    copied(run, args.get(0), MAX_DEPTH)
}

/// Copies a value and all maps and lists in it.
pub(super) fn copied(run: &mut dyn Evaluate, value: &Value, depth: usize) -> Result<Value, FnError> {
    let too_deep = || FnError::Limit("the value nests too deeply to be copied, or contains itself".to_owned());
    Ok(match value {
        Value::Map(map) if !map.is_nil() => {
            let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
            run.spend(map.len().saturating_mul(ITEM))?;
            let copy = |(key, value)| Ok((key, copied(run, &value, depth)?));
            let entries: Result<Vec<Entry>, FnError> = map.snapshot().into_iter().map(copy).collect();
            Value::Map(Map::from_entries(map.kind(), entries?))
        }
        Value::List(list) if !list.is_nil() => {
            let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
            run.spend(list.len().saturating_mul(ITEM))?;
            let items: Result<Vec<Value>, FnError> = list.items().iter().map(|item| copied(run, item, depth)).collect();
            Value::List(List::with_capacity(list.kind(), items?, list.capacity()))
        }
        Value::Object(object) => object.deep_copy().unwrap_or_else(|| value.clone()),
        value => value.clone(),
    })
}
