//! Functions on lists: Kubernetes' own, and CEL's lists extension.

use std::cmp::Ordering;

use super::function::{Function, count, global, member, no_overload};
use crate::cel::arithmetic::add;
use crate::cel::compare::{equal, order};
use crate::cel::error::Error;
use crate::cel::run::Run;
use crate::cel::value::{List, Value};
use crate::go::time::Duration;

/// The signatures of functions from a list of ordered items to one of the items.
const EXTREME_SIGNATURES: &[&str] = &[
    "list(int) -> int",
    "list(uint) -> uint",
    "list(double) -> double",
    "list(bool) -> bool",
    "list(duration) -> duration",
    "list(timestamp) -> timestamp",
    "list(string) -> string",
    "list(bytes) -> bytes",
];

pub(super) const TABLE: &[Function] = &[
    member(
        "isSorted",
        &[
            "list(int) -> bool",
            "list(uint) -> bool",
            "list(double) -> bool",
            "list(bool) -> bool",
            "list(duration) -> bool",
            "list(timestamp) -> bool",
            "list(string) -> bool",
            "list(bytes) -> bool",
        ],
        is_sorted,
    ),
    member(
        "sum",
        &["list(int) -> int", "list(uint) -> uint", "list(double) -> double", "list(duration) -> duration"],
        sum,
    ),
    member("min", EXTREME_SIGNATURES, |arguments, run| extreme(arguments, run, "min", Ordering::Greater)),
    member("max", EXTREME_SIGNATURES, |arguments, run| extreme(arguments, run, "max", Ordering::Less)),
    member("slice", &["list(T), int, int -> list(T)"], slice),
    member("flatten", &["list(list(T)) -> list(T)", "list(dyn), int -> list(dyn)"], flatten),
    member("distinct", &["list(T) -> list(T)"], distinct),
    member("reverse", &["list(T) -> list(T)"], |arguments, run| {
        let mut items = items(arguments, run)?;
        items.reverse();
        Ok(Value::list(items))
    }),
    member(
        "sort",
        &[
            "list(int) -> list(int)",
            "list(uint) -> list(uint)",
            "list(double) -> list(double)",
            "list(bool) -> list(bool)",
            "list(duration) -> list(duration)",
            "list(timestamp) -> list(timestamp)",
            "list(string) -> list(string)",
            "list(bytes) -> list(bytes)",
        ],
        |arguments, run| {
            let mut keyed = items(arguments, run)?.into_iter().map(|item| (item.clone(), item)).collect::<Vec<_>>();
            sort(&mut keyed, run)?;
            Ok(Value::list(keyed.into_iter().map(|(_, item)| item).collect()))
        },
    ),
    member("first", &["list(V) -> optional_type(V)"], |arguments, _| ends(arguments, |_| 0)),
    member("last", &["list(V) -> optional_type(V)"], |arguments, _| ends(arguments, |list| list.len().wrapping_sub(1))),
    global("lists.range", &["int -> list(int)"], range),
];

fn items<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Vec<Value<'a>>, Error> {
    let Value::List(list) = &arguments[0] else { return no_overload() };
    run.take(list.len())?;
    list.iter().collect()
}

fn is_sorted<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let items = items(arguments, run)?;
    for pair in items.windows(2) {
        run.take(1)?;
        if order(&pair[0], &pair[1])? == Some(Ordering::Greater) {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

fn sum<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let items = items(arguments, run)?;
    let mut total = match items.first() {
        // The element type of an empty list is not known here.
        None | Some(Value::Int(_)) => Value::Int(0),
        Some(Value::Uint(_)) => Value::Uint(0),
        Some(Value::Double(_)) => Value::Double(0.0),
        Some(Value::Duration(_)) => Value::Duration(Duration(0)),
        Some(_) => return no_overload(),
    };
    for item in &items {
        total = add(&total, item, run)?;
    }
    Ok(total)
}

fn extreme<'a>(arguments: &[Value<'a>], run: &mut Run<'_>, name: &str, wanted: Ordering) -> Result<Value<'a>, Error> {
    let mut found: Option<Value<'a>> = None;
    for item in items(arguments, run)? {
        found = match found {
            Some(found) if order(&found, &item)? != Some(wanted) => Some(found),
            _ => Some(item),
        };
    }
    found.ok_or_else(|| Error::fails(format!("{name} called on empty list")))
}

