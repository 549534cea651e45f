//! Finds the chart that an argument names, and the default name of its release.

use std::path::{Path, PathBuf};

use super::flags::GlobalFlags;
use crate::chart::{Chart, File, Folder};
use crate::cli::failure::Failure;
use crate::diagnostic::{Diagnostic, Source, printable};
use crate::engine::{self, ParseAhead};
use crate::go;
use crate::io::{self, AtRevision, Revision};
use crate::second_thread::SecondThread;

/// Helm's name for a release without a name.
const UNNAMED_RELEASE: &str = "release-name";

/// The files of a chart that was found, and whether it is a built-in one.
pub(in crate::cli) struct Located {
    /// The chart's files.
    files: Vec<File>,
    /// The name of the built-in chart, if it is one.
    built_in: Option<&'static str>,
    /// The thread that has helped to read the files.
    second: Option<SecondThread>,
}

impl Located {
    /// Parses the files into a chart.
    pub(in crate::cli) fn chart(self) -> Result<Chart, Vec<Diagnostic>> {
        Chart::from_files(self.files)
    }

    /// Like [`Located::chart`], but accepts any apiVersion in Chart.yaml, as some of Helm's commands do.
    pub(in crate::cli) fn chart_of_any_version(self) -> Result<Chart, Vec<Diagnostic>> {
        Chart::from_files_of_any_version(self.files)
    }

    /// Starts to parse the chart's templates, if that is worth a thread.
    pub(in crate::cli) fn parse_ahead(&mut self) -> Option<ParseAhead> {
        engine::parse_ahead(&mut self.files, self.second.take())
    }

    /// Whether it is a built-in chart.
    pub(in crate::cli) fn is_built_in(&self) -> bool {
        self.built_in.is_some()
    }

    /// The chart's files.
    pub(in crate::cli) fn files(&self) -> &[File] {
        &self.files
    }

    /// Returns the name of a release of this chart if none is given.
    pub(in crate::cli) fn default_release_name(&self) -> &'static str {
        default_release_name(self.built_in)
    }
}

