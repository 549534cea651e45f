//! sprig's functions on regular expressions, in Go's syntax and on bytes.

use std::cell::Cell;
use std::sync::{Arc, LazyLock};

use super::strings::made;
use crate::engine::gotpl::call::{Args, Evaluate, Function, ITEM, Param};
use crate::engine::gotpl::errors::FnError;
use crate::engine::gotpl::value::{List, ListKind, Value};
use crate::go::regexp::{Cache, Regexp, quote_meta};
use crate::go::slice::appended;
use crate::go::strconv::{can_backquote, quote_bytes};

const TWO: &[Param] = &[Param::Str, Param::Str];
const WITH_COUNT: &[Param] = &[Param::Str, Param::Str, Param::Int];
const THREE: &[Param] = &[Param::Str, Param::Str, Param::Str];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", TWO, |run, args| {
        Ok(Value::Bool(compiled(run, args)?.is_ok_and(|(regex, _)| regex.is_match(args.bytes(1)))))
    }),
    Function::new("mustRegexMatch", TWO, |run, args| Ok(Value::Bool(must(run, args)?.0.is_match(args.bytes(1))))),
    Function::new("regexFind", TWO, |run, args| find(run, args, panicking)),
    Function::new("mustRegexFind", TWO, |run, args| find(run, args, must)),
    Function::new("regexFindAll", WITH_COUNT, |run, args| find_all(run, args, panicking)),
    Function::new("mustRegexFindAll", WITH_COUNT, |run, args| find_all(run, args, must)),
    Function::new("regexReplaceAll", THREE, |run, args| replace(run, args, panicking)),
    Function::new("mustRegexReplaceAll", THREE, |run, args| replace(run, args, must)),
    Function::new("regexReplaceAllLiteral", THREE, |run, args| replace_literal(run, args, panicking)),
    Function::new("mustRegexReplaceAllLiteral", THREE, |run, args| replace_literal(run, args, must)),
    Function::new("regexSplit", WITH_COUNT, |run, args| split(run, args, panicking)),
    Function::new("mustRegexSplit", WITH_COUNT, |run, args| split(run, args, must)),
    Function::new("regexQuoteMeta", &[Param::Str], |run, args| made(run, quote_meta(args.bytes(0)))),
];

/// Expressions that were compiled before, by any render.
static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);

/// What a step of compiling or searching costs, in bytes.
const STEP: usize = 64;

