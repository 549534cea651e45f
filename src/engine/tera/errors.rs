//! Tera's errors as diagnostics that point into the templates.

use std::sync::Arc;

use tera::{Error, ErrorKind, ReportError, Tera};

use super::budget::Budget;
use super::checks;
use super::failure::Kept;
use super::hints::{self, Advice};
use super::instrument::Instrumented;
use super::message_values::{MessageValues, given_to_required};
use super::report::{self, Report};
use super::run::{FAILURE_MARK, Run};
use super::scan::{Piece, pieces};
use super::templates::Templates;
use crate::diagnostic::{Diagnostic, Label, Source, Span, printable};
use crate::yaml::{Map, Node, Value, locate_in_scalar};

/// The name that Tera gives to a text that `tpl` renders.
const ONE_OFF: &str = "__tera_one_off";

/// How many places of one error are shown; an endless `tpl` has a thousand.
const MAX_LABELS: usize = 6;

/// Turns Tera's errors into errors for users, with the places in what they wrote.
pub(super) struct Mapper<'a> {
    pub(super) templates: &'a Templates<'a>,
    pub(super) run: Arc<Run>,
    /// The values of the chart. They are searched for texts passed to `tpl`, and for the values that the chart's
    /// messages are about.
    pub(super) values: &'a Map,
    /// The chart's values.yaml.
    pub(super) defaults: Option<&'a Source>,
}

/// A template's error, as it is reported.
#[derive(Debug)]
pub(super) struct TemplateError {
    pub(super) diagnostic: Diagnostic,
    /// What is wrong, regardless of which template was rendered.
    message: String,
}

impl TemplateError {
    /// Whether both report the same fault: templates that share a faulty part all fail because of it.
    pub(super) fn is_fault_of(&self, other: &TemplateError) -> bool {
        self.message == other.message && self.diagnostic.labels.first() == other.diagnostic.labels.first()
    }
}

impl From<Diagnostic> for TemplateError {
    fn from(diagnostic: Diagnostic) -> Self {
        TemplateError { message: diagnostic.message.clone(), diagnostic }
    }
}

