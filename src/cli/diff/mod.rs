//! `mim-chart diff [NAME] [CHART]` and `mim-chart diff OLD NEW`: compares two sets of manifests.
//!
//! Each side is read or rendered ([`side`]), and [`crate::diff`] compares their objects. If a side was rendered,
//! [`crate::explain`] adds where changes come from and which values caused them.

mod ignore;
mod page;
mod side;
mod transitions;

use clap::{Args, ValueEnum};

use self::ignore::IgnoreFlags;
use self::side::{Selection, Side, SideBuilder, SideSettings, find, label, revision_note};
use self::transitions::{FORBIDDEN, add_transitions, has_custom};
use super::arguments::chart_argument::{built_in_of, default_release_name};
use super::arguments::cluster_flags::ClusterFlags;
use super::arguments::flags::{GlobalFlags, ValuesFlags};
use super::arguments::lookup_flag::LookupFlag;
use super::arguments::manifest_input::crds_of;
use super::arguments::side_flags::{SideFlags, SideOrigin, Sides};
use super::environment::reproducible_across_versions;
use super::failure::Failure;
use super::output::console::Console;
use super::output::findings_format::workspace;
use crate::diagnostic::{Diagnostic, Paint};
use crate::diff::{self, Comparison, TextOptions, compare_ignoring, compare_sides, duplicate_warnings};
use crate::engine::Release;
use crate::explain::{
    Before, SideTrace, Version, add_causes, add_origins, add_template_lines, is_another_chart, upgrade,
};
use crate::io::Inputs;
use crate::kubernetes::Object;
use crate::render::Schemas;
use crate::report;
use crate::secrets::{Gathering, Secrets};
use crate::validate::{self, CustomKind};
use crate::values::merge_defaults;

/// The form of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Plain text.
    Text,
    /// A pull request comment.
    Markdown,
    /// A self-contained web page.
    Html,
    /// One JSON object.
    Json,
    /// A patch.
    Unified,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub Actions annotations.
    Github,
}

const EXAMPLES: &str = "Examples:\n  \
    mim-chart diff --rev main -f values/prod.yaml\n  \
    mim-chart diff --rev v1.2..v1.3 ./mychart --output markdown\n  \
    mim-chart diff --from-chart web-1.4.2.tgz --to-chart web-2.0.0.tgz -f mine.yaml\n  \
    mim-chart diff ./mychart --rev main -f prod.yaml --output html > change.html\n  \
    mim-chart diff ./mychart -f prod.yaml --to-set replicas=3\n  \
    mim-chart diff old.yaml new.yaml --side-by-side\n  \
    mim-chart diff ./mychart --rev main --images --output json | jq -r '.new[]'\n  \
    kubectl get statefulset,service,configmap -o yaml | mim-chart diff --from - -f values/prod.yaml";

const JSON: &str = "With --output json, one object:\n  \
    summary    the last line of the text\n  \
    unchanged  the number of unchanged objects\n  \
    values     if the sides are two versions of a chart: oldChart, newChart, unused (key, place, wasUsed,\n             \
                renamedTo), defaults (key, old, new, objects)\n  \
    ignored    changes, objects (with no other changes), rules (rule, changes), file (path, rules)\n  \
    groups     changes, objects: changes that three or more objects share; they are in objects too\n  \
    objects    status (added, removed, changed, renamed, rewritten), apiVersion, kind, namespace, name,\n             \
    oldName, origin (the template), causes, impacts, changes\n  \
    impacts    rule, level (info, warning, rejected), text, remedy\n  \
    changes    path, change, old, new (JSON as text), causes; of charts in Go templates also\n             \
                template (file, line, column), calls (the same and name, innermost first),\n             \
                shown and deciding (values: key, value, place)\n  \
    causes     key, old, new (JSON as text), place\n\n\
    With --images and --output json, one object:\n  \
    summary, unchanged, new and gone (images that only one side has), and changes: change, old, new,\n  \
    fields (apiVersion, kind, namespace, name, path, role, causes)";

