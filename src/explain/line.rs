//! Explains where a line of the output, or a field of an object, comes from: template, calls and values.

use super::documents::Document;
use super::experiment::{Experiment, Subject};
use super::traced::{TracedOutput, no_trace};
use crate::diagnostic::{Diagnostic, SourceKind, counted};
use crate::engine::{LineOrigin, TemplateCall, TemplateLine, UsedPath, UsedValue, sort_deciding};
use crate::kubernetes::{Id, kind_named};
use crate::manifest::FieldLines;
use crate::secrets::{MASK, Secrets};
use crate::values::{Step, ValuePath};
use crate::yaml::{Map, Node, Value};

/// What to explain.
#[derive(Debug, Clone)]
pub enum Wanted<'a> {
    /// A line of the output, from 1.
    Line(usize),
    /// A line of a file that holds the output, or a part of it.
    Written(&'a WrittenLine),
    /// A field of an object: its kind, its name, and the path of the field as it is written.
    Field {
        /// `Deployment`
        kind: &'a str,
        /// `web`
        name: &'a str,
        /// `spec.template.spec.containers[0].image`
        path: &'a ValuePath,
    },
}

/// A line of a file that holds rendered output.
#[derive(Debug, Clone)]
pub struct WrittenLine {
    /// The name of the file.
    file: String,
    /// The number of the line, from 1.
    number: usize,
    text: String,
    /// The template that the nearest `# Source:` line above names, and the number of lines in between.
    source: Option<(String, usize)>,
}

impl WrittenLine {
    /// Returns line `number` (from 1) of a text, or `None` if there is no such line.
    pub fn new(file: &str, text: &str, number: usize) -> Option<WrittenLine> {
        let lines: Vec<&str> = text.lines().take(number).collect();
        let line = lines.get(number.checked_sub(1)?)?;
        let source = lines.iter().rev().enumerate().find_map(|(distance, line)| {
            let path = line.strip_prefix("# Source: ")?;
            Some((path.to_owned(), distance.checked_sub(1)?))
        });
        Some(WrittenLine { file: file.to_owned(), number, text: (*line).to_owned(), source })
    }
}

/// Where the lines of a document come from.
#[derive(Debug, Clone)]
pub struct LineExplanation {
    /// The object that the lines belong to.
    pub id: Id,
    /// The template's path, as in the output.
    pub path: String,
    /// The lines.
    pub lines: Vec<ExplainedLine>,
    /// The values that the lines show.
    pub shown: Vec<UsedValue>,
    /// The values that decided about the lines.
    pub deciding: Vec<UsedValue>,
}

/// A line of the output.
#[derive(Debug, Clone)]
pub struct ExplainedLine {
    /// Its number in the output, from 1.
    pub number: usize,
    /// Its text, with secrets masked.
    pub text: String,
    /// The line of the template.
    pub place: Option<TemplateLine>,
    /// The calls around it, innermost first.
    pub calls: Vec<TemplateCall>,
}

/// Explains a line of the output, or the lines of a field.
///
/// # Errors
/// All errors that keep the chart from being rendered; a line or field that doesn't exist; a chart whose engine can't trace.
pub fn explain_line(
    subject: Subject<'_>,
    wanted: &Wanted<'_>,
    secrets: &Secrets,
) -> Result<LineExplanation, Vec<Diagnostic>> {
    let experiment = Experiment::new(subject)?;
    let output = TracedOutput::render(&experiment)
        .ok_or_else(|| vec![no_trace().help("`mim-chart why KEY` finds out by experiment what a value changes")])?;
    // A line with an alias gets its value from the lines of the anchor.
    let with_anchors = |(document, line): (&'_ Document, usize)| {
        let fields = FieldLines::read(&document.manifest.path, document.manifest.text());
        fields.map_or_else(|_| vec![line], |fields| fields.with_anchors(line..line + 1))
    };
    let (document, lines) = match wanted {
        Wanted::Line(number) => {
            let found = output.at(*number).ok_or_else(|| vec![no_line(*number, &output)])?;
            (found.0, with_anchors(found))
        }
        Wanted::Written(written) => {
            let found = written_line(&output, written).map_err(|error| vec![error])?;
            (found.0, with_anchors(found))
        }
        Wanted::Field { kind, name, path } => field(&output, kind, name, path).map_err(|error| vec![error])?,
    };
    Ok(explained(&output, document, &lines, &experiment.prepared.values, secrets))
}

