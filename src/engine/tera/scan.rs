//! A cheap scan of a template's text: where its tags are, and which other templates and components it refers to.
//!
//! Rendering spends most of its time on parsing, so only those templates are parsed that are rendered or referred to.
//! This module finds the references without parsing.

use std::ops::Range;

/// A part of a template's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text that is printed unchanged.
    Text(Range<usize>),
    /// `{{ … }}` with its delimiters.
    Expression(Range<usize>),
    /// `{% … %}` with its delimiters.
    Statement(Range<usize>),
    /// `{# … #}`, or a whole `{% raw %}` block.
    Inert(Range<usize>),
}

/// Splits a template's text into parts, in order and without gaps.
pub(super) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { text, at: 0 }
}

pub(super) struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let start = self.at;
        if start == self.text.len() {
            return None;
        }
        let piece = match self.text.as_bytes().get(start..start + 2) {
            Some(b"{{") => Piece::Expression(start..tag_end(self.text, start + 2, *b"}}")),
            Some(b"{%") => statement(self.text, start),
            Some(b"{#") => Piece::Inert(start..find_after(self.text, start + 2, "#}")),
            _ => Piece::Text(start..next_tag(self.text, start)),
        };
        let (Piece::Text(range) | Piece::Expression(range) | Piece::Statement(range) | Piece::Inert(range)) = &piece;
        self.at = range.end;
        Some(piece)
    }
}

/// Returns where the next tag begins, at or after `from`, or the end of the text.
fn next_tag(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(found) = text[at..].find('{') {
        at += found;
        if matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%' | b'#')) {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// Returns the end of the first `needle` at or after `from`, or the end of the text.
fn find_after(text: &str, from: usize, needle: &str) -> usize {
    text.get(from..).and_then(|rest| rest.find(needle)).map_or(text.len(), |found| from + found + needle.len())
}

/// Returns the end of a tag whose content begins at `from`. A closing delimiter inside a string does not count.
fn tag_end(text: &str, from: usize, close: [u8; 2]) -> usize {
    let bytes = text.as_bytes();
    let decides = |byte: &u8| *byte == close[0] || matches!(byte, b'"' | b'\'' | b'`');
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(decides)) {
        at += found;
        if bytes[at] != close[0] {
            at = string_end(bytes, at);
        } else if bytes.get(at + 1) == Some(&close[1]) {
            return at + 2;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// Returns the end of the string literal that begins at `start`, after its closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn statement(text: &str, start: usize) -> Piece {
    let dash = usize::from(text[start + 2..].starts_with('-'));
    let Some(length) = word_tag_end(&text[start + 2 + dash..], "raw") else {
        return Piece::Statement(start..tag_end(text, start + 2, *b"%}"));
    };
    // In a raw block, Tera looks only for its end, and ignores even strings.
    let end = start + 2 + dash + length;
    let ends = text[end..].match_indices("{%").map(|(found, _)| end + found + 2);
    let mut ends = ends.filter_map(|at| Some(at + word_tag_end(&text[at..], "endraw")?));
    Piece::Inert(start..ends.next().unwrap_or(text.len()))
}

/// Returns the length of the rest of a tag, after its `{%`, if it contains only this word.
fn word_tag_end(text: &str, word: &str) -> Option<usize> {
    let rest = text.strip_prefix('-').unwrap_or(text).trim_ascii_start().strip_prefix(word)?.trim_ascii_start();
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix("%}")?;
    Some(text.len() - rest.len())
}

/// Returns the content of a tag, without its delimiters and trimming dashes.
pub(super) fn inside(tag: &str) -> &str {
    let inner = tag.get(2..).unwrap_or("");
    let inner = inner.strip_suffix("%}").or_else(|| inner.strip_suffix("}}")).unwrap_or(inner);
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    inner.strip_suffix('-').unwrap_or(inner).trim()
}

/// What a template refers to and defines.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct References<'a> {
    /// Names in `extends` and `include`.
    pub(super) templates: Vec<&'a str>,
    /// The name in `extends`.
    pub(super) parent: Option<&'a str>,
    /// Names that may be calls of components (`<name/>`); they can include comparisons (`a <b`).
    pub(super) components: Vec<&'a str>,
    /// Names of the components defined here.
    pub(super) defines: Vec<&'a str>,
    /// Names after `|` and before `(`: filters, functions, tests.
    pub(super) calls: Vec<&'a str>,
    /// Helm objects that are built only if a template names them; `Values` if it may need all values.
    pub(super) objects: Vec<&'a str>,
    /// The names after `Values.`.
    pub(super) values: Vec<&'a str>,
    /// Statements that repeat or include something: loops, components, includes.
    pub(super) repeats: Vec<Range<usize>>,
    /// The number of tags and their length.
    pub(super) tags: Tags,
}

/// The number of tags in a text, and their total length in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tags {
    pub(super) count: usize,
    pub(super) bytes: usize,
}

/// Objects that are built only if a template names them.
const COSTLY_OBJECTS: [&str; 3] = ["Capabilities", "Files", "Subcharts"];

/// Returns the key after `Values`, if only one key is needed.
fn first_key(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix('.')?;
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    // A letter of another alphabet would continue the name.
    (length > 0 && !rest[length..].starts_with(|c: char| !c.is_ascii())).then_some(&rest[..length])
}

/// Finds what a template refers to and defines.
pub(super) fn references(text: &str) -> References<'_> {
    let mut found = References::default();
    for piece in pieces(text) {
        let (Piece::Statement(range) | Piece::Expression(range)) = &piece else { continue };
        let tag = &text[range.clone()];
        found.tags.count += 1;
        found.tags.bytes += tag.len();
        if matches!(piece, Piece::Statement(_)) {
            let (keyword, rest) = split_word(inside(tag));
            match keyword {
                "extends" => {
                    found.templates.extend(literal(rest));
                    found.parent = literal(rest);
                }
                "include" => {
                    found.templates.extend(literal(rest));
                    found.repeats.push(range.clone());
                }
                "component" => {
                    found.defines.push(dotted_name(rest));
                    found.repeats.push(range.clone());
                }
                "for" => found.repeats.push(range.clone()),
                _ => {}
            }
        }
        names_in_tag(tag, &mut found);
    }
    found
}

