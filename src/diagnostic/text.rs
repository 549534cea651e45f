//! Writes diagnostics for people: the message, the source lines with marks under the wrong parts, and the help.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::Diagnostic;
use super::Label;
use super::Severity;
use super::flag::shown_flag;
use super::printable::{printable, printable_lines, printable_styled_lines};
use super::source::Source;
use super::source::SourceKind;

/// The maximum length of a shown line, in bytes; a longer one is cut to the text around the marked place.
const LINE_WINDOW: usize = 400;

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextStyle {
    /// Whether to color the text with ANSI escapes.
    pub color: bool,
    /// The width of the terminal in columns; longer source lines are cut. The default is 140.
    pub width: Option<usize>,
}

/// Writes the diagnostics as text, in the given order, with an empty line around those that show source lines.
pub fn write_text(diagnostics: &[Diagnostic], style: TextStyle) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(style.width.unwrap_or(140));
    let mut text = String::new();
    let mut previous_showed_lines = false;
    for diagnostic in diagnostics {
        let shows_lines = !diagnostic.labels.is_empty();
        if !text.is_empty() && (shows_lines || previous_showed_lines) {
            text.push('\n');
        }
        previous_showed_lines = shows_lines;
        let rendered = renderer.render(&[group(diagnostic)]);
        // Messages and names were escaped before they were colored. The excerpts are escaped only here, after their columns
        // have been counted.
        let shown = if style.color { printable_styled_lines(&rendered) } else { printable_lines(&rendered) };
        for line in shown.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = Group::with_title(level.primary_title(printable_lines(&diagnostic.message)));
    for (index, excerpt) in excerpts(&diagnostic.labels).into_iter().enumerate() {
        group = excerpt.add_to(group, index == 0);
    }
    for source in files_named_by_flags(&diagnostic.labels) {
        group = group.element(Level::NOTE.message(source));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(printable_lines(help)));
    }
    group
}

