//! The templates of a tree of charts: parsed once, then run with values.

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{Origin, Parsed};
use super::errors::ExecError;
use super::exec::{Exec, Library, Refusal};
use super::functions;
use super::host::{Host, Unseeded};
use super::limits::Limits;
use super::objects::{self, ChartObjects, Shared};
use super::parsing::{Unparsed, parse_all};
use super::report;
use super::set::{Definitions, TemplateSet};
use super::trace::{Off, Recorder, Tracer};
use super::tree_mentions::TreeMentions;
use super::value::{Text, Value};
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Source};
use crate::engine::capabilities::Capabilities;
use crate::engine::mentions::Found;
use crate::engine::paths::{helm_order, is_partial};
use crate::engine::scope::{RandomCalls, Release, Rendered};
use crate::engine::trace::{Focus, Trace};
use crate::engine::tree::Member;
use crate::yaml::Map;

/// How many bytes of stack nested calls of `include` and `tpl` may use. The rest must be enough for any one function.
pub(super) const MAX_STACK: usize = 128 << 20;

const LIBRARY: Library = Library { function: functions::function, method: functions::method, names: functions::NAMES };

/// The inputs of a run.
pub(super) struct RunScope<'a> {
    pub(super) chart: &'a Chart,
    pub(super) values: &'a Map,
    pub(super) release: &'a Release,
    pub(super) capabilities: &'a Capabilities,
    /// Whether `required` and `fail` are noted instead of ending the render.
    pub(super) notes_refusals: bool,
}

/// The parsed templates of a tree of charts.
pub(super) struct Loaded {
    /// The files in Helm's order, partials included.
    files: Vec<File>,
    definitions: Arc<Definitions>,
    /// The parsed files, in the same order.
    parsed: Vec<Arc<Parsed>>,
    unseeded: Arc<Unseeded>,
}

struct File {
    /// Its path, starting with the root chart's name.
    path: String,
    /// The path of its chart.
    chart: String,
    /// The names of the subcharts from the root to its chart.
    names: Vec<String>,
    source: Source,
}

impl File {
    /// Converts the bytes that the file's template wrote.
    fn rendered(&self, bytes: Vec<u8>, random: RandomCalls) -> Rendered {
        let (text, bytes) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let source = Source::rendered_of_bytes("", error.into_bytes());
                (source.text().to_owned(), Some(source.bytes().to_vec()))
            }
        };
        Rendered {
            path: self.path.clone(),
            template: self.source.clone(),
            text,
            bytes,
            notes: self.path.ends_with("NOTES.txt"),
            random,
        }
    }
}

/// The result of rendering a tree of charts.
#[derive(Default)]
pub(super) struct Output {
    pub(super) rendered: Vec<Rendered>,
    pub(super) errors: Vec<Diagnostic>,
    /// The refusals of each file, by its path.
    pub(super) refusals: Vec<(String, Vec<Refusal>)>,
}

impl Output {
    /// Adds an error unless one about the same place is known: templates that share a broken part all fail there.
    fn fail(&mut self, error: Diagnostic) {
        let place = error.labels.first().map(|label| &label.span);
        if place.is_none() || !self.errors.iter().any(|known| known.labels.first().map(|label| &label.span) == place) {
            self.errors.push(error);
        }
    }
}

