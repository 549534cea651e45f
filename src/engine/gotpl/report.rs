//! Converts errors of templates into diagnostics: Helm's text, then the places, innermost first.

use super::errors::{ExecError, FnError, ParseError, Place};
use super::exec::Refusal;
use super::tpl_places::place_in_values;
use crate::diagnostic::{Diagnostic, Severity, Source, Span, counted};
use crate::yaml::Map;

/// How many levels of calls a diagnostic shows.
const MAX_LEVELS: usize = 8;

/// The diagnostic for a file that can't be parsed.
pub fn parse_error(error: &ParseError) -> Diagnostic {
    let diagnostic = Diagnostic::error("template", error.helm_text());
    match &error.source {
        Some(source) => diagnostic.at(token(source, error.at), ""),
        None => diagnostic,
    }
}

/// The diagnostic for a failed template. Its chart is reached by `names` from the root; `values` are those of the root.
pub fn exec_error(error: &ExecError, values: &Map, names: &[String]) -> Diagnostic {
    let code = if error.refusal().is_some() { "required" } else { "template" };
    let mut diagnostic = Diagnostic::error(code, error.helm_text());
    let innermost = error.innermost();
    if let Some(FnError::TplParse(_, parse)) = &innermost.cause
        && let Some(span) = parse.tpl_text.as_ref().and_then(|text| place_in_values(values, text, parse.at))
    {
        diagnostic = diagnostic.at(span, "");
    }
    let levels: Vec<&ExecError> = error.chain().collect();
    let hidden = levels.len().saturating_sub(MAX_LEVELS);
    for (distance, level) in levels.iter().rev().enumerate() {
        // In long chains, the innermost levels and the outermost one are the most useful.
        if distance >= MAX_LEVELS - 1 && distance + 1 < levels.len() {
            continue;
        }
        let text = match (distance, hidden) {
            (0, _) if diagnostic.labels.is_empty() => String::new(),
            (_, 0) => "called here".to_owned(),
            (_, hidden) if distance + 1 == levels.len() => {
                format!("called here, {} further up", counted(hidden, "level"))
            }
            _ => "called here".to_owned(),
        };
        diagnostic = diagnostic.at(span(&level.place, values), text);
    }
    if innermost.is_nil_field && !innermost.value.is_empty() {
        diagnostic.about = Some(names.iter().chain(&innermost.value).cloned().collect());
    }
    match help(error) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The diagnostic for a refusal that does not end the render, worded as in the log of `helm lint`.
pub fn refusal(refusal: &Refusal) -> Diagnostic {
    match refusal {
        Refusal::Missing(sentence) => Diagnostic::warning("required", format!("missing required value: {sentence}")),
        Refusal::Empty(sentence) => Diagnostic::warning("required", format!("missing required values: {sentence}")),
        Refusal::Fail(sentence) => Diagnostic::new(Severity::Info, "fail", format!("funcMap fail: {sentence}")),
    }
}

/// The help text for an error that has an obvious remedy.
fn help(error: &ExecError) -> Option<String> {
    let innermost = error.innermost();
    if innermost.is_nil_field {
        let context = &innermost.context;
        return Some(format!(
            "a value in the path {context} is missing or null: set it, or test for it with `if` or `with`"
        ));
    }
    match &innermost.cause {
        Some(FnError::NoTemplate(_)) => Some("define it with `{{ define }}`, or correct the name".to_owned()),
        _ => None,
    }
}

fn span(place: &Place, values: &Map) -> Span {
    let in_values = || place_in_values(values, place.tpl_text.as_ref()?, place.start);
    let in_file = place.source.as_ref().map(|source| token(source, place.start));
    in_file.or_else(in_values).unwrap_or_default()
}

/// The span of the operand that begins at an offset.
fn token(source: &Source, start: usize) -> Span {
    let rest = source.text().as_bytes().get(start..).unwrap_or_default();
    let is_end = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b')' | b'|' | b'}');
    let length = match rest.first() {
        Some(b'"') => rest[1..].iter().position(|byte| matches!(byte, b'"' | b'\n')).map_or(rest.len(), |at| at + 2),
        _ => rest.iter().position(is_end).unwrap_or(rest.len()).max(1),
    };
    source.span(start..start + length)
}