/// Show how a change to a chart or its values affects the manifests and the cluster
///
/// Each side is a chart (a directory, an archive, or one at a git revision) that is rendered as by `template`, or manifests
/// from anywhere: a file, a directory, `kubectl get -o yaml`. A side without a flag is CHART. -f and --set apply to both sides
/// if they are rendered, --from-values, --from-set, --to-values and --to-set to one of them.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart diff [NAME] [CHART] --rev REV [flags]\n       mim-chart diff [NAME] [CHART] --from PATH [flags]\n       mim-chart diff [NAME] OLD NEW [flags]",
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{JSON}")
)]
pub(super) struct Diff {
    /// Name of the release (optional) and chart; without flags for the sides, the two sides
    #[arg(value_name = "NAME CHART", num_args = 0..)]
    arguments: Vec<String>,
    #[command(flatten)]
    sides: SideFlags,
    /// Format of the output
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT", help_heading = "Output")]
    output: DiffFormat,
    /// Exit with 2 if there are differences
    #[arg(long, help_heading = "Output")]
    detailed_exitcode: bool,
    /// Number of unchanged lines around changed lines
    #[arg(long, value_name = "LINES", default_value_t = 3, help_heading = "Output")]
    context: usize,
    /// List only the container images that change; with --output json as one object
    #[arg(long, conflicts_with = "side_by_side", help_heading = "Output")]
    images: bool,
    /// Show the old and the new text of each object side by side
    #[arg(long, help_heading = "Output")]
    side_by_side: bool,
    /// With --side-by-side: the width of the output; by default COLUMNS or the width of the terminal, else 130
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=2000), requires = "side_by_side", help_heading = "Output")]
    width: Option<u16>,
    /// Do not use the pager of MIM_CHART_PAGER or PAGER (by default less) on a terminal
    #[arg(long, help_heading = "Output")]
    no_pager: bool,
    /// With --output markdown: omit sections beyond this length; GitHub accepts 65536 characters
    #[arg(long, value_name = "BYTES", default_value_t = 60_000, help_heading = "Output")]
    max_bytes: usize,
    /// Ignore hooks
    #[arg(long, help_heading = "Rendering")]
    no_hooks: bool,
    /// Ignore test hooks
    #[arg(long, help_heading = "Rendering")]
    skip_tests: bool,
    /// Also compare the chart's CustomResourceDefinitions
    #[arg(long, help_heading = "Rendering")]
    include_crds: bool,
    /// Render as an upgrade: set Release.IsUpgrade instead of Release.IsInstall
    #[arg(long, help_heading = "Rendering")]
    is_upgrade: bool,
    #[command(flatten)]
    ignored: IgnoreFlags,
    #[command(flatten)]
    values: ValuesFlags,
    #[command(flatten)]
    cluster: ClusterFlags,
    #[command(flatten)]
    lookup: LookupFlag,
}

