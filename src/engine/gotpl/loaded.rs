//! The templates of a tree of charts: parsed once, then run with values.

use std::sync::{Arc, Mutex, PoisonError};

use super::ast::Parsed;
use super::exec::{Exec, Library};
use super::functions;
use super::host::{Host, Unseeded};
use super::limits::Limits;
use super::parsing::{ParseAhead, Unparsed, parse_all};
use super::rendering::{self, Output};
use super::report;
use super::run::{File, Run, RunScope};
use super::set::{Definitions, TemplateSet};
use super::trace::{Off, Recorder, Tracer, seems_to_change_objects};
use super::tracing::{EarlyTrace, Tracing};
use super::tree_mentions::TreeMentions;
use super::two_threads::{self, Begin};
use crate::diagnostic::Diagnostic;
use crate::engine::mentions::Found;
use crate::engine::paths::{helm_order, is_partial};
use crate::engine::scope::Rendered;
use crate::engine::trace::{Focus, Trace};
use crate::engine::tree::Member;

/// How many bytes of stack nested calls of `include` and `tpl` may use. The rest must be enough for any one function.
pub(super) const MAX_STACK: usize = 128 << 20;

/// How many nodes take longer to run than a thread takes to start.
const WORTH_A_THREAD: usize = 4_000;

const LIBRARY: Library = Library { function: functions::function, method: functions::method, names: functions::NAMES };

/// The parsed templates of a tree of charts.
pub(super) struct Loaded {
    /// The files in Helm's order, partials included.
    files: Vec<File>,
    definitions: Arc<Definitions>,
    /// The parsed files, in the same order.
    parsed: Vec<Arc<Parsed>>,
    unseeded: Arc<Unseeded>,
    /// A trace that was made during a render, until it is asked for.
    early: Mutex<Option<EarlyTrace>>,
}

