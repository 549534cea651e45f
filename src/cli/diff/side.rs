//! Prepares one side of a comparison: manifests that are read, or a chart that is rendered, currently or as of a git revision.

use std::cell::OnceCell;
use std::path::Path;

use super::ignore;
use crate::chart::Chart;
use crate::cli::arguments::chart_argument::{Located, built_in_of, is_path, locate, locate_at};
use crate::cli::arguments::flags::{GlobalFlags, ValuesFlags};
use crate::cli::arguments::manifest_input::{NamedBy, crds_of, objects_of_files_with_known};
use crate::cli::arguments::rendering::{check_configuration, leave_out_hooks};
use crate::cli::arguments::secrets;
use crate::cli::arguments::side_flags::{ARGUMENT, SideOrigin, SideValues};
use crate::cli::arguments::{values_at_revision, values_input};
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Severity, Source, printable};
use crate::engine::{Capabilities, Release, Scope};
use crate::explain::{Experiments, Subject};
use crate::io::{self, Revision};
use crate::kubernetes::Object;
use crate::manifest::Manifest;
use crate::render::{self, Render, Request};
use crate::values::{FileReader, Layer, merge_layers};
use crate::yaml::Map;

/// A side: its objects and, if it was rendered, the chart and the values.
#[derive(Default)]
pub(super) struct Side {
    pub(super) objects: Vec<Object>,
    pub(super) rendered: Option<RenderedSide>,
    /// The rules file beside its chart.
    pub(super) rules: Option<Source>,
}

/// The chart and the values that a side was rendered from.
pub(super) struct RenderedSide {
    /// The chart as it was read.
    pub(super) source: Chart,
    /// The chart as it was rendered.
    pub(super) chart: Chart,
    /// The values that its templates saw.
    pub(super) values: Map,
    /// The user's values, merged.
    pub(super) user: Map,
}

impl RenderedSide {
    /// Returns what the side was rendered with.
    pub(super) fn scope<'s>(&'s self, builder: &'s SideBuilder<'_>) -> Scope<'s> {
        Scope {
            chart: &self.chart,
            values: &self.values,
            release: &builder.release,
            capabilities: &builder.capabilities,
            refusals: None,
        }
    }

    /// Returns what to run experiments with.
    pub(super) fn subject<'s>(&'s self, builder: &'s SideBuilder<'_>, experiments: &'s Experiments) -> Subject<'s> {
        Subject {
            chart: &self.source,
            user: &self.user,
            release: &builder.release,
            capabilities: &builder.capabilities,
            skip_schema_validation: builder.values.skip_schema_validation,
            experiments,
        }
    }
}

/// Which objects of a render are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection {
    pub(super) no_hooks: bool,
    pub(super) skip_tests: bool,
    pub(super) include_crds: bool,
}

/// A side before it is read or rendered. A current chart has been found already.
pub(super) enum SideInput<'o> {
    /// The CHART argument, and the chart that was found.
    Chart(Option<&'o str>, Located),
    /// The CHART argument, and the revision.
    AtRevision(Option<&'o str>, &'o str),
    /// Manifests, and the flag that names them.
    Manifests(&'o str, &'static str),
}

/// Finds the chart of a side before anything is read, so that a missing chart is reported first.
///
/// # Errors
/// Those of [`locate`].
pub(super) fn find<'o>(origin: SideOrigin<'o>, global: &GlobalFlags) -> Result<SideInput<'o>, Vec<Diagnostic>> {
    Ok(match origin {
        SideOrigin::Chart(argument) => SideInput::Chart(argument, locate(argument, global)?),
        SideOrigin::AtRevision { chart, revision } => SideInput::AtRevision(chart, revision),
        SideOrigin::Manifests { path, flag } => SideInput::Manifests(path, flag),
    })
}

/// Prepares sides, with the settings that both share.
pub(super) struct SideBuilder<'a> {
    pub(super) release: Release,
    pub(super) capabilities: Capabilities,
    pub(super) values: &'a ValuesFlags,
    pub(super) global: &'a GlobalFlags,
    pub(super) selection: Selection,
    /// The files that the flags name.
    pub(super) inputs: io::Inputs,
    /// The current files of -f, each read only once.
    files: OnceCell<Vec<Layer>>,
}

/// Which side to prepare, and the settings that only this side has.
#[derive(Clone, Copy)]
pub(super) struct SideSettings<'a> {
    pub(super) is_new: bool,
    pub(super) values: SideValues<'a>,
    /// A prefix for errors, if the two sides are different charts.
    pub(super) label: Option<&'a str>,
    /// The names of both sides, for advice about values files.
    pub(super) values_files: (&'a str, &'a str),
    /// The objects of the other side, if they were read rather than rendered.
    pub(super) known: &'a [Object],
}

