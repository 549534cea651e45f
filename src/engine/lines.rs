//! Traces places in rendered text back to the lines of templates.

use super::lazy_trace::LazyTrace;
use super::locate;
use super::scope::Scope;
use super::trace::{LineOrigin, TemplateLine};
use super::used::Used;
use crate::diagnostic::{Diagnostic, Label, SourceKind};

/// How many diagnostics get a template line.
const MAX_LOCATED: usize = 50;

/// How many of the calls that enclose a template line are shown.
const MAX_CALLS: usize = 3;

/// How many of the values that a line shows are named.
const MAX_VALUES: usize = 2;

/// Adds the template line that produced a diagnostic's place in rendered text in front of that place, if it is known,
/// and after it the enclosing calls and the values that the line shows. Finding a line may take several renders of the
/// chart, so only the first `MAX_LOCATED` diagnostics get one.
pub fn add_template_lines<'d>(scope: &Scope<'_>, diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>) {
    let lines = Lines(LazyTrace::new(*scope));
    for diagnostic in diagnostics.into_iter().take(MAX_LOCATED) {
        let Some(label) = diagnostic.labels.first() else { continue };
        let Some(source) = label.span.source().filter(|source| source.kind() == SourceKind::Rendered) else { continue };
        let Some(line) = label.span.position().map(|position| position.line) else { continue };
        let path = source.name().to_owned();
        lines.add(diagnostic, &path, line);
    }
}

/// Adds the template line that produced a line (from 1) of the rendered file `path` in front of the places of a
/// diagnostic, if it is known.
pub fn add_template_line(scope: &Scope<'_>, diagnostic: &mut Diagnostic, path: &str, line: usize) {
    Lines(LazyTrace::new(*scope)).add(diagnostic, path, line);
}

/// The lines of a render, which is traced when the first line is needed.
struct Lines<'a>(LazyTrace<'a>);

impl Lines<'_> {
    fn add(&self, diagnostic: &mut Diagnostic, path: &str, line: usize) {
        const TEXT: &str = "rendered by this template line";
        let Lines(trace) = self;
        match trace.get().map(|trace| trace.line(path, line)) {
            Some(Some(origin)) => self.add_origin(diagnostic, &origin, TEXT),
            Some(None) => {}
            None => {
                if let Some(span) = locate(trace.scope(), path, line) {
                    diagnostic.labels.insert(0, Label { span, text: TEXT.to_owned() });
                }
            }
        }
    }

    fn add_origin(&self, diagnostic: &mut Diagnostic, origin: &LineOrigin, text: &str) {
        let Some(span) = origin.span() else { return };
        diagnostic.labels.insert(0, Label { span: span.clone(), text: text.to_owned() });
        for call in origin.calls.iter().take(MAX_CALLS) {
            let TemplateLine::File(place) = &call.place else { continue };
            if *place == span {
                continue;
            }
            let text = match &call.name {
                Some(name) => format!("{name} is included here"),
                None => "tpl runs here".to_owned(),
            };
            diagnostic.labels.push(Label { span: place.clone(), text });
        }
        for Used { path, .. } in origin.shown.iter().take(MAX_VALUES) {
            let Some(node) = path.get(self.0.scope().values) else { continue };
            if node.span.source().is_some() {
                let text = format!("{path} is set here");
                diagnostic.labels.push(Label { span: node.span.clone(), text });
            }
        }
    }
}
