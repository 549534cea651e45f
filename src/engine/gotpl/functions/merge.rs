//! `merge` and `mergeOverwrite`, with the behavior of mergo, the library that sprig uses.
//!
//! The destination is changed. Parts of the sources become parts of it without being copied, so later merges write into them.

use super::flow::is_empty;
use crate::engine::gotpl::call::{Args, Evaluate, Function, ITEM, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{MAX_DEPTH, Map, Value};

const PARAMS: &[Param] = &[Param::Map, Param::Map];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("merge", PARAMS, |run, args| merge(run, args, false)),
    Function::variadic("mustMerge", PARAMS, |run, args| merge(run, args, false)),
    Function::variadic("mergeOverwrite", PARAMS, |run, args| merge(run, args, true)),
    Function::variadic("mustMergeOverwrite", PARAMS, |run, args| merge(run, args, true)),
];

fn merge(run: &mut dyn Evaluate, args: Args<'_>, overwrite: bool) -> Result<Value, FnError> {
    let into = args.map(0);
    for at in 1..args.len() {
        let from = args.map(at);
        if into.is_nil() && !from.is_nil() {
            // mergo creates a new map, which only the caller gets.
            let mut arguments = vec![Value::Map(Map::new())];
            arguments.extend_from_slice(args.from(at));
            return merge(run, Args(&arguments), overwrite);
        }
        merge_maps(run, &into, &from, overwrite, MAX_DEPTH)?;
    }
    Ok(Value::Map(into))
}

fn merge_maps(run: &mut dyn Evaluate, into: &Map, from: &Map, overwrite: bool, depth: usize) -> Result<(), FnError> {
    let too_deep = || FnError::Limit("the maps nest too deeply to be merged, or contain themselves".to_owned());
    let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
    if into.identity() == from.identity() {
        return Ok(());
    }
    run.spend(from.len().saturating_mul(ITEM))?;
    for (key, value) in from.snapshot() {
        let known = into.get(&key);
        match &value {
            Value::Nil | Value::Invalid => {
                if overwrite {
                    into.insert(key, value);
                }
                continue;
            }
            Value::Map(from) => {
                if let Some(Value::Map(into)) = &known {
                    if !into.is_nil() {
                        merge_maps(run, into, from, overwrite, depth)?;
                    }
                    if !into.is_empty() {
                        continue;
                    }
                }
            }
            // A list replaces an empty value, or any value if the source wins.
            Value::List(_) | Value::Bytes(_) => {
                let is_kept = known.as_ref().is_some_and(|known| !is_empty(known) && !overwrite);
                if is_kept {
                    continue;
                }
            }
            _ => {}
        }
        if overwrite || known.as_ref().is_none_or(is_empty) {
            // Later entries must be moved.
            run.spend(into.len() / 16)?;
            into.insert(key, value);
        }
    }
    Ok(())
}