impl<'a> SideBuilder<'a> {
    pub(super) fn new(
        release: Release,
        capabilities: Capabilities,
        values: &'a ValuesFlags,
        global: &'a GlobalFlags,
        selection: Selection,
    ) -> Self {
        let inputs = io::Inputs::new();
        SideBuilder { release, capabilities, values, global, selection, inputs, files: OnceCell::new() }
    }

    /// Prepares a side. Warnings count only for the new side, as those about the old one may be fixed already.
    ///
    /// # Errors
    /// All errors that keep it from being read or rendered.
    pub(super) fn side(
        &self,
        found: SideInput<'_>,
        settings: SideSettings<'_>,
        notes: &mut Vec<Diagnostic>,
        console: &mut Console,
    ) -> Result<Side, Failure> {
        match found {
            SideInput::Chart(argument, located) => {
                let layers = self.layers(settings)?;
                let rules = ignore::ignore_file_of(argument).map_err(|error| vec![error])?;
                let chart = located.chart().map_err(|errors| prefixed(errors, settings.label))?;
                let side = self.rendered(argument, chart, &layers, &self.inputs, settings, (notes, console))?;
                Ok(Side { rules, ..side })
            }
            SideInput::Manifests(path, flag) => {
                let objects =
                    objects_of_files_with_known(settings.known, &[path.to_owned()], NamedBy::side(flag), "diff");
                let explain = |error| about_arguments(about_values(error, settings.values_files), flag);
                let objects = objects.map_err(|errors| errors.into_iter().map(explain).collect::<Vec<_>>())?;
                Ok(Side { objects, ..Side::default() })
            }
            SideInput::AtRevision(chart, revision) => self.at_revision(chart, revision, settings, notes, console),
        }
    }

    /// Returns the layers of a side with the current files.
    fn layers(&self, settings: SideSettings<'_>) -> Result<Vec<Layer>, Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let mut layers = match self.files.get() {
            Some(layers) => layers.clone(),
            None => {
                let (layers, found) = values_input::read(&self.values.files()?, &self.inputs);
                errors.extend(found);
                self.files.get_or_init(|| layers).clone()
            }
        };
        let (own, found) = values_input::read(&settings.values.files()?, &self.inputs);
        errors.extend(found);
        layers.extend(own);
        layers.extend(self.values.set_layers());
        layers.extend(settings.values.set_layers());
        if errors.is_empty() {
            return Ok(layers);
        }
        // Also report the errors in the files that could be read.
        errors.extend(merge_layers(&layers, &self.inputs).err().unwrap_or_default());
        Err(errors)
    }

    /// Prepares a side from the same command line as of a revision.
    fn at_revision(
        &self,
        argument: Option<&str>,
        rev: &str,
        settings: SideSettings<'_>,
        notes: &mut Vec<Diagnostic>,
        console: &mut Console,
    ) -> Result<Side, Failure> {
        let revision = Revision::open(rev, folder_of(argument))?;
        let side = if settings.is_new { "new" } else { "old" };
        let reader = values_at_revision::InputsAtRevision::new(&self.inputs, &revision, side);
        let files = self.values.files()?.into_iter().chain(settings.values.files()?).collect();
        let sets = self.values.set_layers().into_iter().chain(settings.values.set_layers());
        let layers = values_at_revision::layers(files, sets, &reader)?;
        let Some(chart) = self.chart_at(&revision, argument, settings, notes)? else { return Ok(Side::default()) };
        let at_rev = format!("at {rev}");
        let settings = SideSettings { label: Some(&at_rev), ..settings };
        let side = self.rendered(argument, chart, &layers, &reader, settings, (notes, console));
        notes.extend(reader.notes());
        Ok(Side { rules: ignore::file_at(&revision, argument)?, ..side? })
    }

    /// Reads the chart as of a revision; `None` if it did not exist.
    fn chart_at(
        &self,
        revision: &Revision,
        argument: Option<&str>,
        settings: SideSettings<'_>,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Option<Chart>, Failure> {
        let located = match argument.filter(|argument| built_in_of(Some(argument)).is_none()) {
            None => locate(argument, self.global)?,
            Some(argument) => match locate_at(argument, revision, self.global)? {
                io::AtRevision::There(located) => located,
                io::AtRevision::Missing => {
                    let what = if settings.is_new { "gone" } else { "new" };
                    notes.push(revision_note(format!(
                        "{argument} did not exist at {}: everything is {what}",
                        revision.name()
                    )));
                    return Ok(None);
                }
                io::AtRevision::Outside => {
                    notes.push(revision_note(format!(
                        "{argument} is outside the repository: it is the same on both sides"
                    )));
                    locate(Some(argument), self.global)?
                }
            },
        };
        Ok(Some(located.chart()?))
    }

    /// Renders a side to the objects that `template` would print.
    fn rendered(
        &self,
        argument: Option<&str>,
        chart: Chart,
        layers: &[Layer],
        reader: &dyn FileReader,
        settings: SideSettings<'_>,
        (notes, console): (&mut Vec<Diagnostic>, &mut Console),
    ) -> Result<Side, Failure> {
        let known = chart.without_files();
        let objects = self.release.environment.objects.as_deref();
        let secrets =
            secrets::Sources { chart: argument, read: Some(&known), layers, reader, global: self.global, objects };
        let side = self.render(chart, layers, reader, settings.is_new);
        let side = side.map_err(|errors| Failure::from(prefixed(errors, settings.label)));
        let (side, warnings) = secrets.collect_on_failure(console, side)?;
        notes.extend(warnings.into_iter().filter(|warning| settings.is_new || warning.code == "random"));
        Ok(side)
    }

    fn render(
        &self,
        chart: Chart,
        layers: &[Layer],
        reader: &dyn FileReader,
        is_new: bool,
    ) -> Result<(Side, Vec<Diagnostic>), Vec<Diagnostic>> {
        let source = chart.clone();
        let mut render = render::render(Request {
            chart,
            layers,
            reader,
            release: self.release.clone(),
            capabilities: self.capabilities.clone(),
            skip_schema_validation: self.values.skip_schema_validation,
            traced: false,
            ahead: None,
        })?;
        // An error on the old side may be fixed on the new one.
        if is_new && !self.values.skip_schema_validation {
            check_configuration(&mut render)?;
        }
        let user = merge_layers(layers, reader)?;
        let Render { chart, values, mut manifests, warnings, .. } = render;
        leave_out_hooks(&mut manifests, self.selection.no_hooks, self.selection.skip_tests);
        let mut objects = Vec::new();
        if self.selection.include_crds {
            objects.extend(crds_of(&chart)?);
        }
        objects.extend(manifests.iter().map(Manifest::object));
        Ok((Side { objects, rendered: Some(RenderedSide { source, chart, values, user }), rules: None }, warnings))
    }
}