fn no_line(number: usize, output: &TracedOutput) -> Diagnostic {
    let message = format!("line {number} of the output is not a line of a manifest");
    let last = output.documents.last().map(|last| last.first_line() + last.line_count() - 1);
    match last {
        Some(last) => Diagnostic::error("no-line", message).help(format!(
            "the output has {}; `---` and `# Source:` lines are not from a template",
            counted(last, "line")
        )),
        None => Diagnostic::error("no-line", message).help("the chart renders no manifests"),
    }
}

/// Finds the line of the output that corresponds to a line of a file: the line at the same place of the same template or, if
/// there are several, the one with the same number.
fn written_line<'o>(output: &'o TracedOutput, written: &WrittenLine) -> Result<(&'o Document, usize), Diagnostic> {
    let WrittenLine { file, number, text, source } = written;
    let candidates: Vec<(&Document, usize)> = match source {
        Some((path, at)) => {
            let of_template = output.documents.iter().filter(|document| document.manifest.path == *path);
            of_template.filter(|document| document.has_line(*at, text)).map(|document| (document, *at)).collect()
        }
        None => output.lines_with(text),
    };
    let same = candidates.iter().find(|(document, at)| document.first_line() + at == *number);
    match (same, &candidates[..]) {
        (Some(found), _) | (None, [found]) => Ok(*found),
        (None, []) => Err(Diagnostic::error("no-line", format!("the chart does not render line {number} of {file}"))
            .help("use the chart, the values and the flags that the line was rendered with")),
        (None, _) => {
            Err(Diagnostic::error("no-line", format!("line {number} of {file} is in several objects of the output"))
                .help("name the object and the field: why KIND/NAME FIELD"))
        }
    }
}

fn explained(
    output: &TracedOutput,
    document: &Document,
    found: &[usize],
    values: &Map,
    secrets: &Secrets,
) -> LineExplanation {
    let texts = secrets.masked_lines(document.manifest.text());
    let (mut lines, mut shown, mut deciding) = (Vec::new(), Vec::new(), Vec::new());
    // If a line is masked, the values that it prints are secret too.
    let mut masked: Vec<UsedPath> = Vec::new();
    for &line in found {
        let LineOrigin { place, calls, shown: of_line, deciding: by, .. } =
            output.origin(document, line).unwrap_or_default();
        let text = texts.get(line).cloned().unwrap_or_default();
        if document.manifest.text().lines().nth(line).is_some_and(|own| own != text) {
            masked.extend(of_line.iter().cloned());
        }
        lines.push(ExplainedLine { number: document.first_line() + line, text, place, calls });
        shown.extend(of_line);
        deciding.extend(by);
    }
    shown.sort();
    shown.dedup();
    sort_deciding(&mut deciding, &shown);
    let used = |used: UsedPath| used_value(used, values, secrets);
    LineExplanation {
        id: document.manifest.id.clone(),
        path: document.manifest.path.clone(),
        lines,
        shown: shown.into_iter().map(|path| hidden(used(path), &masked)).collect(),
        deciding: deciding.into_iter().map(used).collect(),
    }
}

/// Masks a value if its path is among the masked ones.
pub(super) fn hidden(used: UsedValue, masked: &[UsedPath]) -> UsedValue {
    if !masked.iter().any(|masked| masked.path == used.path) {
        return used;
    }
    let place = used.place.filter(|place| place.source().is_some_and(|source| source.kind() != SourceKind::Flag));
    UsedValue { value: used.value.map(|_| Value::String(MASK.to_owned())), place, ..used }
}

