//! Rendering a chart's templates.
//!
//! [`render`] takes a [`Scope`] and gives [`Rendered`] texts or diagnostics. `Engine` is the seam behind it: each engine renders
//! the charts of a tree that are written in its language, and nothing of the language's own types crosses the seam.

mod capabilities;
mod environment;
mod gotpl;
mod lines;
mod refusals;
pub mod sprig;
mod tera;
mod tree;

pub use capabilities::Capabilities;
pub use environment::Environment;
pub use lines::{add_template_line, add_template_lines};
pub use refusals::Refusals;
pub use tera::{Function, vocabulary};

use self::tree::Member;
use crate::chart::{Chart, EngineKind};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::yaml::Map;

/// What one run of a chart's templates works with.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The chart, with its subcharts; disabled ones have been taken out already.
    pub chart: &'a Chart,
    /// The values of the whole tree, coalesced: a subchart's part is under the subchart's name.
    pub values: &'a Map,
    /// The release.
    pub release: &'a Release,
    /// The cluster.
    pub capabilities: &'a Capabilities,
    /// Where `required` and `fail` say what they would refuse, and then give "": for `lint`, which also looks at partials
    /// that no template refers to. `None`: a refusal ends the render.
    pub refusals: Option<&'a Refusals>,
}

/// The release that is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether it is rendered as a first installation.
    pub is_install: bool,
    /// Whether it is rendered as an upgrade.
    pub is_upgrade: bool,
    /// Its revision, from 1.
    pub revision: u32,
    /// Who manages it: the value of the label `app.kubernetes.io/managed-by`.
    pub service: String,
    /// What it takes from the world around it.
    pub environment: Environment,
}

impl Release {
    /// The first revision of a release, to be installed by this program.
    ///
    /// ```
    /// use mim_chart::engine::Release;
    ///
    /// assert!(Release::install("xmpp", "default").is_install);
    /// ```
    pub fn install(name: impl Into<String>, namespace: impl Into<String>) -> Release {
        Release {
            name: name.into(),
            namespace: namespace.into(),
            is_install: true,
            is_upgrade: false,
            revision: 1,
            service: "mim-chart".to_owned(),
            environment: Environment::default(),
        }
    }
}

/// What a template gave.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The template's path from the root chart's name on: `mongooseim/charts/db/templates/x.yaml`.
    pub path: String,
    /// The template.
    pub template: Source,
    /// The text it gave.
    pub text: String,
    /// Whether it is a `NOTES.txt`: executed so that its errors are seen, but never printed among the manifests.
    pub notes: bool,
}

/// A template language. It is given all charts of a tree that are written in it, since their templates may share names.
trait Engine {
    /// Renders the templates of the members.
    fn render(&self, scope: &Scope<'_>, members: &[Member<'_>]) -> Outcome;

    /// The place in a template that a line (from 1) of the rendered file `path` came from, where that is known. The file is
    /// one of `member`, which is one of `members`. It may render again, and is meant for errors.
    fn locate(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        member: &Member<'_>,
        path: &str,
        line: usize,
    ) -> Option<Span>;

    /// Renders the templates of the members many times; `None` if the engine does not support that, or the templates can't
    /// be loaded.
    fn session(&self, members: &[Member<'_>]) -> Option<Box<dyn LoadedTemplates + Send>>;
}

/// Loaded templates of one engine.
trait LoadedTemplates {
    /// Renders them; `None` if there is any error, which [`render`] reports.
    fn render(&self, scope: &Scope<'_>) -> Option<Vec<Rendered>>;
}

/// What templates gave.
#[derive(Default)]
struct Outcome {
    rendered: Vec<Rendered>,
    errors: Vec<Diagnostic>,
}

/// Renders all templates of the chart and of its subcharts, in the byte order of their paths. Charts of one tree may be written
/// in different languages.
///
/// # Errors
/// The errors of all templates together.
pub fn render(scope: &Scope<'_>) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
    let mut outcome = Outcome::default();
    for (kind, members) in tree::by_kind(tree::members(scope.chart, scope.values)) {
        let part = engine_for(kind).render(scope, &members);
        outcome.rendered.extend(part.rendered);
        outcome.errors.extend(part.errors);
    }
    if !outcome.errors.is_empty() {
        return Err(outcome.errors);
    }
    Ok(in_order(outcome.rendered))
}

/// What templates gave, in the byte order of their paths.
fn in_order(mut rendered: Vec<Rendered>) -> Vec<Rendered> {
    rendered.sort_by(|a, b| a.path.cmp(&b.path));
    rendered
}

/// The place in a template that the given line (from 1) of the rendered file `path` came from, where that is known.
pub fn locate(scope: &Scope<'_>, path: &str, line: usize) -> Option<Span> {
    tree::by_kind(tree::members(scope.chart, scope.values)).into_iter().find_map(|(kind, members)| {
        let member = members.iter().find(|member| member.owns(path))?;
        engine_for(kind).locate(scope, &members, member, path, line)
    })
}

/// The loaded templates of a tree of charts, rendered many times with different values. It is used by one thread at a time.
pub struct Session(Vec<Box<dyn LoadedTemplates + Send>>);

impl Session {
    /// Loads the templates; `None` if they can't be loaded, or an engine of the tree has no such way.
    pub fn new(chart: &Chart) -> Option<Session> {
        let members = tree::members(chart, &chart.values);
        let loaded = tree::by_kind(members).into_iter().map(|(kind, members)| engine_for(kind).session(&members));
        loaded.collect::<Option<_>>().map(Session)
    }

    /// Renders them as [`render`] does.
    ///
    /// # Errors
    /// The errors of all templates together.
    pub fn render(&self, scope: &Scope<'_>) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
        let parts: Option<Vec<_>> = self.0.iter().map(|loaded| loaded.render(scope)).collect();
        let Some(parts) = parts else { return render(scope) };
        Ok(in_order(parts.into_iter().flatten().collect()))
    }
}

/// The engine of a kind.
fn engine_for(kind: EngineKind) -> &'static dyn Engine {
    match kind {
        EngineKind::Tera => &tera::TeraEngine,
        EngineKind::GoTemplate => &gotpl::GoTemplateEngine,
    }
}

/// Gives a chart and its subcharts copies, in `templates/stock/`, of the stock templates that they use and have no copies
/// of, so that they render the same with another version of this program.
pub fn add_stock_templates(chart: &mut Chart) {
    if chart.engine() == EngineKind::Tera {
        tera::add_stock_templates(chart);
    }
    chart.subcharts.iter_mut().for_each(add_stock_templates);
}

/// The stock templates that charts of a kind can build on: their names as templates refer to them, and their texts.
pub fn stock_templates(kind: EngineKind) -> Vec<(String, &'static str)> {
    match kind {
        EngineKind::Tera => tera::stock_templates(),
        EngineKind::GoTemplate => Vec::new(),
    }
}
