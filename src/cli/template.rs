//! `mim-chart template [NAME] [CHART]`: renders a chart and prints its manifests.

mod output;
mod page;

use clap::Args;
use output::OutputFlags;

use crate::chart::Chart;
use crate::cli::arguments::chart_argument::{Located, is_path, name_and_chart};
use crate::cli::arguments::cluster_flags::ClusterFlags;
use crate::cli::arguments::flags::{GlobalFlags, ValuesFlags};
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::manifest_input::crds_of;
use crate::cli::arguments::post_renderer::{PostRendererFlags, Rewritten, rewrite};
use crate::cli::arguments::rendering::{Rendering, check_configuration};
use crate::cli::arguments::values_input;
use crate::cli::environment::environment;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::engine::{self, Environment};
use crate::explain::api_version_notes;
use crate::io::PostRenderer;
use crate::kubernetes::{Object, read_objects};
use crate::manifest::Manifest;
use crate::render::Render;
use crate::validate;
use crate::values::{Layer, ReplacedList, merge_defaults, replaced_lists};
use crate::version::{Constraints, parse_version};

/// Render a chart and print its manifests
///
/// CHART is a chart's directory or archive, by default the built-in MongooseIM chart, which is also named `mongooseim` or
/// `mongoose/mongooseim`. A single argument is CHART. NAME is the name of the release, by default `mongooseim` for the built-in
/// chart and `release-name` for any other.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart template [NAME] [CHART] [flags]",
    after_help = "Examples:\n  \
        mim-chart template --set replicaCount=3 | kubectl apply -f -\n  \
        mim-chart template mim mongooseim -n chat --set-file mimConfig=mongooseim.toml\n  \
        mim-chart template ./mychart -f values.yaml --output-dir rendered\n  \
        mim-chart template ./mychart -f values.yaml --output html > manifests.html"
)]
pub(super) struct Template {
    /// Name of the release (optional) and chart
    #[arg(value_name = "NAME CHART", num_args = 0..)]
    arguments: Vec<String>,
    #[command(flatten)]
    values: ValuesFlags,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    post_renderer: PostRendererFlags,
    #[command(flatten)]
    cluster: ClusterFlags,
    #[command(flatten)]
    lookup: LookupFlag,
    /// Name of the release as a Go template
    #[arg(long, value_name = "TEXT")]
    name_template: Option<String>,
    /// Constraint that the chart's version must meet (>=1.2, ~1.4, 1.x)
    #[arg(long = "version", value_name = "CONSTRAINT")]
    chart_version: Option<String>,
    /// Render as an upgrade: set Release.IsUpgrade instead of Release.IsInstall
    #[arg(long)]
    is_upgrade: bool,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Check the manifests as the API server would, without a cluster (see `mim-chart validate`); print nothing if it would
    /// reject any
    #[arg(long)]
    validate_offline: bool,
    /// Helm's deprecated flag for a check by the API server; here it means --validate-offline
    #[arg(long, hide = true)]
    validate: bool,
    /// Allow DNS lookups, which are never done: templates that need one fail
    #[arg(long, hide = true)]
    enable_dns: bool,
    /// Make random functions of Go templates return the same results in each run; TEXT can be anything
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
}

