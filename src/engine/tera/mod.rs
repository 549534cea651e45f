//! The engine for charts written in Tera.
//!
//! | file | what it does |
//! |---|---|
//! | `templates` | which templates a chart needs: those it renders, and those they refer to |
//! | `scan` | tags and references of a template, found without parsing it |
//! | `halves` | splits the templates of a chart between two threads |
//! | `switched_off` | templates of the built-in chart that need not be parsed |
//! | `stock`, `copies` | the stock templates in the binary; copies of them in charts |
//! | `objects`, `value` | the objects that templates see: `Values`, `Release`, `Chart`, ... |
//! | `functions`, `failure` | Helm's functions, and why one fails |
//! | `chart`, `session` | one chart that is loaded; one rendered many times |
//! | `run`, `budget` | the state that the functions of one chart share; limits that stop endless templates |
//! | `instrument`, `expressions`, `tokens`, `additions` | additions to templates that stop endless ones |
//! | `loading` | limits on what can be loaded |
//! | `checks` | the functions that the additions call |
//! | `errors`, `report` | Tera's errors as diagnostics |
//! | `message_values` | which values a message of `fail` or `required` is about |
//! | `hints`, `go_template_hints` | advice about errors; Tera's form of what was written in Go's syntax |
//! | `locate` | the template line that a rendered line came from |

mod additions;
mod budget;
mod chart;
mod checks;
mod copies;
mod errors;
mod expressions;
mod failure;
mod functions;
mod go_template_hints;
mod halves;
mod hints;
mod instrument;
mod loading;
mod locate;
mod message_values;
mod objects;
mod report;
mod run;
mod scan;
mod session;
mod stock;
mod switched_off;
mod templates;
mod tokens;
mod two_threads;
mod value;

use std::borrow::Cow;

pub(super) use copies::add_stock_templates;
pub use functions::{Function, functions};
pub(super) use stock::stock_templates;

use self::budget::Spent;
use self::chart::{Kept, Loaded, as_written, keep_until_next};
use self::errors::TemplateError;
use self::halves::halves;
use self::loading::check_loaded;
use self::locate::Marks;
use self::run::Run;
use self::scan::References;
use self::switched_off::switched_off;
use self::templates::Templates;
use super::gotpl::parsing::ParseAhead;
use super::language::{Engine, LoadedTemplates, Outcome};
use super::scope::{RandomCalls, Rendered, Scope};
use super::tree::Member;
use crate::diagnostic::Span;

/// Renders charts whose Chart.yaml says `engine: tera`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TeraEngine;

impl Engine for TeraEngine {
    fn render(&self, scope: &Scope<'_>, members: &[Member<'_>], _: Option<&ParseAhead>) -> Outcome {
        let looked_at = |member: &&Member<'_>| member.is_rendered() || scope.refusals.is_some();
        let members: Vec<&Member<'_>> = members.iter().filter(looked_at).collect();
        let progress = on_two_threads(scope, &members).unwrap_or_else(|| {
            let mut progress = Progress::default();
            members.iter().for_each(|member| render_chart(scope, member, Threads::Two, &mut progress));
            progress
        });
        let (steps, bytes) = progress.spent.steps_and_bytes();
        scope.release.environment.work.add(steps, bytes);
        keep_until_next(progress.last);
        let errors = progress.errors.into_iter().map(|error| error.diagnostic).collect();
        Outcome { rendered: progress.rendered, errors, loaded: None }
    }

    fn locate(
        &self,
        scope: &Scope<'_>,
        _: &[Member<'_>],
        member: &Member<'_>,
        path: &str,
        rendered_line: usize,
    ) -> Option<Span> {
        locate_in_chart(scope, member, path, rendered_line)
    }

    fn session(&self, members: &[Member<'_>]) -> Option<Box<dyn LoadedTemplates + Send>> {
        session::TeraSession::new(members).map(|session| Box::new(session) as Box<dyn LoadedTemplates + Send>)
    }
}

/// The results of rendering a tree of charts so far.
#[derive(Default)]
struct Progress {
    rendered: Vec<Rendered>,
    errors: Vec<TemplateError>,
    spent: Spent,
    /// The templates of the chart that was rendered last. Each thread frees its own ones: the allocator is slow to free what another
    /// one made.
    last: Vec<Kept>,
}

impl Progress {
    /// Adds an error, unless its fault is already known.
    fn fail(&mut self, error: TemplateError) {
        if !self.errors.iter().any(|known| known.is_fault_of(&error)) {
            self.errors.push(error);
        }
    }

    /// Combines the results of two threads. `None` if there is an error, or the budgets do not suffice for both.
    fn and(mut self, other: Progress) -> Option<Progress> {
        self.spent = self.spent.and(other.spent)?;
        self.rendered.extend(other.rendered);
        self.last.extend(other.last);
        (self.errors.is_empty() && other.errors.is_empty()).then_some(self)
    }
}

/// How many threads can render a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Threads {
    One,
    Two,
}

