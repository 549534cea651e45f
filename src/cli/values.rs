//! `mim-chart values [CHART]`: prints the merged values, or those without effect.

use clap::Args;

use super::why::AnswerFormat;
use crate::chart::Chart;
use crate::cli::arguments::chart_argument::is_path;
use crate::cli::arguments::chart_argument::locate;
use crate::cli::arguments::flags::{GlobalFlags, ValuesFlags};
use crate::cli::arguments::lookup_flag::LookupFlag;
use crate::cli::arguments::rendering::first_release;
use crate::cli::arguments::secrets;
use crate::cli::arguments::values_input;
use crate::cli::environment::reproducible;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Paint};
use crate::engine::{Capabilities, Release};
use crate::explain::{Subject, hide_unused, unused, unused_json, unused_text};
use crate::values::{Layer, merge_defaults, merge_layers, replaced_lists};
use crate::{io, render, values, yaml};

/// Print the merged values that a chart's templates see
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart values [CHART] [flags]",
    after_help = "Examples:\n  \
    mim-chart values -f values.yaml --set replicaCount=3\n  \
    mim-chart values --set replicaCount=3 --origins\n  \
    mim-chart values -f values.yaml --unused"
)]
pub(super) struct Values {
    /// Chart, by default the built-in one
    #[arg(value_name = "CHART")]
    chart: Option<String>,
    #[command(flatten)]
    values: ValuesFlags,
    /// Add a comment to each line that shows who set the value
    #[arg(long)]
    origins: bool,
    /// Instead, list set values without a known effect: no change of them that was tried has one
    #[arg(long, conflicts_with = "origins")]
    unused: bool,
    /// Format of the list of --unused
    #[arg(short, long, value_enum, default_value = "text", value_name = "FORMAT", requires = "unused")]
    output: AnswerFormat,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    lookup: LookupFlag,
}

impl Values {
    /// Whether the command reads input that may nest deeply.
    pub(super) fn reads_deep_input(&self) -> bool {
        self.values.reads_deep_input() || self.lookup.reads_deep_input() || self.chart.as_deref().is_some_and(is_path)
    }

    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let located = locate(self.chart.as_deref(), global)?;
        let mut release = first_release(None, &located, global);
        release.environment = reproducible(&self.lookup)?;
        let chart = located.chart()?;
        let read = chart.without_files();
        let inputs = io::Inputs::new();
        let layers = values_input::layers(&self.values, &inputs)?;
        let objects = release.environment.objects.clone();
        let objects = objects.as_deref();
        let known = secrets::Sources {
            chart: self.chart.as_deref(),
            read: Some(&read),
            layers: &layers,
            reader: &inputs,
            global,
            objects,
        };
        if self.unused {
            known.collect(console);
            return self.print_unused(&chart, &release, &layers, &inputs, console);
        }
        let prepared = render::prepare(chart, &layers, &inputs, None, self.values.skip_schema_validation);
        let prepared = known.collect_on_failure(console, prepared.map_err(Failure::from))?;
        known.collect_if_needed(console, &prepared.warnings);
        let text = if self.origins {
            known.collect(console);
            let defaults = merge_defaults(&prepared.chart.values_tree())?.values;
            let replaced = replaced_lists(&defaults, &layers);
            values::write_with_origins(&console.secrets().masked_values(&prepared.values), &replaced)
        } else {
            yaml::write(&yaml::Value::Map(prepared.values)).map(|text| text + "\n")
        };
        // The process ends soon: freeing defaults and files piece by piece would only take time.
        std::mem::forget(prepared.chart);
        let text =
            text.map_err(|error| vec![Diagnostic::error("values", format!("cannot write the values: {error}"))])?;
        console.warn(&prepared.warnings, self.strict)?;
        Ok(console.print_yaml(&text)?)
    }

    fn print_unused(
        &self,
        chart: &Chart,
        release: &Release,
        layers: &[Layer],
        inputs: &io::Inputs,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let user = merge_layers(layers, inputs)?;
        let progress = console.progress();
        let subject = Subject {
            chart,
            user: &user,
            release,
            capabilities: &Capabilities::default(),
            skip_schema_validation: self.values.skip_schema_validation,
            experiments: progress.experiments(),
        };
        let scanned = unused(subject, &user);
        drop(progress);
        let mut scanned = scanned?;
        hide_unused(&mut scanned, console.secrets());
        let text = match self.output {
            AnswerFormat::Text => unused_text(&scanned, Paint::new(console.colors_output())),
            AnswerFormat::Json => unused_json(&scanned),
        };
        Ok(console.print(&text)?)
    }
}