/// Whether a template may define components; this check costs next to nothing.
pub(super) fn defines_components(text: &str) -> bool {
    text.contains("endcomponent")
}

/// Splits off the first word, and the white space after it.
pub(super) fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// Returns the content of the string literal that a text begins with; `None` if it has escapes, as no file has such a
/// name.
fn literal(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let content = &text[1..];
    content.split_once(quote).map(|(name, _)| name).filter(|name| !name.contains('\\'))
}

fn dotted_name(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len())]
}

/// Finds components, calls and objects in a tag.
fn names_in_tag<'a>(tag: &'a str, found: &mut References<'a>) {
    let bytes = tag.as_bytes();
    let mut at = 2;
    // The last byte before the current one that is not white space.
    let mut before = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' | b'`' => {
                at = string_end(bytes, at);
                before = byte;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let length =
                    bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                let name = &tag[at..at + length];
                match before {
                    b'<' => found.components.push(dotted_name(&tag[at..])),
                    b'|' => found.calls.push(name),
                    _ if before != b'.' && bytes.get(at + length) == Some(&b'(') => found.calls.push(name),
                    _ if COSTLY_OBJECTS.contains(&name) => found.objects.push(name),
                    _ => {}
                }
                match name {
                    "Values" => match first_key(&tag[at + length..]) {
                        Some(key) => found.values.push(key),
                        None => found.objects.push(name),
                    },
                    // It contains all variables.
                    "__tera_context" => found.objects.extend(COSTLY_OBJECTS.into_iter().chain(["Values"])),
                    _ => {}
                }
                at += length;
                before = b'a';
            }
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            // Letters of other alphabets can begin the name of a component.
            0x80.. if before == b'<' => {
                found.components.push(tag.get(at..).map_or("", dotted_name));
                before = byte;
                at += 1;
            }
            _ => {
                before = byte;
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_template_is_split_into_text_and_tags() {
        let text = "a{{ '}}' }}{%- if x -%}{# {{ #}{% raw %}{{ {% endraw %}{b";
        let cut: Vec<&str> = pieces(text)
            .map(|piece| match piece {
                Piece::Text(r) | Piece::Expression(r) | Piece::Statement(r) | Piece::Inert(r) => &text[r],
            })
            .collect();
        assert_eq!(cut, ["a", "{{ '}}' }}", "{%- if x -%}", "{# {{ #}", "{% raw %}{{ {% endraw %}", "{b"]);
    }

    #[test]
    fn references_are_found_in_every_form() {
        let text = r#"{% extends "stock/a.yaml" %}{%- include '_b.tpl' -%}{{ <c.d x={1}/> | upper }}
            {% set e = <e/> %}{{ "<f/>" }}{% raw %}{{ <g/> }}{% endraw %}{% component h.i(a) %}{{ a | f(b=Files) }}{% endcomponent %}"#;
        assert_eq!(
            references(text),
            References {
                templates: vec!["stock/a.yaml", "_b.tpl"],
                parent: Some("stock/a.yaml"),
                components: vec!["c.d", "e"],
                defines: vec!["h.i"],
                calls: vec!["upper", "f"],
                objects: vec!["Files"],
                values: vec![],
                repeats: vec![28..52, 152..174],
                tags: Tags { count: 8, bytes: 168 },
            }
        );
    }

    #[test]
    fn values_are_needed_by_their_keys_or_all_of_them() {
        let found = |text: &'static str| {
            let found = references(text);
            (found.values, found.objects)
        };
        assert_eq!(found("{{ Values.a.b | f }}{% if Values.c %}{{ d.Values.e }}"), (vec!["a", "c", "e"], vec![]));
        let whole = [
            "Values",
            "Values | f",
            "<c values={Values}/>",
            "Values['a']",
            "Values?.a",
            "Values .a",
            "Values.ä",
            "Values.aä",
            "{...Values}",
        ];
        for whole in whole {
            let text = format!("{{{{ {whole} }}}}");
            assert_eq!(references(&text).objects, ["Values"], "{whole}");
        }
        assert_eq!(references("{{ __tera_context }}").objects, ["Capabilities", "Files", "Subcharts", "Values"]);
    }

    #[test]
    fn raw_blocks_end_where_tera_ends_them() {
        for text in ["{% raw %}{% \" {% endraw %}", "{%--raw -%}{{ a }}{%-endraw-%}", "{% raw %}{% '{% endraw%}"] {
            let cut: Vec<Piece> = pieces(&format!("{text}{{{{ x }}}}")).collect();
            assert_eq!(cut, [Piece::Inert(0..text.len()), Piece::Expression(text.len()..text.len() + 7)], "{text}");
        }
    }

    proptest! {
        #[test]
        fn parts_have_no_gaps(text in r#"([{}%#"'`\\-]|raw|endraw|[ aä]){0,40}"#) {
            let mut end = 0;
            for piece in pieces(&text) {
                let (Piece::Text(r) | Piece::Expression(r) | Piece::Statement(r) | Piece::Inert(r)) = piece;
                prop_assert_eq!(r.start, end);
                prop_assert!(r.end > r.start && text.get(r.clone()).is_some());
                end = r.end;
            }
            prop_assert_eq!(end, text.len());
            references(&text);
        }
    }
}