/// How many charts take longer to render than a thread takes to start.
const WORTH_A_THREAD: usize = 6;

/// Whether something is noted while templates are rendered, which must be done in order.
fn is_noted(scope: &Scope<'_>) -> bool {
    scope.refusals.is_some() || scope.release.environment.missing_versions.is_some()
}

/// Renders charts on two threads, since no chart sees what another one does. `None` if they are few, or the result can differ from
/// rendering them in order: after an error, when the budgets do not suffice, or when something is noted.
fn on_two_threads(scope: &Scope<'_>, members: &[&Member<'_>]) -> Option<Progress> {
    if members.len() < WORTH_A_THREAD || is_noted(scope) {
        return None;
    }
    // Refusals can't be shared between threads.
    let Scope { chart, values, release, capabilities, refusals: _ } = *scope;
    let (first, last) = two_threads::share(members.len(), |remaining, take| {
        let scope = Scope { chart, values, release, capabilities, refusals: None };
        let mut progress = Progress::default();
        while let Some(at) = take(remaining) {
            render_chart(&scope, members[at], Threads::One, &mut progress);
            if !progress.errors.is_empty() {
                remaining.give_up();
            }
        }
        progress
    });
    first.and(last.unwrap_or_default())
}

/// Renders the templates of one chart.
fn render_chart(scope: &Scope<'_>, member: &Member<'_>, threads: Threads, progress: &mut Progress) {
    let mut templates = Templates::new(member.chart, &member.path);
    if scope.refusals.is_some() {
        templates.load_with_partials();
    } else {
        let off = switched_off(member);
        templates.load_without(&off);
        progress.rendered.extend(off.into_iter().filter_map(|name| {
            let (path, template) = (templates.path(name), templates.source(name)?);
            Some(Rendered {
                path,
                template,
                text: switched_off::TEXT.to_owned(),
                bytes: None,
                notes: false,
                random: RandomCalls::default(),
            })
        }));
    }
    if threads == Threads::Two && render_halves(scope, member, &mut templates, progress).is_some() {
        return;
    }
    if let Err(errors) = render_templates(scope, member, &templates, progress) {
        // The other templates are still rendered, so that their errors are reported together with these.
        let sources = errors.iter().filter_map(|error| error.diagnostic.labels.first()?.span.source());
        let faulty: Vec<String> = sources.filter_map(|source| templates.name_of(source)).collect();
        let reported = !faulty.is_empty();
        errors.into_iter().for_each(|error| progress.fail(error));
        templates.take_out(faulty);
        if reported {
            // Whatever still cannot be loaded has been reported.
            let _ = render_templates(scope, member, &templates, progress);
        }
    }
}

/// Renders the loaded templates on two threads, since no template sees what another one does, if that is faster. `None`, and nothing is
/// rendered, if the result can differ from rendering them in order: after an error, or when the budgets do not suffice.
fn render_halves(
    scope: &Scope<'_>,
    member: &Member<'_>,
    templates: &mut Templates<'_>,
    progress: &mut Progress,
) -> Option<()> {
    if is_noted(scope) {
        return None;
    }
    let [first, second] = halves(templates)?;
    // The limits are those of the whole chart.
    if !member.chart.is_built_in {
        check_loaded(templates).ok()?;
    }
    let Scope { chart, values, release, capabilities, refusals: _ } = *scope;
    let render = |templates: &Templates<'_>| {
        let scope = Scope { chart, values, release, capabilities, refusals: None };
        let mut progress = Progress::default();
        render_templates(&scope, member, templates, &mut progress).ok()?;
        Some(progress)
    };
    let (first, second) = two_threads::call(|| render(&first), || render(&second));
    let both = first?.and(second??)?;
    progress.spent = progress.spent.and(both.spent)?;
    progress.rendered.extend(both.rendered);
    progress.last = both.last;
    Some(())
}

