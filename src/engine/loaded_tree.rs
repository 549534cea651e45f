//! The templates of a tree of charts, kept after rendering to trace their output or find the values that they mention.

use super::key_search::Searched;
use super::language::LoadedTemplates;
use super::mentions::{Found, Mentions};
use super::scope::{Rendered, Scope, in_order};
use super::trace::{Focus, Trace};
use super::{switches, tree};
use crate::chart::Chart;
use crate::values::{Step, ValuePath};

/// Templates that have been rendered, one item for each language in the tree; `None` for a language that does not keep
/// them.
pub struct LoadedTree(pub(super) Vec<Option<Box<dyn LoadedTemplates + Send>>>);

impl LoadedTree {
    /// Renders the templates again, and traces where their output comes from. Returns `None` if an engine of the tree
    /// does not support this, or the trace would be too large.
    pub fn trace(&self, scope: &Scope<'_>, focus: Focus<'_>) -> Option<Trace> {
        self.render_traced(scope, Some(focus)).map(|(_, trace)| trace)
    }

    /// Traces like [`LoadedTree::trace`], but also returns the output, like [`trace`](super::trace).
    pub fn render_traced(&self, scope: &Scope<'_>, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        put_together(scope, self.0.iter().map(|loaded| loaded.as_ref()?.trace(scope, focus)))
    }

    /// For each value, whether [`Mentions::names`] is true for it. Only files that contain all keys of a value can name it, and these
    /// are few. `None` if all mentions must be found: of a value that these files do not name, if it belongs to a subchart, or if
    /// the keys are also in a subchart, whose templates any chart can call, or in a string among the values.
    pub fn named(&self, scope: &Scope<'_>, paths: &[&ValuePath]) -> Option<Vec<bool>> {
        let searches = searches(scope, paths)?;
        let mentions = self.mentions_of(scope, &searches);
        let is_certain = |path: &ValuePath, searched: &Searched<'_>| {
            let first = path.steps().first();
            let is_of_subchart =
                |chart: &Chart| first.is_some_and(|first| *first == Step::Key(chart.metadata.name.clone()));
            !scope.chart.subcharts.iter().any(is_of_subchart)
                && !searched.is_in_subcharts(scope.chart)
                && !searched.is_in_values(scope.values)
        };
        let is_named = |(path, searched): (&&ValuePath, &Searched<'_>)| match mentions.names(path) {
            true => Some(true),
            false => is_certain(path, searched).then_some(false),
        };
        paths.iter().zip(&searches).map(is_named).collect()
    }

    /// Whether templates mention something that contains each of these values, as far as a search for their first keys shows.
    pub fn use_more_than(&self, scope: &Scope<'_>, paths: &[&ValuePath]) -> bool {
        let Some(searches) = searches(scope, paths) else { return false };
        let searches: Vec<Searched<'_>> = searches.into_iter().map(Searched::only_first).collect();
        let mentions = self.mentions_of(scope, &searches);
        paths.iter().all(|path| mentions.mentioned(path).is_certain)
    }

    /// Returns the mentions in templates that contain all keys of one of these values.
    fn mentions_of(&self, scope: &Scope<'_>, searches: &[Searched<'_>]) -> Mentions {
        let mut found = Found::default();
        for loaded in self.0.iter().flatten() {
            found.extend(loaded.mentions_in(&|text| searches.iter().any(|searched| searched.is_in_template(text))));
        }
        Mentions::of_chart(scope.chart, found)
    }

    /// Returns where Go templates mention values, including values that are templates themselves.
    pub fn mentions(&self, scope: &Scope<'_>) -> Mentions {
        let members = tree::by_kind(tree::members(scope.chart, scope.values));
        let mut found = Found::default();
        for (loaded, (_, members)) in self.0.iter().zip(&members) {
            found.extend(loaded.as_ref().map(|loaded| loaded.mentions(members)).unwrap_or_default());
        }
        Mentions::of_chart(scope.chart, found)
    }
}