fn slice<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let (Value::List(list), Value::Int(start), Value::Int(end)) = (&arguments[0], &arguments[1], &arguments[2]) else {
        return no_overload();
    };
    let fails = |why: String| Err(Error::fails(format!("cannot slice({start}, {end}), {why}")));
    let (Ok(from), Ok(to)) = (usize::try_from(*start), usize::try_from(*end)) else {
        return fails("negative indexes not supported".to_owned());
    };
    if from > to {
        return fails("start index must be less than or equal to end index".to_owned());
    }
    if list.len() < to {
        return fails(format!("list is length {}", list.len()));
    }
    run.take(to - from)?;
    Ok(Value::list((from..to).filter_map(|at| list.get(at)).collect::<Result<_, _>>()?))
}

fn flatten<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let depth = match arguments.get(1) {
        None => 1,
        Some(Value::Int(depth)) if *depth < 0 => return Err(Error::fails("level must be non-negative")),
        Some(Value::Int(depth)) => *depth,
        Some(_) => return no_overload(),
    };
    let Value::List(list) = &arguments[0] else { return no_overload() };
    let mut out = Vec::new();
    flatten_into(list, depth, &mut out, run)?;
    Ok(Value::list(out))
}

fn flatten_into<'a>(list: &List<'a>, depth: i64, out: &mut Vec<Value<'a>>, run: &mut Run<'_>) -> Result<(), Error> {
    for item in list.iter() {
        run.take(1)?;
        match item? {
            Value::List(inner) if depth > 0 => flatten_into(&inner, depth - 1, out, run)?,
            item => out.push(item),
        }
    }
    Ok(())
}

fn distinct<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let mut kept: Vec<Value<'a>> = Vec::new();
    'items: for item in items(arguments, run)? {
        for known in &kept {
            if equal(known, &item, run)? {
                continue 'items;
            }
        }
        kept.push(item);
    }
    Ok(Value::list(kept))
}

/// Sorts pairs of a key and a value by the key.
pub(in crate::cel) fn sort<'a>(keyed: &mut [(Value<'a>, Value<'a>)], run: &mut Run<'_>) -> Result<(), Error> {
    let Some(first) = keyed.first().map(|(key, _)| key.type_name()) else { return Ok(()) };
    if keyed.iter().any(|(key, _)| key.type_name() != first) {
        return Err(Error::fails("list elements must have the same type"));
    }
    if let Some((key, _)) = keyed.first()
        && order(key, key).is_err()
    {
        return Err(Error::fails("list elements must be comparable"));
    }
    run.take(keyed.len() * (1 + keyed.len().checked_ilog2().unwrap_or(0) as usize))?;
    keyed.sort_by(|(a, _), (b, _)| order(a, b).ok().flatten().unwrap_or(Ordering::Equal));
    Ok(())
}

fn ends<'a>(arguments: &[Value<'a>], at: fn(&List<'a>) -> usize) -> Result<Value<'a>, Error> {
    let Value::List(list) = &arguments[0] else { return no_overload() };
    match list.get(at(list)) {
        Some(item) => Ok(Value::some(item?)),
        None => Ok(Value::Optional(None)),
    }
}

fn range<'a>(arguments: &[Value<'a>], run: &mut Run<'_>) -> Result<Value<'a>, Error> {
    let Value::Int(length) = &arguments[0] else { return no_overload() };
    let length = usize::try_from(*length).unwrap_or(0);
    run.take(length)?;
    Ok(Value::list((0..length).map(count).collect()))
}
