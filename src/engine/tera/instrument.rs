//! Adds hooks to templates, since Tera has none, and maps positions back to the text that was written.
//!
//! [`with_ticks`] adds a call of [`TICK`] to every loop, component and include, so that a budget stops endless
//! templates. [`with_checks`] also adds measurements of values ([`super::expressions`]). The output stays the same, and
//! so does what a dash trims.

use std::borrow::Cow;
use std::ops::Range;

use super::additions::{Insertion, TICK};
use super::expressions::{IsFunction, measure};
use super::scan::{Piece, inside, pieces, references, split_word};

/// How many bytes of a body count as one turn of a loop.
const BODY_IN_A_STEP: usize = 256;

/// How many turns of a loop a template or component counts as: Tera sets up much for each.
const CALL: usize = 8;

/// A template's text with additions.
pub(super) struct Instrumented<'a> {
    pub(super) text: Cow<'a, str>,
    additions: Vec<Addition>,
}

struct Addition {
    /// Where it begins in the text with additions.
    at: usize,
    length: usize,
    /// The bytes of the original text that errors in it refer to.
    stands_for: Range<usize>,
    /// Where in the addition a copy of those bytes begins, if there is one.
    copied: Option<usize>,
}

impl Instrumented<'_> {
    /// Returns the byte of the original text that a byte of `text` came from. For a byte of an addition, it is the byte
    /// that follows the addition.
    pub(super) fn original(&self, offset: usize) -> usize {
        let before = self.additions.iter().take_while(|addition| addition.at < offset);
        offset - before.map(|addition| addition.length.min(offset - addition.at)).sum::<usize>()
    }

    /// Returns the bytes of the original text that bytes of `text` refer to.
    pub(super) fn original_range(&self, range: Range<usize>) -> Range<usize> {
        // An addition at the end of the range belongs to it, but one that only follows it does not.
        let within = |offset: usize, may_end: bool| {
            let mut additions = self.additions.iter();
            additions.find(|addition| match may_end {
                true => addition.at < offset && offset <= addition.at + addition.length,
                false => addition.at <= offset && offset < addition.at + addition.length,
            })
        };
        let copied = |addition: &Addition, offset: usize| {
            let at = addition.stands_for.start + offset.checked_sub(addition.at + addition.copied?)?;
            Some(at).filter(|at| *at <= addition.stands_for.end)
        };
        let start = match within(range.start, false).filter(|addition| addition.at < range.end) {
            Some(addition) => copied(addition, range.start).unwrap_or(addition.stands_for.start),
            None => self.original(range.start),
        };
        let end = match within(range.end, true) {
            Some(addition) => copied(addition, range.end).unwrap_or(addition.stands_for.end),
            None => self.original(range.end),
        };
        start..end.max(start)
    }

    /// Returns the byte of the original text at a line and a column (both from 0, in characters) of `text`.
    pub(super) fn original_of_position(&self, line: usize, column: usize) -> usize {
        let start = self.text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
        let rest = self.text.get(start..).unwrap_or_default();
        let within = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
        self.original(start + within)
    }
}

/// Adds a call of [`TICK`] at the start of the body of every loop and component, and before every include.
pub(super) fn with_ticks(text: &str) -> Instrumented<'_> {
    with_ticks_at(text, &references(text).repeats)
}

/// Like [`with_ticks`], but for a text whose repeating statements are known.
pub(super) fn with_ticks_at<'t>(text: &'t str, repeats: &[Range<usize>]) -> Instrumented<'t> {
    let insertions: Vec<Insertion> = repeats.iter().filter_map(|range| tick(text, range.clone())).collect();
    added(text, insertions)
}

/// Whether a text counts itself when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Other templates may include it.
    Counted,
    /// The code that renders it counts it.
    Free,
}