/// Returns a search for each value; `None` if a key may be written in many ways.
fn searches<'p>(scope: &Scope<'_>, paths: &[&'p ValuePath]) -> Option<Vec<Searched<'p>>> {
    paths.iter().map(|path| Searched::exactly(scope.chart, path)).collect()
}

/// Combines the output and the traces of all languages in a tree; `None` if one of them has no trace.
pub(super) fn put_together(
    scope: &Scope<'_>,
    of_kinds: impl Iterator<Item = Option<(Vec<Rendered>, Trace)>>,
) -> Option<(Vec<Rendered>, Trace)> {
    let mut rendered = Vec::new();
    let traces = of_kinds.map(|of_kind| {
        let (rendered_of_kind, trace) = of_kind?;
        rendered.extend(rendered_of_kind);
        Some(trace)
    });
    let trace = whole_trace(scope, traces)?;
    Some((in_order(rendered), trace))
}

/// Combines the traces of all languages in a tree; `None` if one of them has none.
pub(super) fn whole_trace(scope: &Scope<'_>, traces: impl IntoIterator<Item = Option<Trace>>) -> Option<Trace> {
    let mut whole = Trace::default();
    for trace in traces {
        whole.extend(trace?);
    }
    whole.switches = switches::switches(scope.chart);
    whole.values = scope.values.clone();
    Some(whole)
}

#[cfg(test)]
mod tests {
    use crate::chart::{Chart, Template};
    use crate::diagnostic::Source;
    use crate::engine::{Capabilities, Release, Rendered, Scope, render_and_keep, render_with_trace};
    use crate::values::ValuePath;
    use crate::yaml::Map;

    fn texts(rendered: &[Rendered]) -> Vec<&str> {
        rendered.iter().map(|rendered| rendered.text.as_str()).collect()
    }

    /// Calls `call` with the scope of a chart with these templates.
    fn with_templates<R>(templates: &[&str], call: impl FnOnce(&Scope<'_>) -> R) -> R {
        let mut chart = Chart::default();
        chart.metadata.name = "c".to_owned();
        for (number, text) in templates.iter().enumerate() {
            let path = format!("templates/{number}.yaml");
            chart.templates.push(Template { source: Source::file(&path, *text), path });
        }
        let (values, release, capabilities) = (Map::new(), Release::install("r", "n"), Capabilities::default());
        call(&Scope { chart: &chart, values: &values, release: &release, capabilities: &capabilities, refusals: None })
    }

    #[test]
    fn templates_that_are_traced_again_have_the_same_random_values() {
        let templates = ["a: {{ randAlphaNum 20 }}\n", "b: {{ uuidv4 }}\nc: {{ htpasswd \"u\" \"p\" }}\n"];
        with_templates(&templates, |scope| {
            let (rendered, loaded) = render_and_keep(scope, None).unwrap();
            let (again, _) = loaded.render_traced(scope, None).unwrap();
            assert_eq!(texts(&again), texts(&rendered));
            let (other, _) = render_and_keep(scope, None).unwrap();
            assert!(texts(&other).iter().zip(texts(&rendered)).all(|(other, text)| *other != text));
        });
    }

    #[test]
    fn a_mention_above_a_value_is_found_without_all_mentions() {
        let templates = [
            "{{ range .Values.jobs }}{{ .name }}{{ end }}",
            "{{ if .Values.hosts }}{{ .Values.hosts.main }}{{ end }}",
            "{{ .Values | len }}",
        ];
        with_templates(&templates, |scope| {
            let (_, loaded) = render_and_keep(scope, None).unwrap();
            let uses = |paths: &[&str]| {
                let parse = |path: &&str| ValuePath::parse(&Source::flag("KEY", *path)).unwrap();
                let paths: Vec<ValuePath> = paths.iter().map(parse).collect();
                loaded.use_more_than(scope, &paths.iter().collect::<Vec<_>>())
            };
            assert!(uses(&["jobs.a.x"]) && uses(&["jobs.a", "hosts.main.port"]));
            assert!(!uses(&["names.other"]) && !uses(&["jobs.a", "names.other"]) && !uses(&["other"]));
        });
    }

    #[test]
    fn a_traced_render_has_the_same_output_and_errors() {
        let plain = |scope: &Scope<'_>| render_and_keep(scope, None).map(|(rendered, _)| rendered);
        let traced = |scope: &Scope<'_>| render_with_trace(scope, None).map(|(rendered, ..)| rendered);
        with_templates(&["a: {{ .Release.Name }}\n", "b: {{ 1 }}\n"], |scope| {
            assert_eq!(texts(&traced(scope).unwrap()), texts(&plain(scope).unwrap()));
            let (_, _, trace) = render_with_trace(scope, None).unwrap();
            assert!(trace.unwrap().line("c/templates/1.yaml", 1).is_some());
        });
        with_templates(&["{{ fail \"one\" }}", "a: 1\n", "{{ fail \"two\" }}"], |scope| {
            let errors = plain(scope).unwrap_err();
            assert_eq!(errors.len(), 2);
            assert_eq!(traced(scope).unwrap_err(), errors);
        });
    }
}
