//! `mim-chart template [NAME] [CHART]`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::chart::Chart;
use crate::cli::arguments::chart_argument::{Located, is_path, name_and_chart};
use crate::cli::arguments::cluster_flags::ClusterFlags;
use crate::cli::arguments::flags::{GlobalFlags, ValuesFlags};
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::manifest_input::crds_of;
use crate::cli::arguments::rendering::{Rendering, check_configuration, leave_out_hooks};
use crate::cli::arguments::secrets;
use crate::cli::arguments::values_input;
use crate::cli::environment::environment;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Severity, Source, printable};
use crate::explain::line_map;
use crate::kubernetes::Object;
use crate::manifest::Manifest;
use crate::manifest::{self, Manifests};
use crate::render::Render;
use crate::validate;
use crate::values::Layer;
use crate::version::{Constraints, parse_version};
use crate::{engine, io};

/// Render a chart and print its manifests
///
/// Without CHART the built-in MongooseIM chart is meant; `mongooseim` and `mongoose/mongooseim` name it too, and a
/// directory is a chart. With one argument it is CHART. NAME is the release's name: without it `mongooseim` for the
/// built-in chart, `release-name` for any other.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart template [NAME] [CHART] [flags]",
    after_help = "Examples:\n  \
        mim-chart template --set replicaCount=3 | kubectl apply -f -\n  \
        mim-chart template mim mongooseim -n chat --set-file mimConfig=mongooseim.toml\n  \
        mim-chart template ./mychart -f values.yaml --output-dir rendered"
)]
pub(super) struct Template {
    /// The release's name (optional), then the chart
    #[arg(value_name = "NAME CHART", num_args = 0..)]
    arguments: Vec<String>,
    #[command(flatten)]
    values: ValuesFlags,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    cluster: ClusterFlags,
    #[command(flatten)]
    lookup: LookupFlag,
    /// The release's name as a Go template
    #[arg(long, value_name = "TEXT")]
    name_template: Option<String>,
    /// A constraint that the chart's version has to meet (>=1.2, ~1.4, 1.x)
    #[arg(long = "version", value_name = "CONSTRAINT")]
    chart_version: Option<String>,
    /// Render as an upgrade: Release.IsUpgrade instead of Release.IsInstall
    #[arg(long)]
    is_upgrade: bool,
    /// Warnings are errors
    #[arg(long)]
    strict: bool,
    /// Check the manifests as the API server would, without a cluster (see `mim-chart validate`); nothing is printed if it would
    /// refuse any
    #[arg(long)]
    validate_offline: bool,

    /// Make random functions of Go templates give the same results in each run; TEXT is any text
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
}

/// What is printed, and where to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputFlags {
    /// Print only what these templates render to (repeatable; templates/x.yaml, with * ? [..])
    #[arg(short, long, value_name = "TEMPLATE")]
    show_only: Vec<String>,
    /// Write the manifests to files below this directory instead of printing them
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// With --output-dir: put the release's name before the path
    #[arg(long)]
    release_name: bool,
    /// With --output-dir: remove files that an earlier run wrote for this chart and that are no longer rendered
    #[arg(long)]
    prune_output: bool,
    /// Print the chart's custom resource definitions too
    #[arg(long)]
    include_crds: bool,
    /// Write where each line of the output comes from to this file, as JSON: template, calls and values
    ///
    /// The object has `version` (1), `documents` (`apiVersion`, `kind`, `name`, `namespace`, `source`, `lines`) and `values` (who set
    /// each: `place`). A line has `line` (its number in the output), `template` (`file`, `line`, `column`), `calls` (the same with
    /// `name`, the innermost first), and keys of values: `shown` by it, and `deciding` about it; lists that are
    /// empty are left out.
    #[arg(long, value_name = "FILE")]
    line_map: Option<PathBuf>,
    /// Do not print hooks
    #[arg(long)]
    no_hooks: bool,
    /// Do not print test hooks
    #[arg(long)]
    skip_tests: bool,
}

