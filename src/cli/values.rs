//! `mim-chart values [CHART]`

use clap::Args;

use super::chart_argument::locate;
use super::console::Console;
use super::flags::{GlobalFlags, ValuesFlags};
use super::{Failure, values_input};
use crate::diagnostic::Diagnostic;
use crate::{io, render, values, yaml};

/// Print the merged values that a chart's templates see
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    mim-chart values -f values.yaml --set replicaCount=3\n  \
    mim-chart values --set replicaCount=3 --origins")]
pub(super) struct Values {
    /// The chart; without it the built-in one
    #[arg(value_name = "CHART")]
    chart: Option<String>,
    #[command(flatten)]
    values: ValuesFlags,
    /// Say on each line, as a comment, who set the value
    #[arg(long)]
    origins: bool,
    /// Warnings are errors
    #[arg(long)]
    strict: bool,
}

impl Values {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let chart = locate(self.chart.as_deref(), global)?.chart()?;
        let inputs = io::Inputs::new();
        let layers = values_input::layers(&self.values, &inputs)?;
        let prepared = render::prepare(chart, &layers, &inputs, self.values.skip_schema_validation)?;
        let text = if self.origins {
            values::write_with_origins(&prepared.values)
        } else {
            yaml::write(&yaml::Value::Map(prepared.values)).map(|text| text + "\n")
        };
        let text =
            text.map_err(|error| vec![Diagnostic::error("values", format!("cannot write the values: {error}"))])?;
        console.warn(&prepared.warnings, self.strict)?;
        Ok(console.print(&text)?)
    }
}