/// Returns an existing folder in the repository of a chart: the chart's own or, for a built-in chart, the current one.
fn folder_of(argument: Option<&str>) -> &Path {
    let path = argument.filter(|argument| built_in_of(Some(argument)).is_none()).map(Path::new);
    let folder = path.map(|path| if path.is_dir() { path } else { path.parent().unwrap_or(path) });
    // If the chart is gone, use the nearest parent folder that still exists.
    let there = folder.and_then(|folder| folder.ancestors().find(|above| above.is_dir()));
    there.unwrap_or(Path::new("."))
}

fn prefixed(errors: Vec<Diagnostic>, label: Option<&str>) -> Vec<Diagnostic> {
    let Some(label) = label else { return errors };
    let with_label = |mut error: Diagnostic| {
        if error.is_error() {
            error.message = format!("{label}: {}", error.message);
        }
        error
    };
    errors.into_iter().map(with_label).collect()
}

/// Explains how to compare values if a values file was given in place of manifests.
fn about_values(error: Diagnostic, (old, new): (&str, &str)) -> Diagnostic {
    if error.help.iter().any(|help| help.contains("values file")) {
        let help = format!(
            "to compare values, render a chart with them: mim-chart diff CHART --from-values {old} --to-values {new}"
        );
        return Diagnostic { help: vec![printable(&help).into_owned()], ..error };
    }
    error
}

/// Explains how two arguments are understood, in case they were meant as a name and a chart.
fn about_arguments(error: Diagnostic, flag: &str) -> Diagnostic {
    if flag == ARGUMENT
        && error.labels.iter().any(|label| label.span.source().is_some_and(|source| source.name() == flag))
    {
        return error.help("without --rev, --from or --to, two arguments are the two sides; with one of these flags, they are the release name and the chart");
    }
    error
}

pub(super) fn revision_note(message: String) -> Diagnostic {
    Diagnostic::new(Severity::Info, "revision", message)
}

/// Returns the prefix for errors of a side, if the other side is another chart.
pub(super) fn label(origin: SideOrigin<'_>, other: SideOrigin<'_>) -> Option<String> {
    let SideOrigin::Chart(chart) = origin else { return None };
    let chart = chart.unwrap_or(io::BUILT_IN_CHART);
    let is_other = other.chart().is_some_and(|other| other.unwrap_or(io::BUILT_IN_CHART) != chart);
    (is_other && (is_path(chart) || built_in_of(Some(chart)).is_some())).then(|| chart.to_owned())
}
