//! `mim-chart package [PATH...]`: packs charts into archives.

use std::path::{Path, PathBuf};

use clap::Args;

use super::dependency::{Versions, fill_charts_folder};
use crate::chart::{self, Chart};
use crate::cli::arguments::chart_argument::locate_directory;
use crate::cli::arguments::flags::GlobalFlags;
use crate::cli::arguments::source_date::source_date;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Source, printable};
use crate::go;
use crate::version::parse_version;
use crate::{engine, io};

/// Package a chart into an archive
///
/// PATH is a chart's directory or the name of a built-in chart, by default the current directory. The archive NAME-VERSION.tgz
/// contains unpacked subcharts, and copies in `templates/stock/` of the stock templates that the chart uses.
///
/// The same chart results in the same bytes on every machine. Files in the archive have the time of SOURCE_DATE_EPOCH (seconds
/// since 1970), by default the beginning of 1980.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart package [PATH...] [flags]",
    after_help = "Examples:\n  \
        mim-chart package ./mychart\n  \
        mim-chart package mongooseim -d archives --version 1.2.3\n  \
        SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) mim-chart package"
)]
pub(super) struct Package {
    /// Charts
    #[arg(value_name = "PATH", num_args = 0..)]
    paths: Vec<String>,
    /// Directory for the archives; created if it is missing
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    destination: PathBuf,
    /// Chart version in the archive, instead of that in Chart.yaml
    #[arg(long, value_name = "VERSION", default_value = "", hide_default_value = true)]
    version: String,
    /// appVersion in the archive, instead of that in Chart.yaml
    #[arg(long, value_name = "VERSION", default_value = "", hide_default_value = true)]
    app_version: String,
    /// Run `mim-chart dependency update` first
    #[arg(short = 'u', long)]
    dependency_update: bool,
}

/// An archive of a chart that is not saved yet.
struct Packed {
    name: String,
    bytes: Vec<u8>,
    /// The path of its chart, as the user named it.
    path: String,
}

impl Package {
    /// Packs all charts before it saves the first, so that an error in one leaves no archives.
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        let modified = source_date()?.unwrap_or(chart::DEFAULT_MODIFICATION_TIME);
        self.check_version()?;
        let mut packed: Vec<Packed> = Vec::new();
        let mut errors = Vec::new();
        for path in self.paths()? {
            match self.pack(&path, modified, global, console) {
                Ok(new) => match packed.iter().find(|other| other.name == new.name) {
                    Some(other) if other.bytes != new.bytes => errors.push(same_name(other, &new)),
                    _ => packed.push(new),
                },
                Err(mut found) => errors.append(&mut found),
            }
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let shown_in = self.shown_destination()?;
        for Packed { name, bytes, .. } in packed {
            io::save_archive(&self.destination, &name, &bytes)?;
            let saved = go::path::join(&shown_in, &name);
            let saved = saved.display().to_string();
            console.print(&format!("Successfully packaged chart and saved it to: {}\n", printable(&saved)))?;
        }
        Ok(())
    }

    /// Returns the positional arguments, or the current directory if it is a chart.
    fn paths(&self) -> Result<Vec<String>, Diagnostic> {
        match self.paths.as_slice() {
            [] if Path::new("Chart.yaml").exists() => Ok(vec![".".to_owned()]),
            [] => Err(Diagnostic::error("usage", "need at least one argument, the path to the chart")
                .help("without a path, the current directory is packaged if it contains Chart.yaml")),
            paths => Ok(paths.to_vec()),
        }
    }

    fn check_version(&self) -> Result<(), Diagnostic> {
        match parse_version(&self.version) {
            Err(reason) if !self.version.is_empty() => Err(Diagnostic::error("chart-version", reason)
                .at(Source::flag("--version", self.version.as_str()).whole(), "")
                .help("chart versions are semantic versions, such as 1.2.3 or 1.2.3-rc.1 (https://semver.org)")),
            _ => Ok(()),
        }
    }

    fn pack(
        &self,
        path: &str,
        modified: u64,
        global: &GlobalFlags,
        console: &mut Console,
    ) -> Result<Packed, Vec<Diagnostic>> {
        if self.dependency_update && Path::new(path).is_dir() {
            console.warn(&fill_charts_folder(Path::new(path), Versions::Declared, global)?.warnings, false)?;
        }
        let mut chart: Chart = locate_directory(path, global)?.chart()?;
        if !self.version.is_empty() {
            chart.metadata.version.clone_from(&self.version);
        }
        if !self.app_version.is_empty() {
            chart.metadata.app_version.clone_from(&self.app_version);
        }
        engine::add_stock_templates(&mut chart);
        let mut errors: Vec<Diagnostic> =
            chart.check_dependencies().map_err(hint_at_dependencies).err().into_iter().collect();
        match chart::package(&chart, modified) {
            Ok(bytes) if errors.is_empty() => Ok(Packed { name: chart.archive_name(), bytes, path: path.to_owned() }),
            Ok(_) => Err(errors),
            Err(mut found) => {
                errors.append(&mut found);
                Err(errors)
            }
        }
    }

    /// Returns the destination as Helm prints it: the full path of the current directory, or any other directory as given.
    fn shown_destination(&self) -> Result<PathBuf, Failure> {
        if self.destination != Path::new(".") {
            return Ok(self.destination.clone());
        }
        Ok(std::env::current_dir().map_err(|error| anyhow::anyhow!("getwd: {}", go::os_error(&error)))?)
    }
}

fn hint_at_dependencies(error: Diagnostic) -> Diagnostic {
    error.help("`mim-chart dependency build` adds those from other directories, `helm dependency build` the rest")
}

fn same_name(one: &Packed, other: &Packed) -> Diagnostic {
    Diagnostic::error("package", format!("{} and {} would both be saved as {}", one.path, other.path, one.name))
        .help("package them one by one, each with its own --destination")
}
