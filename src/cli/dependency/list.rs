//! `mim-chart dependency list [CHART]`: shows the declared dependencies and their status.

use std::path::Path;

use clap::Args;

use crate::chart::{Chart, Vendored, dependency_status};
use crate::cli::arguments::chart_argument::{locate, locate_directory};
use crate::cli::arguments::flags::GlobalFlags;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::cli::output::table::table;
use crate::diagnostic::printable;
use crate::go;
use crate::io;

/// List a chart's dependencies and whether they are present
#[derive(Debug, Args)]
#[command(
    visible_alias = "ls",
    override_usage = "mim-chart dependency list [CHART] [flags]",
    after_help = "Examples:\n  mim-chart dependency list ./mychart"
)]
pub(super) struct List {
    /// Chart, by default the current directory
    #[arg(value_name = "CHART", default_value = ".", hide_default_value = true)]
    chart: String,
    /// Maximum width of a column; 0 for no limit
    #[arg(long, value_name = "COLUMNS", default_value_t = 80)]
    max_col_width: usize,
}

impl List {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let path = Path::new(&self.chart);
        let located =
            if path.is_file() { locate(Some(&self.chart), global)? } else { locate_directory(&self.chart, global)? };
        let chart = located.chart_of_any_version()?;
        if chart.metadata.dependencies.is_empty() {
            let charts = go::path::join(path, "charts");
            let charts = charts.display().to_string();
            return Ok(console.print(&format!("WARNING: no dependencies at {}\n", printable(&charts)))?);
        }
        let vendored = io::read_charts_folder(path, global.links())?;
        let text = format!("{}\n{}", self.declared(&chart, &vendored), undeclared(&chart, &vendored));
        Ok(console.print(&text)?)
    }

    /// Returns the table of declared dependencies.
    fn declared(&self, chart: &Chart, vendored: &[Vendored]) -> String {
        let mut rows = vec![["NAME", "VERSION", "REPOSITORY", "STATUS"]];
        rows.extend(chart.metadata.dependencies.iter().map(|dependency| {
            let status = dependency_status(dependency, chart, vendored);
            [dependency.name.as_str(), &dependency.version, &dependency.repository, status]
        }));
        table(&rows, self.max_col_width)
    }
}

/// Returns Helm's warnings about charts in `charts/` that are not declared.
fn undeclared(chart: &Chart, vendored: &[Vendored]) -> String {
    let is_declared = |name: &str| chart.metadata.dependencies.iter().any(|dependency| dependency.name == name);
    let reported = |one: &Vendored| match &one.chart {
        _ if !one.is_directory && !one.name.ends_with(".tgz") => String::new(),
        Err(_) => format!("WARNING: \"{}\" is not a chart.\n", printable(&one.shown)),
        Ok(found) if is_declared(&found.metadata.name) => String::new(),
        Ok(_) => format!("WARNING: \"{}\" is not in Chart.yaml.\n", printable(&one.shown)),
    };
    vendored.iter().map(reported).collect()
}
