//! Advice about errors in templates: similar names, and how to write something in Tera.

use std::ops::Range;

use super::functions::{functions, is_function};
use super::go_template_hints;
use super::scan::{Piece, inside, pieces, split_word};
use super::templates::Templates;
use crate::diagnostic::nearest;

/// An error message, with advice.
#[derive(Debug, Default)]
pub(super) struct Advice {
    pub(super) message: String,
    pub(super) help: Vec<String>,
    /// The bytes to mark, if they are not those that Tera reports.
    pub(super) place: Option<Range<usize>>,
    /// Further places, each with a text.
    pub(super) more: Vec<(Range<usize>, &'static str)>,
}

/// Rewrites Tera's message about `range` in the template `text`, and adds advice.
pub(super) fn advise(message: &str, text: &str, range: Range<usize>, templates: &Templates<'_>) -> Advice {
    let tag = tag_at(text, range.start);
    if let Some(tag) = &tag
        && let Some(help) = go_template_hints::advise(&text[tag.clone()], is_function)
    {
        return Advice {
            message: "this is Go template syntax, but the chart's templates are written in Tera".to_owned(),
            help,
            place: Some(tag.clone()),
            more: Vec::new(),
        };
    }
    if let Some(advice) = undefined(message, text, &range) {
        return advice;
    }
    if let Some((kind, name)) = unknown(message) {
        return unknown_name(kind, name, templates);
    }
    if message == "Unexpected end of input" {
        return unexpected_end(text);
    }
    let mut advice = Advice { message: reworded(message), ..Advice::default() };
    if message.starts_with("Found ") {
        // A tag that is not closed continues on the next lines, until something does not fit.
        if let Some(tag) = tag.filter(|tag| text[tag.start..range.start.max(tag.start)].contains('\n')) {
            let line_end = text[tag.start..].find('\n').map_or(text.len(), |at| tag.start + at);
            advice.more.push((tag.start..line_end, "the tag opened here is not closed"));
        }
    } else if message.starts_with("`+` requires both") && message.contains("string") {
        let operands = text.get(range).and_then(|sum| sum.split_once('+'));
        let example = operands.map_or(String::new(), |(a, b)| format!(": {} ~ {}", a.trim(), b.trim()));
        advice.help.push(format!("join strings with `~`{example}"));
    } else if message.starts_with("Iteration not possible") {
        advice.help.push("a loop needs a list or a map".to_owned());
    } else if message == "Unknown tag" {
        advice.help.extend(unknown_tag(text, range.start));
    } else if message.starts_with("String opened with") {
        advice.help.push("close the quote".to_owned());
    }
    advice
}

fn reworded(message: &str) -> String {
    let bare = message.trim_end_matches('.');
    let mut chars = bare.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Returns the tag that contains a byte.
fn tag_at(text: &str, at: usize) -> Option<Range<usize>> {
    pieces(text).find_map(|piece| match piece {
        Piece::Expression(range) | Piece::Statement(range) if range.start <= at && at < range.end => Some(range),
        _ => None,
    })
}

/// Whether the message of an error lists the existing names.
pub(super) fn is_of_undefined(error: &tera::Error) -> bool {
    let mut errors = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    errors.any(|error| error.to_string().contains("is not defined"))
}

/// Explains Tera's messages about undefined values.
fn undefined(message: &str, text: &str, range: &Range<usize>) -> Option<Advice> {
    let mut advice = Advice::default();
    if let Some(rest) = message.strip_prefix("Field `") {
        let (field, rest) = rest.split_once("` is not defined")?;
        let path = path_around(text, range);
        let whole = &text[path.clone()];
        let here = &text[path.start..range.end.max(path.start)];
        let parent = here.trim_end_matches(field).trim_end_matches(['.', '?']);
        let known = names_after(rest, "Available fields: ");
        advice.place = Some(path.start..range.end);
        if let Some(near) = nearest(field, known.iter().copied()) {
            advice.message = format!("{here} is not defined");
            advice.help.push(format!("did you mean {parent}.{near}?"));
        } else if known.is_empty() {
            advice.message = format!("{here} is not defined: {parent} is empty, or no map");
        } else {
            advice.message = format!("{here} is not defined");
            advice.help.push(format!("{parent} has {}", listed(&known)));
        }
        let behind = whole.get(here.len()..).unwrap_or("");
        advice.help.push(match behind.is_empty() {
            false => format!("`{here}?{behind}` is empty if {here} is not set"),
            true => format!("`{here} | default(value=…)` sets a default"),
        });
        return Some(advice);
    }
    if let Some(rest) = message.strip_prefix("Variable `") {
        let (name, rest) = rest.split_once('`')?;
        let known = names_after(rest, "Available variables: ");
        if rest.contains("its value is undefined") {
            advice.message = format!("{name} has no value");
            return Some(advice);
        }
        advice.message = format!("{name} is not defined");
        advice.help.push(match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("templates can use {}; a value is written as Values.{name}", listed(&known)),
        });
        return Some(advice);
    }
    if message == "Iteration not possible on type `undefined`" {
        let path = path_from(text, range.start);
        let whole = &text[path.clone()];
        advice.message = format!("{whole} is not defined, so there is nothing to loop over");
        advice.help.push(format!("`for … in {whole} or []` does nothing if it is not set"));
        advice.place = Some(path);
        return Some(advice);
    }
    if message == "Cannot index into an undefined value" {
        // Tera's range for `a["b"]` leaves out the closing bracket.
        let whole = text.get(range.clone()).unwrap_or("");
        let open = whole.matches('[').count() > whole.matches(']').count();
        let end = range.end + usize::from(open && text[range.end..].starts_with(']'));
        let whole = &text[range.start..end];
        advice.message = format!("{whole} is not defined");
        advice.help.push(format!("`{whole}?[…]` is empty if it is not set"));
        advice.place = Some(range.start..end);
        return Some(advice);
    }
    None
}

/// Returns the names in `Available fields: a, b`.
fn names_after<'m>(message: &'m str, introduction: &str) -> Vec<&'m str> {
    message.split_once(introduction).map_or_else(Vec::new, |(_, names)| names.split(", ").collect())
}

