//! `mim-chart dependency build [CHART]` and `mim-chart dependency update [CHART]`: fill `charts/` without a network.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use crate::chart::{self, Chart, Lock, LockedDependency, Repository, Vendored};
use crate::cli::arguments::flags::GlobalFlags;
use crate::cli::arguments::source_date::source_date;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;
use crate::diagnostic::{Diagnostic, Span, printable};
use crate::go;
use crate::{engine, io};

/// Fill charts/ with the dependencies that Chart.lock names
///
/// Without a Chart.lock, this is the same as `dependency update`. Dependencies with a `file://` repository are packaged into
/// charts/. Nothing is fetched: dependencies from remote repositories must already be in charts/, in the version that
/// Chart.lock names.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart dependency build [CHART] [flags]",
    after_help = "Examples:\n  mim-chart dependency build ./mychart"
)]
pub(super) struct Build {
    /// Chart directory, by default the current one
    #[arg(value_name = "CHART", default_value = ".", hide_default_value = true)]
    chart: PathBuf,
}

/// Fill charts/ with the dependencies that Chart.yaml declares, and write Chart.lock
///
/// Dependencies with a `file://` repository are packaged into charts/, and other archives there are deleted. The time in
/// Chart.lock is that of SOURCE_DATE_EPOCH if it is set.
#[derive(Debug, Args)]
#[command(
    visible_alias = "up",
    override_usage = "mim-chart dependency update [CHART] [flags]",
    after_help = "Examples:\n  mim-chart dependency update ./mychart"
)]
pub(super) struct Update {
    /// Chart directory, by default the current one
    #[arg(value_name = "CHART", default_value = ".", hide_default_value = true)]
    chart: PathBuf,
}

/// Which versions of dependencies to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Versions {
    /// Those that Chart.lock names, if there is one.
    Locked,
    /// Those that Chart.yaml declares.
    Declared,
}

impl Build {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        fill_charts_folder(&self.chart, Versions::Locked, global)?.print(console)
    }
}

impl Update {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        fill_charts_folder(&self.chart, Versions::Declared, global)?.print(console)
    }
}

/// The result of filling `charts/`.
#[derive(Debug, Default)]
pub(in crate::cli) struct Done {
    /// A report of what was done, with Helm's messages.
    messages: String,
    pub(in crate::cli) warnings: Vec<Diagnostic>,
}

impl Done {
    fn print(self, console: &mut Console) -> Result<(), Failure> {
        console.warn(&self.warnings, false)?;
        Ok(console.print(&self.messages)?)
    }
}

/// Fills the folder `charts` of the chart in `directory` with its dependencies.
///
/// # Errors
/// There is no such chart, the lock file is out of sync, or a dependency is not available. Nothing is changed then.
pub(in crate::cli) fn fill_charts_folder(
    directory: &Path,
    versions: Versions,
    global: &GlobalFlags,
) -> Result<Done, Vec<Diagnostic>> {
    let declaring = load(directory, global)?;
    let locked = declaring.lock.as_ref().filter(|_| versions == Versions::Locked);
    if let Some(lock) = locked {
        check_in_sync(&declaring, lock).map_err(|error| vec![error])?;
    } else if declaring.metadata.dependencies.is_empty() {
        return Ok(Done::default());
    }
    let building = Building {
        directory,
        global,
        declaring: &declaring,
        vendored: io::read_charts_folder(directory, global.links()).map_err(|error| vec![error])?,
    };
    let wanted = match locked {
        Some(lock) => lock.dependencies.clone().unwrap_or_default(),
        None => declared(&declaring),
    };
    let charts = building.find_all(&wanted, locked.is_some())?;
    let found: Vec<Option<&Chart>> = charts.iter().map(Option::as_ref).collect();
    let resolved = chart::resolve(&wanted, &found, locked.is_some(), |dependency| building.place(dependency))?;
    let (outdated, doubts) = building.outdated(&resolved, &charts);
    let mut files = io::DependencyFiles { archives: building.pack(&resolved, charts)?, outdated, lock: None };
    files.outdated.retain(|name| !files.archives.iter().any(|(new, _)| new == name));
    if locked.is_none() {
        files.lock = new_lock(&declaring, resolved.clone()).map_err(|error| vec![error])?;
    }
    io::save_dependencies(directory, &files).map_err(|error| vec![error])?;
    let assumed = resolved.iter().map(|dependency| match Repository::parse(&dependency.repository) {
        Repository::Charts => format!(
            "Dependency {} did not declare a repository. Assuming it exists in the charts directory\n",
            printable(&dependency.name)
        ),
        Repository::Remote(url) => {
            format!("Already downloaded {} from repo {}\n", printable(&dependency.name), printable(url))
        }
        Repository::Directory(_) => String::new(),
    });
    let messages =
        format!("Saving {} charts\n{}Deleting outdated charts\n{doubts}", resolved.len(), assumed.collect::<String>());
    Ok(Done { messages, warnings: building.duplicate_warnings(&resolved) })
}