/// The text that contains an error.
#[derive(Clone, Copy)]
enum Within<'a> {
    Template(&'a str),
    /// A text passed to `tpl`.
    Text(&'a str),
}

/// An error that is about to be reported.
struct Fault {
    message: String,
    labels: Vec<Label>,
    help: Vec<String>,
    /// The place in a template that the first line names, if the labels show the values at fault instead.
    raised_at: Option<Span>,
}

impl Mapper<'_> {
    /// Returns the errors of loading the templates: all syntax errors or, if there are none, all unknown names.
    pub(super) fn load_errors(&self, error: &Error) -> Vec<TemplateError> {
        let syntax: Vec<TemplateError> = self
            .templates
            .loaded()
            .filter_map(|(name, text)| {
                let error = Tera::default().add_raw_template(name, &self.run.template(text).text).err()?;
                let ErrorKind::SyntaxError(report) = error.kind() else { return None };
                let fault = self.reported(Within::Template(name), &Report::new(&error, report));
                Some(self.template_error("parse error", name, fault))
            })
            .collect();
        if !syntax.is_empty() {
            return syntax;
        }
        if let ErrorKind::Msg(text) = error.kind() {
            let unknown = report::in_text(text).map(|report| {
                let fault = self.reported(Within::Template(&report.name), &report);
                self.template_error("parse error", &report.name, fault)
            });
            let unknown: Vec<TemplateError> = unknown.collect();
            if !unknown.is_empty() {
                return unknown;
            }
        }
        vec![self.whole_chart_error(error)]
    }

    /// Returns the error of rendering a template.
    pub(super) fn render_error(&self, name: &str, error: &Error) -> TemplateError {
        let kept = self.run.take_kept();
        let fault = self.explain(Within::Template(name), error, &kept);
        self.template_error("execution error", name, fault)
    }

    /// Formats an error as Helm does: `KIND at (PATH:LINE:COLUMN): …`.
    fn template_error(&self, kind: &str, name: &str, fault: Fault) -> TemplateError {
        let Fault { message, mut labels, help, raised_at } = fault;
        let place = raised_at.iter().chain(labels.iter().map(|label| &label.span));
        let place = place.into_iter().find(|span| self.is_in_templates(span));
        let at = match place.and_then(Span::position).zip(place.and_then(Span::source)) {
            Some((at, source)) => format!("{}:{}:{}", self.path_of(source, name), at.line, at.column),
            None => self.templates.path(name),
        };
        // A recursive template is called from the same place again and again.
        let mut seen: Vec<Label> = Vec::new();
        labels.retain(|label| {
            !seen.contains(label) && {
                seen.push(label.clone());
                true
            }
        });
        labels.truncate(MAX_LABELS);
        let message = checks::shortened(&message);
        let mut reported = Diagnostic::error("template", format!("{kind} at ({}): {message}", printable(&at)));
        reported.labels = labels;
        reported.help = help;
        TemplateError { diagnostic: reported, message }
    }

    /// Whether a place is in a template, rather than in a text of the values.
    fn is_in_templates(&self, span: &Span) -> bool {
        span.source().is_some_and(|source| self.templates.name_of(source).is_some())
    }

    fn path_of(&self, source: &Source, otherwise: &str) -> String {
        match self.templates.name_of(source) {
            Some(name) => self.templates.path(&name),
            None => self.templates.path(otherwise),
        }
    }

    /// Reports an error that concerns the templates as a whole: cycles, missing parents, components defined twice.
    fn whole_chart_error(&self, error: &Error) -> TemplateError {
        let (message, name, other) = match error.kind() {
            ErrorKind::CircularInclude { tpl, include_chain } => (
                format!("templates include each other in a cycle: {}", include_chain.join(" → ")),
                tpl,
                include_chain.get(1),
            ),
            ErrorKind::CircularExtend { tpl, inheritance_chain } => {
                let chain: Vec<&str> = inheritance_chain.iter().chain([tpl]).map(String::as_str).collect();
                (format!("templates extend each other in a cycle: {}", chain.join(" → ")), tpl, None)
            }
            ErrorKind::MissingParent { current, parent } => {
                (format!("unknown template `{parent}`"), current, Some(parent))
            }
            _ => {
                return Diagnostic::error("template", format!("parse error: {}", lower_first(&error.to_string())))
                    .into();
            }
        };
        let help = match error.kind() {
            ErrorKind::MissingParent { parent, .. } => hints::unknown_template(parent, self.templates),
            _ => Vec::new(),
        };
        let place = self.reference_in(name, other.map(String::as_str));
        let labels = place.into_iter().map(|span| Label { span, text: String::new() }).collect();
        self.template_error("parse error", name, Fault { message, labels, help, raised_at: None })
    }

    /// Returns the tag in a template that extends or includes `other`, or its first such tag if that is `None`.
    fn reference_in(&self, name: &str, other: Option<&str>) -> Option<Span> {
        let source = self.templates.source(name)?;
        let range = pieces(source.text()).find_map(|piece| {
            let Piece::Statement(range) = piece else { return None };
            let tag = &source.text()[range.clone()];
            let names = tag.contains("extends") || tag.contains("include");
            (names && other.is_none_or(|other| tag.contains(other))).then_some(range)
        })?;
        Some(source.span(range))
    }

    fn explain(&self, within: Within<'_>, error: &Error, kept: &[Kept]) -> Fault {
        let fault = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                return self.explain_report(within, error, report, kept);
            }
            ErrorKind::Io(std::io::ErrorKind::FileTooLarge) => Budget::overdrawn(),
            ErrorKind::Msg(text) => {
                // Unknown names in a text passed to `tpl`.
                if let Some(report) = report::in_text(text).next() {
                    return self.reported(within, &report);
                }
                lower_first(text)
            }
            _ => lower_first(&error.to_string()),
        };
        let place = match within {
            Within::Text(text) => Some(self.place_in_text(text, 0..text.len())),
            Within::Template(name) => self.templates.source(name).map(|source| source.span(0..0)),
        };
        let labels = place.into_iter().map(|span| Label { span, text: String::new() }).collect();
        Fault { message: fault.trim_end_matches('.').to_owned(), labels, help: Vec::new(), raised_at: None }
    }

    fn explain_report(&self, within: Within<'_>, error: &Error, report: &ReportError, kept: &[Kept]) -> Fault {
        let reported = Report::new(error, report);
        let failure =
            report.message().strip_prefix(FAILURE_MARK).and_then(|index| kept.get(index.parse::<usize>().ok()?));
        match failure {
            None => self.reported(within, &reported),
            Some(Kept::Refused(sentence)) => self.refused(sentence, within, &reported),
            Some(Kept::Text { text, error }) => {
                let mut inner = self.explain(Within::Text(text), error, kept);
                let mut outer = self.labels(within, &reported);
                if let Some(first) = outer.first_mut() {
                    first.text = "rendered by this tpl".to_owned();
                }
                // Of many calls, those next to the error and the first one are the most useful.
                if inner.labels.len() + outer.len() > MAX_LABELS {
                    inner.labels.truncate(MAX_LABELS - outer.len().min(MAX_LABELS - 1));
                }
                inner.labels.append(&mut outer);
                inner
            }
        }
    }

    /// Reports the chart's own message, and points at the values that it is about, if they are known, rather than at
    /// templates.
    fn refused(&self, sentence: &str, within: Within<'_>, report: &Report) -> Fault {
        let mut labels = self.labels(within, report);
        let raised_at = labels.first().map(|label| label.span.clone());
        let values = MessageValues { values: self.values, defaults: self.defaults };
        let (text, range) = self.original(within, report);
        let required = given_to_required(text, range);
        let mut help = Vec::new();
        let mut places = values.places(sentence);
        if let Some(path) = &required {
            match values.place_of_expression(path) {
                Some(place) => places = vec![place],
                None => help.push(format!("set it: --set {}{path}=VALUE", self.prefix_of_values())),
            }
        }
        if !places.is_empty() {
            labels = places.into_iter().map(|span| Label { span, text: String::new() }).collect();
        }
        Fault { message: sentence.to_owned(), labels, help, raised_at }
    }

    /// Returns what the user writes before the keys of the chart's values: the names of subcharts.
    fn prefix_of_values(&self) -> String {
        let names = self.templates.base_path.trim_end_matches("/templates").split("/charts/").skip(1);
        names.map(|name| format!("{name}.")).collect()
    }

    /// Reports an error from Tera itself, with advice.
    fn reported(&self, within: Within<'_>, report: &Report) -> Fault {
        let labels = self.labels(within, report);
        let (text, range) = self.original(within, report);
        let Advice { message, help, place, more } = hints::advise(&report.message, text, range, self.templates);
        let mut labels = labels;
        if let (Some(place), Some(first)) = (place, labels.first_mut()) {
            first.span = self.place(self.text_of(within, report), place);
        }
        let more = more.into_iter().map(|(range, text)| Label {
            span: self.place(self.text_of(within, report), range),
            text: text.to_owned(),
        });
        let at = labels.len().min(1);
        labels.splice(at..at, more);
        Fault { message, labels, help, raised_at: None }
    }

    /// Returns the text that a report is about: `within`, or a template that it includes or whose component it calls.
    fn text_of<'b>(&'b self, within: Within<'b>, report: &'b Report) -> Within<'b> {
        match within {
            Within::Text(_) if report.name == ONE_OFF => within,
            _ => Within::Template(&report.name),
        }
    }

    /// Returns the text as it was written, and as Tera sees it.
    fn instrumented<'b>(&'b self, within: Within<'b>) -> (&'b str, Instrumented<'b>) {
        match within {
            Within::Text(text) => (text, self.run.text(text)),
            Within::Template(name) => {
                let text = self.templates.text(name).unwrap_or("");
                (text, self.run.template(text))
            }
        }
    }

    /// Returns the text as it was written, and the bytes in it that a report is about.
    fn original<'b>(&'b self, within: Within<'b>, report: &'b Report) -> (&'b str, std::ops::Range<usize>) {
        let (text, instrumented) = self.instrumented(self.text_of(within, report));
        (text, report.range_in(&instrumented))
    }

    /// Returns the place of the report, followed by the places from which it was called.
    fn labels(&self, within: Within<'_>, report: &Report) -> Vec<Label> {
        let (_, range) = self.original(within, report);
        let mut labels = vec![Label { span: self.place(self.text_of(within, report), range), text: String::new() }];
        for note in &report.notes {
            let Some((note_text, name)) = self.split_note(&note.text) else { continue };
            let at = if name == ONE_OFF { within } else { Within::Template(name) };
            let (text, instrumented) = self.instrumented(at);
            let start = instrumented.original_of_position(note.line, note.column);
            let (range, is_include) = tag_around(text, start);
            let shown = match note_text {
                "called from" if is_include => "included here",
                "called from" => "called here",
                shown => shown,
            };
            labels.push(Label { span: self.place(at, range), text: shown.to_owned() });
        }
        labels
    }

    /// Splits `called from NAME` into its two parts. Names may contain anything, so the known ones are tried.
    fn split_note<'n>(&self, text: &'n str) -> Option<(&'n str, &'n str)> {
        let is_name = |name: &str| name == ONE_OFF || self.templates.text(name).is_some();
        let start = text.match_indices(' ').map(|(at, _)| at + 1).find(|&start| is_name(&text[start..]))?;
        let (text, name) = text.split_at(start);
        Some((text.trim_end(), name))
    }

    fn place(&self, within: Within<'_>, range: std::ops::Range<usize>) -> Span {
        match within {
            Within::Template(name) => {
                self.templates.source(name).map_or_else(Span::generated, |source| source.span(range))
            }
            Within::Text(text) => self.place_in_text(text, range),
        }
    }

    /// Returns a place in a text passed to `tpl`: where the value that holds it was written, or else in the text
    /// itself.
    fn place_in_text(&self, text: &str, range: std::ops::Range<usize>) -> Span {
        match find_text(self.values, text).filter(|node| node.span.source().is_some()) {
            Some(node) => {
                let start = locate_in_scalar(&node.span, range.start);
                let end = locate_in_scalar(&node.span, range.end.max(range.start + 1) - 1);
                start.to(&end)
            }
            None => Source::rendered("text passed to tpl", text).span(range),
        }
    }
}