/// Returns the name of a release if none is given: the built-in chart's own name, or Helm's `release-name`.
pub(in crate::cli) fn default_release_name(built_in: Option<&'static str>) -> &'static str {
    built_in.unwrap_or(UNNAMED_RELEASE)
}

/// Whether CHART names an existing file or directory. An existing path takes precedence over a built-in chart.
pub(in crate::cli) fn is_path(argument: &str) -> bool {
    let name = argument.trim();
    !name.is_empty() && Path::new(name).exists()
}

/// Finds the chart that CHART names, or the built-in chart if `argument` is `None`. An existing path takes precedence over the
/// name of a built-in chart, as Helm prefers a path to a reference.
///
/// # Errors
/// An argument that is neither, a URL, or a directory that is not a chart.
pub(in crate::cli) fn locate(argument: Option<&str>, global: &GlobalFlags) -> Result<Located, Vec<Diagnostic>> {
    let Some(argument) = argument else { return Ok(built_in(io::BUILT_IN_CHART)) };
    let name = argument.trim();
    if is_path(name) {
        return match io::read_chart_on_two_threads(Path::new(name), global.links()) {
            Ok((files, second)) => Ok(Located { files, built_in: None, second }),
            Err(errors) => Err(errors.into_iter().map(|error| hint_at_built_in(error, name)).collect()),
        };
    }
    match built_in_name(name) {
        Some(found) => Ok(built_in(found)),
        None => Err(vec![not_found(name)]),
    }
}

/// Reads the chart at a path as of a git revision. Its files are named `REV:path`.
///
/// # Errors
/// Those of [`locate`], and what git can't read.
pub(in crate::cli) fn locate_at(
    argument: &str,
    revision: &Revision,
    global: &GlobalFlags,
) -> Result<AtRevision<Located>, Vec<Diagnostic>> {
    Ok(match revision.chart(argument, global.links())? {
        AtRevision::There(files) => AtRevision::There(Located { files, built_in: None, second: None }),
        AtRevision::Missing => AtRevision::Missing,
        AtRevision::Outside => AtRevision::Outside,
    })
}

/// Finds a chart by its directory or built-in name, for commands that change or pack its files.
///
/// # Errors
/// Helm's message for anything else: an unknown name, a URL, an archive, or a directory that is not a chart.
pub(in crate::cli) fn locate_directory(argument: &str, global: &GlobalFlags) -> Result<Located, Vec<Diagnostic>> {
    let path = Path::new(argument);
    if path.is_dir() {
        return io::read_chart(path, global.links())
            .map(|files| Located { files, built_in: None, second: None })
            .map_err(|errors| errors.into_iter().map(|error| hint_at_built_in(error, argument)).collect());
    }
    if path.exists() {
        let inside = format!("{argument}/Chart.yaml");
        let message = format!("unable to detect chart at {inside}: open {inside}: not a directory");
        return Err(vec![
            Diagnostic::error("chart-not-found", message).help("pass the directory of an unpacked chart"),
        ]);
    }
    if let Some(found) = built_in_name(argument) {
        return Ok(built_in(found));
    }
    Err(vec![refuse_url(argument).unwrap_or_else(|| {
        let built_ins = io::embedded_charts().collect::<Vec<_>>().join(", ");
        let help = io::near_path(argument, Path::is_dir)
            .unwrap_or_else(|| format!("pass a chart's directory, or the name of a built-in chart ({built_ins})"));
        Diagnostic::error("chart-not-found", format!("stat {}: no such file or directory", printable(argument)))
            .help(help)
    })])
}

/// Finds the starter to copy a new chart from: an existing path, a name in Helm's folder of starters, or the name of a built-in
/// chart.
///
/// # Errors
/// Helm's message if there is no such chart or it can't be read.
pub(in crate::cli) fn locate_starter(name: &str, global: &GlobalFlags) -> Result<Chart, Vec<Diagnostic>> {
    let given = Path::new(name);
    let among_starters = starters().map(|folder| go::path::join(&folder, name)).filter(|_| !given.is_absolute());
    let path = match among_starters {
        Some(path) if !given.exists() => path,
        _ => given.to_path_buf(),
    };
    let prefixed = |error: Diagnostic| Diagnostic {
        message: format!("could not load {}: {}", path.display(), error.message),
        ..error
    };
    let located = match built_in_name(name) {
        Some(found) if !path.exists() => built_in(found),
        _ if path.exists() => {
            let read = io::read_chart(&path, global.links());
            let files = read.map_err(|errors| errors.into_iter().map(prefixed).collect::<Vec<_>>())?;
            Located { files, built_in: None, second: None }
        }
        _ => {
            let path = path.display().to_string();
            // It is looked for among the starters, but may be meant as a path.
            let near = io::similar_path(&path, may_be_chart).or_else(|| io::similar_path(name, may_be_chart));
            let near = near.or_else(|| io::missing_directory(&path));
            let message = format!("could not load {path}: stat {path}: no such file or directory");
            let help = near.unwrap_or_else(|| "a starter is a chart's directory or archive".to_owned());
            return Err(vec![Diagnostic::error("chart-not-found", message).help(help)]);
        }
    };
    located.chart().map_err(|errors| errors.into_iter().map(prefixed).collect())
}

/// Splits the positional arguments into the release's name and the chart. A single argument is the chart.
pub(in crate::cli) fn name_and_chart<'a>(
    arguments: &'a [String],
    name_template: Option<&'a str>,
) -> Result<(Option<&'a str>, Option<&'a str>), Failure> {
    let usage = |message: String| Err(Diagnostic::error("usage", message).into());
    let template = name_template.filter(|name| !name.is_empty());
    match arguments {
        [] => Ok((template, None)),
        [chart] => Ok((template, Some(chart))),
        [_, _] if template.is_some() => usage("cannot set --name-template and also specify a name".to_owned()),
        [name, chart] => Ok((Some(name), Some(chart))),
        [_, _, extra @ ..] => {
            usage(format!("expected at most two arguments, unexpected arguments: {}", printable(&extra.join(", "))))
        }
    }
}

