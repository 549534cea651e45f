//! Charts written in Tera.
//!
//! | file | what it does |
//! |---|---|
//! | `templates` | which templates a chart needs: those it renders, and those they refer to |
//! | `scan` | tags and references of a template, found without parsing it |
//! | `stock` | the stock templates in the binary |
//! | `objects`, `value` | what templates see: `Values`, `Release`, `Chart`, ... |
//! | `functions`, `failure` | the vocabulary: Helm's functions, and why one gives no value |
//! | `session` | one chart rendered many times |
//! | `run`, `budget` | what the functions of one chart share; limits against endless templates |
//! | `instrument`, `expressions`, `tokens`, `additions` | what is added to templates so that endless ones end |
//! | `loading` | limits of what can be loaded |
//! | `checks` | the functions that are called by what is added |
//! | `errors`, `report` | Tera's errors as diagnostics |
//! | `concerned` | which values a sentence of `fail` or `required` is about |
//! | `hints`, `go_syntax` | what to do about them; Tera's spelling for what was written in Go's |
//! | `locate` | the template line that a rendered line came from |

mod additions;
mod budget;
mod checks;
mod concerned;
mod errors;
mod expressions;
mod failure;
mod functions;
mod go_syntax;
mod hints;
mod instrument;
mod loading;
mod locate;
mod objects;
mod report;
mod run;
mod scan;
mod session;
mod stock;
mod templates;
mod tokens;
mod value;

use std::borrow::Cow;
use std::sync::Arc;

use ::tera::{Context, Tera};

pub use functions::{Function, vocabulary};
pub(super) use stock::{add_stock_templates, stock_templates};

use self::budget::{Metered, Spent};
use self::errors::Mapper;
use self::instrument::{Start, with_checks, with_ticks_at};
use self::loading::{can_load_all, check_loaded};
use self::locate::Marks;
use self::objects::Needed;
use self::run::{Parts, Run};
use self::scan::References;
use self::templates::Templates;
use super::tree::Member;
use super::{Engine, LoadedTemplates, Outcome, Rendered, Scope};
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Span};

/// Renders charts whose Chart.yaml says `engine: tera`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TeraEngine;

impl Engine for TeraEngine {
    fn render(&self, scope: &Scope<'_>, members: &[Member<'_>]) -> Outcome {
        let mut progress = Progress::default();
        let looked_at = |member: &&Member<'_>| member.is_rendered() || scope.refusals.is_some();
        for member in members.iter().filter(looked_at) {
            render_chart(scope, member, &mut progress);
        }
        progress.outcome
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

/// What rendering a tree of charts gave so far.
#[derive(Default)]
struct Progress {
    outcome: Outcome,
    spent: Spent,
}

impl Progress {
    /// Adds an error unless it is known already: templates that share a faulty part all report it.
    fn fail(&mut self, error: Diagnostic) {
        let known = |other: &Diagnostic| {
            other.labels.first() == error.labels.first()
                && other.message.split_once("): ").map(|(_, m)| m) == error.message.split_once("): ").map(|(_, m)| m)
        };
        if !self.outcome.errors.iter().any(known) {
            self.outcome.errors.push(error);
        }
    }
}

/// Renders the templates of one chart.
fn render_chart(scope: &Scope<'_>, member: &Member<'_>, progress: &mut Progress) {
    let mut templates = Templates::new(member.chart, &member.path);
    if scope.refusals.is_some() {
        templates.load_with_partials();
    } else {
        templates.load();
    }
    if let Err(errors) = render_templates(scope, member, &templates, progress) {
        // The other templates are looked at all the same: their errors are reported together with these.
        let sources = errors.iter().filter_map(|error| error.labels.first()?.span.source());
        let faulty: Vec<String> = sources.filter_map(|source| templates.name_of(source)).collect();
        let reported = !faulty.is_empty();
        errors.into_iter().for_each(|error| progress.fail(error));
        templates.take_out(faulty);
        if reported {
            // What can't be loaded even so has been reported.
            let _ = render_templates(scope, member, &templates, progress);
        }
    }
}

/// Renders what is loaded.
///
/// # Errors
/// What keeps the templates from being loaded at all.
fn render_templates(
    scope: &Scope<'_>,
    member: &Member<'_>,
    templates: &Templates<'_>,
    progress: &mut Progress,
) -> Result<(), Vec<Diagnostic>> {
    let chart = Loaded::new(scope, member, templates, as_written)?;
    for name in templates.rendered_and_loaded() {
        let rendered = chart.render(name, &mut progress.spent);
        if let Some(refusals) = scope.refusals {
            refusals.extend(&templates.path(name), chart.refused(templates));
        }
        match rendered {
            Ok(text) => progress.outcome.rendered.extend(templates.source(name).map(|template| Rendered {
                path: templates.path(name),
                template,
                text,
                notes: name.ends_with("NOTES.txt"),
            })),
            Err(error) => progress.fail(chart.mapper.render_error(name, &error)),
        }
    }
    Ok(())
}

/// A template's text as it was written, with what ends endless ones.
fn as_written<'t>(_: usize, text: &'t str, references: &References<'_>, run: &Run) -> Cow<'t, str> {
    match run.trusts_templates() {
        true => with_ticks_at(text, &references.repeats).text,
        false => with_checks(text, Start::Counted).text,
    }
}

/// The loaded templates of a chart, whatever its values are.
struct Ready {
    run: Arc<Run>,
    tera: Tera,
    needed: Needed,
}

impl Ready {
    /// Loads the templates, each as `text_of` gives it from its number, its text and what that refers to.
    fn new<'t>(
        chart: &Chart,
        templates: &'t Templates<'_>,
        notes_refusals: bool,
        text_of: impl Fn(usize, &'t str, &References<'_>, &Run) -> Cow<'t, str>,
    ) -> Result<Ready, (Arc<Run>, ::tera::Error)> {
        let run = Run::new(chart, notes_refusals, functions::register);
        let mut calls: Vec<&str> = templates.references().flat_map(|found| found.calls.iter().copied()).collect();
        calls.sort_unstable();
        calls.dedup();
        let is_called = |name: &str| calls.binary_search(&name).is_ok();
        let texts = templates.loaded().zip(templates.references()).enumerate();
        let texts = texts.map(|(number, ((name, text), references))| (name, text_of(number, text, references, &run)));
        let tera = match run::instance(&run, texts, &templates.prefixes(), &is_called) {
            Ok(tera) => tera,
            Err(error) => return Err((run, error)),
        };
        let by_text = is_called("tpl");
        if by_text {
            let (mut all, loaded) = (templates.all_sources(), templates.loaded_sources());
            if !run.trusts_templates() && !can_load_all(templates, &all) {
                all = loaded.clone();
            }
            run.prepare_texts(Parts { all, loaded, prefixes: templates.prefixes() });
        }
        let names = |object: &str| by_text || templates.references().any(|found| found.objects.contains(&object));
        let needed = Needed { files: names("Files"), subcharts: names("Subcharts") };
        Ok(Ready { run, tera, needed })
    }
}

