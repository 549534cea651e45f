//! A chart to render, from the arguments and flags of a command line.

use std::cell::OnceCell;

use super::chart_argument::{Located, locate};
use super::cluster_flags::ClusterFlags;
use super::flags::{GlobalFlags, ValuesFlags};
use super::secrets;
use crate::chart::Chart;
use crate::cli::failure::Failure;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::engine::{Capabilities, ParseAhead, Release};
use crate::io;
use crate::kubernetes::Object;
use crate::lint;
use crate::manifest::Manifests;
use crate::render::{self, Render, Request};
use crate::values::{FileReader, Layer};
use crate::yaml::Value;

/// A chart as named on the command line, and what its templates see besides the values.
pub(in crate::cli) struct Rendering<'a> {
    /// The CHART argument.
    pub(in crate::cli) argument: Option<&'a str>,
    pub(in crate::cli) release: Release,
    pub(in crate::cli) capabilities: Capabilities,
    /// The CustomResourceDefinitions of `--crds`.
    pub(in crate::cli) definitions: Vec<Object>,
    pub(in crate::cli) values: &'a ValuesFlags,
    pub(in crate::cli) global: &'a GlobalFlags,
    /// The files that the flags name, each read only once.
    pub(in crate::cli) inputs: io::Inputs,
    /// Whether to trace the render.
    pub(in crate::cli) traced: bool,
    /// The chart without its templates and files, once it has been read.
    read: OnceCell<Chart>,
    /// The chart's templates, while another thread parses them.
    ahead: OnceCell<ParseAhead>,
}

impl<'a> Rendering<'a> {
    /// Finds the chart; the arguments are the release's name and the chart, if given.
    ///
    /// # Errors
    /// Invalid flags, or a chart that doesn't exist.
    pub(in crate::cli) fn new(
        (name, argument): (Option<&str>, Option<&'a str>),
        is_upgrade: bool,
        cluster: &ClusterFlags,
        values: &'a ValuesFlags,
        global: &'a GlobalFlags,
    ) -> Result<(Rendering<'a>, Located), Failure> {
        let inputs = io::Inputs::new();
        let definitions = cluster.definitions()?;
        let capabilities = cluster.capabilities(&inputs, &definitions)?;
        let located = locate(argument, global)?;
        let release = Release { is_install: !is_upgrade, is_upgrade, ..first_release(name, &located, global) };
        let (read, ahead) = (OnceCell::new(), OnceCell::new());
        let rendering = Rendering {
            argument,
            release,
            capabilities,
            definitions,
            values,
            global,
            inputs,
            traced: false,
            read,
            ahead,
        };
        Ok((rendering, located))
    }

    /// Reads the chart that was found.
    ///
    /// # Errors
    /// Those of [`Located::chart`].
    pub(in crate::cli) fn chart(&self, mut located: Located) -> Result<Chart, Vec<Diagnostic>> {
        if let Some(ahead) = located.parse_ahead() {
            self.ahead.get_or_init(|| ahead);
        }
        let chart = located.chart()?;
        self.read.get_or_init(|| chart.without_files());
        Ok(chart)
    }

    /// Renders the chart with these layers.
    ///
    /// # Errors
    /// Those of [`render::render`].
    pub(in crate::cli) fn render(
        &self,
        chart: Chart,
        layers: &[Layer],
        reader: &dyn FileReader,
    ) -> Result<Render, Diagnostics> {
        render::render(Request {
            chart,
            layers,
            reader,
            release: self.release.clone(),
            capabilities: self.capabilities.clone(),
            skip_schema_validation: self.values.skip_schema_validation,
            traced: self.traced,
            ahead: self.ahead.get().cloned(),
        })
    }

    /// Returns what to search for secrets when the chart is rendered with these layers.
    pub(in crate::cli) fn secrets<'s>(
        &'s self,
        layers: &'s [Layer],
        reader: &'s dyn FileReader,
    ) -> secrets::Sources<'s> {
        let objects = self.release.environment.objects.as_deref();
        secrets::Sources { chart: self.argument, read: self.read.get(), layers, reader, global: self.global, objects }
    }
}

/// Returns the first revision of a release of a chart, with its default name if none is given.
pub(in crate::cli) fn first_release(name: Option<&str>, located: &Located, global: &GlobalFlags) -> Release {
    Release::install(name.unwrap_or(located.default_release_name()), global.namespace())
}

/// Removes the hooks that `--no-hooks` and `--skip-tests` exclude.
pub(in crate::cli) fn leave_out_hooks(manifests: &mut Manifests, no_hooks: bool, skip_tests: bool) {
    if no_hooks {
        manifests.hooks.clear();
    } else if skip_tests {
        manifests.remove_tests();
    }
}

/// Checks the values that become keys of a mongooseim.toml, if any of them differs from its default.
///
/// # Errors
/// All findings, if any of them is an error that MongooseIM would reject.
pub(in crate::cli) fn check_configuration(render: &mut Render) -> Result<(), Vec<Diagnostic>> {
    const WRITTEN: [&str; 6] = ["modules", "listeners", "hosts", "rdbms", "mimConfig", "extraMimConfig"];
    let is_set = |key: &str| {
        let default = render.chart.values.get(key);
        render.values.get(key).is_some_and(|node| match (&node.value, default.map(|node| &node.value)) {
            (Value::Map(map), Some(Value::Map(default))) => !map.is_same(default),
            (value, default) => Some(value) != default,
        })
    };
    if !WRITTEN.iter().any(|key| is_set(key)) {
        return Ok(());
    }
    let found = lint::check_values(&render.chart.metadata, &render.manifests, &render.values);
    if found.iter().any(Diagnostic::is_error) {
        return Err(found);
    }
    render.warnings.extend(found);
    Ok(())
}