impl Template {
    /// Whether it reads anything that may nest deeply.
    pub(super) fn reads_deep_input(&self) -> bool {
        let reads_files = self.values.reads_deep_input() || self.lookup.reads_deep_input();
        reads_files || self.arguments.iter().any(|argument| is_path(argument))
    }

    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let (name, chart) = name_and_chart(&self.arguments, self.name_template.as_deref())?;
        let environment = environment(self.seed.as_deref(), &self.lookup)?;
        let name_of_template = match self.name_template.as_deref().filter(|template| name == Some(*template)) {
            Some(template) => Some(engine::render_name(&Source::flag("--name-template", template), &environment)?),
            None => None,
        };
        let target = (name_of_template.as_deref().or(name), chart);
        let (mut rendering, located) = Rendering::new(target, self.is_upgrade, &self.cluster, &self.values, global)?;
        rendering.release.environment = environment;
        let layers = values_input::layers(&self.values, &rendering.inputs)?;
        let result = self.print(&rendering, located, &layers, console);
        rendering.secrets(&layers, &rendering.inputs).learn_of(console, result)
    }

    fn print(
        &self,
        rendering: &Rendering<'_>,
        located: Located,
        layers: &[Layer],
        console: &mut Console,
    ) -> Result<(), Failure> {
        let chart = rendering.chart(located)?;
        self.check_version(&chart)?;
        let secrets = rendering.secrets(layers, &rendering.inputs);
        let mut render = rendering.render(chart, layers, &rendering.inputs).inspect_err(|failed| {
            if rendering.global.debug && !failed.output().is_empty() {
                secrets.learn_now(console);
                let shown = console.secrets().masked_documents(failed.output());
                console.note(&shown);
            }
        })?;
        if !self.values.skip_schema_validation {
            check_configuration(&mut render)?;
        }
        if self.validate_offline {
            check(&mut render, self.strict)?;
        }
        self.output.write(render, &rendering.release.name, self.strict, &secrets, console)
    }

    /// Whether the chart is of a version that `--version` allows; an empty constraint allows all.
    fn check_version(&self, chart: &Chart) -> Result<(), Failure> {
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
        Err(refuse(message, format!("the version of this chart is {version}")).into())
    }
}

impl OutputFlags {
    fn write(
        &self,
        render: Render,
        release: &str,
        strict: bool,
        subject: &secrets::Subject<'_>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        self.check_line_map()?;
        if self.line_map.is_some() {
            return self.write_with_line_map(render, strict, subject, console);
        }
        let Render { chart, mut manifests, mut warnings, values, .. } = render;
        // The process ends soon: to free values and files piece by piece would only take time.
        std::mem::forget(values);
        let chart = std::mem::ManuallyDrop::new(chart);
        self.check_pruning()?;
        leave_out_hooks(&mut manifests, self.no_hooks, self.skip_tests);
        subject.learn(console, &warnings);
        warnings.extend(hooks_note(&manifests));
        let mut crds = self.crds(&chart);
        if let Some(directory) = self.output_dir.as_deref().filter(|directory| !directory.as_os_str().is_empty()) {
            if !self.show_only.is_empty() {
                manifest::keep_shown(&mut manifests, &mut crds, &chart.metadata.name, &self.patterns())?;
            }
            console.warn(&warnings, strict)?;
            return self.write_files(directory, &manifests, &crds, release, &chart.metadata.name, console);
        }
        let text = if self.show_only.is_empty() {
            manifest::write(&manifests, &crds)
        } else {
            manifest::write_shown(&manifests, &crds, &chart.metadata.name, &self.patterns())?
        };
        console.warn(&warnings, strict)?;
        Ok(console.print_unchanged(&text)?)
    }

    /// Prints all manifests, and writes where each line comes from.
    fn write_with_line_map(
        &self,
        mut render: Render,
        strict: bool,
        subject: &secrets::Subject<'_>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        leave_out_hooks(&mut render.manifests, self.no_hooks, self.skip_tests);
        render.warnings.extend(hooks_note(&render.manifests));
        subject.learn_now(console);
        let crds = self.crds(&render.chart);
        let text = manifest::write(&render.manifests, &crds);
        let lines_before = text.lines().count() - manifest::write(&render.manifests, &[]).lines().count();
        let map = line_map(&render, lines_before, console.secrets())?;
        console.warn(&render.warnings, strict)?;
        if let Some(path) = &self.line_map {
            io::write_file(path, &map, "--line-map")?;
        }
        Ok(console.print_unchanged(&text)?)
    }