/// Returns Helm's folder of starters.
fn starters() -> Option<PathBuf> {
    Some(io::helm_data_folder()?.join("starters"))
}

fn built_in(name: &'static str) -> Located {
    Located { files: io::embedded_chart(name).unwrap_or_default(), built_in: Some(name), second: None }
}

/// Returns the built-in chart with this name. `mongoose/mongooseim`, its name in the public repository, works too.
pub(in crate::cli) fn built_in_name(name: &str) -> Option<&'static str> {
    let plain = name.strip_prefix("mongoose/").unwrap_or(name);
    io::embedded_charts().find(|known| *known == plain)
}

/// Returns the name of the built-in chart that CHART means, if it is one. Without CHART, it is the default one; an existing
/// path takes precedence.
pub(in crate::cli) fn built_in_of(argument: Option<&str>) -> Option<&'static str> {
    match argument {
        None => Some(io::BUILT_IN_CHART),
        Some(name) if is_path(name) => None,
        Some(name) => built_in_name(name.trim()),
    }
}

/// Reads the folder of the chart that a PATH of `lint` names. As in [`locate`], an existing path takes precedence over the name
/// of a built-in chart.
///
/// # Errors
/// Helm's message if there is no chart.
pub(in crate::cli) fn folder(path: &str, global: &GlobalFlags) -> Result<Folder, Diagnostic> {
    match built_in_name(path).and_then(io::embedded_chart) {
        Some(files) if !Path::new(path).exists() => Ok(Folder::from_files(path, files)),
        _ => io::read_folder(path, global.links()),
    }
}

fn hint_at_built_in(error: Diagnostic, name: &str) -> Diagnostic {
    match built_in_name(name) {
        Some(known) => error.help(format!(
            "the directory {name} takes precedence over the built-in chart of this name: use mongoose/{known} for the built-in chart"
        )),
        None => error,
    }
}

fn refuse_url(name: &str) -> Option<Diagnostic> {
    let scheme = name.split_once("://").map(|(scheme, _)| scheme);
    matches!(scheme, Some("http" | "https" | "oci")).then(|| {
        Diagnostic::error("chart-not-found", format!("cannot fetch {name}: mim-chart never accesses the network"))
            .help("download the chart (helm pull --untar) and pass its directory")
    })
}

/// Whether a path can be that of a chart: it is a directory, or has the name of an archive.
fn may_be_chart(path: &Path) -> bool {
    path.is_dir() || path.to_str().is_some_and(io::is_archive_name) && path.is_file()
}

fn not_found(name: &str) -> Diagnostic {
    let source = Source::flag("CHART", name);
    if let Some(error) = refuse_url(name) {
        return error;
    }
    if name.starts_with('.') || Path::new(name).is_absolute() {
        let error = Diagnostic::error("chart-not-found", format!("path {name:?} not found"));
        let help =
            io::near_path(name, may_be_chart).unwrap_or_else(|| "pass a chart's directory or archive".to_owned());
        return error.at(source.whole(), "").help(help);
    }
    let message = match name.split_once('/') {
        Some((repository, _)) if !repository.is_empty() => format!("repo {repository} not found"),
        _ => format!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {name}"),
    };
    let built_ins = io::embedded_charts().collect::<Vec<_>>().join(", ");
    let error = Diagnostic::error("chart-not-found", message)
        .at(source.whole(), format!("neither a directory here nor a built-in chart ({built_ins})"));
    if crate::render::is_release_name(name) {
        let chart = io::BUILT_IN_CHART;
        return error
            .help(format!("to name the release {name}, pass the chart too: mim-chart template {name} {chart}"));
    }
    error
}