/// How an expression is got by functions that fail in one way or the other where it is malformed.
type Get = fn(&mut dyn Evaluate, Args<'_>) -> Result<(Arc<Regexp>, Search), FnError>;

/// What searches through a text cost.
#[derive(Debug, Clone, Copy)]
struct Search {
    /// Steps that each match costs: where it ends is known once some of the text behind it has been read, at worst all of it.
    of_match: u64,
}

/// The expression that is the first argument, for the text that is the second, or Go's message.
fn compiled(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Result<(Arc<Regexp>, Search), String>, FnError> {
    /// Bytes of a text times bytes of an expression that are searched in a step.
    const SEARCHED: usize = 1 << 13;
    /// Matches for which the rest of the text is counted once: few expressions read it all each time.
    const MATCHES: usize = 1 << 9;
    let text = args.bytes(1);
    let compiled = CACHE.sized(&args.str(0), text, &mut |steps: usize| run.spend(steps.saturating_mul(STEP)))?;
    let Ok((regex, size)) = compiled else { return Ok(compiled.map(|(regex, _)| (regex, Search { of_match: 0 }))) };
    let steps = text.len().saturating_mul(size) / SEARCHED;
    run.work(steps as u64)?;
    let of_match = match steps / MATCHES {
        0 => 0,
        of_rest => regex.reads_ahead().map_or(of_rest, |ahead| of_rest.min(ahead.saturating_mul(size) / SEARCHED + 1)),
    };
    Ok(Ok((regex, Search { of_match: of_match as u64 })))
}

fn must(run: &mut dyn Evaluate, args: Args<'_>) -> Result<(Arc<Regexp>, Search), FnError> {
    compiled(run, args)?.map_err(FnError::Message)
}

/// As `regexp.MustCompile` fails.
fn panicking(run: &mut dyn Evaluate, args: Args<'_>) -> Result<(Arc<Regexp>, Search), FnError> {
    compiled(run, args)?.map_err(|message| {
        let pattern = args.bytes(0);
        let quoted = match can_backquote(pattern) {
            true => format!("`{}`", String::from_utf8_lossy(pattern)),
            false => String::from_utf8_lossy(quote_bytes(pattern).as_ref()).into_owned(),
        };
        FnError::Message(format!("regexp: Compile({quoted}): {message}"))
    })
}

fn find(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, _) = get(run, args)?;
    made(run, regex.find(args.bytes(1)).unwrap_or_default())
}

/// What may be made and found yet.
struct Room {
    bytes: usize,
    steps: u64,
    of_match: u64,
    matches: Cell<usize>,
}

impl Room {
    fn new(run: &mut dyn Evaluate, search: Search) -> Room {
        Room { bytes: run.room(), steps: run.steps_left(), of_match: search.of_match, matches: Cell::new(0) }
    }

    /// Another match was found, and so long is what was made.
    fn check(&self, size: usize) -> Result<(), FnError> {
        self.matches.set(self.matches.get() + 1);
        if size > self.bytes {
            return Err(FnError::Limit("the text would be too long".to_owned()));
        }
        // The limit is named when the steps are counted, which are more than there are.
        if self.spent() > self.steps { Err(FnError::Limit(String::new())) } else { Ok(()) }
    }

    fn spent(&self) -> u64 {
        self.of_match.saturating_mul(self.matches.get() as u64)
    }

    /// Counts what was found, and gives what was made of it.
    fn counted<T>(&self, run: &mut dyn Evaluate, made: Result<T, FnError>) -> Result<T, FnError> {
        run.work(self.spent())?;
        made
    }
}

/// A `[]string` of a capacity to which the parts were appended.
fn strings(run: &mut dyn Evaluate, parts: Vec<&[u8]>, capacity: usize) -> Result<Value, FnError> {
    run.spend(parts.len().saturating_mul(ITEM))?;
    let capacity = appended(capacity, parts.len(), ListKind::Strings.element());
    let parts = parts.into_iter().map(Value::str).collect();
    Ok(Value::List(List::with_capacity(ListKind::Strings, parts, capacity)))
}

fn nil_strings() -> Value {
    Value::List(List::nil(ListKind::Strings))
}

fn find_all(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, search) = get(run, args)?;
    let most = usize::try_from(args.int(2)).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for part in regex.find_all(args.bytes(1)).take(most) {
        run.work(search.of_match)?;
        found.push(part);
    }
    // What Go begins with.
    const CAPACITY: usize = 10;
    if found.is_empty() { Ok(nil_strings()) } else { strings(run, found, CAPACITY) }
}

fn replace(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, search) = get(run, args)?;
    let room = Room::new(run, search);
    let replaced = regex.replace_all(args.bytes(1), args.bytes(2), |size| room.check(size));
    let replaced = room.counted(run, replaced)?;
    made(run, replaced)
}

fn replace_literal(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, search) = get(run, args)?;
    let room = Room::new(run, search);
    let replaced = regex.replace_all_literal(args.bytes(1), args.bytes(2), |size| room.check(size));
    let replaced = room.counted(run, replaced)?;
    made(run, replaced)
}

fn split(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, search) = get(run, args)?;
    // No part is made without a byte of the text or its end.
    run.spend(args.bytes(1).len().saturating_add(1).saturating_mul(ITEM))?;
    let room = Room::new(run, search);
    let parts = regex.split(args.bytes(1), args.int(2), || room.check(0));
    let parts = room.counted(run, parts)?;
    let most = usize::try_from(args.int(2)).unwrap_or(usize::MAX);
    match most {
        0 => Ok(nil_strings()),
        // One more match was found than was cut at.
        _ if parts.len() == most => strings(run, parts, most),
        _ => strings(run, parts, room.matches.get()),
    }
}
