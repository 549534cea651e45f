//! Turns a syntax error into a diagnostic: Helm's message, the place, and how to fix it.

use crate::diagnostic::{Diagnostic, Source};

use super::syntax::{Fault, Mark};

/// Converts a syntax error to a diagnostic. `text` is the document, which begins at `offset` in `source`.
pub(super) fn explain(fault: Fault, source: &Source, offset: usize, text: &str) -> Diagnostic {
    let Fault { problem, at, numbered, context, .. } = fault;
    let missing_colon = problem == "could not find expected ':'";
    let place = match context {
        // The colon is missing at the key, not where the scanner gave up.
        Some((_, key)) if missing_colon => key.offset,
        _ => within_text(text, at),
    };
    let start = offset + place;
    let line = if numbered { format!("line {}: ", source.position(start).line) } else { String::new() };
    let message = format!("error converting YAML to JSON: yaml: {line}{problem}");
    let length = if missing_colon {
        rest_of_line(text, place).trim_end().len()
    } else if problem.starts_with("unknown anchor") {
        let rest = rest_of_line(text, place);
        rest.find([' ', ',', ':', ']', '}', '\t']).unwrap_or(rest.len())
    } else {
        character(text, place)
    };
    let end = start + length;
    let mut diagnostic = Diagnostic::error("yaml-syntax", message).at(source.span(start..end), "");
    if let Some((what, opened)) = context
        && let Some(label) = opened_label(what)
        && opened.offset < place
    {
        let opened = offset + opened.offset;
        diagnostic = diagnostic.at(source.span(opened..opened + 1), label);
    }
    match advice(&problem, text, place) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// Returns the offset of a mark, or of the end of the last text if only white space follows the mark.
fn within_text(text: &str, mark: Mark) -> usize {
    if text[mark.offset.min(text.len())..].trim().is_empty() { text.trim_end().len() } else { mark.offset }
}

fn character(text: &str, place: usize) -> usize {
    text[place.min(text.len())..].chars().next().filter(|&character| character != '\n').map_or(0, char::len_utf8)
}

fn rest_of_line(text: &str, place: usize) -> &str {
    text[place.min(text.len())..].lines().next().unwrap_or_default()
}

/// Returns the line that contains `place`.
fn line_at(text: &str, place: usize) -> &str {
    let place = place.min(text.len());
    let start = text[..place].rfind('\n').map_or(0, |at| at + 1);
    rest_of_line(text, start)
}

fn opened_label(context: &str) -> Option<&'static str> {
    match context {
        "while scanning a quoted scalar" | "while parsing a quoted scalar" => Some("quote opened here"),
        "while parsing a flow sequence" | "while parsing a flow mapping" => Some("opened here"),
        "while parsing a block mapping" => Some("the keys of this map start here"),
        "while parsing a block collection" => Some("the items of this list start here"),
        _ => None,
    }
}

/// Returns advice on fixing a common error.
fn advice(problem: &str, text: &str, place: usize) -> Option<String> {
    let line = line_at(text, place);
    let here = text[place.min(text.len())..].chars().next();
    let unquoted_template = line.contains("{{") && !line.contains("'{{") && !line.contains("\"{{");
    match problem {
        _ if unquoted_template => Some("this is not a template; quote text that contains '{{': '{{ x }}'".to_owned()),
        "found a tab character that violates indentation"
        | "found a tab character where an indentation space is expected" => Some(NO_TABS.to_owned()),
        "found character that cannot start any token" => Some(match here {
            Some('\t') => NO_TABS.to_owned(),
            Some(character) => format!("a value cannot start with '{character}': quote it"),
            None => return None,
        }),
        "found unexpected end of stream" => Some("close the quote".to_owned()),
        "did not find expected ',' or ']'" | "did not find expected ',' or '}'" => {
            let (open, close) = if problem.contains(']') { ('[', ']') } else { ('{', '}') };
            Some(format!("close the '{open}' with '{close}', and put a comma between its entries"))
        }
        "mapping values are not allowed in this context" => Some(misplaced_colon(line, text, place)),
        "could not find expected ':'" => Some(match without_space(line) {
            Some(fixed) => format!("put a space after the colon: `{fixed}`"),
            None => "every line of a map is `key: value`; text over several lines needs `|` or quotes".to_owned(),
        }),
        "did not find expected key" => Some(match last_quote_before(text, place) {
            true => "nothing can follow the closing quote: quote the whole value".to_owned(),
            false => "the keys of a map must start in the same column: check the indentation of this line".to_owned(),
        }),
        "did not find expected '-' indicator" => {
            Some("the items of a list must start in the same column: check the indentation of this line".to_owned())
        }
        "block sequence entries are not allowed in this context" => {
            Some("start the list on the line after its key, or quote text that starts with '-'".to_owned())
        }
        "found unknown escape character" | "did not find expected hexdecimal number" => {
            Some("in double quotes, '\\' starts an escape: write '\\\\', or use single quotes".to_owned())
        }
        "found invalid Unicode character escape code" => {
            Some("write the character itself, or its full code as \\U0001F600".to_owned())
        }
        "control characters are not allowed" => {
            Some("in double quotes, such a character is written as \\x07".to_owned())
        }
        "did not find expected alphabetic or numeric character" => {
            Some("'*' and '&' start an alias and an anchor: quote text that starts with them".to_owned())
        }
        _ if problem.starts_with("unknown anchor") => Some(
            "'*' starts an alias of an anchor earlier in the same document: quote it if it is meant as a string"
                .to_owned(),
        ),
        _ => None,
    }
}

const NO_TABS: &str = "YAML is indented with spaces: replace the tab";

fn misplaced_colon(line: &str, text: &str, place: usize) -> String {
    let start = text[..place.min(text.len())].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[start..place.min(text.len())];
    if before.contains(": ") {
        return "a value that contains ': ' must be quoted: `key: \"value: x\"`".to_owned();
    }
    if line.starts_with(' ') {
        return "this line is indented more than the keys above it, whose value is already complete: check the indentation"
            .to_owned();
    }
    "a key must be on one line and have at most 1024 characters".to_owned()
}

/// Returns the corrected form `key: value` of a line `key:value`.
fn without_space(line: &str) -> Option<String> {
    let (key, value) = line.trim().split_once(':')?;
    let sound = !key.is_empty() && !value.is_empty() && !value.starts_with([' ', '/']);
    sound.then(|| format!("{key}: {value}"))
}

/// Whether a quote precedes `place`, ignoring spaces and tabs.
fn last_quote_before(text: &str, place: usize) -> bool {
    text[..place.min(text.len())].trim_end_matches([' ', '\t']).ends_with(['"', '\''])
}
