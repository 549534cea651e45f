//! Renders the templates of a chart and its subcharts.
//!
//! [`render`] turns a [`Scope`] into [`Rendered`] texts or diagnostics. It calls an implementation of
//! `language::Engine` for each template language: that engine renders the charts of a tree that are written in its
//! language, and keeps the language's own types to itself.

mod build_info;
mod capabilities;
mod cluster_objects;
mod environment;
mod gotpl;
mod key_search;
mod language;
mod line_sets;
mod lines;
mod loaded_tree;
mod mentions;
mod objects;
mod paths;
mod ranks;
mod refusals;
mod scope;
pub mod sprig;
mod switches;
mod tera;
mod trace;
mod trace_json;
mod tree;
mod used;
mod work;

pub use build_info::BuildInfo;
pub use capabilities::Capabilities;
pub use cluster_objects::ClusterObjects;
pub use environment::{Environment, MissingVersions};
pub use gotpl::parsing::ParseAhead;
pub use gotpl::{render_name, render_version};
pub use key_search::may_be_named;
pub use line_sets::{LineSets, SetNumbers};
pub use lines::{add_template_line, add_template_lines};
pub use loaded_tree::LoadedTree;
pub use mentions::{Mentioned, Mentions};
pub use refusals::Refusals;
pub use scope::{RandomCalls, Release, Rendered, Scope};
pub use tera::{Function, functions};
pub use trace::{
    CallNumber, Dependence, Focus, LineNumbers, LineOrigin, NumberedOrigin, PlaceNumber, TemplateCall, TemplateLine,
    Trace, TracedLines,
};
pub use trace_json::{LineWriter, put_aspect, put_origin, put_place, used_json};
pub use used::{Aspect, UsedPath, UsedValue, sort_deciding};
pub use work::Work;

use self::language::{Engine, LoadedTemplates, Outcome};
use self::scope::in_order;
use crate::chart::{Chart, EngineKind, File};
use crate::diagnostic::{Diagnostic, Span};
use crate::second_thread::SecondThread;

/// Renders all templates of a chart and its subcharts, in the byte order of their paths. The charts of a tree may be
/// written in different languages.
///
/// # Errors
/// The errors of all templates.
pub fn render(scope: &Scope<'_>) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
    let (rendered, loaded) = render_and_keep(scope, None)?;
    // The process ends soon, so freeing the templates piece by piece would only take time.
    std::mem::forget(loaded);
    Ok(rendered)
}

/// Starts to parse the templates among a chart's files if they are many Go templates, to render the chart with the result. This
/// is done by `second` if there is such a thread already.
pub fn parse_ahead(files: &mut [File], second: Option<SecondThread>) -> Option<ParseAhead> {
    // Only a guess: templates of another engine are of no use, and those that are not parsed now are parsed later.
    let names_engine =
        |file: &File| file.path.ends_with("Chart.yaml") && memchr::memmem::find(&file.bytes, b"engine:").is_some();
    if files.iter().any(names_engine) {
        return None;
    }
    let mut sources = Chart::template_sources(files);
    // Subcharts come first, but may be disabled.
    sources.reverse();
    gotpl::parse_ahead(&sources, second)
}

/// Renders like [`render`], and also returns the loaded templates for later use. The templates in `ahead` need not be parsed.
///
/// # Errors
/// The errors of all templates.
pub fn render_and_keep(
    scope: &Scope<'_>,
    ahead: Option<&ParseAhead>,
) -> Result<(Vec<Rendered>, LoadedTree), Vec<Diagnostic>> {
    let parts = tree::by_kind(tree::members(scope.chart, scope.values));
    kept(parts.iter().map(|(kind, members)| engine_for(*kind).render(scope, members, ahead)))
}

