//! A chart whose templates are loaded into Tera.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::{Arc, Mutex, PoisonError};

use tera::{Context, Tera};

use super::budget::{Metered, Spent};
use super::errors::{Mapper, TemplateError};
use super::functions;
use super::hints;
use super::instrument::with_ticks_at;
use super::loading::{can_load_all, check_loaded};
use super::objects::{self, Needed};
use super::run::{self, Parts, Run};
use super::scan::References;
use super::templates::Templates;
use super::value;
use crate::chart::Chart;
use crate::diagnostic::Diagnostic;
use crate::engine::scope::Scope;
use crate::engine::tree::Member;

/// Returns a template's text as it was written, with the additions that stop endless templates.
pub(super) fn as_written<'t>(_: usize, text: &'t str, references: &References<'_>, run: &Run) -> Cow<'t, str> {
    match run.trusts_templates() {
        true => with_ticks_at(text, &references.repeats).text,
        false => run.template(text).text,
    }
}

/// The loaded templates of a chart, independent of its values.
pub(super) struct Ready {
    pub(super) run: Arc<Run>,
    pub(super) tera: Tera,
    pub(super) needed: Needed,
}

impl Ready {
    /// Loads the templates, each with the text that `text_of` returns for its number, its text and its references.
    pub(super) fn new<'t>(
        chart: &Chart,
        templates: &'t Templates<'_>,
        notes_refusals: bool,
        text_of: impl Fn(usize, &'t str, &References<'_>, &Run) -> Cow<'t, str>,
    ) -> Result<Ready, (Arc<Run>, tera::Error)> {
        let run = Run::new(chart, notes_refusals, functions::FOR_RUNS);
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
        let keys =
            || templates.references().flat_map(|found| found.values.iter().map(|key| (*key).to_owned())).collect();
        let values = (!names("Values")).then(keys);
        let (capabilities, files, subcharts) = (names("Capabilities"), names("Files"), names("Subcharts"));
        let needed = Needed { capabilities, files, subcharts, values };
        Ok(Ready { run, tera, needed })
    }
}

/// Renders a template in `base_path` with the objects of its chart.
pub(super) fn render_one(
    tera: &Tera,
    run: &Run,
    objects: &Context,
    base_path: &str,
    name: &str,
    spent: &mut Spent,
) -> tera::TeraResult<String> {
    let mut context = objects.clone();
    context.insert_value("Template", objects::template(base_path, name));
    run.begin(context.clone(), *spent);
    let mut out = Metered { text: Vec::new(), budget: &run.budget };
    let rendered = tera.render_to(name, &context, &mut out);
    *spent = run.budget.spent();
    rendered?;
    Ok(String::from_utf8(out.text)?)
}

/// A chart whose templates are loaded, to be rendered one by one.
pub(super) struct Loaded<'a> {
    pub(super) mapper: Mapper<'a>,
    run: Arc<Run>,
    tera: Tera,
    objects: Context,
    /// What the objects are built from, and whether the chart is the root.
    scope: Scope<'a>,
    is_root: bool,
    /// All objects, built if a template fails, because the message lists what exists.
    all: OnceCell<Option<Context>>,
}

/// The part of loaded templates that takes long to free.
pub(super) type Kept = (Arc<Run>, Tera, Context);

/// Keeps templates until the next time. The process often ends soon, and freeing them piece by piece takes up to a tenth of a
/// render.
pub(super) fn keep_until_next(kept: Vec<Kept>) {
    static LAST: Mutex<Vec<Kept>> = Mutex::new(Vec::new());
    let before = std::mem::replace(&mut *LAST.lock().unwrap_or_else(PoisonError::into_inner), kept);
    drop(before);
}

impl<'a> Loaded<'a> {
    /// Loads the templates, each with the text that `text_of` returns for its number, its text and its references.
    pub(super) fn new<'t>(
        scope: &Scope<'a>,
        member: &Member<'a>,
        templates: &'a Templates<'a>,
        text_of: impl Fn(usize, &'t str, &References<'_>, &Run) -> Cow<'t, str>,
    ) -> Result<Loaded<'a>, Vec<TemplateError>>
    where
        'a: 't,
    {
        if !member.chart.is_built_in {
            check_loaded(templates).map_err(|error| vec![error.into()])?;
        }
        let mapper = |run: &Arc<Run>| Mapper {
            templates,
            run: run.clone(),
            values: member.values,
            defaults: member.chart.values_source.as_ref(),
        };
        let Ready { run, tera, needed } = Ready::new(member.chart, templates, scope.refusals.is_some(), text_of)
            .map_err(|(run, error)| mapper(&run).load_errors(&error))?;
        run.see(scope.release);
        let (scope, is_root) = (member.scope(scope), member.is_root());
        let objects = objects::objects(&scope, is_root, &needed)
            .map_err(|_| vec![Diagnostic::error("values-depth", value::TooDeep::message()).into()])?;
        Ok(Loaded { mapper: mapper(&run), run, tera, objects, scope, is_root, all: OnceCell::new() })
    }

    /// Returns the refusals that were noted instead of ending the render, each with the place of its text, if the
    /// templates contain the text exactly once.
    pub(super) fn refused(&self, templates: &Templates<'_>) -> Vec<Diagnostic> {
        /// How many refusals get a place.
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

    /// Returns the part that takes long to free.
    pub(super) fn into_kept(self) -> Kept {
        (self.run, self.tera, self.objects)
    }

    pub(super) fn render(&self, name: &str, spent: &mut Spent) -> tera::TeraResult<String> {
        let before = *spent;
        let rendered = self.render_with(&self.objects, name, spent);
        let build = || objects::objects(&self.scope, self.is_root, &Needed::ALL).ok();
        if rendered.as_ref().is_err_and(hints::is_of_undefined)
            && let Some(all) = self.all.get_or_init(build)
        {
            self.run.take_refused();
            *spent = before;
            return self.render_with(all, name, spent);
        }
        rendered
    }

    fn render_with(&self, objects: &Context, name: &str, spent: &mut Spent) -> tera::TeraResult<String> {
        render_one(&self.tera, &self.run, objects, &self.mapper.templates.base_path, name, spent)
    }
}
