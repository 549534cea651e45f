//! Functions on regular expressions and versions.

use std::borrow::Cow;

use regex::Regex;
use semver::Version;
use tera::value::Key;
use tera::{Map, Value};

use super::Function;
use super::call::{Answer, Call, Failure};
use crate::chart::{Constraints, parse_version};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", &["text", "regex"], "Whether the expression matches somewhere in the text.", matches),
    Function::new("mustRegexMatch", &["text", "regex"], "The same as `regexMatch`.", matches),
    Function::new("regexFind", &["text", "regex"], "The first match, or \"\".", find),
    Function::new("mustRegexFind", &["text", "regex"], "The same as `regexFind`.", find),
    Function::new("regexFindAll", &["text", "regex", "count"], "The first `count` matches, with -1 all.", find_all),
    Function::new("mustRegexFindAll", &["text", "regex", "count"], "The same as `regexFindAll`.", find_all),
    Function::new("regexReplaceAll", &["text", "regex", "to"], "With every match replaced by `to`, in which `${1}` is a group.", replace),
    Function::new("mustRegexReplaceAll", &["text", "regex", "to"], "The same as `regexReplaceAll`.", replace),
    Function::new("regexReplaceAllLiteral", &["text", "regex", "to"], "With every match replaced by `to` as it stands.", replace_literal),
    Function::new("mustRegexReplaceAllLiteral", &["text", "regex", "to"], "The same as `regexReplaceAllLiteral`.", replace_literal),
    Function::new("regexSplit", &["text", "regex", "count"], "The parts between matches, at most `count`, with -1 all.", split),
    Function::new("mustRegexSplit", &["text", "regex", "count"], "The same as `regexSplit`.", split),
    Function::new("regexQuoteMeta", &["text"], "The text as an expression that matches just it.", |call| {
        let special = |c| r"\.+*?()|[]{}^$".contains(c);
        let text = call.text("text")?;
        Ok(Value::from(text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect::<String>()))
    }),
    Function::new("semver", &["version"], "A map of the version's parts: Major, Minor, Patch, Prerelease, Metadata, Original.", semver_parts),
    Function::new("semverCompare", &["version", "constraint"], "Whether the version meets the constraint: `>=1.2.0 <2`, `^1.2`, `~1.2`, `1.x`, ...", |call| {
        let constraints = Constraints::parse(call.text("constraint")?).map_err(Failure::call)?;
        Ok(Value::from(constraints.are_met_by(&version(call)?)))
    }),
];

fn regex(call: &Call<'_>) -> Result<Regex, Failure> {
    let pattern = call.text("regex")?;
    // In Go `\z` is the end of the text, as here; `(?P<name>…)` and classes are the same in both.
    Regex::new(pattern).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or("").trim().trim_start_matches("error: ");
        Failure::call(format!("error parsing regexp: {reason}: `{pattern}`"))
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
    let regex = regex(call)?;
    let found = regex.find_iter(call.text("text")?).take(count(call)?).map(|found| Value::from(found.as_str()));
    Ok(Value::from(found.collect::<Vec<_>>()))
}

fn replace(call: &Call<'_>) -> Answer {
    replaced(call, |regex, text, to| regex.replace_all(text, to).into_owned())
}

fn replace_literal(call: &Call<'_>) -> Answer {
    replaced(call, |regex, text, to| regex.replace_all(text, regex::NoExpand(to)).into_owned())
}

fn replaced(call: &Call<'_>, with: fn(&Regex, &str, &str) -> String) -> Answer {
    let (regex, text, to) = (regex(call)?, call.text("text")?, call.text("to")?);
    call.run.budget.check_size(text.len().saturating_add(1).saturating_mul(to.len() + 1)).map_err(Failure::Call)?;
    Ok(Value::from(with(&regex, text, to)))
}

fn split(call: &Call<'_>) -> Answer {
    let (regex, text) = (regex(call)?, call.text("text")?);
    let limit = count(call)?;
    if limit == 0 {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    let mut parts: Vec<Value> = Vec::new();
    let mut begin = 0;
    for found in regex.find_iter(text) {
        if parts.len() + 1 == limit {
            break;
        }
        // Go leaves out an empty match at the start, and one at the end.
        if found.end() == 0 || (found.is_empty() && found.start() == text.len()) {
            continue;
        }
        parts.push(Value::from(&text[begin..found.start()]));
        begin = found.end();
    }
    parts.push(Value::from(&text[begin..]));
    Ok(Value::from(parts))
}

fn version(call: &Call<'_>) -> Result<Version, Failure> {
    parse_version(call.text("version")?).map_err(Failure::call)
}

fn semver_parts(call: &Call<'_>) -> Answer {
    let version = version(call)?;
    let parts = [
        ("Major", Value::from(version.major)),
        ("Minor", Value::from(version.minor)),
        ("Patch", Value::from(version.patch)),
        ("Prerelease", Value::from(version.pre.as_str())),
        ("Metadata", Value::from(version.build.as_str())),
        ("Original", Value::from(Cow::Borrowed(call.text("version")?))),
    ];
    Ok(Value::from(parts.into_iter().map(|(key, value)| (Key::Str(key), value)).collect::<Map>()))
}
