//! Functions on regular expressions, in Go's syntax.

use std::sync::Arc;

use tera::Value;

use super::call::{Answer, Call, Failure, Function};
use super::go_value::text_of;
use crate::go::regexp::{Cache, Regexp, quote_meta};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", &["text", "regex"], "Whether the expression matches somewhere in the text.", matches),
    Function::new("mustRegexMatch", &["text", "regex"], "The same as `regexMatch`.", matches),
    Function::new("regexFind", &["text", "regex"], "The first match, or \"\".", find),
    Function::new("mustRegexFind", &["text", "regex"], "The same as `regexFind`.", find),
    Function::new("regexFindAll", &["text", "regex", "count"], "The first `count` matches, or all with -1.", find_all),
    Function::new("mustRegexFindAll", &["text", "regex", "count"], "The same as `regexFindAll`.", find_all),
    Function::new(
        "regexReplaceAll",
        &["text", "regex", "to"],
        "With every match replaced by `to`, in which `${1}` and `${name}` are groups and `$$` is `$`.",
        replace,
    ),
    Function::new("mustRegexReplaceAll", &["text", "regex", "to"], "The same as `regexReplaceAll`.", replace),
    Function::new(
        "regexReplaceAllLiteral",
        &["text", "regex", "to"],
        "With every match replaced by `to`, taken literally.",
        replace_literal,
    ),
    Function::new(
        "mustRegexReplaceAllLiteral",
        &["text", "regex", "to"],
        "The same as `regexReplaceAllLiteral`.",
        replace_literal,
    ),
    Function::new(
        "regexSplit",
        &["text", "regex", "count"],
        "The parts between matches, at most `count`, or all with -1.",
        split,
    ),
    Function::new("mustRegexSplit", &["text", "regex", "count"], "The same as `regexSplit`.", split),
    Function::new("regexQuoteMeta", &["text"], "The text as an expression that matches it literally.", |call| {
        Ok(Value::from(text_of(quote_meta(call.text("text")?.as_bytes()))))
    }),
];

thread_local! {
    static CACHE: Cache = Cache::default();
}

fn regex(call: &Call<'_>) -> Result<Arc<Regexp>, Failure> {
    let pattern = call.text("regex")?;
    // The function itself reports a text of another type.
    let text = call.text("text").unwrap_or_default().as_bytes();
    let compiled = CACHE.with(|cache| cache.get(pattern, text, &mut |steps| call.spend_items(steps)));
    compiled?.map_err(Failure::Call)
}

fn matches(call: &Call<'_>) -> Answer {
    Ok(Value::from(regex(call)?.is_match(call.text("text")?.as_bytes())))
}

fn find(call: &Call<'_>) -> Answer {
    let found = regex(call)?.find(call.text("text")?.as_bytes()).unwrap_or_default().to_vec();
    Ok(Value::from(text_of(found)))
}

fn find_all(call: &Call<'_>) -> Answer {
    // A negative count means all.
    let (regex, count) = (regex(call)?, usize::try_from(call.whole("count")?).unwrap_or(usize::MAX));
    let mut all = Vec::new();
    for found in regex.find_all(call.text("text")?.as_bytes()).take(count) {
        call.spend_items(1)?;
        all.push(text_of(found.to_vec()));
    }
    Ok(Value::from(all))
}

fn replace(call: &Call<'_>) -> Answer {
    let (regex, text, to) = (regex(call)?, call.text("text")?, call.text("to")?);
    Ok(Value::from(text_of(regex.replace_all(text.as_bytes(), to.as_bytes(), |size| call.check_size(size))?)))
}

fn replace_literal(call: &Call<'_>) -> Answer {
    let (regex, text, to) = (regex(call)?, call.text("text")?, call.text("to")?);
    Ok(Value::from(text_of(regex.replace_all_literal(text.as_bytes(), to.as_bytes(), |size| call.check_size(size))?)))
}

fn split(call: &Call<'_>) -> Answer {
    let (regex, text, most) = (regex(call)?, call.text("text")?, call.whole("count")?);
    let parts = regex.split(text.as_bytes(), most, || call.spend_items(1))?;
    Ok(Value::from(parts.into_iter().map(|part| text_of(part.to_vec())).collect::<Vec<_>>()))
}