impl Diff {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let sides = self.sides.sides(&self.arguments)?;
        self.sides.check(sides, &self.values)?;
        if self.side_by_side && self.output != DiffFormat::Text {
            return Err(Diagnostic::error("usage", "--side-by-side can't be used with --output: it prints text").into());
        }
        let (old, new) = (find(sides.old, global)?, find(sides.new, global)?);
        let definitions = self.cluster.definitions()?;
        if self.images && !matches!(self.output, DiffFormat::Text | DiffFormat::Json) {
            return Err(Diagnostic::error("usage", "--images can only be used with --output text and json").into());
        }
        let builder = self.builder(sides, &definitions, global)?;
        let mut notes = Vec::new();
        if matches!(sides.old, SideOrigin::AtRevision { .. }) && self.values.sets_any() {
            notes.push(revision_note(
                "--set and similar flags apply to both sides; --to-set applies only to the new side".to_owned(),
            ));
        }
        let (old_label, new_label) = (label(sides.old, sides.new), label(sides.new, sides.old));
        let values_files = values_files(sides);
        let which = |is_new, values, label| SideSettings { is_new, values, label, values_files, known: &[] };
        let of_old = which(false, self.sides.old_values(), old_label.as_deref());
        let of_new = which(true, self.sides.new_values(), new_label.as_deref());
        let old = builder.side(old, of_old, &mut notes, console)?;
        let known = if old.rendered.is_none() { &old.objects[..] } else { &[] };
        let new = builder.side(new, SideSettings { known, ..of_new }, &mut notes, console)?;
        console.set_secrets(|| secrets_of(&old, &new));
        let is_patch = self.output == DiffFormat::Unified;
        let secrets = console.secrets().clone();
        let secrets = if is_patch { secrets.as_written() } else { secrets };
        let namespace = &builder.release.namespace;
        for side in [&old, &new] {
            notes.extend(duplicate_warnings(&side.objects, namespace));
        }
        // Rules from the new side could hide its own changes.
        let file = if sides.old.chart().is_some() { &old.rules } else { &new.rules };
        let rules = self.ignored.rules(file.as_ref(), is_patch)?;
        notes.extend(self.ignored.notes(is_patch));
        let mut comparison = compare_ignoring(&old.objects, &new.objects, &secrets, namespace, &rules);
        add_rules_of_custom_kinds(&mut comparison, (&old, &new), &definitions, &secrets, namespace);
        let traces = [&old, &new].map(|side| side.rendered.as_ref().map(|side| SideTrace::new(side.scope(&builder))));
        let traces = traces.each_ref().map(Option::as_ref);
        self.explain(&mut comparison, &builder, (&old, &new), traces, console)?;
        console.warn(&notes, false)?;
        if self.images {
            return self.conclude_images((&old.objects, &new.objects), &comparison, namespace, console);
        }
        if self.output == DiffFormat::Html {
            console.print_document(&page::page(&comparison, sides, traces, console.secrets()))?;
        } else {
            self.print(&comparison, console)?;
        }
        if self.detailed_exitcode && !comparison.is_empty() { Err(Failure::DifferencesFound) } else { Ok(()) }
    }

    /// Adds origins and causes to the differences, and reports how another version of the chart uses the user's values.
    fn explain(
        &self,
        comparison: &mut Comparison,
        builder: &SideBuilder<'_>,
        (old, new): (&Side, &Side),
        [old_trace, new_trace]: [Option<&SideTrace<'_>>; 2],
        console: &Console,
    ) -> Result<(), Failure> {
        // These formats don't show template lines, so no trace is needed.
        let names_none = self.images || self.side_by_side || self.output == DiffFormat::Unified;
        if !names_none {
            add_origins(comparison, (old_trace, new_trace), console.secrets());
            add_template_lines(comparison, (old_trace, &old.objects), (new_trace, &new.objects));
        }
        let (Some(of_new), Some(new_trace)) = (&new.rendered, new_trace) else { return Ok(()) };
        let progress = console.progress();
        let experiments = progress.experiments();
        if !comparison.differences.is_empty() {
            let before = match &old.rendered {
                None => Before::Unknown,
                Some(old) if is_another_chart(&old.source, &of_new.source) => Before::OtherChart(&old.values),
                Some(old) => Before::Values(&old.values),
            };
            add_causes(
                comparison,
                of_new.subject(builder, experiments),
                before,
                (&old.objects, &new.objects),
                (old_trace, new_trace),
                console.secrets(),
            )?;
        }
        if let Some((of_old, old_trace)) = old.rendered.as_ref().zip(old_trace)
            && is_another_chart(&of_old.source, &of_new.source)
        {
            let [of_old, of_new] = [(of_old, old_trace), (of_new, new_trace)].map(|(side, trace)| Version {
                subject: side.subject(builder, experiments),
                chart: &side.chart,
                trace,
            });
            let upgrade = upgrade(comparison, of_old, of_new, console.secrets())?;
            comparison.upgrade = Some(upgrade);
        }
        Ok(())
    }

    /// Returns the settings that both sides share. Without a name, the release gets the default name for the new side's chart.
    fn builder<'a>(
        &'a self,
        sides: Sides<'_>,
        definitions: &[Object],
        global: &'a GlobalFlags,
    ) -> Result<SideBuilder<'a>, Failure> {
        let capabilities = self.cluster.capabilities(&Inputs::new(), definitions)?;
        let chart = sides.new.chart().or(sides.old.chart());
        let name = sides.name.unwrap_or(default_release_name(chart.and_then(built_in_of)));
        let mut release = Release {
            is_install: !self.is_upgrade,
            is_upgrade: self.is_upgrade,
            ..Release::install(name, global.namespace())
        };
        release.environment = reproducible_across_versions(&self.lookup)?;
        // Only two charts have the same random values.
        release.environment.notes_random_calls =
            [sides.old, sides.new].iter().any(|side| matches!(side, SideOrigin::Manifests { .. }));
        let selection =
            Selection { no_hooks: self.no_hooks, skip_tests: self.skip_tests, include_crds: self.include_crds };
        Ok(SideBuilder::new(release, capabilities, &self.values, global, selection))
    }

    /// Prints the images that change.
    fn conclude_images(
        &self,
        sides: (&[Object], &[Object]),
        comparison: &Comparison,
        namespace: &str,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let found = diff::image_changes(sides, comparison, console.secrets(), namespace);
        let text = match self.output {
            DiffFormat::Json => diff::image_changes_json(&found),
            _ => diff::image_changes_text(&found, Paint::new(console.colors_output())),
        };
        self.print_text(&text, console)?;
        if self.detailed_exitcode && !found.is_empty() { Err(Failure::DifferencesFound) } else { Ok(()) }
    }

    fn print_text(&self, text: &str, console: &mut Console) -> anyhow::Result<()> {
        if self.no_pager { console.print(text) } else { console.print_in_pages(text) }
    }

    fn print(&self, comparison: &Comparison, console: &mut Console) -> Result<(), Failure> {
        let text = match self.output {
            DiffFormat::Text => {
                let options = TextOptions { color: console.colors_output(), context: self.context };
                if self.side_by_side {
                    let width = self.width.map_or_else(|| console.width(), usize::from);
                    diff::write_side_by_side(comparison, options, width)
                } else {
                    diff::write_text(comparison, options)
                }
            }
            DiffFormat::Markdown => diff::write_markdown(comparison, self.context, self.max_bytes),
            DiffFormat::Json => diff::write_json(comparison),
            DiffFormat::Unified => diff::write_unified(comparison, self.context),
            DiffFormat::Html => return Ok(()),
            DiffFormat::Sarif => report::write_sarif(&diff::findings(comparison), &workspace()),
            DiffFormat::Github => report::write_github(&diff::findings(comparison), &workspace()),
        };
        let is_read = console.is_read_by_a_person();
        match self.output {
            DiffFormat::Unified if !is_read => console.print_unchanged(&text)?,
            // GitHub Actions must be able to parse workflow commands, so they are not escaped.
            DiffFormat::Github => console.print_unchanged(&text)?,
            _ => self.print_text(&text, console)?,
        }
        Ok(())
    }
}

