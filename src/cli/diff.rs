//! `mim-chart diff [NAME] [CHART]`

use std::path::Path;

use clap::{Args, ValueEnum};

use crate::chart::Chart;
use crate::cli::arguments::chart_argument::{locate, locate_at, name_and_chart};
use crate::cli::arguments::cluster_flags::ClusterFlags;
use crate::cli::arguments::flags::{GlobalFlags, ValuesFlags};
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::manifest_input::{crds_of, objects_of_files};
use crate::cli::arguments::rendering::{Rendering, check_configuration, leave_out_hooks};
use crate::cli::arguments::values_at_revision;
use crate::cli::arguments::values_input;
use crate::cli::environment::reproducible;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::{self, Comparison, TextOptions, compare_sides, given_twice};
use crate::explain::{Before, Subject, add_causes};
use crate::io::{self, Revision};
use crate::kubernetes::Object;
use crate::manifest::Manifest;
use crate::render::{Render, Schemas};
use crate::secrets::{Gathering, Secrets};
use crate::values::{FileReader, Layer, merge_defaults, merge_layers};
use crate::yaml::Map;

/// The form of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Text for people.
    Text,
    /// A comment for a pull request.
    Markdown,
    /// One JSON object.
    Json,
    /// A patch.
    Unified,
}

const EXAMPLES: &str = "Examples:\n  \
    mim-chart diff --rev main -f values/prod.yaml\n  \
    mim-chart diff --rev HEAD~1 ./mychart --output markdown\n  \
    kubectl get statefulset,service,configmap -o yaml | mim-chart diff --from - -f values/prod.yaml";

const JSON: &str = "With --output json, one object:\n  \
    summary    the last line of the text\n  \
    unchanged  how many objects are the same\n  \
    objects    status (added, removed, changed, renamed, rewritten), apiVersion, kind, namespace, name,\n             \
    oldName, origin (the template), causes, impacts, changes\n  \
    impacts    rule, level (info, warning, rejected), text, remedy\n  \
    changes    path, change, old, new (JSON as text), causes\n  \
    causes     key, old, new (JSON as text), place";

/// Show what a change of a chart or its values changes in the manifests, and what that does in a cluster
///
/// The new side is what `template` would print with the same flags. The old side is the same at an earlier revision of the
/// git repository (--rev), or manifests from anywhere: files, a directory, `kubectl get -o yaml` (--from).
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart diff [NAME] [CHART] --rev REV [flags]\n       mim-chart diff [NAME] [CHART] --from PATH [flags]",
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{JSON}")
)]
pub(super) struct Diff {
    /// The release's name (optional), then the chart
    #[arg(value_name = "NAME CHART", num_args = 0..)]
    arguments: Vec<String>,
    /// Compare with the chart, the values files and the --set-file files as they stood at this git revision
    #[arg(long, value_name = "REV", conflicts_with = "from")]
    rev: Option<String>,
    /// Compare with manifests: a file, a directory, or `-` for standard input
    #[arg(long, value_name = "PATH")]
    from: Option<String>,
    /// The form of the answer
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT")]
    output: DiffFormat,
    /// Exit with 2 if there are differences
    #[arg(long)]
    detailed_exitcode: bool,
    /// Unchanged lines around those that differ in a text
    #[arg(long, value_name = "LINES", default_value_t = 3)]
    context: usize,
    /// With --output markdown: leave sections out that would make it longer; GitHub takes 65536 characters
    #[arg(long, value_name = "BYTES", default_value_t = 60_000)]
    max_bytes: usize,
    /// Leave hooks out
    #[arg(long)]
    no_hooks: bool,
    /// Leave test hooks out
    #[arg(long)]
    skip_tests: bool,
    /// Compare the chart's custom resource definitions too
    #[arg(long)]
    include_crds: bool,
    /// Render as an upgrade: Release.IsUpgrade instead of Release.IsInstall
    #[arg(long)]
    is_upgrade: bool,
    #[command(flatten)]
    values: ValuesFlags,
    #[command(flatten)]
    cluster: ClusterFlags,
    #[command(flatten)]
    lookup: LookupFlag,
}

/// One side: its objects, and of a rendered one what it was made of.
#[derive(Default)]
struct Side {
    objects: Vec<Object>,
    /// The chart as it was rendered, and the values that its templates saw.
    rendered: Option<(Chart, Map)>,
}