/// Renders like [`render_and_keep`], and traces where each line comes from in the same run. There is no trace if an
/// engine of the tree can't trace, or the trace would be too large.
///
/// # Errors
/// The errors of all templates.
pub fn render_with_trace(
    scope: &Scope<'_>,
    ahead: Option<&ParseAhead>,
) -> Result<(Vec<Rendered>, LoadedTree, Option<Trace>), Vec<Diagnostic>> {
    let parts = tree::by_kind(tree::members(scope.chart, scope.values));
    if !parts.iter().all(|(kind, _)| engine_for(*kind).can_trace()) {
        return render_and_keep(scope, ahead).map(|(rendered, loaded)| (rendered, loaded, None));
    }
    let (outcomes, traces): (Vec<Outcome>, Vec<Option<Trace>>) =
        parts.iter().map(|(kind, members)| engine_for(*kind).render_with_trace(scope, members, ahead)).unzip();
    let (rendered, loaded) = kept(outcomes)?;
    Ok((rendered, loaded, loaded_tree::whole_trace(scope, traces)))
}

/// Collects the results of the engines of a tree.
fn kept(outcomes: impl IntoIterator<Item = Outcome>) -> Result<(Vec<Rendered>, LoadedTree), Vec<Diagnostic>> {
    let (mut rendered, mut errors, mut loaded) = (Vec::new(), Vec::new(), Vec::new());
    for outcome in outcomes {
        rendered.extend(outcome.rendered);
        errors.extend(outcome.errors);
        loaded.push(outcome.loaded);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok((in_order(rendered), LoadedTree(loaded)))
}

/// Returns the place in a template that a line (from 1) of the rendered file `path` came from, if it is known.
pub fn locate(scope: &Scope<'_>, path: &str, line: usize) -> Option<Span> {
    tree::by_kind(tree::members(scope.chart, scope.values)).into_iter().find_map(|(kind, members)| {
        let member = members.iter().find(|member| member.owns(path))?;
        engine_for(kind).locate(scope, &members, member, path, line)
    })
}

/// Renders all templates, and traces where each line comes from. Templates that fail are skipped. Returns `None` if an
/// engine of the tree does not support this.
pub fn trace(scope: &Scope<'_>) -> Option<(Vec<Rendered>, Trace)> {
    trace_focused(scope, None)
}

/// The same, as far as `focus` asks.
fn trace_focused(scope: &Scope<'_>, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
    let members = tree::by_kind(tree::members(scope.chart, scope.values));
    let traced = members.iter().map(|(kind, members)| engine_for(*kind).trace(scope, members, focus));
    loaded_tree::put_together(scope, traced)
}

/// The loaded templates of a tree of charts, to be rendered many times with different values, by one thread at a time.
pub struct Session(Vec<Box<dyn LoadedTemplates + Send>>);

impl Session {
    /// Loads the templates; `None` if they cannot be loaded, or an engine of the tree does not support this.
    pub fn new(chart: &Chart) -> Option<Session> {
        let members = tree::members(chart, &chart.values);
        let loaded = tree::by_kind(members).into_iter().map(|(kind, members)| engine_for(kind).session(&members));
        loaded.collect::<Option<_>>().map(Session)
    }

    /// Renders the templates like [`render`]; but without a seed, all renders of a session have the same random results.
    ///
    /// # Errors
    /// The errors of all templates.
    pub fn render(&self, scope: &Scope<'_>) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
        let parts: Option<Vec<_>> = self.0.iter().map(|loaded| loaded.render(scope)).collect();
        let Some(parts) = parts else { return render(scope) };
        Ok(in_order(parts.into_iter().flatten().collect()))
    }
}

/// Returns the engine for a kind of chart.
fn engine_for(kind: EngineKind) -> &'static dyn Engine {
    match kind {
        EngineKind::Tera => &tera::TeraEngine,
        EngineKind::GoTemplate => &gotpl::GoTemplateEngine,
    }
}

/// Adds copies of the stock templates that a chart and its subcharts use to `templates/stock/`, except where they have
/// copies already, so that they render the same with another version of this program.
pub fn add_stock_templates(chart: &mut Chart) {
    if chart.engine() == EngineKind::Tera {
        tera::add_stock_templates(chart);
    }
    chart.subcharts.iter_mut().for_each(add_stock_templates);
}

/// Returns the stock templates for charts of a kind: their names as templates refer to them, and their texts.
pub fn stock_templates(kind: EngineKind) -> Vec<(String, &'static str)> {
    match kind {
        EngineKind::Tera => tera::stock_templates(),
        EngineKind::GoTemplate => Vec::new(),
    }
}
