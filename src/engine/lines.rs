//! Traces places in rendered text back to the lines of templates.

use std::cell::OnceCell;

use super::loaded_tree::LoadedTree;
use super::scope::{Rendered, Scope};
use super::trace::{Focus, LineOrigin, TemplateLine, Trace};
use super::used::UsedPath;
use super::{locate, trace_focused};
use crate::diagnostic::{Diagnostic, Label, Source, SourceKind};

/// How many diagnostics get a template line.
const MAX_LOCATED: usize = 50;

/// How many of the calls that enclose a template line are shown.
const MAX_CALLS: usize = 3;

/// How many of the values that a line shows are named.
const MAX_VALUES: usize = 2;

/// Adds the template line that produced a diagnostic's place in rendered text in front of that place, if it is known,
/// and after it the enclosing calls and the values that the line shows. Finding a line may take several renders of the
/// chart, so only the first `MAX_LOCATED` diagnostics get one. `loaded` are the chart's templates, if they are at hand.
pub fn add_template_lines<'d>(
    scope: &Scope<'_>,
    loaded: Option<&LoadedTree>,
    diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>,
) {
    let mut located = Vec::new();
    for diagnostic in diagnostics.into_iter().take(MAX_LOCATED) {
        let Some(label) = diagnostic.labels.first() else { continue };
        let Some(source) = label.span.source().filter(|source| source.kind() == SourceKind::Rendered) else { continue };
        let Some(line) = label.span.position().map(|position| position.line) else { continue };
        located.push((source.clone(), line, diagnostic));
    }
    let lines = Lines::new(scope, loaded, located.iter().map(|(source, ..)| source.clone()).collect());
    for (source, line, diagnostic) in located {
        lines.add(diagnostic, source.name(), line);
    }
}

/// Adds the template line that produced a line (from 1) of the rendered file `path` in front of the places of a
/// diagnostic, if it is known. `rendered` are the texts of all files.
pub fn add_template_line(
    scope: &Scope<'_>,
    loaded: &LoadedTree,
    rendered: &[Source],
    diagnostic: &mut Diagnostic,
    path: &str,
    line: usize,
) {
    let asked = rendered.iter().find(|source| source.name() == path).cloned();
    Lines::new(scope, Some(loaded), asked.into_iter().collect()).add(diagnostic, path, line);
}

/// Lines of rendered files, which are traced when the first line is needed.
struct Lines<'a> {
    scope: &'a Scope<'a>,
    loaded: Option<&'a LoadedTree>,
    /// The rendered files that contain the lines.
    files: Vec<Source>,
    /// The output and trace of only these files.
    of_files: OnceCell<Option<(Vec<Rendered>, Trace)>>,
    /// The trace of all files.
    of_all: OnceCell<Option<Trace>>,
}

impl<'a> Lines<'a> {
    fn new(scope: &'a Scope<'a>, loaded: Option<&'a LoadedTree>, files: Vec<Source>) -> Lines<'a> {
        Lines { scope, loaded, files, of_files: OnceCell::new(), of_all: OnceCell::new() }
    }

    fn add(&self, diagnostic: &mut Diagnostic, path: &str, line: usize) {
        const TEXT: &str = "rendered by this template line";
        match self.trace_of(path, line).map(|trace| trace.line(path, line)) {
            Some(Some(origin)) => self.add_origin(diagnostic, &origin, TEXT),
            Some(None) => {}
            None => {
                if let Some(span) = locate(self.scope, path, line) {
                    diagnostic.labels.insert(0, Label { span, text: TEXT.to_owned() });
                }
            }
        }
    }

    /// Returns a trace that contains a line; `None` if an engine of the tree does not support tracing.
    fn trace_of(&self, path: &str, line: usize) -> Option<&Trace> {
        if let Some(known) = self.files.iter().find(|source| source.name() == path) {
            let (rendered, trace) = self.of_files.get_or_init(|| self.trace_files()).as_ref()?;
            // A file may depend on what the files before it did to shared values. It renders differently without them.
            if rendered.iter().any(|file| file.path == path && is_same_line(&file.text, known.text(), line)) {
                return Some(trace);
            }
        }
        self.of_all.get_or_init(|| self.trace(None).map(|(_, trace)| trace)).as_ref()
    }

    fn trace_files(&self) -> Option<(Vec<Rendered>, Trace)> {
        let paths: Vec<&str> = self.files.iter().map(Source::name).collect();
        self.trace(Some(Focus::Files(&paths)))
    }

    fn trace(&self, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        match self.loaded {
            Some(loaded) => loaded.render_traced(self.scope, focus),
            None => trace_focused(self.scope, focus),
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
        for UsedPath { path, .. } in origin.shown.iter().take(MAX_VALUES) {
            let Some(node) = path.get(self.scope.values) else { continue };
            if node.span.source().is_some() {
                let text = format!("{path} is set here");
                diagnostic.labels.push(Label { span: node.span.clone(), text });
            }
        }
    }
}

/// Whether two texts have as many lines, and the same text on one of them (from 1). Random values may differ elsewhere.
fn is_same_line(one: &str, other: &str, line: usize) -> bool {
    let at = line.saturating_sub(1);
    one.lines().count() == other.lines().count() && one.lines().nth(at) == other.lines().nth(at)
}
