//! Renders a chart with layers of values into manifests: [`render`] is the whole pipeline in one function.

mod binary_values;
mod kept_templates;
mod missing_values;
mod random_note;
mod release_name;
mod schemas;
mod secrets;
mod unindented;
mod unknown_values;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use crate::engine::{self, Capabilities, LoadedTree, ParseAhead, Release, Rendered, Scope, Trace};
use crate::manifest::{self, ManifestError, Manifests};
use crate::values::{self, FileReader, Layer, NoFiles, UnknownValue};
use crate::yaml::{Map, RepeatedKey};

use kept_templates::KeptTemplates;
pub use release_name::is_release_name;
pub use schemas::Schemas;
pub use secrets::{secrets_of, secrets_of_values};

/// What to render: a chart, and the values and settings for it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request<'a> {
    /// The chart as it was read.
    pub chart: Chart,
    /// The values that the user set, in the order given.
    pub layers: &'a [Layer],
    /// Reads the files of `--set-file`.
    #[doc(hidden)]
    pub reader: &'a dyn FileReader,
    /// The release that templates see.
    pub release: Release,
    /// The cluster that templates see.
    pub capabilities: Capabilities,
    /// Whether to skip checking values against the charts' schemas.
    pub skip_schema_validation: bool,
    /// Whether to trace where each line comes from, for [`Render::trace`]. Tracing takes longer than rendering.
    #[doc(hidden)]
    pub traced: bool,
    /// The chart's Go templates, if their parsing began before the chart was built.
    #[doc(hidden)]
    pub ahead: Option<ParseAhead>,
}

impl<'a> Request<'a> {
    /// Returns a request for the chart with its default values, as the release `release-name` in the namespace `default`, for
    /// the cluster that Helm assumes if it has no connection to one.
    pub fn new(chart: Chart) -> Request<'a> {
        Request {
            chart,
            layers: &[],
            reader: &NoFiles,
            release: Release::install("release-name", "default"),
            capabilities: Capabilities::default(),
            skip_schema_validation: false,
            traced: false,
            ahead: None,
        }
    }

    /// Sets the layers of values, in the order in which flags are given.
    #[must_use]
    pub fn layers(mut self, layers: &'a [Layer]) -> Self {
        self.layers = layers;
        self
    }

    /// Sets the release.
    #[must_use]
    pub fn release(mut self, release: Release) -> Self {
        self.release = release;
        self
    }

    /// Sets the cluster.
    #[must_use]
    pub fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Sets what reads the files of `--set-file`.
    #[doc(hidden)]
    #[must_use]
    pub fn reader(mut self, reader: &'a dyn FileReader) -> Self {
        self.reader = reader;
        self
    }

    /// Sets whether to skip checking values against the charts' schemas.
    #[must_use]
    pub fn skip_schema_validation(mut self, skip: bool) -> Self {
        self.skip_schema_validation = skip;
        self
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { chart, layers, reader: _, release, capabilities, skip_schema_validation, traced, ahead: _ } =
            self;
        f.debug_struct("Request")
            .field("chart", chart)
            .field("layers", layers)
            .field("release", release)
            .field("capabilities", capabilities)
            .field("skip_schema_validation", skip_schema_validation)
            .field("traced", traced)
            .finish_non_exhaustive()
    }
}

/// The result of a [`Request`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Render {
    /// The chart as rendered: without disabled subcharts, and with aliases applied.
    pub chart: Chart,
    /// The values that the templates saw.
    pub values: Map,
    /// The manifests in the order in which to apply them.
    pub manifests: Manifests,
    /// Warnings and notes about a render that succeeded.
    pub warnings: Vec<Diagnostic>,
    /// The release that the templates saw.
    pub release: Release,
    /// The cluster that the templates saw.
    pub capabilities: Capabilities,
    templates: KeptTemplates,
}

impl Render {
    /// Returns the manifests as `mim-chart template` prints them: a stream of YAML documents, ready for `kubectl apply -f -`.
    pub fn to_yaml(&self) -> String {
        manifest::write(&self.manifests, &[])
    }