fn files_named_by_flags(labels: &[Label]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for flag in labels.iter().filter_map(|label| label.span.source()?.given_by()) {
        let note = format!("the file was passed with {}", printable(&flag.to_string()));
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

/// Consecutive marked lines of a source, with the labels in them. No other lines are shown, because the next one may
/// contain a password.
struct Excerpt<'a> {
    source: &'a Source,
    lines: Range<usize>,
    labels: Vec<&'a Label>,
}

fn excerpts(labels: &[Label]) -> Vec<Excerpt<'_>> {
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    for label in labels {
        let Some(source) = label.span.source() else { continue };
        let line = source.position(label.span.start()).line;
        let lines = line..line + 1;
        let near = |excerpt: &&mut Excerpt<'_>| {
            excerpt.source == source && lines.start <= excerpt.lines.end && excerpt.lines.start <= lines.end
        };
        match excerpts.iter_mut().find(near) {
            Some(excerpt) => {
                excerpt.lines = excerpt.lines.start.min(lines.start)..excerpt.lines.end.max(lines.end);
                excerpt.labels.push(label);
            }
            None => excerpts.push(Excerpt { source, lines, labels: vec![label] }),
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    fn add_to(self, group: Group<'a>, primary: bool) -> Group<'a> {
        if self.source.kind() == SourceKind::Flag {
            return group.element(self.flag(primary));
        }
        let range = self.source.line_range(self.lines.start).start..self.source.line_range(self.lines.end - 1).end;
        if range.len() > LINE_WINDOW * self.lines.len() {
            return self.add_windows_to(group, primary);
        }
        let shown = self.source.shown(range.clone());
        let places: Vec<_> = self.labels.iter().map(|label| shown.place(marked(label, &range))).collect();
        let snippet = Snippet::source(shown.text)
            .path(printable(self.source.shown_name()))
            .line_start(self.lines.start)
            .fold(false)
            .annotations(self.annotations(places, primary));
        group.element(snippet)
    }

    fn annotations(
        &self,
        places: Vec<Range<usize>>,
        primary: bool,
    ) -> impl Iterator<Item = annotate_snippets::Annotation<'a>> {
        let labels = self.labels.iter().zip(places).enumerate();
        labels.map(move |(index, (label, place))| annotation(label, place, primary && index == 0))
    }

    /// Returns the flag as it was typed, without line numbers and without the assignments that have no label.
    fn flag(&self, primary: bool) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let marked: Vec<Range<usize>> = self.labels.iter().map(|label| label.span.range()).collect();
        let shown = shown_flag(self.source, &marked);
        let shift = self.source.name().len() + 1;
        let places = marked.into_iter().map(|range| shown.place(range));
        let places = places.map(|place| place.start + shift..place.end + shift).collect();
        let typed = format!("{} {}", self.source.name(), shown.text);
        Snippet::source(typed).line_numbering(false).fold(false).annotations(self.annotations(places, primary))
    }

    /// Adds each label of very long lines separately, with the text around it on its line.
    fn add_windows_to(self, mut group: Group<'a>, primary: bool) -> Group<'a> {
        for (index, label) in self.labels.iter().enumerate() {
            let position = self.source.position(label.span.start());
            let line = self.source.line_range(position.line);
            let shown = self.source.shown(line.clone());
            let marked = shown.place(marked(label, &line));
            let from = shown.text.floor_char_boundary(marked.start.saturating_sub(LINE_WINDOW / 4));
            let to = shown.text.floor_char_boundary((from + LINE_WINDOW).min(shown.text.len()));
            let place = format!("at {}:{}:{}", printable(self.source.shown_name()), position.line, position.column);
            let snippet = Snippet::source(shown.text[from..to].to_owned())
                .line_numbering(false)
                .fold(false)
                .annotation(annotation(label, marked.start - from..marked.end.min(to) - from, primary && index == 0));
            group = group.element(snippet).element(Level::NOTE.message(place));
        }
        group
    }
}

/// Returns the marked bytes of an excerpt: at most up to the end of the first line, because marking a whole block scalar or
/// file is less helpful than marking its start.
fn marked(label: &Label, excerpt: &Range<usize>) -> Range<usize> {
    let range = label.span.range();
    let source = label.span.source().map_or("", Source::text);
    let rest = &source[range.clone()];
    let first_line = range.start + rest.find('\n').unwrap_or(rest.len());
    let end = if source[range.start..first_line].ends_with('\r') { first_line - 1 } else { first_line };
    let start = range.start.min(excerpt.end);
    start..end.min(excerpt.end).max(start)
}

fn annotation<'a>(label: &'a Label, range: Range<usize>, primary: bool) -> annotate_snippets::Annotation<'a> {
    let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let text = (!label.text.is_empty()).then(|| printable(&label.text));
    kind.span(range).label(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(diagnostic: Diagnostic) -> String {
        write_text(&[diagnostic], TextStyle::default())
    }

    #[test]
    fn a_flag_is_shown_as_typed_with_a_caret() {
        let flag = Source::flag("--set", "replicaCount=abc");
        let text = plain(
            Diagnostic::error("schema", "at '/replicaCount': got string, want integer").at(flag.span(13..16), ""),
        );
        insta::assert_snapshot!(text, @"
        error: at '/replicaCount': got string, want integer
         |
         | --set replicaCount=abc
         |                    ^^^
        ");
    }

    #[test]
    fn a_file_is_shown_with_line_numbers_and_help() {
        let file = Source::file("values.yaml", "a: 1\nb: 2\nc: 3\nd: 4\n");
        let text = plain(
            Diagnostic::error("schema", "first line\nsecond line")
                .at(file.span(8..9), "here")
                .at(file.span(0..1), "first set here")
                .help("do this")
                .help("or that"),
        );
        insta::assert_snapshot!(text, @"
        error: first line
               second line
         --> values.yaml:2:4
          |
        1 | a: 1
          | - first set here
        2 | b: 2
          |    ^ here
          |
          = help: do this
          = help: or that
        ");
    }

    #[test]
    fn labels_in_several_files_are_shown() {
        let flag = Source::flag("--set-file", "mimConfig=m.toml");
        let file = Source::file_given_by("m.toml", "[a\n", flag.span(10..16));
        let other = Source::file("schema.json", "{}");
        let text =
            plain(Diagnostic::error("schema", "broken").at(file.span(2..2), "here").at(other.span(0..2), "there"));
        insta::assert_snapshot!(text, @"
        error: broken
         --> m.toml:1:3
          |
        1 | [a
          |   ^ here
          |
         ::: schema.json:1:1
          |
        1 | {}
          | -- there
          |
          = note: the file was passed with --set-file mimConfig=m.toml
        ");
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_label() {
        let file = Source::file("long.yaml", format!("{}X{}\n", "a".repeat(5000), "b".repeat(100_000)));
        let text = plain(Diagnostic::error("schema", "broken").at(file.span(5000..5001), "here"));
        insta::assert_snapshot!(text, @"
        error: broken
         |
         | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaXbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
         |                                                                                                     ^ here
         |
         = note: at long.yaml:1:5001
        ");
    }

    #[test]
    fn foreign_text_never_reaches_the_terminal_verbatim() {
        let hostile = "a\x1b[2J\u{9b}b\u{202e}c\u{200b}d\r\n::error::e ##[error]f\u{2028}g";
        let file = Source::file(format!("{hostile}.yaml"), format!("# {hostile}\nkey: {hostile}\n"));
        let flag = Source::flag("--set-file", hostile);
        let given = Source::file_given_by(format!("given-{hostile}"), hostile, flag.whole());
        let error = Diagnostic::error("schema", hostile)
            .at(file.span(70..73), hostile)
            .at(given.span(5..6), hostile)
            .at(flag.span(3..4), hostile)
            .help(hostile);
        let style = regex::Regex::new("\x1b\\[[0-9;]+m").unwrap();
        for color in [false, true] {
            let text = write_text(std::slice::from_ref(&error), TextStyle { color, width: None });
            let bare = if color { style.replace_all(&text, "").into_owned() } else { text };
            assert!(!bare.contains(|c| super::super::is_hidden(c) && c != '\n'), "{bare:?}");
            assert!(!bare.lines().any(|line| line.trim_start().starts_with("::error")), "{bare}");
            assert!(!bare.contains("##["), "{bare}");
        }
        insta::assert_snapshot!(plain(error));
    }

    #[test]
    fn places_at_the_end_of_the_text_and_over_several_lines() {
        let file = Source::file("v.yaml", "a: |\r\n  b\r\n  c\r\n");
        for (range, place) in [(0..16, "1:1"), (3..16, "1:4"), (16..16, "4:1"), (10..12, "2:4"), (4..6, "1:5")] {
            let text = plain(Diagnostic::error("schema", "broken").at(file.span(range), "here"));
            assert!(text.contains(&format!("--> v.yaml:{place}\n")) && text.contains("here"), "{place}: {text}");
        }
        let empty = Source::file("empty.yaml", "");
        insta::assert_snapshot!(plain(Diagnostic::warning("schema", "empty").at(empty.span(0..0), "")), @"
        warning: empty
         --> empty.yaml:1:1
          |
        1 |
          | ^
        ");
    }
}