/// Lists a few names; if there are many, adds their number.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let shown = sorted.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if sorted.len() > SHOWN { format!("{shown}, … ({} in all)", sorted.len()) } else { shown }
}

fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '?')
}

/// Returns the dotted path around a name: `Values.a.b` around `a`.
fn path_around(text: &str, name: &Range<usize>) -> Range<usize> {
    let before = text.get(..name.start).unwrap_or("");
    let start = before.trim_end_matches(is_path_char).len();
    let end = path_from(text, name.start).end.max(name.end);
    start..end
}

fn path_from(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or("");
    let path = rest.find(|c| !is_path_char(c)).map_or(rest, |end| &rest[..end]);
    // A question mark or a dot at the end belongs to what follows.
    start..start + path.trim_end_matches(['.', '?']).len()
}

/// Splits ``Unknown filter `x` `` into the kind and the name.
fn unknown(message: &str) -> Option<(&str, &str)> {
    let (kind, name) = message.strip_prefix("Unknown ")?.split_once(" `")?;
    Some((kind, name.strip_suffix('`')?))
}

/// Tera's own filters, tests and functions that Helm's do not replace.
const OWN_FILTERS: &[&str] = &[
    "abs",
    "as_str",
    "capitalize",
    "dump",
    "escape_html",
    "escape_xml",
    "filter",
    "float",
    "group_by",
    "int",
    "items",
    "length",
    "map",
    "newlines_to_br",
    "nth",
    "pluralize",
    "safe",
    "sort",
    "split",
    "str",
    "trim_end",
    "trim_end_matches",
    "trim_start",
    "trim_start_matches",
    "truncate",
    "unique",
    "urlencode",
    "values",
    "wordcount",
];
const OWN_TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

