//! Rendering a chart's templates.
//!
//! [`Engine`] is the seam: a [`Scope`] goes in, [`Rendered`] texts or diagnostics come out, and nothing of the
//! template language's own types crosses it. [`engine_for`] chooses the engine by what `Chart.yaml` says.

mod capabilities;
mod refusals;
mod tera;

pub use capabilities::Capabilities;
pub use refusals::Refusals;
pub use tera::{Function, vocabulary};

use crate::chart::{Chart, EngineKind};
use crate::diagnostic::{Diagnostic, Label, Source, SourceKind, Span};
use crate::yaml::Map;

/// What one run of a chart's templates works with.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The chart, with its subcharts; disabled ones have been taken out already.
    pub chart: &'a Chart,
    /// The values of the whole tree, coalesced: a subchart's part stands under the subchart's name.
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
    /// Whether it is a `NOTES.txt`: executed so that its mistakes are seen, but never printed among the manifests.
    pub notes: bool,
}

/// Puts the template lines first that the places in what templates gave come from, where that can be told. Each takes renders of
/// the chart, so further ones than `MAX_LOCATED` are left as they are.
pub fn add_template_lines<'d>(
    engine: &dyn Engine,
    scope: &Scope<'_>,
    diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>,
) {
    for diagnostic in diagnostics.into_iter().take(MAX_LOCATED) {
        let Some(label) = diagnostic.labels.first() else { continue };
        let Some(source) = label.span.source().filter(|source| source.kind() == SourceKind::Rendered) else { continue };
        let Some(line) = label.span.position().map(|position| position.line) else { continue };
        if let Some(span) = engine.locate(scope, source.name(), line) {
            let text = "this line of the template gave the text below".to_owned();
            diagnostic.labels.insert(0, Label { span, text });
        }
    }
}

/// The template lines of further diagnostics are not looked for.
const MAX_LOCATED: usize = 50;

/// A template language.
pub trait Engine {
    /// Renders all templates of the chart and of its subcharts, in the byte order of their paths.
    ///
    /// # Errors
    /// The mistakes of all templates together.
    fn render(&self, scope: &Scope<'_>) -> Result<Vec<Rendered>, Vec<Diagnostic>>;

    /// The place in a template that the given line (from 1) of the rendered file `path` came from, where that can be
    /// told. It may render again, and is meant for errors.
    fn locate(&self, scope: &Scope<'_>, path: &str, rendered_line: usize) -> Option<Span>;

    /// What renders the templates of this chart many times, for charts that differ in nothing but values; `None` if the
    /// engine has no such way, or the templates can't be loaded.
    fn session(&self, chart: &Chart) -> Option<Box<dyn Session + Send>>;
}

/// The loaded templates of one chart. It is used by one thread at a time.
pub trait Session {
    /// Renders them as [`Engine::render`] does.
    ///
    /// # Errors
    /// The mistakes of all templates together.
    fn render(&self, scope: &Scope<'_>) -> Result<Vec<Rendered>, Vec<Diagnostic>>;
}

/// The engine of a kind.
///
/// # Errors
/// Charts written in Go templates are refused with what can be done about it.
pub fn engine_for(kind: EngineKind) -> Result<Box<dyn Engine + Send + Sync>, Diagnostic> {
    match kind {
        EngineKind::Tera => Ok(Box::new(tera::TeraEngine)),
        EngineKind::GoTemplate => Err(tera::refuse_go_templates(None)),
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