    /// Adds to each diagnostic about a manifest, as its first place, the template line that the manifest's line comes from, if
    /// known.
    pub fn add_template_lines<'d>(&self, diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>) {
        self.templates.add_template_lines(&self.scope(), diagnostics);
    }

    /// Returns where each line comes from; renders the templates again unless they were traced before. `None` if an engine of the tree can't trace, or if there is too much to trace.
    #[doc(hidden)]
    pub fn trace(&self) -> Option<Arc<Trace>> {
        self.templates.trace(&self.scope())
    }

    /// Returns what the templates were rendered with.
    #[doc(hidden)]
    pub fn scope(&self) -> Scope<'_> {
        let Render { chart, values, release, capabilities, .. } = self;
        Scope { chart, values, release, capabilities, refusals: None }
    }
}

/// A chart and its merged values, ready to be rendered.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The chart without disabled subcharts, and with aliases and imported values applied.
    pub chart: Chart,
    /// The values of the whole tree: the defaults with the user's values merged in.
    pub values: Map,
    /// Warnings and notes about values that are valid.
    pub warnings: Vec<Diagnostic>,
    /// Values that are set but are in neither the defaults nor the schemas. Some of them are among the warnings too.
    pub unknown: Vec<UnknownValue>,
}

/// Renders a chart: merges and checks values, runs the templates, and parses their output as manifests.
///
/// # Errors
/// All errors of the first step that fails, in Helm's order of steps.
pub fn render(request: Request<'_>) -> Result<Render, Diagnostics> {
    let Request { chart, layers, reader, release, capabilities, skip_schema_validation, traced, ahead } = request;
    let Prepared { chart, values, mut warnings, unknown } =
        prepare(chart, layers, reader, Some(&release), skip_schema_validation)?;
    chart.check_kube_version(&capabilities.kube_version)?;
    let scope =
        Scope { chart: &chart, values: &values, release: &release, capabilities: &capabilities, refusals: None };
    let outcome = match traced {
        true => engine::render_with_trace(&scope, ahead.as_ref()),
        false => engine::render_and_keep(&scope, ahead.as_ref()).map(|(rendered, loaded)| (rendered, loaded, None)),
    };
    let (rendered, loaded, trace) = match outcome {
        Ok(rendered) => rendered,
        Err(mut errors) => {
            let user = values::merge_layers(layers, reader).ok();
            errors.iter_mut().for_each(|error| missing_values::add_origin(error, &chart, &values, user.as_ref()));
            return Err(with_warnings(warnings, errors).into());
        }
    };
    unknown_values::adjust_warnings(&unknown, &scope, &loaded, &mut warnings);
    warnings.extend(random_note::random_note(&rendered, &scope, &loaded, trace.as_ref()));
    let texts = rendered.into_iter().filter(|rendered| !rendered.notes);
    let texts: Vec<Source> = texts.map(Rendered::into_source).collect();
    match Manifests::from_rendered(&texts) {
        Ok(mut manifests) => {
            let of_keys = manifests.notes.iter_mut().filter(|note| note.code == "repeated-key");
            engine::add_template_lines(&scope, Some(&loaded), of_keys);
            warnings.append(&mut manifests.notes);
            let templates = match traced {
                true => KeptTemplates::traced(loaded, trace.map(Arc::new)),
                false => KeptTemplates::new(loaded),
            };
            Ok(Render { chart, values, manifests, warnings, release, capabilities, templates })
        }
        Err(errors) => {
            let errors = errors.into_iter().map(|error| at_template(error, &scope, &loaded, &texts)).collect();
            let dump = texts.iter().map(|text| format!("---\n# Source: {}\n{}\n", text.name(), text.text())).collect();
            Err(Diagnostics::from(with_warnings(warnings, errors)).with_output(dump))
        }
    }
}

