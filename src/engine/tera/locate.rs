//! Finds the template line that a line of the rendered text came from.
//!
//! The chart is rendered again from templates with marks: before every expression, and before the first character of
//! every line of printed text. White space that dashes trim is removed beforehand, since marks would keep it. Some
//! templates process their own output: they compare the result of a component, or read a captured text as YAML. Marks
//! would change what they do, so a second attempt marks only what is printed directly.

use super::scan::{Piece, inside, pieces, split_word};

/// Marks begin and end with private-use characters; between them are the number of the template and the line.
const BEGIN: char = '\u{E010}';
const END: char = '\u{E011}';

/// Where marks are inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// Everywhere.
    Everywhere,
    /// Not in components and captured texts.
    Printed,
}

/// Adds marks to a template's text; `number` identifies the template.
pub(super) fn with_marks(text: &str, number: usize, marks: Marks) -> String {
    let all: Vec<Piece> = pieces(text).collect();
    let mut marked = String::with_capacity(text.len() * 2);
    let mut lines = Lines { text, at: 0, line: 1 };
    // In a template that extends another one, text outside the blocks is never printed, but must remain white space.
    let extends = all.iter().any(
        |piece| matches!(piece, Piece::Statement(range) if split_word(inside(&text[range.clone()])).0 == "extends"),
    );
    let mut blocks = 0usize;
    // The number of enclosing components and captures.
    let mut captures = 0usize;
    // Whether a dash trims the next text; comments in between do not change that.
    let mut trims = false;
    for (index, piece) in all.iter().enumerate() {
        let printed = (!extends || blocks > 0) && (captures == 0 || marks == Marks::Everywhere);
        match piece {
            Piece::Text(range) => {
                let mut start = range.start;
                let mut kept = &text[range.clone()];
                if std::mem::take(&mut trims) {
                    start = range.end - kept.trim_start().len();
                    kept = kept.trim_start();
                }
                if all.get(index + 1).is_some_and(|next| trims_before(text, next)) {
                    kept = kept.trim_end();
                }
                for line in kept.split_inclusive('\n') {
                    let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
                    marked.push_str(indent);
                    if printed && !rest.is_empty() {
                        mark(&mut marked, number, lines.line(start));
                    }
                    marked.push_str(rest);
                    start += line.len();
                }
            }
            Piece::Expression(range) => {
                if printed {
                    mark(&mut marked, number, lines.line(range.start));
                }
                push_bare(&mut marked, &text[range.clone()]);
                trims = trims_after(text, piece);
            }
            Piece::Statement(range) => {
                let (word, rest) = split_word(inside(&text[range.clone()]));
                match word {
                    "block" | "component" => blocks += 1,
                    "endblock" | "endcomponent" => blocks = blocks.saturating_sub(1),
                    _ => {}
                }
                match word {
                    "component" | "filter" => captures += 1,
                    "set" | "set_global" if !rest.contains('=') => captures += 1,
                    "endcomponent" | "endfilter" | "endset" => captures = captures.saturating_sub(1),
                    _ => {}
                }
                push_bare(&mut marked, &text[range.clone()]);
                trims = trims_after(text, piece);
            }
            Piece::Inert(range) => {
                let inert = &text[range.clone()];
                // A comment's dash would trim more than what has been trimmed already.
                if inert.starts_with("{#") {
                    push_bare(&mut marked, inert)
                } else {
                    marked.push_str(inert)
                }
                trims |= trims_after(text, piece);
            }
        }
    }
    marked
}

fn mark(out: &mut String, number: usize, line: usize) {
    out.push(BEGIN);
    out.push_str(&format!("{number}:{line}"));
    out.push(END);
}

/// Appends a tag without its trimming dashes.
fn push_bare(out: &mut String, tag: &str) {
    // A brace before the trimmed white space would become part of the tag.
    if out.ends_with('{') {
        out.pop();
        out.push_str("{{ \"{\" }}");
    }
    let (open, rest) = tag.split_at(2.min(tag.len()));
    out.push_str(open);
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    match rest.len().checked_sub(3).and_then(|at| rest.split_at_checked(at)) {
        Some((inner, close @ ("-}}" | "-%}" | "-#}"))) => {
            out.push_str(inner);
            out.push_str(&close[1..]);
        }
        _ => out.push_str(rest),
    }
}

fn tag_of<'t>(text: &'t str, piece: &Piece) -> &'t str {
    match piece {
        Piece::Text(_) => "",
        Piece::Expression(range) | Piece::Statement(range) | Piece::Inert(range) => &text[range.clone()],
    }
}

fn trims_before(text: &str, piece: &Piece) -> bool {
    tag_of(text, piece).as_bytes().get(2) == Some(&b'-')
}

fn trims_after(text: &str, piece: &Piece) -> bool {
    let tag = tag_of(text, piece).as_bytes();
    tag.len() > 4 && tag[tag.len() - 3] == b'-'
}

/// Counts lines while moving forward in a text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// Returns the line of a byte, which must not be before the previous one.
    fn line(&mut self, at: usize) -> usize {
        self.line += self.text.get(self.at..at).map_or(0, |between| between.matches('\n').count());
        self.at = self.at.max(at);
        self.line
    }
}