/// Renders one template of those in `base_path` with the objects of its chart.
fn render_one(
    tera: &Tera,
    run: &Run,
    objects: &Context,
    base_path: &str,
    name: &str,
    spent: &mut Spent,
) -> ::tera::TeraResult<String> {
    let mut context = objects.clone();
    context.insert_value("Template", objects::template(base_path, name));
    run.begin(context.clone(), *spent);
    let mut out = Metered { text: Vec::new(), budget: &run.budget };
    let rendered = tera.render_to(name, &context, &mut out);
    *spent = run.budget.spent();
    rendered?;
    Ok(String::from_utf8(out.text)?)
}

/// A chart whose templates are loaded, ready to be rendered one by one.
struct Loaded<'a> {
    mapper: Mapper<'a>,
    run: Arc<Run>,
    tera: Tera,
    objects: Context,
}

impl<'a> Loaded<'a> {
    /// Loads the templates, each as `text_of` gives it from its number, its text and what that refers to.
    fn new<'t>(
        scope: &Scope<'a>,
        member: &Member<'a>,
        templates: &'a Templates<'a>,
        text_of: impl Fn(usize, &'t str, &References<'_>, &Run) -> Cow<'t, str>,
    ) -> Result<Loaded<'a>, Vec<Diagnostic>>
    where
        'a: 't,
    {
        if !member.chart.is_built_in {
            check_loaded(templates).map_err(|error| vec![error])?;
        }
        let mapper = |run: &Arc<Run>| Mapper {
            templates,
            run: run.clone(),
            values: member.values,
            defaults: member.chart.values_source.as_ref(),
        };
        let Ready { run, tera, needed } = Ready::new(member.chart, templates, scope.refusals.is_some(), text_of)
            .map_err(|(run, error)| mapper(&run).load_errors(&error))?;
        let objects = objects::objects(&member.scope(scope), member.is_root(), needed)
            .map_err(|_| vec![Diagnostic::error("values-depth", value::TooDeep::message())])?;
        Ok(Loaded { mapper: mapper(&run), run, tera, objects })
    }

    /// What was noted instead of ending the render, with the place of the sentence where it is written out only once.
    fn refused(&self, templates: &Templates<'_>) -> Vec<Diagnostic> {
        /// Of further ones the places are not looked for.
        const MAX_PLACES: usize = 100;
        let refused = self.run.take_refused();
        if refused.is_empty() {
            return Vec::new();
        }
        let sources = templates.loaded_sources();
        let place_of = |sentence: &str| {
            let mut places = sources.iter().flat_map(|(_, source)| {
                source.text().match_indices(sentence).map(|(at, _)| source.span(at..at + sentence.len()))
            });
            places.next().filter(|_| places.next().is_none() && !sentence.is_empty())
        };
        let reported = refused.iter().enumerate().map(|(number, refused)| {
            let place = (number < MAX_PLACES).then(|| place_of(refused.sentence())).flatten();
            refused.note().at(place.unwrap_or_default(), "")
        });
        reported.collect()
    }

    fn render(&self, name: &str, spent: &mut Spent) -> ::tera::TeraResult<String> {
        render_one(&self.tera, &self.run, &self.objects, &self.mapper.templates.base_path, name, spent)
    }
}

/// The line of a template that a line of a rendered file of a chart came from.
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
