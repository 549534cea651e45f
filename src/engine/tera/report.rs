//! Tera's errors as data. Tera only prints some of it, and that is parsed from the text.

use std::ops::Range;

use tera::{Error, ReportError};

/// An error in a template. Lines and columns count from 0.
pub(super) struct Report {
    pub(super) message: String,
    /// The name of the template.
    pub(super) name: String,
    /// The bytes in the template, if Tera reports them.
    pub(super) range: Option<Range<usize>>,
    pub(super) line: usize,
    pub(super) column: usize,
    /// How many characters are marked.
    pub(super) width: usize,
    pub(super) notes: Vec<Note>,
}

/// A further place in a template.
pub(super) struct Note {
    /// The text of the note, and the name of the template.
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Report {
    /// Returns a report, with the notes in the printed error.
    pub(super) fn new(error: &Error, report: &ReportError) -> Report {
        let span = report.span();
        let printed = error.to_string();
        // Messages can contain anything, but what follows has Tera's own form.
        let rest = printed.strip_prefix("error: ").and_then(|text| text.strip_prefix(report.message())).unwrap_or("");
        Report {
            message: report.message().to_owned(),
            name: report.filename().to_owned(),
            range: Some(span.range.clone()),
            line: span.start_line.saturating_sub(1),
            column: span.start_col,
            width: 1,
            notes: rest.split("\n\nnote: ").skip(1).filter_map(note).collect(),
        }
    }
}

/// Parses `called from a.yaml:3:5`, which an excerpt follows.
fn note(printed: &str) -> Option<Note> {
    let (text, line, column) = place(printed.lines().next()?)?;
    Some(Note { text: text.to_owned(), line, column })
}

/// Parses the reports that Tera prints one after another if names are unknown.
pub(super) fn in_text(text: &str) -> impl Iterator<Item = Report> {
    text.split("\n\n").filter_map(|block| {
        let mut lines = block.strip_prefix("error: ")?.lines();
        let message = lines.next()?.to_owned();
        let (name, line, column) = place(lines.next()?.trim_start().strip_prefix("--> ")?)?;
        let width = block.lines().last().map_or(1, |marks| marks.matches('^').count());
        let name = name.to_owned();
        Some(Report { message, name, range: None, line, column, width: width.max(1), notes: Vec::new() })
    })
}

/// Parses `NAME:LINE:COLUMN`, where both numbers count from 1.
fn place(text: &str) -> Option<(&str, usize, usize)> {
    let (rest, column) = text.rsplit_once(':')?;
    let (name, line) = rest.rsplit_once(':')?;
    Some((name, line.parse::<usize>().ok()?.checked_sub(1)?, column.parse::<usize>().ok()?.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use tera::{Context, ErrorKind, Tera};

    use super::*;

    #[test]
    fn unknown_names_are_read_from_the_text() {
        let error = Tera::default().add_raw_templates([("a", "x\n {{ 1 | nope }}"), ("b", "{{ no() }}")]).unwrap_err();
        let found: Vec<_> =
            in_text(&error.to_string()).map(|r| (r.message, r.name, r.line, r.column, r.width)).collect();
        assert_eq!(
            found,
            [
                ("Unknown filter `nope`".to_owned(), "a".to_owned(), 1, 8, 4),
                ("Unknown function `no`".to_owned(), "b".to_owned(), 0, 3, 4),
            ]
        );
    }

    #[test]
    fn the_chain_of_includes_is_read_from_the_text() {
        let mut tera = Tera::default();
        tera.add_raw_templates([("a", "\n {% include 'b' %}"), ("b", "{{ x }}")]).unwrap();
        let error = tera.render("a", &Context::new()).unwrap_err();
        let ErrorKind::RenderingError(report) = error.kind() else { panic!("{error:?}") };
        let report = Report::new(&error, report);
        let notes: Vec<_> = report.notes.iter().map(|note| (note.text.as_str(), note.line, note.column)).collect();
        assert_eq!((report.name.as_str(), report.range, notes), ("b", Some(3..4), vec![("called from a", 1, 12)]));
    }
}