/// Reads the chart whose dependencies are needed.
fn load(directory: &Path, global: &GlobalFlags) -> Result<Chart, Vec<Diagnostic>> {
    let path = directory.display();
    let refuse = |message: String| Diagnostic::error("dependencies", message);
    match std::fs::metadata(directory) {
        Err(error) => Err(vec![
            refuse(format!("could not find {path}: stat {path}: {}", go::os_error(&error)))
                .help("pass the directory of an unpacked chart"),
        ]),
        Ok(found) if !found.is_dir() => {
            Err(vec![refuse("only unpacked charts can be updated".to_owned()).help(format!("{path} is a file"))])
        }
        Ok(_) => read_directory(directory, global),
    }
}

/// Reads the chart in an existing directory.
fn read_directory(directory: &Path, global: &GlobalFlags) -> Result<Chart, Vec<Diagnostic>> {
    if !directory.join("Chart.yaml").exists() {
        let error = Diagnostic::error("dependencies", "Chart.yaml file is missing");
        return Err(vec![error.help(format!("{} is not a chart directory", directory.display()))]);
    }
    io::read_chart(directory, global.links()).and_then(Chart::from_files_of_any_version)
}

/// Returns the declared dependencies in the form of a lock, with constraints in place of versions.
fn declared(chart: &Chart) -> Vec<LockedDependency> {
    let dependencies = chart.metadata.dependencies.iter();
    let lock = |dependency: &chart::Dependency| LockedDependency {
        name: dependency.name.clone(),
        repository: dependency.repository.clone(),
        version: dependency.version.clone(),
    };
    dependencies.map(lock).collect()
}

fn check_in_sync(chart: &Chart, lock: &Lock) -> Result<(), Diagnostic> {
    let is_v1 = chart.metadata.api_version == "v1";
    if lock.matches(&chart.metadata.dependencies, is_v1) {
        return Ok(());
    }
    let message = if is_v1 {
        "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies"
    } else {
        "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies with 'helm dependency update'"
    };
    Err(Diagnostic::error("dependencies", message)
        .help("`mim-chart dependency update` does this for repositories that are directories"))
}

/// Returns the name and the text of a new lock file, or `None` if the old one has the same digest.
fn new_lock(chart: &Chart, resolved: Vec<LockedDependency>) -> Result<Option<(&'static str, String)>, Diagnostic> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let lock = Lock::new(&chart.metadata.dependencies, resolved, chart::rfc3339(source_date()?.unwrap_or_else(now)));
    if chart.lock.as_ref().is_some_and(|old| old.digest == lock.digest) {
        return Ok(None);
    }
    let name = if chart.metadata.api_version == "v1" { "requirements.lock" } else { "Chart.lock" };
    Ok(Some((name, lock.to_text()?)))
}

/// A chart whose `charts/` is being filled.
struct Building<'a> {
    directory: &'a Path,
    global: &'a GlobalFlags,
    declaring: &'a Chart,
    vendored: Vec<Vendored>,
}

