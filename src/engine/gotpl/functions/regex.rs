//! sprig's functions on regular expressions, in Go's syntax and on bytes.

use std::cell::Cell;
use std::sync::{Arc, LazyLock};

use super::strings::counted_string;
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
    Function::new("regexQuoteMeta", &[Param::Str], |run, args| counted_string(run, quote_meta(args.bytes(0)))),
];

/// Compiled expressions, shared by all renders.
static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);

/// The cost of a step of compiling, in bytes.
const STEP: usize = 64;

/// Gets the compiled expression. The implementations report a malformed one differently.
type Get = fn(&mut dyn Evaluate, Args<'_>) -> Result<(Arc<Regexp>, Search), FnError>;

/// The cost of searching a text.
#[derive(Debug, Clone, Copy)]
struct Search {
    /// Steps for each match. Finding the end of a match may require reading on, at worst to the end of the text.
    of_match: u64,
}

/// Compiles the expression in the first argument, for searching the text in the second. The inner error is Go's message.
fn compiled(run: &mut dyn Evaluate, args: Args<'_>) -> Result<Result<(Arc<Regexp>, Search), String>, FnError> {
    /// How many bytes of text, times bytes of the expression, are searched in a step.
    const SEARCHED: usize = 1 << 13;
    /// How many matches together count as reading the rest of the text once. Few expressions read all of it each time.
    const MATCHES: usize = 1 << 9;
    let text = args.bytes(1);
    let compiled = CACHE.sized(args.bytes(0), text, &mut |steps: usize| run.spend(steps.saturating_mul(STEP)))?;
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

/// Fails like Go's `regexp.MustCompile`.
fn panicking(run: &mut dyn Evaluate, args: Args<'_>) -> Result<(Arc<Regexp>, Search), FnError> {
    compiled(run, args)?.map_err(|message| {
        let pattern = args.bytes(0);
        let quoted = match can_backquote(pattern) {
            true => format!("`{}`", args.str(0)),
            false => quote_bytes(pattern),
        };
        FnError::Message(format!("regexp: Compile({quoted}): {message}"))
    })
}

fn find(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, _) = get(run, args)?;
    counted_string(run, regex.find(args.bytes(1)).unwrap_or_default())
}

/// The remaining budget during a replacement or split.
struct MatchBudget {
    bytes: usize,
    steps: u64,
    of_match: u64,
    matches: Cell<usize>,
}

impl MatchBudget {
    fn new(run: &mut dyn Evaluate, search: Search) -> MatchBudget {
        MatchBudget {
            bytes: run.bytes_left(),
            steps: run.steps_left(),
            of_match: search.of_match,
            matches: Cell::new(0),
        }
    }

    /// Counts a match, after which the result has `size` bytes.
    fn check(&self, size: usize) -> Result<(), FnError> {
        self.matches.set(self.matches.get() + 1);
        if size > self.bytes {
            return Err(FnError::Limit("the text would be too long".to_owned()));
        }
        // The message comes from `counted`, which then spends more steps than are left.
        if self.spent() > self.steps { Err(FnError::Limit(String::new())) } else { Ok(()) }
    }

    fn spent(&self) -> u64 {
        self.of_match.saturating_mul(self.matches.get() as u64)
    }

    /// Spends the steps of the matches, and returns the result.
    fn counted<T>(&self, run: &mut dyn Evaluate, result: Result<T, FnError>) -> Result<T, FnError> {
        run.work(self.spent())?;
        result
    }
}

/// A `[]string` with the capacity that appending the parts to an empty one of `capacity` results in.
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
    // The capacity that Go starts with.
    const CAPACITY: usize = 10;
    if found.is_empty() { Ok(nil_strings()) } else { strings(run, found, CAPACITY) }
}

fn replace(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, search) = get(run, args)?;
    let budget = MatchBudget::new(run, search);
    let replaced = regex.replace_all(args.bytes(1), args.bytes(2), |size| budget.check(size));
    let replaced = budget.counted(run, replaced)?;
    counted_string(run, replaced)
}

fn replace_literal(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, search) = get(run, args)?;
    let budget = MatchBudget::new(run, search);
    let replaced = regex.replace_all_literal(args.bytes(1), args.bytes(2), |size| budget.check(size));
    let replaced = budget.counted(run, replaced)?;
    counted_string(run, replaced)
}

fn split(run: &mut dyn Evaluate, args: Args<'_>, get: Get) -> Result<Value, FnError> {
    let (regex, search) = get(run, args)?;
    // Each part takes at least one byte of the text, or its end.
    run.spend(args.bytes(1).len().saturating_add(1).saturating_mul(ITEM))?;
    let budget = MatchBudget::new(run, search);
    let parts = regex.split(args.bytes(1), args.int(2), || budget.check(0));
    let parts = budget.counted(run, parts)?;
    let most = usize::try_from(args.int(2)).unwrap_or(usize::MAX);
    match most {
        0 => Ok(nil_strings()),
        // The search found one more match than was used for splitting.
        _ if parts.len() == most => strings(run, parts, most),
        _ => strings(run, parts, budget.matches.get()),
    }
}
