//! Functions on regular expressions, in Go's syntax.

use std::cell::RefCell;

use regex::{Captures, Regex};
use tera::Value;

use super::Function;
use super::call::{Answer, Call, Failure};
use crate::json_schema::pattern::compile;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", &["text", "regex"], "Whether the expression matches somewhere in the text.", matches),
    Function::new("mustRegexMatch", &["text", "regex"], "The same as `regexMatch`.", matches),
    Function::new("regexFind", &["text", "regex"], "The first match, or \"\".", find),
    Function::new("mustRegexFind", &["text", "regex"], "The same as `regexFind`.", find),
    Function::new("regexFindAll", &["text", "regex", "count"], "The first `count` matches, with -1 all.", find_all),
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
        "With every match replaced by `to` as it stands.",
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
        "The parts between matches, at most `count`, with -1 all.",
        split,
    ),
    Function::new("mustRegexSplit", &["text", "regex", "count"], "The same as `regexSplit`.", split),
    Function::new("regexQuoteMeta", &["text"], "The text as an expression that matches just it.", |call| {
        let special = |c| r"\.+*?()|[]{}^$".contains(c);
        let escaped = call.text("text")?.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c]));
        Ok(Value::from(escaped.collect::<String>()))
    }),
];

/// How many expressions are kept compiled: those of a loop.
const KEPT: usize = 16;

/// What compiling an expression costs, in items of a loop.
const COMPILING: usize = 1_000;

thread_local! {
    /// The expressions used last, the latest at the end.
    static COMPILED: RefCell<Vec<(String, Regex)>> = const { RefCell::new(Vec::new()) };
}

fn regex(call: &Call<'_>) -> Result<Regex, Failure> {
    let pattern = call.text("regex")?;
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(at) = compiled.iter().position(|(known, _)| known == pattern) {
            compiled[at..].rotate_left(1);
        } else {
            call.spend_items(COMPILING)?;
            let regex = compile(pattern).map_err(Failure::call)?;
            compiled.drain(..(compiled.len() + 1).saturating_sub(KEPT));
            compiled.push((pattern.to_owned(), regex));
        }
        compiled.last().map(|(_, regex)| regex.clone()).ok_or_else(|| Failure::call("no expression was compiled"))
    })
}

fn matches(call: &Call<'_>) -> Answer {
    Ok(Value::from(regex(call)?.is_match(call.text("text")?)))
}

fn find(call: &Call<'_>) -> Answer {
    Ok(Value::from(regex(call)?.find(call.text("text")?).map_or("", |found| found.as_str())))
}

/// A count of Go's: negative means all.
fn count(call: &Call<'_>) -> Result<usize, Failure> {
    Ok(usize::try_from(call.whole("count")?).unwrap_or(usize::MAX))
}

fn find_all(call: &Call<'_>) -> Answer {
    let (regex, count) = (regex(call)?, count(call)?);
    let mut all = Vec::new();
    for found in regex.find_iter(call.text("text")?).take(count) {
        call.spend_items(1)?;
        all.push(Value::from(found.as_str()));
    }
    Ok(Value::from(all))
}

fn replace(call: &Call<'_>) -> Answer {
    let replacement = Replacement { template: call.text("to")?, names: group_names(call.text("regex")?) };
    replaced(call, |out, groups| replacement.push(call, out, groups))
}

fn replace_literal(call: &Call<'_>) -> Answer {
    let to = call.text("to")?;
    replaced(call, |out, _| {
        out.push_str(to);
        call.check_size(out.len())
    })
}

fn replaced(call: &Call<'_>, push_replacement: impl Fn(&mut String, &Captures<'_>) -> Result<(), Failure>) -> Answer {
    let (regex, text) = (regex(call)?, call.text("text")?);
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for groups in regex.captures_iter(text) {
        let whole = groups.get_match();
        out.push_str(&text[end..whole.start()]);
        push_replacement(&mut out, &groups)?;
        end = whole.end();
    }
    out.push_str(&text[end..]);
    Ok(Value::from(out))
}

/// A replacement, in which `$1`, `${1}`, `$name` and `${name}` stand for groups and `$$` for `$`. Any other `$` is text,
/// and a group that is not there is nothing.
struct Replacement<'a> {
    template: &'a str,
    /// The names of the groups, from the first on.
    names: Vec<Option<&'a str>>,
}