/// Adds everything that keeps a text within the budget: ticks that weigh the repeated text, also in blocks, and
/// measurements of values.
pub(super) fn with_checks(text: &str, start: Start, is_function: IsFunction) -> Instrumented<'_> {
    let all: Vec<Piece> = pieces(text).collect();
    let keyword = |piece: &Piece| match piece {
        Piece::Statement(range) => split_word(inside(&text[range.clone()])).0,
        _ => "",
    };
    let mut insertions = Vec::new();
    // In a template that extends another one, there must be only white space outside the blocks.
    if start == Start::Counted && !all.is_empty() && !all.iter().any(|piece| keyword(piece) == "extends") {
        insertions.push(Insertion { at: 0, text: String::new(), stands_for: 0..0, copied: None });
    }
    let mut written = 0;
    // The enclosing bodies: the index of their tick, where they begin, and how much text had been written before.
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    for piece in &all {
        match piece {
            Piece::Text(range) | Piece::Inert(range) => written += range.len(),
            Piece::Expression(range) => measure(text, range.clone(), true, is_function, &mut insertions),
            Piece::Statement(range) => {
                let keyword = keyword(piece);
                if keyword == "include" {
                    insertions.extend(tick(text, range.clone()));
                }
                measure(text, range.clone(), false, is_function, &mut insertions);
                match keyword {
                    "for" | "component" | "block" => {
                        open.push((insertions.len(), range.end, written));
                        insertions.extend(tick(text, range.clone()));
                    }
                    "endfor" | "endcomponent" | "endblock" => {
                        let Some((index, start, before)) = open.pop() else { continue };
                        let least = if keyword == "endcomponent" { CALL } else { 1 };
                        let arguments = weight(range.start - start, written - before, least);
                        if let Some(tick) = insertions.get_mut(index).filter(|tick| tick.at == start) {
                            tick.text = tick.text.replace("()", &format!("({arguments})"));
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    if let Some(first) = insertions.first_mut().filter(|first| first.text.is_empty()) {
        first.text = format!("{{{{ {TICK}({}) }}}}", weight(text.len(), written, CALL));
    }
    added(text, insertions)
}

/// Returns the arguments of [`TICK`] for a body of a length that contains so much text, and counts as `least` turns
/// when empty.
fn weight(body: usize, text: usize, least: usize) -> String {
    match body / BODY_IN_A_STEP + least {
        1 if text == 0 => String::new(),
        steps => format!("steps={steps}, text={text}"),
    }
}

/// Returns the call of [`TICK`] for a statement; `None` if the tag is never closed.
fn tick(text: &str, range: Range<usize>) -> Option<Insertion> {
    let tag = &text[range.clone()];
    // The dash of the tag moves to the call, which is now between the tag and the text.
    let (at, open, close) = match split_word(inside(tag)).0 {
        "include" => (range.start, if tag.starts_with("{%-") { "{{-" } else { "{{" }, "}}"),
        _ if tag.ends_with("-%}") => (range.end, "{{", "-}}"),
        _ if tag.ends_with("%}") => (range.end, "{{", "}}"),
        _ => return None,
    };
    Some(Insertion { at, text: format!("{open} {TICK}() {close}"), stands_for: at..at, copied: None })
}

/// Inserts the additions, which may be in any order.
fn added(text: &str, mut insertions: Vec<Insertion>) -> Instrumented<'_> {
    if insertions.is_empty() {
        return Instrumented { text: Cow::Borrowed(text), additions: Vec::new() };
    }
    insertions.sort_by_key(|insertion| insertion.at);
    let length = insertions.iter().map(|insertion| insertion.text.len()).sum::<usize>();
    let mut with_additions = String::with_capacity(text.len() + length);
    let mut additions = Vec::with_capacity(insertions.len());
    let mut copied = 0;
    for insertion in insertions {
        with_additions.push_str(&text[copied..insertion.at]);
        copied = insertion.at;
        additions.push(Addition {
            at: with_additions.len(),
            length: insertion.text.len(),
            stands_for: insertion.stands_for,
            copied: insertion.copied,
        });
        with_additions.push_str(&insertion.text);
    }
    with_additions.push_str(&text[copied..]);
    Instrumented { text: Cow::Owned(with_additions), additions }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn loops_components_and_includes_are_counted() {
        let text = "a{% for x in y -%}\n b{% endfor %}\n{%- include 'c' %}{# {% for %} #}{% component d() %}{% endcomponent %}";
        let ticked = with_ticks(text).text.replace(TICK, "T");
        assert_eq!(
            ticked,
            "a{% for x in y -%}{{ T() -}}\n b{% endfor %}\n{{- T() }}{%- include 'c' %}\
             {# {% for %} #}{% component d() %}{{ T() }}{% endcomponent %}"
        );
        assert!(matches!(with_ticks("{{ a }}{% if b %}{% endif %}").text, Cow::Borrowed(_)));
    }

    #[test]
    fn iterations_cost_as_much_as_their_bodies() {
        let body = "x".repeat(600);
        let text = format!("{{% for x in [] -%}}{body}{{% endfor %}}{{% block b %}}{{% endblock %}}");
        let checked = with_checks(&text, Start::Counted, |_| false).text.replace(TICK, "T").replace(&body, "BODY");
        assert_eq!(
            checked,
            "{{ T(steps=10, text=600) }}{% for x in [] -%}{{ T(steps=3, text=600) -}}BODY{% endfor %}\
             {% block b %}{{ T() }}{% endblock %}"
        );
        let child = "{% extends 'a' %}\n{% block b %}{% endblock %}";
        assert!(with_checks(child, Start::Counted, |_| false).text.starts_with("{% extends"));
    }

    proptest! {
        #[test]
        fn every_byte_maps_back_to_the_source(
            text in r#"(\{% for x in y -?%\}|\{%-? include 'a' %\}|\{% endfor %\}|\{\{ a\[1\] ~ b \}\}|[ \näb]){0,12}"#
        ) {
            for ticked in [with_ticks(&text), with_checks(&text, Start::Counted, |_| false)] {
                let mut expected = 0;
                let mut at = 0;
                while at < ticked.text.len() {
                    let addition = ticked.additions.iter().find(|addition| addition.at == at && addition.length > 0);
                    if let Some(addition) = addition {
                        prop_assert_eq!(ticked.original(at), expected);
                        prop_assert_eq!(ticked.original(at + addition.length), expected);
                        at += addition.length;
                        continue;
                    }
                    prop_assert_eq!(ticked.original(at), expected);
                    at += 1;
                    expected += 1;
                }
                prop_assert_eq!(expected, text.len());
            }
        }

        #[test]
        fn positions_map_back_to_the_source(text in r#"(\{% for x in y -?%\}|[ \näb]){0,12}"#) {
            let ticked = with_ticks(&text);
            for (line, whole) in ticked.text.split_inclusive('\n').enumerate() {
                let start = ticked.text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
                for (column, (at, _)) in whole.char_indices().enumerate() {
                    prop_assert_eq!(ticked.original_of_position(line, column), ticked.original(start + at));
                }
            }
        }
    }
}