    /// The chart's custom resource definitions, where they are to be printed.
    fn crds(&self, chart: &Chart) -> Vec<(String, String)> {
        let crds = if self.include_crds { chart.all_crds() } else { Vec::new() };
        crds.into_iter().map(|(path, file)| (path, String::from_utf8_lossy(&file.bytes).into_owned())).collect()
    }

    /// The lines that are counted are those of the whole output.
    fn check_line_map(&self) -> Result<(), Failure> {
        let is_whole = self.output_dir.is_none() && self.show_only.is_empty();
        if self.line_map.is_none() || is_whole {
            return Ok(());
        }
        let message = "--line-map covers the whole output: it can't be used with --output-dir or --show-only";
        Err(Diagnostic::error("usage", message).into())
    }

    /// Pruning makes sense only where all files are written.
    fn check_pruning(&self) -> Result<(), Failure> {
        if !self.prune_output {
            return Ok(());
        }
        let refuse = |message: &str| Err(Diagnostic::error("usage", message).into());
        if self.output_dir.is_none() {
            return refuse("--prune-output needs --output-dir");
        }
        if !self.show_only.is_empty() {
            return refuse(
                "--prune-output can't be used with --show-only: all files that are not shown would be removed",
            );
        }
        Ok(())
    }

    /// The patterns of `--show-only`.
    fn patterns(&self) -> Vec<Source> {
        self.show_only.iter().map(|text| Source::flag("--show-only", text)).collect()
    }

    /// Writes one file a template below `directory`, and says so for every document in it, as Helm does.
    fn write_files(
        &self,
        directory: &Path,
        manifests: &Manifests,
        crds: &[(String, String)],
        release: &str,
        chart: &str,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let (mut files, mut documents) = manifest::files(manifests, crds);
        if self.release_name {
            let below = |path: &mut String| *path = format!("{release}/{path}");
            files.iter_mut().map(|(path, _)| path).for_each(below);
            documents.iter_mut().for_each(below);
        }
        io::write_files(directory, &files).map_err(|error| vec![error])?;
        let line = |verb: &str, path: &String| {
            let path = directory.join(path).display().to_string();
            format!("{verb} {}\n", printable(&path))
        };
        let mut reported: String = documents.iter().map(|path| line("wrote", path)).collect();
        if self.prune_output {
            let prefix = if self.release_name { release } else { "" };
            let pruned = io::prune_files(directory, prefix, chart, &files)?;
            reported.extend(pruned.iter().map(|path| line("removed", path)));
        }
        Ok(console.print(&reported)?)
    }
}

/// Checks what was rendered as `validate` does. What is not rejected is reported with the other warnings.
fn check(render: &mut Render, strict: bool) -> Result<(), Failure> {
    let all = render.manifests.manifests.iter().chain(&render.manifests.hooks);
    let objects: Vec<Object> = all.map(Manifest::object).collect();
    let custom_kinds = validate::custom_kinds(&crds_of(&render.chart)?);
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

/// What is to be said of hooks: Helm runs them at their time, kubectl applies them with all the rest.
fn hooks_note(manifests: &Manifests) -> Option<Diagnostic> {
    const SHOWN: usize = 5;
    let shown: Vec<String> = manifests
        .hooks
        .iter()
        .filter_map(|manifest| Some(format!("{} ({})", manifest.path, manifest.hook.as_ref()?.events.join(", "))))
        .collect();
    if shown.is_empty() {
        return None;
    }
    let more = shown.len().checked_sub(SHOWN).filter(|&more| more > 0).map(|more| format!(" and {more} more"));
    let message = format!(
        "hooks are among the manifests; kubectl would apply them like everything else: {}{}",
        shown[..shown.len().min(SHOWN)].join(", "),
        more.unwrap_or_default()
    );
    let note = Diagnostic::new(Severity::Info, "hooks", message);
    Some(note.help("--no-hooks leaves all hooks out, --skip-tests those that only `helm test` runs"))
}
