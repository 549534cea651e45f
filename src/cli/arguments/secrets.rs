//! Collects the secrets of a run, once there is something to print.

use super::chart_argument::locate;
use super::flags::GlobalFlags;
use crate::chart::Chart;
use crate::cli::output::console::Console;
use crate::diagnostic::Diagnostic;
use crate::engine::ClusterObjects;
use crate::render;
use crate::values::{FileReader, Layer};

use crate::cli::failure::Failure;

/// What secrets are collected from: a chart, and the values that it is rendered with.
pub(in crate::cli) struct Sources<'a> {
    /// The CHART argument.
    pub(in crate::cli) chart: Option<&'a str>,
    /// The chart, if it has been read. Its templates and files are not needed.
    pub(in crate::cli) read: Option<&'a Chart>,
    pub(in crate::cli) layers: &'a [Layer],
    pub(in crate::cli) reader: &'a dyn FileReader,
    pub(in crate::cli) global: &'a GlobalFlags,
    /// The objects of `--lookup`.
    pub(in crate::cli) objects: Option<&'a ClusterObjects>,
}

impl Sources<'_> {
    /// Collects the secrets for the console if there are diagnostics to print.
    pub(in crate::cli) fn collect_if_needed(&self, console: &mut Console, diagnostics: &[Diagnostic]) {
        // The note on random functions only names templates. It is common, so the search is skipped for it.
        if diagnostics.iter().any(|diagnostic| diagnostic.code != "random") {
            self.collect(console);
        }
    }

    pub(in crate::cli) fn collect(&self, console: &mut Console) {
        console.set_secrets(|| {
            // Errors in the chart are reported elsewhere.
            let read_now = || locate(self.chart, self.global).and_then(|located| located.chart()).ok();
            let read = if self.read.is_none() { read_now() } else { None };
            let mut gathering = render::secrets_of(self.read.or(read.as_ref()), self.layers, self.reader);
            self.objects
                .into_iter()
                .flat_map(ClusterObjects::all)
                .for_each(|object| gathering.object(&object.fields()));
            gathering.finish()
        });
    }

    /// Collects the secrets if a command failed.
    pub(in crate::cli) fn collect_on_failure<T>(
        &self,
        console: &mut Console,
        result: Result<T, Failure>,
    ) -> Result<T, Failure> {
        if let Err(Failure::Diagnostics(diagnostics)) = &result {
            self.collect_if_needed(console, diagnostics);
        }
        result
    }
}
