//! `mim-chart create NAME`: makes a new chart, from scratch or from a starter.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::chart::{self, Chart, EngineKind, File};
use crate::cli::arguments::chart_argument::locate_starter;
use crate::cli::arguments::flags::GlobalFlags;
use crate::cli::arguments::source_date::source_date;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, printable};
use crate::go;
use crate::{engine, io};

/// Create a chart
///
/// NAME is the chart's name, or a path that ends with it. The new chart is a complete web service: in Tera, based on copies of
/// the stock templates, or with `--engine gotpl` in Go templates, which both mim-chart and Helm render. Existing files with the
/// same names are overwritten, other files are kept.
///
/// A starter is a chart that is copied instead: `<CHARTNAME>` in its templates and values.yaml becomes the new name. It is a
/// path, a name in Helm's starters directory, or the name of a built-in chart.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart create NAME [flags]",
    after_help = "Examples:\n  \
        mim-chart create web\n  \
        mim-chart create web --engine gotpl\n  \
        mim-chart create charts/chat --starter mongooseim"
)]
pub(super) struct Create {
    /// The chart's name
    #[arg(value_name = "NAME", num_args = 0..)]
    arguments: Vec<String>,
    /// Template language
    #[arg(long, value_enum, default_value = "tera", value_name = "ENGINE", conflicts_with = "starter")]
    engine: Language,
    /// Chart to copy
    #[arg(short = 'p', long, value_name = "DIR", default_value = "", hide_default_value = true)]
    starter: String,
}

/// What templates are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Tera.
    Tera,
    /// Go templates, as in Helm.
    Gotpl,
}

impl Language {
    fn engine(self) -> EngineKind {
        match self {
            Language::Tera => EngineKind::Tera,
            Language::Gotpl => EngineKind::GoTemplate,
        }
    }
}

impl Create {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let [argument] = self.arguments.as_slice() else {
            return Err(Diagnostic::error("usage", "\"mim-chart create\" requires 1 argument")
                .help("pass a name for the chart: mim-chart create NAME")
                .into());
        };
        console.print(&format!("Creating {}\n", printable(argument)))?;
        let path = Path::new(argument);
        let last = path.components().next_back();
        let name = last.map(|name| name.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
        chart::check_name(&name)?;
        let files = if self.starter.is_empty() {
            new(&name, self.engine.engine())?
        } else {
            copied(&name, &self.starter, global)?
        };
        let directory = directory_of(path, &name, self.starter.is_empty())?;
        let replaced = io::write_chart(&directory, &files)?;
        if self.starter.is_empty() {
            let warning = |path: &PathBuf| {
                let path = path.display().to_string();
                format!("WARNING: File \"{}\" already exists. Overwriting.\n", printable(&path))
            };
            console.print(&replaced.iter().map(warning).collect::<String>())?;
        }
        Ok(console.warn(&chart::warn_about_name(&name).into_iter().collect::<Vec<_>>(), false)?)
    }
}

/// Returns the files of a new chart, with copies of the stock templates that it uses.
fn new(name: &str, engine: EngineKind) -> Result<Vec<File>, Failure> {
    let mut files = chart::scaffold(name, engine);
    let mut made = Chart::from_files(files.clone())?;
    engine::add_stock_templates(&mut made);
    let is_new = |path: &str| !files.iter().any(|file| file.path == path);
    let copies: Vec<File> = made
        .templates
        .iter()
        .filter(|template| is_new(&template.path))
        .map(|template| File::new(template.path.clone(), template.source.text().as_bytes().to_vec()))
        .collect();
    files.extend(copies);
    Ok(files)
}

/// Returns the files of a chart copied from a starter.
fn copied(name: &str, starter: &str, global: &GlobalFlags) -> Result<Vec<File>, Failure> {
    let modified = source_date()?.unwrap_or(chart::DEFAULT_MODIFICATION_TIME);
    let mut made = chart::from_starter(name, locate_starter(starter, global)?);
    engine::add_stock_templates(&mut made);
    Ok(chart::files_of(&made, modified)?)
}

/// Returns the directory of the new chart. Its parent must exist, except for a copy of a starter (Helm's rule).
fn directory_of(path: &Path, name: &str, parent_must_exist: bool) -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| anyhow::anyhow!("getwd: {}", go::os_error(&error)))?;
    let parent = go::path::join(&here.join(path.parent().unwrap_or(Path::new(""))), "");
    let directory = go::path::join(&parent, name);
    let refuse = |message: String| Diagnostic::error("create", message);
    if parent_must_exist {
        match std::fs::metadata(&parent) {
            Ok(parent) if parent.is_dir() => {}
            Ok(_) => return Err(refuse(format!("no such directory {}", parent.display())).into()),
            Err(error) => {
                let message = format!("stat {}: {}", parent.display(), go::os_error(&error));
                return Err(refuse(message).help("create the parent directory of the chart first").into());
            }
        }
    }
    if directory.exists() && !directory.is_dir() {
        let message = format!("file {} already exists and is not a directory", directory.display());
        return Err(refuse(message).help("use another name for the chart, or move the file").into());
    }
    Ok(directory)
}