impl Loaded {
    /// Parses the templates of charts; of library charts only the partials.
    ///
    /// # Errors
    /// The first error of each file.
    pub(super) fn new(members: &[Member<'_>]) -> Result<Loaded, Vec<Diagnostic>> {
        let mut files: Vec<File> = members.iter().flat_map(files_of).collect();
        files.sort_by(|a, b| helm_order(&a.path, &b.path));
        let mut definitions = Definitions::default();
        let mut output = Output::default();
        let mut all = Vec::with_capacity(files.len());
        let unparsed =
            |file: &File| Unparsed { name: Text::from(file.path.as_str()), origin: Origin::File(file.source.clone()) };
        for parsed in parse_all(files.iter().map(unparsed).collect(), functions::NAMES) {
            match parsed {
                Ok(parsed) => {
                    definitions.add(&parsed);
                    all.push(parsed);
                }
                Err(error) => output.fail(report::parse_error(&error)),
            }
        }
        if !output.errors.is_empty() {
            return Err(output.errors);
        }
        Ok(Loaded { files, definitions: Arc::new(definitions), parsed: all, unseeded: Arc::default() })
    }

    /// Runs the templates when they are unlikely to be run again.
    pub(super) fn render_once(&self, scope: &RunScope<'_>) -> Output {
        let mut run = self.run(scope);
        let output = self.rendered(scope, &mut run);
        // The process ends soon, so freeing values piece by piece would only take time.
        std::mem::forget(run);
        output
    }

    /// Runs the templates.
    pub(super) fn render(&self, scope: &RunScope<'_>) -> Output {
        self.rendered(scope, &mut self.run(scope))
    }

    fn rendered(&self, scope: &RunScope<'_>, run: &mut Run<Off>) -> Output {
        let mut output = Output::default();
        for file in self.rendered_files() {
            let Some(rendered) = run.file(file) else { continue };
            let random = run.exec.take_random();
            let refused = run.exec.take_refusals();
            if !refused.is_empty() {
                output.refusals.push((file.path.clone(), refused));
            }
            match rendered {
                Ok(bytes) => output.rendered.push(file.rendered(bytes, random)),
                Err(error) => output.fail(report::exec_error(&error, scope.values, &file.names)),
            }
        }
        let (steps, bytes) = run.exec.spent();
        scope.release.environment.work.add(steps, bytes);
        output
    }

    /// Runs the templates and traces where their output comes from in the same run; without a trace if a template fails,
    /// refusals are noted, or the trace becomes too large.
    pub(super) fn render_with_trace(&self, scope: &RunScope<'_>) -> (Output, Option<Trace>) {
        if !scope.notes_refusals
            && let Some((rendered, trace)) = self.traced(scope, None, true)
        {
            return (Output { rendered, ..Output::default() }, Some(trace));
        }
        (self.render_once(scope), None)
    }

    /// Runs the templates and traces where their output comes from, as far as `focus` needs it. Files that fail are
    /// omitted. `None` if the trace becomes too large.
    pub(super) fn trace(&self, scope: &RunScope<'_>, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        self.traced(scope, focus, false)
    }

    /// The same; with `needs_all`, also `None` if any file fails.
    fn traced(
        &self,
        scope: &RunScope<'_>,
        focus: Option<Focus<'_>>,
        needs_all: bool,
    ) -> Option<(Vec<Rendered>, Trace)> {
        let mut run: Run<Recorder> = self.run(scope);
        if let Some(Focus::Values(values)) = focus {
            run.exec.trace().watch(values);
        }
        for file in &self.files {
            if let Some(objects) = run.charts.get(&file.chart) {
                run.exec.trace().set_values(&objects.dot, &file.names, scope.values);
            }
        }
        let (mut all, mut pieces) = (Vec::new(), Vec::new());
        for file in self.rendered_files() {
            match focus {
                Some(Focus::Files(files)) if !files.contains(&file.path.as_str()) => continue,
                Some(Focus::Random(files)) => {
                    let Some((_, calls)) = files.iter().find(|(path, _)| *path == file.path) else { continue };
                    run.exec.end_files_after(*calls);
                }
                _ => {}
            }
            let bytes = run.file(file).and_then(Result::ok);
            if needs_all && bytes.is_none() || run.exec.trace().is_spent() {
                return None;
            }
            let random = run.exec.take_random();
            let rendered = bytes.map(|bytes| file.rendered(bytes, random));
            let text = rendered.as_ref().map_or("", |rendered| &rendered.text);
            let of_file = run.exec.trace().take_file(&file.path, text);
            if let Some(rendered) = rendered {
                pieces.push(of_file);
                all.push(rendered);
            }
        }
        let recorder = run.exec.into_trace();
        (!recorder.is_spent()).then(|| (all, recorder.finish(pieces)))
    }

    /// The values that templates mention, with the places.
    pub(super) fn mentions(&self, members: &[Member<'_>]) -> Found {
        let mut mentions = TreeMentions::default();
        for (file, parsed) in self.files.iter().zip(&self.parsed) {
            mentions.add_file(parsed, &file.source, &file.names);
        }
        mentions.add_members(members);
        mentions.finish()
    }

    /// Only the mentions in files whose text is accepted.
    pub(super) fn mentions_in(&self, is_asked_for: &dyn Fn(&[u8]) -> bool) -> Found {
        let mut mentions = TreeMentions::default();
        let files = self.files.iter().zip(&self.parsed);
        for (file, parsed) in files.filter(|(file, _)| is_asked_for(file.source.bytes())) {
            mentions.add_file(parsed, &file.source, &file.names);
        }
        mentions.finish()
    }

    fn rendered_files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| !is_partial(&file.path))
    }

    fn run<T: Tracer + Default>(&self, scope: &RunScope<'_>) -> Run<T> {
        let shared = Shared::new(scope.release, scope.capabilities);
        let set = TemplateSet::new(Arc::clone(&self.definitions));
        let host = Host::new(scope.release, Arc::clone(&self.unseeded));
        let charts = objects::charts(scope.chart, scope.values, &shared);
        Run {
            charts: charts.into_iter().map(|objects| (objects.path.clone(), objects)).collect(),
            exec: Exec::new(set, LIBRARY, Limits::new(MAX_STACK), host, scope.notes_refusals),
        }
    }
}

/// A run of all templates.
struct Run<T: Tracer> {
    /// The objects of each chart, by its path.
    charts: HashMap<String, ChartObjects, ahash::RandomState>,
    exec: Exec<T>,
}

impl<T: Tracer> Run<T> {
    /// Runs a file; `None` if the tree does not contain its chart.
    fn file(&mut self, file: &File) -> Option<Result<Vec<u8>, Box<ExecError>>> {
        let objects = self.charts.get(&file.chart)?;
        objects.dot.insert("Template".into(), objects::template(&file.path, &objects.path));
        Some(self.exec.render(&Text::from(file.path.as_str()), Value::Map(objects.dot.clone())))
    }
}

/// The files of a chart to parse: all its templates, or only the partials of a library chart.
fn files_of<'m>(member: &'m Member<'_>) -> impl Iterator<Item = File> + 'm {
    let templates = member.chart.templates.iter();
    templates.filter(|template| member.is_rendered() || is_partial(&template.path)).map(|template| File {
        path: format!("{}/{}", member.path, template.path),
        chart: member.path.clone(),
        names: member.names.iter().map(|name| (*name).to_owned()).collect(),
        source: template.source.clone(),
    })
}