/// Returns the known custom kinds: of `definitions`, of the new side's chart, and of its objects. Definitions of a chart that
/// can't be read are ignored, as they are not what is compared.
fn custom_kinds(definitions: &[Object], new: &Side) -> Vec<CustomKind> {
    let of_chart = new.rendered.as_ref().map(|rendered| crds_of(&rendered.chart).unwrap_or_default());
    let of_chart = of_chart.unwrap_or_default();
    [definitions, &of_chart, &new.objects].into_iter().flat_map(validate::custom_kinds).collect()
}

/// Adds violations of the rules of custom kinds. Ignored changes to objects are added back if these rules forbid them.
fn add_rules_of_custom_kinds(
    comparison: &mut Comparison,
    (old, new): (&Side, &Side),
    definitions: &[Object],
    secrets: &Secrets,
    namespace: &str,
) {
    let add = |comparison: &mut Comparison| {
        if has_custom(comparison) {
            let kinds = custom_kinds(definitions, new);
            add_transitions(comparison, (&old.objects, &new.objects), &kinds, secrets, namespace);
        }
    };
    add(comparison);
    if comparison.ignored.changes > 0 {
        let mut whole = compare_sides(&old.objects, &new.objects, secrets, namespace);
        add(&mut whole);
        comparison
            .restore_ignored(whole, |difference| difference.impacts.iter().any(|impact| impact.rule == FORBIDDEN));
    }
}

/// Returns the names of the two sides for an example with values files.
fn values_files(sides: Sides<'_>) -> (&str, &str) {
    match (sides.old, sides.new) {
        (SideOrigin::Manifests { path: old, .. }, SideOrigin::Manifests { path: new, .. })
            if old != "-" && new != "-" =>
        {
            (old, new)
        }
        _ => ("OLD.yaml", "NEW.yaml"),
    }
}

/// Collects the secrets of both sides.
fn secrets_of(old: &Side, new: &Side) -> Secrets {
    let mut gathering = Gathering::default().numbered();
    let rendered: Vec<_> = [old, new].into_iter().filter_map(|side| side.rendered.as_ref()).collect();
    let schemas: Vec<Schemas> = rendered.iter().map(|side| Schemas::new(&side.chart)).collect();
    for (side, schemas) in rendered.iter().zip(&schemas) {
        if let Ok(defaults) = merge_defaults(&side.chart.values_tree()) {
            gathering.defaults(&defaults.values, &schemas.documents());
        }
    }
    diff::gather_secrets(old.objects.iter().chain(&new.objects), &mut gathering);
    for (side, schemas) in rendered.iter().zip(&schemas) {
        gathering.values(&side.values, &schemas.documents());
    }
    gathering.finish()
}