/// Returns the number of the template and the line in it that produced line `line` (from 1) of the output. `plain` is
/// that output, and `marked` the same with marks; if they differ in the line, the result is `None`.
pub(super) fn origin(plain: &str, marked: &str, line: usize) -> Option<(usize, usize)> {
    let mut last = None;
    let mut lines = marked.split('\n');
    for _ in 1..line {
        last = read(lines.next()?).1.or(last);
    }
    let wanted = lines.next()?;
    let (bare, _) = read(wanted);
    if bare != plain.split('\n').nth(line - 1)? || plain.split('\n').count() != marked.split('\n').count() {
        return None;
    }
    first_mark(wanted).or(last)
}

/// Removes the marks from a line, and returns the last mark.
fn read(line: &str) -> (String, Option<(usize, usize)>) {
    let mut bare = String::with_capacity(line.len());
    let mut last = None;
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once(BEGIN) {
        bare.push_str(before);
        let Some((inner, after)) = behind.split_once(END) else { break };
        last = parse(inner).or(last);
        rest = after;
    }
    bare.push_str(rest);
    (bare, last)
}

/// Returns the mark before the first text in a line. Of several in a row, it is the last one, which is nearest to the
/// text.
fn first_mark(line: &str) -> Option<(usize, usize)> {
    let mut found = None;
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once(BEGIN) {
        if found.is_some() && !before.trim().is_empty() {
            break;
        }
        let (inner, after) = behind.split_once(END)?;
        found = parse(inner);
        rest = after;
    }
    found
}

fn parse(mark: &str) -> Option<(usize, usize)> {
    let (number, line) = mark.split_once(':')?;
    Some((number.parse().ok()?, line.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tera::{Context, Tera};

    use super::*;

    fn render(template: &str) -> Option<String> {
        let mut tera = Tera::default();
        tera.autoescape_on(Vec::<&str>::new());
        let mut context = Context::new();
        context.insert_value("a", tera::Value::from("x\ny"));
        context.insert_value("items", tera::Value::from(vec![1, 2]));
        tera.add_raw_template("t", template).ok()?;
        tera.render("t", &context).ok()
    }

    fn origins(template: &str) -> Vec<usize> {
        let plain = render(template).unwrap();
        let marked = render(&with_marks(template, 7, Marks::Everywhere)).unwrap();
        (1..=plain.split('\n').count()).map(|line| origin(&plain, &marked, line).map_or(0, |(_, line)| line)).collect()
    }

    #[test]
    fn lines_are_reported_through_loops_values_and_trimming() {
        assert_eq!(origins("k: 1\nv: {{ a }}\nw: 2"), [1, 2, 2, 3]);
        assert_eq!(origins("{% for i in items -%}\n  - {{ i }}\n{% endfor %}z"), [2, 2, 3]);
        assert_eq!(origins("a\n{%- if true %}\nb\n{%- endif %}\nc"), [1, 3, 5]);
    }

    #[test]
    fn captured_text_that_is_trimmed_has_its_lines() {
        assert_eq!(origins("{% set x %}\n- a\n- b\n{% endset %}ports:\n  {{ x | trim }}"), [4, 2, 3]);
    }

    #[test]
    fn braces_before_trimmed_space_stay_text() {
        assert_eq!(origins("a\n{ {%- if true %}\n{{- a }} }{% endif %}"), [1, 2, 3]);
    }

    #[test]
    fn captures_without_marks_are_accepted() {
        let template = "{% set x %}yes{% endset %}{% if x == \"yes\" %}\na\n{% endif %}{{ x }}\n";
        let (plain, marked) = (render(template).unwrap(), render(&with_marks(template, 7, Marks::Printed)).unwrap());
        assert_eq!(origin(&plain, &marked, 2), Some((7, 2)));
        assert_eq!(origin(&plain, &marked, 3), Some((7, 3)));
    }

    /// Found by the property test below.
    #[test]
    fn comment_dashes_trim_as_before() {
        for template in [
            "{% if true -%}{# c #}\n{% endif %}",
            "{% if true %}{% if true %}{# c -#}\n{# c #}\n{% endif %}{% endif %}",
            "a {#- c #} {#- d -#}\n{# e -#} {{ a }} {#- f #}\nb",
        ] {
            let plain = render(template).unwrap();
            let marked = render(&with_marks(template, 3, Marks::Everywhere)).unwrap();
            let bare: Vec<String> = marked.split('\n').map(|line| read(line).0).collect();
            assert_eq!(bare.join("\n"), plain, "{template}");
        }
    }

    proptest! {
        #[test]
        fn marks_do_not_change_the_output(
            template in r#"(\{\{-? a -?\}\}|\{%-? for i in items -?%\}b\{%-? endfor -?%\}|\{#-? c -?#\}|[ \nk:]|\{%-? if true -?%\}|\{%-? endif -?%\}){0,12}"#
        ) {
            if let Some(plain) = render(&template) {
                for marks in [Marks::Everywhere, Marks::Printed] {
                    let marked = render(&with_marks(&template, 3, marks)).expect("marks are text");
                    let bare: Vec<String> = marked.split('\n').map(|line| read(line).0).collect();
                    prop_assert_eq!(bare.join("\n"), plain.as_str());
                }
            }
        }
    }
}