fn unknown_name(kind: &str, name: &str, templates: &Templates<'_>) -> Advice {
    let message = format!("unknown {kind} `{name}`");
    let help = match kind {
        "filter" | "function" => {
            let own: &[&str] = if kind == "filter" { OWN_FILTERS } else { &["super", "throw"] };
            let names = functions().map(|function| function.name).chain(own.iter().copied());
            match (name, nearest(name, names)) {
                ("include" | "template", _) => {
                    vec![
                        "use `{% include \"_name.yaml\" %}` for other templates, and `{{ <name/> }}` for components"
                            .to_owned(),
                    ]
                }
                (_, Some(near)) => vec![format!("did you mean {near}?")],
                _ => Vec::new(),
            }
        }
        "test" => {
            nearest(name, OWN_TESTS.iter().copied()).map(|near| format!("did you mean {near}?")).into_iter().collect()
        }
        "component" => {
            let known = templates.component_names();
            match nearest(name, known.iter().copied()) {
                Some(near) => vec![format!("did you mean <{near}/>?")],
                None => vec![format!(
                    "`{{% component {name}() %}}…{{% endcomponent %}}` in a file of templates/ defines it"
                )],
            }
        }
        "template" => unknown_template(name, templates),
        _ => Vec::new(),
    };
    Advice { message, help, ..Advice::default() }
}

/// Suggests a known template in place of an unknown one.
pub(super) fn unknown_template(name: &str, templates: &Templates<'_>) -> Vec<String> {
    let names: Vec<String> = templates.names().collect();
    let same_file = |known: &&String| known.rsplit('/').next() == name.rsplit('/').next();
    let near =
        names.iter().find(same_file).map(String::as_str).or_else(|| nearest(name, names.iter().map(String::as_str)));
    vec![match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => {
            "names are relative to the chart's directory templates/; the names of stock templates start with stock/"
                .to_owned()
        }
    }]
}

fn unknown_tag(text: &str, at: usize) -> Option<String> {
    let rest = text.get(at..)?;
    Some(match split_word(rest).0 {
        "else" => "in Tera, write `{% elif … %}`".to_owned(),
        "elseif" | "elsif" => "in Tera, write `{% elif … %}`".to_owned(),
        "end" => "in Tera, end tags have names: `{% endif %}`, `{% endfor %}`, `{% endblock %}`, `{% endcomponent %}`"
            .to_owned(),
        "range" => "in Tera, write `{% for item in … %}`".to_owned(),
        "with" => "use `{% set name = … %}` to name a value, and `{% if … %}` to test it".to_owned(),
        "macro" | "import" | "define" => "in Tera, write `{% component name() %}…{% endcomponent %}`".to_owned(),
        word => format!(
            "did you mean {}?",
            nearest(
                word,
                ["if", "elif", "else", "for", "set", "block", "extends", "include", "component"].into_iter()
            )?
        ),
    })
}

/// Explains that the template ends while something is still open.
fn unexpected_end(text: &str) -> Advice {
    let mut open: Vec<(&str, Range<usize>)> = Vec::new();
    let mut last: Option<Range<usize>> = None;
    for piece in pieces(text) {
        let (Piece::Statement(range) | Piece::Expression(range)) = &piece else { continue };
        last = Some(range.clone());
        let Piece::Statement(range) = piece else { continue };
        let (word, rest) = split_word(inside(&text[range.clone()]));
        match word {
            "if" | "for" | "block" | "component" | "filter" => open.push((word, range)),
            // `{% set x = 1 %}` needs no end, `{% set x %}` encloses text.
            "set" | "set_global" if !rest.contains('=') => open.push((word, range)),
            _ if word.starts_with("end") => {
                open.pop();
            }
            _ => {}
        }
    }
    let closed = |range: &Range<usize>| text[range.clone()].ends_with("}}") || text[range.clone()].ends_with("%}");
    let end = text.trim_end().len();
    if let Some(tag) = last.filter(|range| !closed(range)) {
        let line_end = text[tag.start..].find('\n').map_or(text.len(), |at| tag.start + at);
        let close = if text[tag.clone()].starts_with("{%") { "%}" } else { "}}" };
        return Advice {
            message: "the template ends inside a tag".to_owned(),
            help: vec![format!("close it with {close}")],
            place: Some(tag.start..line_end),
            more: Vec::new(),
        };
    }
    match open.pop() {
        Some((word, range)) => Advice {
            message: format!("the template ends before `{{% end{word} %}}`"),
            help: vec![format!("close it with {{% end{word} %}}")],
            place: Some(range),
            more: Vec::new(),
        },
        None => {
            Advice { message: "the template ends too early".to_owned(), place: Some(end..end), ..Advice::default() }
        }
    }
}