/// Merges the user's values into the chart's defaults and checks them: against the schemas, for embedded TOML, and for unknown
/// names. Given a release, also checks that the chart can be rendered as that release.
///
/// # Errors
/// All errors in the layers; if there are none, all violations of the schemas.
pub fn prepare(
    chart: Chart,
    layers: &[Layer],
    reader: &dyn FileReader,
    release: Option<&Release>,
    skip_schema_validation: bool,
) -> Result<Prepared, Vec<Diagnostic>> {
    let mut repeated = Vec::new();
    let user = values::merge_layers_noting(layers, reader, &mut repeated)?;
    let warnings = || repeated.iter().map(RepeatedKey::warning);
    let mut prepared = prepare_merged(chart, user, release, skip_schema_validation)
        .map_err(|errors| with_warnings(warnings().collect(), errors))?;
    prepared.warnings.extend(warnings());
    Ok(prepared)
}

/// Runs the checks that Helm makes between reading the user's values and merging them into the chart's, in Helm's order.
fn check_chart(chart: &Chart, release: Option<&Release>) -> Result<(), Diagnostic> {
    if release.is_some() {
        chart.check_installable()?;
    }
    chart.check_dependencies().map_err(missing_dependencies)?;
    release.map_or(Ok(()), |release| release_name::check(&release.name))
}

/// Adds the prefix that Helm puts before errors that occur before the final merge of the values.
fn while_processing_dependencies(mut errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for error in &mut errors {
        error.message.insert_str(0, "chart dependencies processing failed: ");
    }
    errors
}

/// Like [`prepare`], with the user's values merged already.
///
/// # Errors
/// Those of [`prepare`], except for errors in the layers.
pub fn prepare_merged(
    mut chart: Chart,
    user: Map,
    release: Option<&Release>,
    skip_schema_validation: bool,
) -> Result<Prepared, Vec<Diagnostic>> {
    check_chart(&chart, release).map_err(|error| vec![error])?;
    let mut warnings = chart.all_notices();
    warnings.extend(deprecation(&chart));
    warnings.extend(chart.process_dependencies(&user).map_err(while_processing_dependencies)?);
    warnings.extend(chart.duplicate_subcharts());
    warnings.extend(chart.undeclared_tera_charts());
    let tree = chart.values_tree();
    let schemas = Schemas::new(&chart);
    binary_values::check(&chart, &user)?;
    let mut unknown = values::unknown_values(&user, &tree, schemas.of_root());
    unknown.retain(|value| chart.switched_off_around(&value.path).is_none());
    warnings.extend(unknown.iter().filter(|value| value.is_suspicious).map(|value| value.warning.clone()));
    let coalesced = values::coalesce(&tree, user)?;
    warnings.extend(coalesced.warnings);
    // Values are merged several times on the way, each time with the same warnings.
    let mut reported = HashSet::new();
    warnings.retain(|warning| reported.insert(warning.message.clone()));
    if !skip_schema_validation {
        let (errors, more) = schemas.check(&coalesced.values);
        warnings.extend(more);
        if !errors.is_empty() {
            return Err(with_warnings(warnings, errors));
        }
    }
    Ok(Prepared { values: coalesced.values, chart, warnings, unknown })
}

fn missing_dependencies(error: Diagnostic) -> Diagnostic {
    let message = format!(
        "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: {}",
        error.message
    );
    Diagnostic { message, ..error }
}

fn deprecation(chart: &Chart) -> Vec<Diagnostic> {
    if !chart.metadata.deprecated {
        return Vec::new();
    }
    vec![
        Diagnostic::new(Severity::Info, "deprecated", "this chart is deprecated")
            .at(chart.metadata.place("deprecated"), ""),
    ]
}

/// Puts warnings before the errors, as a warning may explain an error.
fn with_warnings(mut warnings: Vec<Diagnostic>, errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    warnings.extend(errors);
    warnings
}

/// Adds the template line that a broken document came from as the first place, if the engine knows it.
fn at_template(error: ManifestError, scope: &Scope<'_>, loaded: &LoadedTree, rendered: &[Source]) -> Diagnostic {
    let ManifestError { path, mut diagnostic, rendered_line } = error;
    engine::add_template_line(scope, loaded, rendered, &mut diagnostic, &path, rendered_line);
    unindented::add_help(&mut diagnostic);
    diagnostic
}