impl Diff {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let target = name_and_chart(&self.arguments, None)?;
        if self.rev.is_none() && self.from.is_none() {
            let error = Diagnostic::error("usage", "nothing to compare with: --rev REV or --from PATH is needed");
            return Err(error
                .help("--rev main compares with a git revision, --from FILE with manifests; --from - reads standard input")
                .into());
        }
        let (mut rendering, located) = Rendering::new(target, self.is_upgrade, &self.cluster, &self.values, global)?;
        rendering.release.environment = reproducible(&self.lookup)?;
        let mut notes = Vec::new();
        let old = match (&self.rev, &self.from) {
            (Some(rev), _) => self.side_at_revision(rev, &rendering, &mut notes, console)?,
            (None, from) => Side { objects: objects_of_files(from.as_slice(), "--from", "diff")?, ..Side::default() },
        };
        let layers = values_input::layers(&self.values, &rendering.inputs)?;
        let chart = rendering.chart(located)?;
        let new = self.side(&rendering, chart.clone(), &layers, &rendering.inputs, true);
        let secrets = rendering.secrets(&layers, &rendering.inputs);
        let (new, warnings) = secrets.learn_of(console, new.map_err(Failure::from))?;
        notes.extend(warnings);
        console.learn(|| secrets_of(&old, &new));
        let secrets = console.secrets().clone();
        for side in [&old, &new] {
            notes.extend(given_twice(&side.objects, &rendering.release.namespace));
        }
        let mut comparison = compare_sides(&old.objects, &new.objects, &secrets, &rendering.release.namespace);
        if !comparison.differences.is_empty() {
            let user = merge_layers(&layers, &rendering.inputs)?;
            let progress = console.progress();
            let subject = Subject {
                chart: &chart,
                user: &user,
                release: &rendering.release,
                capabilities: &rendering.capabilities,
                skip_schema_validation: self.values.skip_schema_validation,
                experiments: progress.experiments(),
            };
            let before = old.rendered.as_ref().map_or(Before::Unknown, |(_, values)| Before::Values(values));
            add_causes(&mut comparison, subject, before, (&old.objects, &new.objects), &secrets)?;
        }
        console.warn(&notes, false)?;
        self.print(&comparison, console)?;
        if self.detailed_exitcode && !comparison.is_empty() { Err(Failure::DifferencesFound) } else { Ok(()) }
    }

    fn print(&self, comparison: &Comparison, console: &mut Console) -> Result<(), Failure> {
        match self.output {
            DiffFormat::Text => {
                let options = TextOptions { color: console.colors_output(), context: self.context };
                console.print(&diff::write_text(comparison, options))?;
            }
            DiffFormat::Markdown => {
                console.print(&diff::write_markdown(comparison, self.context, self.max_bytes))?;
            }
            DiffFormat::Json => console.print(&diff::write_json(comparison))?,
            DiffFormat::Unified => console.print_document(&diff::write_unified(comparison, self.context))?,
        }
        Ok(())
    }

    /// The same command line at a revision. Its warnings are left out: they are about what is no longer so.
    fn side_at_revision(
        &self,
        rev: &str,
        rendering: &Rendering<'_>,
        notes: &mut Vec<Diagnostic>,
        console: &mut Console,
    ) -> Result<Side, Failure> {
        let revision = Revision::open(rev, folder_of(rendering))?;
        let reader = values_at_revision::InputsAtRevision::new(&rendering.inputs, &revision);
        let layers = values_at_revision::layers(&self.values, &reader)?;
        let Some(chart) = chart_at(&revision, rendering, notes)? else { return Ok(Side::default()) };
        let side = self.side(rendering, chart, &layers, &reader, false);
        notes.extend(reader.notes());
        let at_rev = |mut error: Diagnostic| {
            if error.is_error() {
                error.message = format!("at {rev}: {}", error.message);
            }
            error
        };
        let side = side.map_err(|errors| errors.into_iter().map(at_rev).collect::<Vec<_>>());
        let (side, _) = rendering.secrets(&layers, &reader).learn_of(console, side.map_err(Failure::from))?;
        Ok(side)
    }

    /// What `template` prints, as objects, and its warnings.
    fn side(
        &self,
        rendering: &Rendering<'_>,
        chart: Chart,
        layers: &[Layer],
        reader: &dyn FileReader,
        is_new: bool,
    ) -> Result<(Side, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut render = rendering.render(chart, layers, reader)?;
        // What was wrong before may be what has been corrected.
        if is_new && !self.values.skip_schema_validation {
            check_configuration(&mut render)?;
        }
        let Render { chart, values, mut manifests, warnings, .. } = render;
        leave_out_hooks(&mut manifests, self.no_hooks, self.skip_tests);
        let mut objects = Vec::new();
        if self.include_crds {
            objects.extend(crds_of(&chart)?);
        }
        objects.extend(manifests.manifests.iter().chain(&manifests.hooks).map(Manifest::object));
        Ok((Side { objects, rendered: Some((chart, values)) }, warnings))
    }
}

/// A folder of the repository that has the chart's revisions: the chart's own, or for a built-in chart the current one.
fn folder_of<'a>(rendering: &Rendering<'a>) -> &'a Path {
    let folder = rendering.argument.map(Path::new).filter(|_| !rendering.is_built_in);
    let folder = folder.map(|path| if path.is_dir() { path } else { path.parent().unwrap_or(path) });
    folder.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The chart as it stood at a revision; `None` if it did not exist.
fn chart_at(
    revision: &Revision,
    rendering: &Rendering<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Option<Chart>, Failure> {
    let Rendering { argument, global, .. } = *rendering;
    let located = match argument.filter(|_| !rendering.is_built_in) {
        None => locate(argument, global)?,
        Some(argument) => match locate_at(argument, revision, global)? {
            io::AtRevision::There(located) => located,
            io::AtRevision::Missing => {
                notes.push(said(format!("{argument} did not exist at {}: everything is new", revision.name())));
                return Ok(None);
            }
            io::AtRevision::Outside => {
                notes.push(said(format!("{argument} is outside the repository: it is the same on both sides")));
                locate(Some(argument), global)?
            }
        },
    };
    Ok(Some(located.chart()?))
}

/// What is secret on either side.
fn secrets_of(old: &Side, new: &Side) -> Secrets {
    let mut gathering = Gathering::default().numbered();
    let rendered: Vec<_> = [old, new].into_iter().filter_map(|side| side.rendered.as_ref()).collect();
    let schemas: Vec<Schemas> = rendered.iter().map(|(chart, _)| Schemas::readable(chart)).collect();
    for ((chart, _), schemas) in rendered.iter().zip(&schemas) {
        if let Ok(defaults) = merge_defaults(&chart.values_tree()) {
            gathering.defaults(&defaults.values, &schemas.documents());
        }
    }
    diff::gather_secrets(old.objects.iter().chain(&new.objects), &mut gathering);
    for ((_, values), schemas) in rendered.iter().zip(&schemas) {
        gathering.values(values, &schemas.documents());
    }
    gathering.finish()
}

fn said(message: String) -> Diagnostic {
    Diagnostic::new(Severity::Info, "revision", message)
}