/// Finds the value that equals a text.
fn find_text<'v>(values: &'v Map, text: &str) -> Option<&'v Node> {
    values.iter().find_map(|(_, node)| find_in(node, text))
}

fn find_in<'v>(node: &'v Node, text: &str) -> Option<&'v Node> {
    match &node.value {
        Value::String(found) => (found == text).then_some(node),
        Value::List(items) => items.iter().find_map(|item| find_in(item, text)),
        Value::Map(map) => find_text(map, text),
        _ => None,
    }
}

/// Returns the tag that contains a byte, and whether it includes another template.
fn tag_around(text: &str, at: usize) -> (std::ops::Range<usize>, bool) {
    let found = pieces(text).find_map(|piece| match piece {
        Piece::Statement(range) | Piece::Expression(range) if range.contains(&at) => Some(range),
        _ => None,
    });
    let range = found.unwrap_or(at..at + 1);
    let is_include = text.get(range.clone()).is_some_and(|tag| super::scan::inside(tag).starts_with("include"));
    (range, is_include)
}

/// Converts the first letter to lower case: Tera's messages begin with a capital, but ours follow a colon.
fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

impl Report {
    /// Returns the bytes of the original text that the report is about.
    fn range_in(&self, text: &Instrumented<'_>) -> std::ops::Range<usize> {
        let range = match &self.range {
            Some(range) => text.original_range(range.clone()),
            None => {
                text.original_of_position(self.line, self.column)
                    ..text.original_of_position(self.line, self.column + self.width)
            }
        };
        range.start..range.end.max(range.start)
    }
}
