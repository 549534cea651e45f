//! Converts a comparison to findings, for output as SARIF or as GitHub annotations.

use super::cause::Cause;
use super::change_lines::change_lines;
use super::changed_value::cause_lines;
use super::compare::Change;
use super::difference::{Comparison, Difference, Status};
use super::impact::{Impact, ImpactLevel};
use super::origin::Origin;
use crate::diagnostic::{Diagnostic, Severity, SourceKind, Span, counted};
use crate::engine::TemplateLine;
use crate::report::Finding;

/// The maximum number of calls, and of values, that a finding lists as places.
const MAX: usize = 3;

/// Returns the differences as findings: effects that need attention as errors and warnings, and each change as a note.
///
/// A finding is at the line that sets the value which caused the change, or else at the line of the template. Further places are
/// the template line, the calls around it, and the lines that set other values.
pub fn findings(comparison: &Comparison) -> Vec<Finding> {
    let noticed = comparison.differences.iter().filter(|difference| difference.status != Status::Rewritten);
    noticed.flat_map(of_object).collect()
}

fn of_object(difference: &Difference) -> Vec<Finding> {
    let object = format!("{}/{}", difference.id.kind, difference.id.name);
    // Without a better place, a finding is at the template or manifest file.
    let finding = |path: String, diagnostic: Diagnostic| {
        let file = Some(difference.origin.clone());
        Finding { object: object.clone(), nth: 0, path, diagnostic, file }
    };
    let mut found = Vec::new();
    let has_place = |change: &&Change| change.origin.is_some() || !change.causes.is_empty();
    let first = difference.changes.iter().find(has_place);
    let about =
        |impact: &Impact| difference.changes.iter().filter(has_place).find(|change| impact.is_about(&change.path));
    let with_places = |diagnostic, impact: &Impact| match about(impact).or(first) {
        Some(change) => placed(diagnostic, &change.causes, change.origin.as_deref()),
        None => placed(diagnostic, &difference.causes, difference.line.as_ref()),
    };
    for impact in &difference.impacts {
        let (severity, code) = match impact.level {
            ImpactLevel::Info => continue,
            ImpactLevel::Warning => (Severity::Warning, "change-impact"),
            ImpactLevel::Rejected => (Severity::Error, "change-rejected"),
        };
        let diagnostic = Diagnostic::new(severity, code, format!("{object}: {}", impact.text()));
        let mut diagnostic = with_places(diagnostic, impact);
        diagnostic.help.extend(impact.remedy.clone());
        found.push(finding(String::new(), diagnostic));
    }
    if difference.status != Status::Changed {
        let what = match &difference.old_name {
            Some(old) => format!("{object}: renamed, was {old}"),
            None => format!("{object}: {}", difference.status.word()),
        };
        let diagnostic = Diagnostic::new(Severity::Info, "change", with_causes(what, &difference.causes));
        found.push(finding(String::new(), placed(diagnostic, &difference.causes, difference.line.as_ref())));
    }
    for change in &difference.changes {
        let message = with_causes(format!("{object}: {}", in_a_line(change)), &change.causes);
        let diagnostic = Diagnostic::new(Severity::Info, "change", message);
        found.push(finding(change.path.to_string(), placed(diagnostic, &change.causes, change.origin.as_deref())));
    }
    found
}

fn with_causes(message: String, causes: &[Cause]) -> String {
    cause_lines(causes).into_iter().fold(message, |message, line| format!("{message}\n{line}"))
}

/// Returns `spec.replicas: 1 → 3`. If a change takes several lines, it is the field and the lines that differ.
fn in_a_line(change: &Change) -> String {
    const LINES: usize = 10;
    const MAX_LENGTH: usize = 300;
    let mut lines = change_lines(change, 0);
    for (_, line) in &mut lines {
        if let Some((end, _)) = line.char_indices().nth(MAX_LENGTH) {
            line.truncate(end);
            line.push('…');
        }
    }
    let sign = match lines.first() {
        Some(('+', _)) => "+ ",
        Some(('-', _)) => "- ",
        _ => "",
    };
    let mut shown: Vec<String> = lines.iter().take(LINES).map(|(sign, line)| format!("{sign} {line}")).collect();
    if let (Some(first), Some((_, line))) = (shown.first_mut(), lines.first()) {
        *first = format!("{sign}{line}");
    }
    if let Some(more @ 1..) = lines.len().checked_sub(LINES) {
        shown.push(format!("… {}", counted(more, "more line")));
    }
    shown.join("\n")
}

/// Adds the places that a change comes from to a diagnostic.
fn placed(mut diagnostic: Diagnostic, causes: &[Cause], origin: Option<&Origin>) -> Diagnostic {
    let mut known: Vec<Span> = Vec::new();
    let mut add = |diagnostic: &mut Diagnostic, span: &Span, text: String| {
        let is_file = span.source().is_some_and(|source| source.kind() == SourceKind::File);
        if is_file && !known.contains(span) {
            known.push(span.clone());
            *diagnostic = diagnostic.clone().at(span.clone(), text);
        }
    };
    for cause in causes.iter().take(MAX) {
        if let Some(span) = &cause.span {
            add(&mut diagnostic, span, format!("{} is set here", cause.key));
        }
    }
    let Some(origin) = origin else { return diagnostic };
    if let TemplateLine::File(span) = &origin.place {
        add(&mut diagnostic, span, "rendered by this template line".to_owned());
    }
    for call in origin.calls.iter().take(MAX) {
        if let TemplateLine::File(span) = &call.place {
            let text = match &call.name {
                Some(name) => format!("{name} is included here"),
                None => "tpl runs here".to_owned(),
            };
            add(&mut diagnostic, span, text);
        }
    }
    for used in origin.shown.iter().take(MAX) {
        if let Some(span) = &used.place {
            add(&mut diagnostic, span, format!("{} is set here", used.path));
        }
    }
    diagnostic
}