impl Replacement<'_> {
    fn push(&self, call: &Call<'_>, out: &mut String, groups: &Captures<'_>) -> Result<(), Failure> {
        let mut rest = self.template;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            rest = after;
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some((name, after)) = group_name(rest) {
                out.push_str(self.group(name, groups));
                call.check_size(out.len())?;
                rest = after;
            } else {
                out.push('$');
            }
        }
        out.push_str(rest);
        call.check_size(out.len())
    }

    fn group<'t>(&self, name: &str, groups: &Captures<'t>) -> &'t str {
        let is_number = name == "0" || name.bytes().all(|byte| byte.is_ascii_digit()) && !name.starts_with('0');
        let group = if is_number {
            name.parse().ok().and_then(|at| groups.get(at))
        } else {
            let numbered = self.names.iter().zip(1..);
            numbered.filter(|(known, _)| **known == Some(name)).find_map(|(_, at)| groups.get(at))
        };
        group.map_or("", |group| group.as_str())
    }
}

/// The names of an expression's groups, in the order of their numbers from 1 on. The expression is a sound one; Go allows
/// a name to be given twice, so that names are not left to the compiled one.
fn group_names(pattern: &str) -> Vec<Option<&str>> {
    let mut names = Vec::new();
    let mut rest = pattern;
    let after = |text: &'_ str, end: &str| text.find(end).map_or(text.len(), |at| at + end.len());
    while let Some(at) = rest.find(['\\', '[', '(']) {
        let tail = &rest[at + 1..];
        let skipped = match rest.as_bytes()[at] {
            b'\\' if tail.starts_with('Q') => after(tail, "\\E"),
            b'\\' => tail.chars().next().map_or(0, char::len_utf8),
            b'[' => class_length(tail),
            _ => {
                let group = tail.strip_prefix('?');
                let named = group.and_then(|group| group.strip_prefix("P<").or_else(|| group.strip_prefix('<')));
                match (group, named) {
                    (None, _) => names.push(None),
                    (_, Some(named)) => names.push(named.split('>').next()),
                    _ => {}
                }
                0
            }
        };
        rest = &tail[skipped..];
    }
    names
}

/// How long a class is behind its bracket.
fn class_length(text: &str) -> usize {
    let mut at = usize::from(text.starts_with('^'));
    at += usize::from(text[at..].starts_with(']'));
    while let Some(length) = text[at..].find(['\\', '[', ']']) {
        let start = at + length;
        let tail = &text[start + 1..];
        at = start + 1;
        match text.as_bytes()[start] {
            b']' => return at,
            b'\\' => at += tail.chars().next().map_or(0, char::len_utf8),
            _ if tail.starts_with(':') => at += tail.find(":]").map_or(0, |end| end + 2),
            _ => {}
        }
    }
    text.len()
}

/// The name of a group behind `$`, as long as it can be, and what follows it.
fn group_name(text: &str) -> Option<(&str, &str)> {
    let in_braces = text.strip_prefix('{');
    let name = in_braces.unwrap_or(text);
    let length = name.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(name.len());
    let (name, rest) = name.split_at(length);
    let rest = if in_braces.is_some() { rest.strip_prefix('}')? } else { rest };
    (!name.is_empty()).then_some((name, rest))
}

fn split(call: &Call<'_>) -> Answer {
    let (regex, text, most) = (regex(call)?, call.text("text")?, count(call)?);
    let mut parts: Vec<&str> = Vec::new();
    if most == 0 {
        return Ok(Value::from(parts));
    }
    if text.is_empty() && !call.text("regex")?.is_empty() {
        return Ok(Value::from(vec![text]));
    }
    // The end of one part and the beginning of the next. An empty match at the start cuts nothing off.
    let (mut end, mut begin) = (0, 0);
    for found in regex.find_iter(text) {
        if parts.len() + 1 == most {
            break;
        }
        call.spend_items(1)?;
        end = found.start();
        if found.end() > 0 {
            parts.push(&text[begin..end]);
        }
        begin = found.end();
    }
    if end != text.len() {
        parts.push(&text[begin..]);
    }
    Ok(Value::from(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_the_names_they_were_given() {
        let names = group_names(r"(?P<a>x)(?:y)(z)\((?i)[(\](?P<no>)](?<b>[[:alpha:](])\Q(?P<no>)\E(?P<a>[]()])");
        assert_eq!(names, [Some("a"), None, Some("b"), Some("a")]);
        assert_eq!(group_names(r"[^]()](x)[("), [None]);
        assert_eq!(group_names("\\"), []);
    }
}
