//! The engine for charts written in Tera.
//!
//! | file | what it does |
//! |---|---|
//! | `templates` | which templates a chart needs: those it renders, and those they refer to |
//! | `scan` | tags and references of a template, found without parsing it |
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
mod value;

use std::borrow::Cow;

pub(super) use copies::add_stock_templates;
pub use functions::{Function, functions};
pub(super) use stock::stock_templates;

use self::budget::Spent;
use self::chart::{Loaded, as_written};
use self::errors::TemplateError;
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
        let mut progress = Progress::default();
        let looked_at = |member: &&Member<'_>| member.is_rendered() || scope.refusals.is_some();
        for member in members.iter().filter(looked_at) {
            render_chart(scope, member, &mut progress);
        }
        let (steps, bytes) = progress.spent.steps_and_bytes();
        scope.release.environment.work.add(steps, bytes);
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
}

impl Progress {
    /// Adds an error, unless its fault is already known.
    fn fail(&mut self, error: TemplateError) {
        if !self.errors.iter().any(|known| known.is_fault_of(&error)) {
            self.errors.push(error);
        }
    }
}

/// Renders the templates of one chart.
fn render_chart(scope: &Scope<'_>, member: &Member<'_>, progress: &mut Progress) {
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
    chart.keep_until_next();
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