/// Renders the loaded templates.
///
/// # Errors
/// The templates cannot be loaded at all.
fn render_templates(
    scope: &Scope<'_>,
    member: &Member<'_>,
    templates: &Templates<'_>,
    progress: &mut Progress,
) -> Result<(), Vec<TemplateError>> {
    let chart = Loaded::new(scope, member, templates, as_written)?;
    for name in templates.rendered_and_loaded() {
        let rendered = chart.render(name, &mut progress.spent);
        if let Some(refusals) = scope.refusals {
            refusals.extend(&templates.path(name), chart.refused(templates));
        }
        match rendered {
            Ok(text) => progress.rendered.extend(templates.source(name).map(|template| Rendered {
                path: templates.path(name),
                template,
                text,
                bytes: None,
                notes: name.ends_with("NOTES.txt"),
                random: RandomCalls::default(),
            })),
            Err(error) => progress.fail(chart.mapper.render_error(name, &error)),
        }
    }
    progress.last = vec![chart.into_kept()];
    Ok(())
}

/// Returns the template line that a line of a rendered file in a chart came from.
fn locate_in_chart(scope: &Scope<'_>, member: &Member<'_>, path: &str, line: usize) -> Option<Span> {
    let name = path.strip_prefix(&format!("{}/templates/", member.path))?;
    let mut templates = Templates::new(member.chart, &member.path);
    templates.load();
    let plain = Loaded::new(scope, member, &templates, as_written).ok()?.render(name, &mut Spent::default()).ok()?;
    let origin = |marks: Marks| {
        let marked = |number: usize, text: &str, _: &References<'_>, run: &Run| {
            Cow::Owned(run.template(&locate::with_marks(text, number, marks)).text.into_owned())
        };
        let marked = Loaded::new(scope, member, &templates, marked).ok()?;
        let marked = marked.render(name, &mut Spent::default()).ok()?;
        locate::origin(&plain, &marked, line)
    };
    let (number, line) = origin(Marks::Everywhere).or_else(|| origin(Marks::Printed))?;
    let source = templates.source(templates.loaded().nth(number)?.0)?;
    let range = source.line_range(line);
    let text = &source.text()[range.clone()];
    let indent = text.len() - text.trim_start().len();
    Some(source.span(range.start + indent..range.start + text.trim_end().len().max(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Template};
    use crate::diagnostic::Source;
    use crate::engine::tree;
    use crate::engine::{Capabilities, Release};
    use crate::yaml::Map;

    /// A chart with these subcharts, of one template each.
    fn umbrella(subcharts: &[(String, String)]) -> Chart {
        let chart = |name: &str, text: &str| {
            let mut chart = Chart::default();
            chart.metadata.name = name.to_owned();
            let path = "templates/t.yaml".to_owned();
            chart.templates.push(Template { source: Source::file(&path, text), path });
            chart
        };
        let mut root = chart("root", "root: {{ Release.Name }}");
        root.subcharts = subcharts.iter().map(|(name, text)| chart(name, text)).collect();
        root
    }

    /// Renders a chart on two threads; `None` if it must be rendered in order.
    fn texts_of_two_threads(chart: &Chart) -> Option<Vec<String>> {
        let (values, release, capabilities) = (Map::new(), Release::install("r", "n"), Capabilities::default());
        let scope = Scope { chart, values: &values, release: &release, capabilities: &capabilities, refusals: None };
        let members = tree::members(chart, &values);
        let mut rendered = on_two_threads(&scope, &members.iter().collect::<Vec<_>>())?.rendered;
        rendered.sort_by(|a, b| a.path.cmp(&b.path));
        Some(rendered.into_iter().map(|rendered| rendered.text).collect())
    }

    #[test]
    fn charts_on_two_threads_render_as_in_order() {
        let subcharts: Vec<_> = (10..40)
            .map(|n| (n.to_string(), format!("{{% for i in range(end={n}) %}}{{{{ i }}}}{{% endfor %}}")))
            .collect();
        let mut wanted: Vec<String> = (10..40).map(|n| (0..n).map(|i: u32| i.to_string()).collect()).collect();
        wanted.push("root: r".to_owned());
        for _ in 0..20 {
            assert_eq!(texts_of_two_threads(&umbrella(&subcharts)).unwrap(), wanted);
        }
        assert!(texts_of_two_threads(&umbrella(&subcharts[..WORTH_A_THREAD - 2])).is_none());
    }

    #[test]
    fn charts_with_errors_or_too_much_work_are_rendered_in_order() {
        let with = |text: &str| -> Vec<_> { (10..20).map(|n| (n.to_string(), text.to_owned())).collect() };
        let mut subcharts = with("a: 1");
        subcharts[3].1 = "{{ missing.value }}".to_owned();
        assert!(texts_of_two_threads(&umbrella(&subcharts)).is_none());
        // Five times 8 MB fit into the budget, ten times do not.
        assert!(texts_of_two_threads(&umbrella(&with("{{ 'x' | repeat(count=8000000) }}"))).is_none());
    }

    /// Renders the root chart in halves, and checks that the result is the same as in order. `None` if it must be rendered in order.
    fn renders_in_halves(chart: &Chart) -> Option<()> {
        let (values, release, capabilities) = (Map::new(), Release::install("r", "n"), Capabilities::default());
        let scope = Scope { chart, values: &values, release: &release, capabilities: &capabilities, refusals: None };
        let members = tree::members(chart, &values);
        let texts = |progress: Progress| {
            let mut texts: Vec<_> =
                progress.rendered.into_iter().map(|rendered| (rendered.path, rendered.text)).collect();
            texts.sort();
            texts
        };
        let mut templates = Templates::new(chart, &members[0].path);
        templates.load();
        for _ in 0..10 {
            let (mut on_two, mut in_order) = (Progress::default(), Progress::default());
            render_halves(&scope, &members[0], &mut templates, &mut on_two)?;
            render_templates(&scope, &members[0], &templates, &mut in_order).ok()?;
            assert_eq!(on_two.spent.steps_and_bytes(), in_order.spent.steps_and_bytes());
            assert_eq!(texts(on_two), texts(in_order));
        }
        Some(())
    }

    fn with_templates(texts: &[String]) -> Chart {
        let mut chart = Chart::default();
        chart.metadata.name = "c".to_owned();
        for (number, text) in texts.iter().enumerate() {
            let path = format!("templates/{number}.yaml");
            chart.templates.push(Template { source: Source::file(&path, text.as_str()), path });
        }
        chart
    }

    #[test]
    fn halves_of_a_chart_render_as_in_order() {
        let texts: Vec<_> = (0..40)
            .map(|n| {
                format!("{{% set a = {n} %}}{{{{ a }}}}{}", "{{ Release.Name | upper }}{{ Template.Name }}".repeat(20))
            })
            .collect();
        assert!(renders_in_halves(&with_templates(&texts)).is_some());
    }

    #[test]
    fn charts_with_an_error_or_too_much_output_are_not_rendered_in_halves() {
        let valid = "{{ Release.Name | upper }}".repeat(50);
        let mut texts = vec![valid; 20];
        assert!(renders_in_halves(&with_templates(&texts)).is_some());
        for invalid in ["{{ missing.value }}", "{% if %}"] {
            texts[7] = invalid.to_owned();
            assert!(renders_in_halves(&with_templates(&texts)).is_none());
        }
        texts.iter_mut().for_each(|text| text.push_str("{{ 'x' | repeat(count=8000000) }}"));
        texts[7] = "{{ 'x' | repeat(count=8000000) }}".to_owned();
        assert!(renders_in_halves(&with_templates(&texts)).is_none());
    }
}