impl Loaded {
    /// Parses the templates of charts, of library charts only the partials, except those that `ahead` has parsed.
    ///
    /// # Errors
    /// The first error of each file.
    pub(super) fn new(members: &[Member<'_>], ahead: Option<&ParseAhead>) -> Result<Loaded, Vec<Diagnostic>> {
        let mut files: Vec<File> = members.iter().flat_map(files_of).collect();
        files.sort_by(|a, b| helm_order(&a.path, &b.path));
        let mut definitions = Definitions::default();
        let mut output = Output::default();
        let mut all = Vec::with_capacity(files.len());
        let unparsed = |file: &File| Unparsed { name: file.path.as_str().into(), source: file.source.clone() };
        let unparsed: Vec<Unparsed> = files.iter().map(unparsed).collect();
        for parsed in parse_all(&unparsed, functions::NAMES, ahead) {
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
        Ok(Loaded {
            files,
            definitions: Arc::new(definitions),
            parsed: all,
            unseeded: Arc::default(),
            early: Mutex::default(),
        })
    }

    /// Runs the templates when they are unlikely to be run again.
    pub(super) fn render_once(&self, scope: &RunScope<'_>) -> Output {
        let mut run = self.run(scope);
        let files: Vec<&File> = self.rendered_files().collect();
        let output = match self.is_worth_two_threads(&files, scope) {
            true => {
                let (output, early) = self.render_on_two_threads(&files, scope, &mut run);
                *self.early.lock().unwrap_or_else(PoisonError::into_inner) = early;
                output
            }
            false => rendering::render(&files, scope, &mut run),
        };
        note_work(scope, &mut run);
        // The process ends soon, so freeing values piece by piece would only take time.
        std::mem::forget(run);
        output
    }

    fn render_on_two_threads(
        &self,
        files: &[&File],
        scope: &RunScope<'_>,
        run: &mut Run<Off>,
    ) -> (Output, Option<EarlyTrace>) {
        let begin = Begin {
            run: |ends| self.run_within(scope, Limits::ahead(MAX_STACK, ends)),
            tracing: |ends| Tracing::new(&self.files, scope, self.run_within(scope, Limits::ahead(MAX_STACK, ends))),
            may_change: || self.parsed.iter().any(|parsed| seems_to_change_objects(parsed)),
        };
        two_threads::render_on_two_threads(files, scope, run, begin)
    }

    /// Whether a second thread makes a run faster, and can't change its result.
    fn is_worth_two_threads(&self, files: &[&File], scope: &RunScope<'_>) -> bool {
        let nodes: usize = self.parsed.iter().map(|parsed| parsed.node_count()).sum();
        // The random results of a file depend on how often the same path was run before. Refusals and API versions are noted
        // in order.
        let is_repeated = |files: &[&File]| files[0].path == files[1].path;
        nodes > WORTH_A_THREAD
            && files.len() > 1
            && !scope.notes_refusals
            && scope.release.environment.missing_versions.is_none()
            && !files.windows(2).any(is_repeated)
    }

    /// Runs the templates.
    pub(super) fn render(&self, scope: &RunScope<'_>) -> Output {
        let mut run = self.run(scope);
        let files: Vec<&File> = self.rendered_files().collect();
        let output = rendering::render(&files, scope, &mut run);
        note_work(scope, &mut run);
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
        if let Some(Focus::Random(files)) = focus
            && let Some(early) = self.take_early_trace()
            && let Some(missing) = early.missing(files)
        {
            let other = match missing.is_empty() {
                true => None,
                false => Some(self.traced(scope, Some(Focus::Random(&missing)), needs_all)?),
            };
            return Some(early.with(other));
        }
        let mut run: Run<Recorder> = self.run(scope);
        if let Some(Focus::Values(values)) = focus {
            run.exec.trace().watch(values);
        }
        let mut tracing = Tracing::new(&self.files, scope, run);
        for file in self.rendered_files() {
            let random_calls = match focus {
                Some(Focus::Files(files)) if !files.contains(&file.path.as_str()) => continue,
                Some(Focus::Random(files)) => {
                    let Some((_, calls)) = files.iter().find(|(path, _)| *path == file.path) else { continue };
                    Some(*calls)
                }
                _ => None,
            };
            if !tracing.add(file, random_calls) && needs_all || tracing.is_spent() {
                return None;
            }
        }
        tracing.finish()
    }

    fn take_early_trace(&self) -> Option<EarlyTrace> {
        self.early.lock().unwrap_or_else(PoisonError::into_inner).take()
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
        self.run_within(scope, Limits::new(MAX_STACK))
    }

    fn run_within<T: Tracer + Default>(&self, scope: &RunScope<'_>, limits: Limits) -> Run<T> {
        let set = TemplateSet::new(Arc::clone(&self.definitions));
        let host = Host::new(scope.release, Arc::clone(&self.unseeded));
        Run::new(scope, Exec::new(set, LIBRARY, limits, host, scope.notes_refusals))
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

/// Adds the work of a run to that of its environment.
fn note_work(scope: &RunScope<'_>, run: &mut Run<Off>) {
    let spent = run.exec.limits().spent();
    scope.release.environment.work.add(spent.steps, spent.bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Template};
    use crate::diagnostic::Source;
    use crate::engine::scope::Release;
    use crate::engine::{Capabilities, tree};
    use crate::yaml::{Map, read_values};

    fn chart(name: &str, templates: &[(String, String)]) -> Chart {
        let mut chart = Chart::default();
        chart.metadata.name = name.to_owned();
        for (path, text) in templates {
            let path = format!("templates/{path}");
            chart.templates.push(Template { source: Source::file(&path, text.as_str()), path });
        }
        chart
    }

    fn named(templates: &[(&str, &str)]) -> Vec<(String, String)> {
        templates.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    /// Renders a chart in order, and many times on two threads, and checks that the result is the same.
    fn renders_alike(times: usize, chart: &Chart) -> Output {
        let (values, mut release) = (Map::new(), Release::install("r", "n"));
        release.environment.seed = Some("seed".into());
        let capabilities = Capabilities::default();
        let scope =
            RunScope { chart, values: &values, release: &release, capabilities: &capabilities, notes_refusals: false };
        let loaded = Loaded::new(&tree::members(chart, &values), None).unwrap();
        let result = |output: &Output| {
            let texts = output.rendered.iter().map(|rendered| (rendered.path.clone(), rendered.text.clone()));
            (texts.collect::<Vec<_>>(), output.errors.clone())
        };
        let files: Vec<&File> = loaded.rendered_files().collect();
        let in_order = loaded.render(&scope);
        for _ in 0..times {
            let mut run = loaded.run(&scope);
            let (output, _) = loaded.render_on_two_threads(&files, &scope, &mut run);
            assert_eq!(result(&output), result(&in_order));
        }
        in_order
    }

    #[test]
    fn files_on_two_threads_render_as_in_order() {
        let files: Vec<_> = (0..40)
            .map(|n| {
                let text = format!("{{{{ range until {} }}}}{{{{ randAlpha 4 }}}}{{{{ end }}}}{n}", n * 37 % 50);
                (format!("{n:02}.yaml"), text)
            })
            .collect();
        let output = renders_alike(50, &chart("c", &files));
        assert_eq!(output.rendered.len(), 40);
    }

    #[test]
    fn files_see_the_changes_of_files_before_them() {
        let mut files: Vec<_> = (0..20)
            .map(|n| {
                (format!("{n:02}.yaml"), "{{ .Values.n }}{{ .Chart.Name }}{{ range until 30 }}x{{ end }}".to_owned())
            })
            .collect();
        for changed in [3, 11, 18] {
            files[changed].1.push_str(&format!("{{{{ set .Values \"n\" {changed} | len }}}}"));
        }
        let output = renders_alike(50, &chart("c", &files));
        let first: Vec<_> = output.rendered.iter().map(|rendered| rendered.text.split('c').next().unwrap()).collect();
        assert_eq!([first[0], first[2], first[10], first[19]], ["", "18", "11", "3"]);
        // A merge changes maps that `set` refuses to change.
        for merged in
            ["merge .Chart (dict \"Annotations\" (dict \"x\" \"y\"))", "merge . (dict \"Files\" (dict \"f\" \"y\"))"]
        {
            let mut files: Vec<_> = (0..20)
                .map(|n| {
                    (
                        format!("{n:02}.yaml"),
                        "{{ .Chart.Annotations.x }}{{ .Files }}{{ range until 30 }}x{{ end }}".to_owned(),
                    )
                })
                .collect();
            files[17].1.push_str(&format!("{{{{ $_ := {merged} }}}}"));
            let mut chart = chart("c", &files);
            chart.metadata.annotations = Some([("a".to_owned(), "b".to_owned())].into());
            chart.files = vec![crate::chart::File::new("g", b"x".to_vec())];
            let output = renders_alike(50, &chart);
            assert_ne!(output.rendered[0].text, output.rendered[19].text);
        }
        // Few changes, and too many, by the files that are run first. Later files print the random values and make others.
        let set = "{{ set .Values \"p\" (print .Values.p (randAlpha 4)) | len }}";
        let text = "{{ .Values.p }} {{ randAlpha 4 }}{{ range until 30 }}x{{ end }}";
        for changes in [1, 2, 4, 5, 40] {
            let text_of = |n| if n >= 40 - changes { format!("{set}{text}") } else { text.to_owned() };
            let files: Vec<_> = (0..40).map(|n| (format!("{n:02}.yaml"), text_of(n))).collect();
            let output = renders_alike(30, &chart("c", &files));
            assert_eq!(output.rendered.len(), 40);
        }
        // Only the change of a map that is not shared.
        renders_alike(50, &chart("c", &named(&[("1.yaml", "{{ set (dict) \"a\" 1 }}"), ("2.yaml", "{{ .Values }}")])));
    }

    /// Renders a chart on two threads several times, and calls `check` with each early trace, and with the loaded templates and what
    /// they were rendered with. There is no such trace if the second thread has run nearly all files before the first one begins, or
    /// the other way round.
    fn check_early_traces(
        files: &[(String, String)],
        values: &str,
        check: impl Fn(EarlyTrace, &Loaded, &RunScope<'_>),
    ) {
        let chart = chart("c", files);
        let values = read_values(&Source::file("values.yaml", values)).unwrap();
        let (release, capabilities) = (Release::install("r", "n"), Capabilities::default());
        let scope = RunScope {
            chart: &chart,
            values: &values,
            release: &release,
            capabilities: &capabilities,
            notes_refusals: false,
        };
        let loaded = Loaded::new(&tree::members(&chart, &values), None).unwrap();
        let files: Vec<&File> = loaded.rendered_files().collect();
        let run_on_two_threads = || loaded.render_on_two_threads(&files, &scope, &mut loaded.run(&scope)).1;
        let traces = (0..20).filter_map(|_| run_on_two_threads());
        assert_ne!(traces.map(|early| check(early, &loaded, &scope)).count(), 0);
    }

    #[test]
    fn random_lines_are_traced_while_the_rest_is_rendered() {
        let set =
            "{{ if .Values.shown }}{{ set .Values \"p\" (.Values.given | default (randAlpha 9)) | len }}{{ end }}";
        let mut files: Vec<_> = (0..30)
            .map(|n| (format!("{n:02}.yaml"), "{{ range until 30 }}x{{ end }}{{ .Values.p }}".to_owned()))
            .collect();
        files[28].1.insert_str(0, set);
        files[9].1.push_str("{{ .Values.given | default uuidv4 }}");
        // Only the file that it includes calls a random function.
        files[10].1.push_str("{{ include \"c/templates/09.yaml\" . }}");
        check_early_traces(&files, "shown: true\ngiven: ''\n", |early, loaded, scope| {
            let files = [("c/templates/28.yaml", 1), ("c/templates/09.yaml", 1)];
            assert_eq!(early.missing(&files), Some(Vec::new()));
            assert!(early.missing(&files[..1]).is_none() && early.missing(&[files[0], ("other", 1)]).is_none());
            // A file that is missing could depend on those before it.
            assert!(early.missing(&[files[0], files[1], ("other", 1)]).is_none());
            let replacing = |trace: &Trace| files.map(|(path, _)| trace.values_replacing_random(path));
            let (rendered, trace) = loaded.trace(scope, Some(Focus::Random(&files))).unwrap();
            let (early_rendered, early_trace) = early.with(None);
            assert_eq!(early_rendered.len(), rendered.len());
            assert_eq!((early_trace.uses_random(), replacing(&early_trace)), (trace.uses_random(), replacing(&trace)));
            assert!(replacing(&trace).iter().all(|values| !values.is_empty()));
        });
    }

    #[test]
    fn the_second_thread_traces_random_lines_between_files() {
        let text = "{{ range until 300 }}x{{ end }}\na: {{ .Values.given | default uuidv4 }}\n";
        let files: Vec<_> = (0..30).map(|n| (format!("{n:02}.yaml"), text.to_owned())).collect();
        check_early_traces(&files, "given: ''\n", |early, loaded, scope| {
            let files: Vec<(&str, usize)> = loaded.rendered_files().map(|file| (file.path.as_str(), 1)).collect();
            assert!(early.missing(&files).unwrap().len() < files.len());
            *loaded.early.lock().unwrap() = Some(early);
            let (rendered, trace) = loaded.trace(scope, Some(Focus::Random(&files))).unwrap();
            assert_eq!(rendered.len(), files.len());
            assert!(trace.uses_random());
            for (path, _) in &files {
                let replacing = trace.values_replacing_random(path);
                assert_eq!(replacing.iter().map(|used| used.path.to_string()).collect::<Vec<_>>(), ["given"], "{path}");
            }
        });
    }

    #[test]
    fn files_see_the_template_that_a_subchart_ran_last() {
        let files = |count| {
            let text = "{{ .Template.Name }}{{ range $name, $chart := .Subcharts }}{{ $chart.Template }}{{ end }}";
            (0..count).map(|n| (format!("{n}.yaml"), text.to_owned())).collect::<Vec<_>>()
        };
        let mut root = chart("c", &files(4));
        root.templates.push(Template {
            source: Source::file("deep", "{{ .Subcharts.a.Template }}"),
            path: "templates/charts/deep/first.yaml".to_owned(),
        });
        root.subcharts = vec![chart("a", &files(5)), chart("b", &files(1))];
        renders_alike(50, &root);
    }

    #[test]
    fn errors_on_two_threads_are_the_same() {
        let files: Vec<_> = (0..20).map(|n| (format!("{n:02}.yaml"), format!("{{{{ fail \"{n}\" }}}}"))).collect();
        assert_eq!(renders_alike(50, &chart("c", &files)).errors.len(), 20);
    }

    #[test]
    fn both_threads_share_the_budgets() {
        // 100 MB for each of 20 files: half of them do not exceed the budget.
        let text = "{{ range until 10 }}{{ $text := repeat 1000000 \"0123456789\" }}{{ end }}";
        let files: Vec<_> = (0..20).map(|n| (format!("{n:02}.yaml"), text.to_owned())).collect();
        let output = renders_alike(1, &chart("c", &files));
        assert_eq!((output.rendered.len(), output.errors.len()), (16, 4));
    }
}
