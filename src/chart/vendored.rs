//! Compares the content of a chart's folder `charts/` with the dependencies that Chart.yaml declares.

use super::Chart;
use super::metadata::Dependency;
use crate::diagnostic::Diagnostic;
use crate::go::glob::matches_glob;
use crate::version::{Constraints, parse_version};

/// A file or folder in `charts/`.
#[derive(Debug)]
pub struct Vendored {
    /// Its name in `charts/`.
    pub name: String,
    /// Its path as the user knows it.
    pub shown: String,
    /// Whether it is a folder.
    pub is_directory: bool,
    /// The chart in it, or the errors that prevent loading it.
    pub chart: Result<Chart, Vec<Diagnostic>>,
}

/// Returns the status of a declared dependency, as Helm reports it: `ok` for a matching archive, `unpacked` for a matching
/// folder. `chart` declares the dependency, `vendored` is the content of its folder `charts/`.
pub fn dependency_status(dependency: &Dependency, chart: &Chart, vendored: &[Vendored]) -> &'static str {
    let pattern = format!("{}-*.tgz", dependency.name);
    if matches_glob(&pattern, "").is_err() {
        return "bad pattern";
    }
    let archives: Vec<&Vendored> =
        vendored.iter().filter(|one| matches_glob(&pattern, &one.name).unwrap_or(false)).collect();
    match archives.as_slice() {
        [] => {}
        [archive] => return archive_status(archive, dependency),
        several => {
            match several.iter().filter(|archive| has_strict_version(archive, dependency)).collect::<Vec<_>>()[..] {
                [] => {}
                [archive] => return archive_status(archive, dependency),
                _ => return "too many matches",
            }
        }
    }
    match chart.subcharts.iter().rfind(|subchart| subchart.metadata.name == dependency.name) {
        None => "missing",
        Some(subchart) => version_status(&subchart.metadata.version, &dependency.version).unwrap_or("unpacked"),
    }
}

/// Whether an archive's name consists of the dependency's name and a strict SemVer version.
fn has_strict_version(archive: &Vendored, dependency: &Dependency) -> bool {
    let version = || archive.name.strip_prefix(&dependency.name)?.strip_prefix('-')?.strip_suffix(".tgz");
    version().is_some_and(|version| semver::Version::parse(version).is_ok())
}

fn archive_status(archive: &Vendored, dependency: &Dependency) -> &'static str {
    match &archive.chart {
        Err(_) => "corrupt",
        Ok(chart) if chart.metadata.name != dependency.name => "misnamed",
        Ok(chart) => version_status(&chart.metadata.version, &dependency.version).unwrap_or("ok"),
    }
}

/// Returns the status of a version that does not satisfy a constraint; `None` if it does. A version equal to the text of
/// the constraint always does.
fn version_status(found: &str, wanted: &str) -> Option<&'static str> {
    if found == wanted {
        return None;
    }
    match (Constraints::parse(wanted), parse_version(found)) {
        (Ok(constraints), Ok(version)) if constraints.are_met_by(&version) => None,
        (Ok(_), Ok(_)) => Some("wrong version"),
        _ => Some("invalid version"),
    }
}
