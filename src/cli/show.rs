//! `mim-chart show chart|values|readme|schema|templates|all [CHART]`

use clap::{Args, ValueEnum};

use super::chart_argument::locate;
use super::console::Console;
use super::flags::GlobalFlags;
use super::{Failure, command};
use crate::chart::{Chart, File};
use crate::diagnostic::Diagnostic;
use crate::{engine, yaml};

/// Print a chart's own files
#[derive(Debug, Args)]
#[command(
    visible_alias = "inspect",
    after_help = "Examples:\n  \
        mim-chart show values > my-values.yaml\n  \
        mim-chart show readme ./mychart"
)]
pub(super) struct Show {
    /// What to print; without it this help
    #[arg(value_enum, value_name = "PART")]
    part: Option<Part>,
    /// The chart; without it the built-in one
    #[arg(value_name = "CHART")]
    chart: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What Chart.yaml says
    Chart,
    /// values.yaml, as it was written
    Values,
    /// The README
    Readme,
    /// values.schema.json, as it was written
    Schema,
    /// The templates, and the stock templates that charts can build on
    Templates,
    /// Chart.yaml, values and README
    All,
}

impl Show {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let Some(part) = self.part else {
            let mut whole = command();
            whole.build();
            let help = whole.find_subcommand_mut("show").map(|show| show.render_help().to_string());
            return Ok(console.print(&help.unwrap_or_default())?);
        };
        let located = locate(self.chart.as_deref(), global)?;
        let files = located.files().to_vec();
        let chart = located.chart()?;
        let text = match part {
            Part::Chart => metadata(&chart)?,
            Part::Values => file(&files, "values.yaml"),
            Part::Readme => readme(&files),
            Part::Schema => file(&files, "values.schema.json"),
            Part::Templates => templates(&chart),
            Part::All => {
                let parts = [metadata(&chart)?, file(&files, "values.yaml"), readme(&files)];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("---\n")
            }
        };
        Ok(console.print(&text)?)
    }
}

/// Chart.yaml written anew: known fields alone, keys sorted, empty ones left out, and one more line break (as Helm does).
fn metadata(chart: &Chart) -> Result<String, Failure> {
    match yaml::write(&chart.metadata.to_value()) {
        Ok(text) => Ok(format!("{text}\n\n")),
        Err(error) => Err(Diagnostic::error("chart-yaml", format!("cannot write Chart.yaml: {error}")).into()),
    }
}

/// A file's text and one line break; nothing where the chart has no such file.
fn file(files: &[File], path: &str) -> String {
    files.iter().find(|file| file.path == path).map_or_else(String::new, text)
}

/// The first file that Helm takes for a README: `readme.md`, `readme.txt` or `readme`, in any case.
fn readme(files: &[File]) -> String {
    let is_readme = |file: &&File| ["readme.md", "readme.txt", "readme"].contains(&file.path.to_lowercase().as_str());
    files.iter().find(is_readme).map_or_else(String::new, text)
}

fn text(file: &File) -> String {
    format!("{}\n", String::from_utf8_lossy(&file.bytes))
}

/// Each template under a `# Source:` line, as manifests are printed; then the stock templates of the chart's engine.
fn templates(chart: &Chart) -> String {
    let own = chart
        .templates
        .iter()
        .map(|template| (format!("{}/{}", chart.metadata.name, template.path), template.source.text()));
    own.chain(engine::stock_templates(chart.engine()))
        .map(|(path, text)| format!("---\n# Source: {path}\n{}\n", text.trim_end()))
        .collect()
}
