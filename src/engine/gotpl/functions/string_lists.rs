//! sprig's functions from strings to lists and back.

use super::strings::string_of;
use crate::engine::gotpl::call::{Args, Budget, Evaluate, Function, ITEM, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{List, ListKind, Map, MapKind, Text, Value};
use crate::engine::sprig::text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("split", &[Param::Str, Param::Str], |run, args| numbered(run, args.bytes(1), args.bytes(0), -1)),
    Function::new("splitn", &[Param::Str, Param::Int, Param::Str], |run, args| {
        numbered(run, args.bytes(2), args.bytes(0), args.int(1))
    }),
    Function::new("splitList", &[Param::Str, Param::Str], |run, args| {
        run.spend(args.bytes(1).len())?;
        Ok(Value::strings(text::split(args.bytes(1), args.bytes(0), -1, &mut Budget(run))?))
    }),
    Function::new("join", &[Param::Str, Param::Any], |run, args| {
        let parts = strings_of(run, args.get(1))?;
        Ok(Value::str(text::join(&parts, args.bytes(0), &mut Budget(run))?))
    }),
    Function::new("toStrings", &[Param::Any], |run, args| string_list(run, args.get(0))),
    Function::new("sortAlpha", &[Param::Any], sort_alpha),
];

/// The parts of a text, with the keys `_0`, `_1`, ...
fn numbered(run: &mut dyn Evaluate, whole: &[u8], separator: &[u8], most: i64) -> Result<Value, FnError> {
    run.spend(whole.len())?;
    let parts = text::split(whole, separator, most, &mut Budget(run))?;
    let entry = |(number, part): (usize, &[u8])| (Text::from(format!("_{number}")), Value::str(part));
    Ok(Value::Map(Map::from_entries(MapKind::Strings, parts.into_iter().enumerate().map(entry).collect())))
}

/// Converts the items of a list to texts, without nil ones. Any other value becomes a list of one text.
fn strings_of(run: &mut dyn Evaluate, value: &Value) -> Result<Vec<Text>, FnError> {
    match value {
        Value::Nil | Value::Invalid => Ok(Vec::new()),
        Value::List(list) => {
            run.spend(list.len().saturating_mul(ITEM))?;
            list.items().iter().filter(|item| !item.is_nil()).map(|item| string_of(run, item)).collect()
        }
        Value::Bytes(bytes) => {
            run.spend(bytes.len().saturating_mul(ITEM))?;
            Ok(bytes.iter().map(|byte| byte.to_string().into()).collect())
        }
        value => Ok(vec![string_of(run, value)?]),
    }
}

/// Converts a value to a `[]string`. A `[]string` is returned itself, not copied.
fn string_list(run: &mut dyn Evaluate, value: &Value) -> Result<Value, FnError> {
    match value {
        Value::List(list) if list.kind() == ListKind::Strings => Ok(value.clone()),
        Value::List(list) => {
            let texts = strings_of(run, value)?.into_iter().map(Value::Str).collect();
            Ok(Value::List(List::with_capacity(ListKind::Strings, texts, list.len())))
        }
        value => Ok(Value::strings(strings_of(run, value)?)),
    }
}

/// Sorts texts. As in Helm, a `[]string` is sorted in place, which is visible wherever it is used.
fn sort_alpha(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Value, FnError> {
    if args.get(0).is_nil() {
        return Ok(Value::strings(["<nil>"]));
    }
    let texts = string_list(run, args.get(0))?;
    if let Value::List(list) = &texts {
        // Each text is compared with several others, and texts with common prefixes are read far.
        let texts: usize = list.items().iter().filter_map(Value::as_str).map(|text| text.len()).sum();
        let times = list.len().checked_ilog2().unwrap_or(0) as usize + 1;
        run.spend(list.len().saturating_mul(ITEM).saturating_add(texts.saturating_mul(times) / 16))?;
        list.sort();
    }
    Ok(texts)
}