impl Building<'_> {
    /// Returns where a dependency is declared.
    fn place(&self, wanted: &LockedDependency) -> Span {
        let called_so = self.declaring.metadata.dependencies.iter().filter(|dependency| dependency.name == wanted.name);
        // A locked version need not occur in Chart.yaml.
        let rank = |dependency: &&chart::Dependency| {
            (dependency.version == wanted.version, dependency.repository == wanted.repository)
        };
        called_so.rev().max_by_key(rank).map(|dependency| dependency.span.clone()).unwrap_or_default()
    }

    /// Returns the charts of the dependencies; `None` for remote ones that were fetched before.
    fn find_all(&self, wanted: &[LockedDependency], from_lock: bool) -> Result<Vec<Option<Chart>>, Vec<Diagnostic>> {
        let mut charts = Vec::new();
        let mut errors = Vec::new();
        for dependency in wanted {
            match self.find(dependency, from_lock) {
                Ok(chart) => charts.push(chart),
                Err(mut found) => errors.append(&mut found),
            }
        }
        if errors.is_empty() { Ok(charts) } else { Err(errors) }
    }

    fn find(&self, dependency: &LockedDependency, from_lock: bool) -> Result<Option<Chart>, Vec<Diagnostic>> {
        let LockedDependency { name, repository, version } = dependency;
        let refuse = |message: String| Diagnostic::error("dependencies", message).at(self.place(dependency), "");
        let path = match Repository::parse(repository) {
            Repository::Charts => {
                if let Some(chart) = self.vendored_chart(name) {
                    return Ok(Some(chart.clone()));
                }
                go::path::join(self.directory, &format!("charts/{name}"))
            }
            Repository::Directory(path) if Path::new(path).is_absolute() => PathBuf::from(path),
            Repository::Directory(path) => go::path::join(self.directory, path),
            Repository::Remote(_) if from_lock && self.archive_of(name, version).is_some() => return Ok(None),
            Repository::Remote(_) => {
                let message = format!("cannot fetch {name} from {repository}: mim-chart never accesses the network");
                let help = "run `helm dependency build`, which fetches it into charts/; mim-chart can do the rest";
                return Err(vec![refuse(message).help(help)]);
            }
        };
        if !path.is_dir() {
            let error = refuse(format!("directory {} not found", path.display()));
            return Err(vec![match Repository::parse(repository) {
                Repository::Charts => error.help("a dependency without a repository must be in charts/"),
                _ => error
                    .help("a path in a file:// repository is relative to the directory of the chart that declares it"),
            }]);
        }
        let chart = read_directory(&path, self.global)?;
        if &chart.metadata.name != name {
            let message = format!("the chart in {} is called {}, not {name}", path.display(), chart.metadata.name);
            return Err(vec![refuse(message).help("use the name in the dependency's own Chart.yaml")]);
        }
        Ok(Some(chart))
    }

    /// Finds a chart in `charts/`. One in a folder with its name takes precedence.
    fn vendored_chart(&self, name: &str) -> Option<&Chart> {
        let called_so = |one: &&Vendored| one.chart.as_ref().is_ok_and(|chart| chart.metadata.name == name);
        let mut folders = self.vendored.iter().filter(|one| one.name == name);
        let found = folders.find(called_so).or_else(|| self.vendored.iter().find(called_so))?;
        found.chart.as_ref().ok()
    }

    /// Finds the archive in `charts/` with this version of a chart.
    fn archive_of(&self, name: &str, version: &str) -> Option<&Vendored> {
        self.vendored.iter().find(|one| {
            let vendored_version =
                one.chart.as_ref().map(|chart| (chart.metadata.name.as_str(), chart.metadata.version.as_str()));
            !one.is_directory && vendored_version.is_ok_and(|vendored_version| vendored_version == (name, version))
        })
    }

    /// Packs the dependencies whose repository is a directory.
    fn pack(
        &self,
        resolved: &[LockedDependency],
        charts: Vec<Option<Chart>>,
    ) -> Result<Vec<(String, Vec<u8>)>, Vec<Diagnostic>> {
        let modified = source_date().map_err(|error| vec![error])?.unwrap_or(chart::DEFAULT_MODIFICATION_TIME);
        let mut archives: Vec<(String, Vec<u8>)> = Vec::new();
        let mut errors = Vec::new();
        for (dependency, chart) in resolved.iter().zip(charts) {
            let (Repository::Directory(_), Some(mut chart)) = (Repository::parse(&dependency.repository), chart) else {
                continue;
            };
            engine::add_stock_templates(&mut chart);
            let name = chart.archive_name();
            match chart::package(&chart, modified) {
                Ok(bytes) => match archives.iter().find(|(other, _)| *other == name) {
                    Some((_, other)) if *other != bytes => errors.push(
                        Diagnostic::error(
                            "dependencies",
                            format!("two different charts would be saved as charts/{name}"),
                        )
                        .at(self.place(dependency), "")
                        .help("change the version of one of them"),
                    ),
                    Some(_) => {}
                    None => archives.push((name, bytes)),
                },
                Err(mut found) => errors.append(&mut found),
            }
        }
        if errors.is_empty() { Ok(archives) } else { Err(errors) }
    }

    /// Returns a warning for each folder in `charts/` with a chart that was also saved as an archive.
    fn duplicate_warnings(&self, resolved: &[LockedDependency]) -> Vec<Diagnostic> {
        let warning = |one: &Vendored| {
            let name = &one.chart.as_ref().ok()?.metadata.name;
            let is_packed = |dependency: &&LockedDependency| {
                dependency.name == *name
                    && matches!(Repository::parse(&dependency.repository), Repository::Directory(_))
            };
            let message = format!("{} contains {name} too, so the chart has it twice", one.shown);
            Some(
                Diagnostic::warning("dependencies", message)
                    .at(self.place(resolved.iter().find(is_packed)?), "")
                    .help("delete the folder, or remove the repository to use what is in it"),
            )
        };
        self.vendored.iter().filter(|one| one.is_directory).filter_map(warning).collect()
    }

    /// Returns the archives in `charts/` that no dependency needs, and Helm's messages about files that are not charts, which
    /// are kept.
    fn outdated(&self, resolved: &[LockedDependency], charts: &[Option<Chart>]) -> (Vec<String>, String) {
        let kept: Vec<&str> = resolved
            .iter()
            .zip(charts)
            .filter(|(_, chart)| chart.is_none())
            .filter_map(|(dependency, _)| self.archive_of(&dependency.name, &dependency.version))
            .map(|one| one.name.as_str())
            .collect();
        let is_local = |name: &str| {
            let mut local = resolved.iter().filter(|dependency| dependency.repository.is_empty());
            local.any(|dependency| dependency.name == name)
        };
        let mut outdated = Vec::new();
        let mut doubts = String::new();
        for one in self.vendored.iter().filter(|one| !one.is_directory && !kept.contains(&one.name.as_str())) {
            match &one.chart {
                Ok(chart) if is_local(&chart.metadata.name) => {}
                Ok(_) => outdated.push(one.name.clone()),
                Err(errors) => {
                    let reason = errors.first().map_or("", |error| error.message.as_str());
                    let (shown, reason) = (printable(&one.shown), printable(reason));
                    doubts += &format!("Could not verify {shown} for deletion: {reason} (Skipping)\n");
                }
            }
        }
        (outdated, doubts)
    }
}