/// Looks up a used value and where it was set.
pub(super) fn used_value(used: UsedPath, values: &Map, secrets: &Secrets) -> UsedValue {
    let UsedPath { path, aspect } = used;
    let node = path.get(values);
    let value = node.map(|node| secrets.masked_value(&path, &node.value));
    let place = node.map(|node| &node.span).filter(|span| span.source().is_some()).map(|span| secrets.hide_span(span));
    UsedValue { path, aspect, value, place }
}

/// Finds the lines of a field of an object.
fn field<'o>(
    output: &'o TracedOutput,
    kind: &str,
    name: &str,
    path: &ValuePath,
) -> Result<(&'o Document, Vec<usize>), Diagnostic> {
    let is_it = |document: &&Document| {
        document.manifest.id.kind.eq_ignore_ascii_case(kind) && document.manifest.id.name == name
    };
    let Some(document) = output.documents.iter().find(is_it) else {
        let names: Vec<String> = output
            .documents
            .iter()
            .map(|document| format!("{}/{}", document.manifest.id.kind, document.manifest.id.name))
            .collect();
        let wanted = format!("{kind}/{name}");
        let error = Diagnostic::error("no-object", format!("the chart renders no {wanted}"));
        return Err(match crate::diagnostic::nearest(&wanted, names.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean {near}?")),
            None => match of_kind(output, kind) {
                objects if objects.is_empty() && kind_named(kind).is_none() => {
                    error.help(format!("neither Kubernetes nor the chart has a kind {kind}"))
                }
                objects if objects.is_empty() => error.help("`mim-chart template` prints what it renders"),
                objects => error.help(format!("it renders {objects}")),
            },
        });
    };
    let fields = FieldLines::read(&document.manifest.path, document.manifest.text())?;
    let Some(lines) = fields.field_lines(path) else {
        let message = format!("{kind}/{name} has no field {path}");
        let help = near_field(fields.node(), path)
            .unwrap_or_else(|| "write a field as for --set: spec.template.spec.containers[0].image".to_owned());
        return Err(Diagnostic::error("no-field", message).help(help));
    };
    Ok((document, lines))
}

/// Suggests what exists at the point where the path leaves the existing fields.
fn near_field(node: &Node, path: &ValuePath) -> Option<String> {
    const MAX: usize = 8;
    let mut node = node;
    for (depth, step) in path.steps().iter().enumerate() {
        let above = ValuePath::new(path.steps()[..depth].to_vec());
        let next = match (&node.value, step) {
            (Value::Map(map), Step::Key(key)) => map.get(key),
            (Value::List(items), Step::Item(index)) => items.get(*index),
            _ => None,
        };
        if let Some(next) = next {
            node = next;
            continue;
        }
        let field = if depth == 0 { "the object".to_owned() } else { above.to_string() };
        return match (&node.value, step) {
            (Value::Map(map), Step::Key(key)) => match crate::diagnostic::nearest(key, map.keys()) {
                Some(near) => Some(format!("did you mean {}?", above.key(near))),
                None => {
                    let dots = if map.len() > MAX { ", ..." } else { "" };
                    let keys = map.keys().take(MAX).collect::<Vec<_>>().join(", ");
                    Some(format!("{field} has {keys}{dots}")).filter(|_| !map.is_empty())
                }
            },
            (Value::List(items), _) => {
                Some(format!("{field} has {}, starting at {field}[0]", counted(items.len(), "item")))
                    .filter(|_| !items.is_empty())
            }
            (Value::Map(_), _) => None,
            _ => Some(format!("{field} has no fields")),
        };
    }
    None
}

/// Lists the first objects of a kind.
fn of_kind(output: &TracedOutput, kind: &str) -> String {
    const MAX: usize = 3;
    let ids = output.documents.iter().map(|document| &document.manifest.id);
    let names =
        ids.filter(|id| id.kind.eq_ignore_ascii_case(kind)).take(MAX).map(|id| format!("{}/{}", id.kind, id.name));
    names.collect::<Vec<_>>().join(", ")
}