impl Template {
    /// Whether the command reads input that may nest deeply.
    pub(super) fn reads_deep_input(&self) -> bool {
        let reads_files = self.values.reads_deep_input() || self.lookup.reads_deep_input();
        reads_files
            || self.post_renderer.is_given()
            || self.cluster.reads_deep_input()
            || self.arguments.iter().any(|argument| is_path(argument))
    }

    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let (name, chart) = name_and_chart(&self.arguments, self.name_template.as_deref())?;
        let program = self.post_renderer.program()?;
        self.output.check(program.as_ref())?;
        let environment =
            Environment { needs_dns: self.enable_dns, ..environment(self.seed.as_deref(), &self.lookup)? };
        let name_of_template = match self.name_template.as_deref().filter(|template| name == Some(*template)) {
            Some(template) => Some(engine::render_name(&Source::flag("--name-template", template), &environment)?),
            None => None,
        };
        let target = (name_of_template.as_deref().or(name), chart);
        let (mut rendering, located) = Rendering::new(target, self.is_upgrade, &self.cluster, &self.values, global)?;
        rendering.release.environment = environment;
        rendering.traced = self.output.needs_trace();
        let layers = values_input::layers(&self.values, &rendering.inputs)?;
        let result = self.print(&rendering, located, &layers, program.as_ref(), console);
        rendering.secrets(&layers, &rendering.inputs).collect_on_failure(console, result)
    }

    fn print(
        &self,
        rendering: &Rendering<'_>,
        located: Located,
        layers: &[Layer],
        program: Option<&PostRenderer>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let is_built_in = located.is_built_in();
        let chart = rendering.chart(located)?;
        let of_version = match self.check_version(&chart) {
            Err(error) if is_built_in => return Err(error.into()),
            // Helm ignores the version of a local chart.
            Err(error) => Some(
                Diagnostic { severity: Severity::Warning, ..error }
                    .help("a chart that is passed by its path is rendered regardless of its version"),
            ),
            Ok(()) => None,
        };
        let secrets = rendering.secrets(layers, &rendering.inputs);
        let mut render = rendering.render(chart, layers, &rendering.inputs).inspect_err(|failed| {
            if rendering.global.debug && !failed.output().is_empty() {
                secrets.collect(console);
                let shown = console.secrets().masked_documents(failed.output());
                console.note(&shown);
            }
        })?;
        render.warnings.extend(of_version);
        if !self.values.skip_schema_validation {
            check_configuration(&mut render)?;
        }
        if rendering.global.debug {
            render.warnings.extend(api_version_notes(&render));
            let defaults = merge_defaults(&render.chart.values_tree())?.values;
            render.warnings.extend(replaced_lists(&defaults, layers).iter().map(ReplacedList::note));
        }
        let mut text = None;
        if let Some(program) = program {
            match rewrite(program, &render.manifests, &self.output.crds(&render.chart))? {
                Rewritten::Text(rewritten) => text = Some(rewritten),
                Rewritten::Manifests(mut rewritten) => {
                    render.warnings.append(&mut rewritten.notes);
                    render.manifests = rewritten;
                }
            }
        }
        if self.validate {
            render.warnings.push(validate_means_offline());
        }
        if self.validate || self.validate_offline {
            check(&mut render, text.as_ref(), &rendering.definitions, self.strict)?;
        }
        self.output.write(render, text.as_ref(), &rendering.release.name, self.strict, &secrets, console)
    }

    /// Checks that the chart's version meets the constraint of `--version`; an empty one allows all.
    fn check_version(&self, chart: &Chart) -> Result<(), Diagnostic> {
        let Some(constraint) = self.chart_version.as_deref().filter(|constraint| !constraint.trim().is_empty()) else {
            return Ok(());
        };
        let flag = Source::flag("--version", constraint);
        let refuse =
            |message: String, help: String| Diagnostic::error("chart-version", message).at(flag.whole(), "").help(help);
        let (name, version) = (&chart.metadata.name, &chart.metadata.version);
        let parsed = Constraints::parse(constraint).map_err(|reason| {
            refuse(reason, "a constraint is a version, or several comparisons such as `>=1.2, <2`".to_owned())
        })?;
        if parse_version(version).is_ok_and(|version| parsed.are_met_by(&version)) {
            return Ok(());
        }
        let message = format!("chart \"{name}\" version \"{constraint}\" not found");
        Err(refuse(message, format!("the version of this chart is {version}")))
    }
}

/// Checks the rendered manifests like `validate`; `rewritten` replaces all of them except the hooks. Findings that are not
/// errors are added to the warnings.
fn check(render: &mut Render, rewritten: Option<&Source>, definitions: &[Object], strict: bool) -> Result<(), Failure> {
    let objects_of = |manifests: &[Manifest]| -> Vec<Object> {
        manifests.iter().filter(|manifest| !manifest.is_comment()).map(Manifest::object).collect()
    };
    let mut objects = match rewritten {
        Some(text) => read_objects(text, text.name())?,
        None => objects_of(&render.manifests.manifests),
    };
    objects.extend(objects_of(&render.manifests.hooks));
    let mut custom_kinds = validate::custom_kinds(&crds_of(&render.chart)?);
    custom_kinds.extend(validate::custom_kinds(definitions));
    let kube_version = &render.capabilities.kube_version;
    let request = validate::Request { kube_version, strict, custom_kinds: &custom_kinds };
    let mut reported: Vec<Diagnostic> =
        validate::validate(&objects, &request).into_iter().map(|finding| finding.diagnostic).collect();
    render.add_template_lines(&mut reported);
    if objects.is_empty() {
        reported.push(Diagnostic::warning("no-objects", "the chart renders no objects: there is nothing to validate"));
    }
    if reported.iter().any(Diagnostic::is_error) {
        return Err(reported.into());
    }
    render.warnings.extend(reported);
    Ok(())
}

/// Returns a warning: with `--validate`, Helm asks the API server, but mim-chart checks offline.
fn validate_means_offline() -> Diagnostic {
    let message = "--validate means --validate-offline here: the manifests are checked without a cluster";
    Diagnostic::warning("deprecated-flag", message)
}
