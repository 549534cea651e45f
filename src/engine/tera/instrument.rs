//! Templates with something added that Tera has no hook for, and the way back to the places in what was written.
//!
//! [`with_ticks`] adds a call of [`TICK`] to every loop, component and include, so that a budget ends what would go on
//! without end. The output stays the same, and so does what a dash trims.

use std::borrow::Cow;
use std::ops::Range;

use super::scan::{inside, references, split_word};

/// The function that is called; no chart can mean it.
pub(super) const TICK: &str = "__mim_chart_tick";

/// A template's text with additions.
pub(super) struct Instrumented<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where additions begin in `text` and how long they are.
    additions: Vec<(usize, usize)>,
}

impl Instrumented<'_> {
    /// The byte of the original text that a byte of `text` came from; a byte of an addition came from what follows it.
    pub(super) fn original(&self, offset: usize) -> usize {
        let before = self.additions.iter().take_while(|(at, _)| *at < offset);
        offset - before.map(|&(at, length)| length.min(offset - at)).sum::<usize>()
    }

    /// The byte of the original text at a line and a column (both from 0, in characters) of `text`.
    pub(super) fn original_of_position(&self, line: usize, column: usize) -> usize {
        let start = self.text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
        let rest = self.text.get(start..).unwrap_or_default();
        let within = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
        self.original(start + within)
    }
}

/// The text with a call of [`TICK`] at the start of every loop's and component's body and before every include.
pub(super) fn with_ticks(text: &str) -> Instrumented<'_> {
    with_ticks_at(text, &references(text).repeats)
}

/// [`with_ticks`] for a text whose repeating statements are known.
pub(super) fn with_ticks_at<'t>(text: &'t str, repeats: &[Range<usize>]) -> Instrumented<'t> {
    let mut ticked = String::new();
    let mut additions = Vec::new();
    let mut copied = 0;
    if !repeats.is_empty() {
        ticked.reserve(text.len() + repeats.len() * (TICK.len() + 10));
    }
    for range in repeats {
        let tag = &text[range.clone()];
        // The dash of the tag goes over to the call, which now stands between it and the text.
        let (at, open, close) = match split_word(inside(tag)).0 {
            "include" => (range.start, if tag.starts_with("{%-") { "{{-" } else { "{{" }, "}}"),
            _ if tag.ends_with("-%}") => (range.end, "{{", "-}}"),
            _ if tag.ends_with("%}") => (range.end, "{{", "}}"),
            // The tag is never closed.
            _ => continue,
        };
        ticked.push_str(&text[copied..at]);
        let start = ticked.len();
        for part in [open, " ", TICK, "() ", close] {
            ticked.push_str(part);
        }
        additions.push((start, ticked.len() - start));
        copied = at;
    }
    if additions.is_empty() {
        return Instrumented { text: Cow::Borrowed(text), additions };
    }
    ticked.push_str(&text[copied..]);
    Instrumented { text: Cow::Owned(ticked), additions }
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

    proptest! {
        #[test]
        fn every_byte_is_found_back(text in r#"(\{% for x in y -?%\}|\{%-? include 'a' %\}|\{% endfor %\}|[ \näb]){0,12}"#) {
            let ticked = with_ticks(&text);
            let mut expected = 0;
            let mut at = 0;
            while at < ticked.text.len() {
                let addition = ticked.additions.iter().find(|(start, _)| *start == at);
                if let Some((_, length)) = addition {
                    prop_assert_eq!(ticked.original(at), expected);
                    prop_assert_eq!(ticked.original(at + length), expected);
                    at += length;
                    continue;
                }
                prop_assert_eq!(ticked.original(at), expected);
                at += 1;
                expected += 1;
            }
            prop_assert_eq!(expected, text.len());
        }

        #[test]
        fn positions_are_found_back(text in r#"(\{% for x in y -?%\}|[ \näb]){0,12}"#) {
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
