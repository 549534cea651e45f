//! `mim-chart show chart|values|readme|crds|schema|templates|functions|all [CHART]`: prints parts of a chart.

use clap::{Args, ValueEnum};

use crate::chart::{Chart, File};
use crate::cli::arguments::chart_argument::is_path;
use crate::cli::arguments::chart_argument::locate;
use crate::cli::arguments::flags::GlobalFlags;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Source};
use crate::json_path::JsonPath;
use crate::{engine, yaml};

/// Print a chart's own files
#[derive(Debug, Args)]
#[command(
    visible_alias = "inspect",
    override_usage = "mim-chart show PART [CHART] [flags]",
    after_help = "Examples:\n  \
        mim-chart show values > my-values.yaml\n  \
        mim-chart show readme ./mychart"
)]
pub(super) struct Show {
    /// What to print; by default this help
    #[arg(value_enum, value_name = "PART")]
    part: Option<Part>,
    /// Chart, by default the built-in one
    #[arg(value_name = "CHART")]
    chart: Option<String>,
    /// With `values`: print the result of this kubectl JSONPath template, such as {.image.tag}
    #[arg(long, value_name = "TEMPLATE")]
    jsonpath: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The contents of Chart.yaml
    Chart,
    /// values.yaml, unchanged
    Values,
    /// The README
    Readme,
    /// The CustomResourceDefinitions in crds/, including those of subcharts
    Crds,
    /// values.schema.json, unchanged
    Schema,
    /// The templates, and the stock templates that charts can use
    Templates,
    /// The functions that templates in Tera can call, independent of the chart
    Functions,
    /// Chart.yaml, values, README and CustomResourceDefinitions
    All,
}

impl Show {
    /// Whether the command reads input that may nest deeply.
    pub(super) fn reads_deep_input(&self) -> bool {
        self.jsonpath.is_some() || self.chart.as_deref().is_some_and(is_path)
    }

    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let Some(part) = self.part else {
            return Err(Failure::NeedsHelp("show"));
        };
        let template = self.jsonpath.as_deref().filter(|template| !template.is_empty());
        if template.is_some() && part != Part::Values {
            let error = Diagnostic::error("usage", "--jsonpath only works with values: use it with `show values`");
            return Err(error.into());
        }
        if part == Part::Functions {
            if self.chart.is_some() {
                let error =
                    Diagnostic::error("usage", "`show functions` takes no chart: every chart has the same functions");
                return Err(error.into());
            }
            return Ok(console.print(&functions())?);
        }
        let template = template.map(|template| JsonPath::parse(&Source::flag("--jsonpath", template))).transpose()?;
        let located = locate(self.chart.as_deref(), global)?;
        let files = located.files().to_vec();
        let chart = located.chart_of_any_version()?;
        let text = match part {
            Part::Chart => metadata(&chart)?,
            Part::Values => match template {
                None => file(&files, "values.yaml"),
                Some(template) => printed(&template, &chart, console)?,
            },
            Part::Readme => readme(&files),
            Part::Crds => crds(&chart),
            Part::Schema => file(&files, "values.schema.json"),
            Part::Templates => templates(&chart),
            Part::Functions => functions(),
            Part::All => {
                let parts = [metadata(&chart)?, file(&files, "values.yaml"), readme(&files)];
                let parts = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("---\n");
                parts + &crds(&chart)
            }
        };
        Ok(console.print_document(&text)?)
    }
}

/// Lists every function of Tera templates: its form and, indented below, its meaning.
fn functions() -> String {
    let listed = |function: &engine::Function| {
        let refused = if function.is_refused() { "Refused: " } else { "" };
        format!("{}\n    {refused}{}\n", function.form(), function.meaning)
    };
    engine::functions().map(listed).collect()
}

/// Evaluates a JSONPath template on the chart's defaults. If it finds nothing, nothing is printed, as in Helm, and the reason
/// is reported.
fn printed(template: &JsonPath, chart: &Chart, console: &mut Console) -> Result<String, Failure> {
    let printed = template.print(&chart.values);
    if let Some(reason) = printed.stopped {
        let mut warning = Diagnostic::warning("jsonpath", format!("error executing jsonpath: {reason}"));
        if reason.starts_with("incompatible types") {
            warning = warning.help("numbers in values are floats: compare them with 80.0, not with 80");
        }
        console.print_diagnostics(&[warning]);
    }
    Ok(printed.text)
}

/// Returns the files in `crds/` of the chart and its subcharts, each below a document marker.
fn crds(chart: &Chart) -> String {
    let document = |file: &File| {
        let mark = if file.bytes.starts_with(b"---") { "" } else { "---\n" };
        format!("{mark}{}", text(file))
    };
    chart.all_crds().into_iter().map(|(_, file)| document(file)).collect()
}

/// Formats the metadata of Chart.yaml like Helm: only known fields, with sorted keys and without empty ones, and an extra line
/// break at the end.
fn metadata(chart: &Chart) -> Result<String, Failure> {
    match yaml::write(&chart.metadata.to_value()) {
        Ok(text) => Ok(format!("{text}\n\n")),
        Err(error) => Err(Diagnostic::error("chart-yaml", format!("cannot write Chart.yaml: {error}")).into()),
    }
}

/// Returns a file's text and a line break, or nothing if the chart has no such file.
fn file(files: &[File], path: &str) -> String {
    files.iter().find(|file| file.path == path).map_or_else(String::new, text)
}

/// Returns the first file that Helm accepts as a README: `readme.md`, `readme.txt` or `readme`, in any case.
fn readme(files: &[File]) -> String {
    let is_readme = |file: &&File| ["readme.md", "readme.txt", "readme"].contains(&file.path.to_lowercase().as_str());
    files.iter().find(is_readme).map_or_else(String::new, text)
}

fn text(file: &File) -> String {
    format!("{}\n", String::from_utf8_lossy(file.bytes_without_mark()))
}

/// Returns each template below a `# Source:` line, like manifests, then the stock templates of the chart's engine.
fn templates(chart: &Chart) -> String {
    let own = chart
        .templates
        .iter()
        .map(|template| (format!("{}/{}", chart.metadata.name, template.path), template.source.text()));
    own.chain(engine::stock_templates(chart.engine()))
        .map(|(path, text)| format!("---\n# Source: {path}\n{}\n", text.trim_end()))
        .collect()
}
