//! Rules for changes to ignore: flags, and a file beside the chart.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::arguments::chart_argument::built_in_of;
use crate::diagnostic::{Diagnostic, Source};
use crate::diff::IgnoreRules;
use crate::io::{self, AtRevision, Revision};

/// The name of a rules file.
const FILE: &str = ".mim-chart-ignore";

/// Which changes are noise.
#[derive(Debug, Args)]
#[command(next_help_heading = "Ignored changes")]
pub(super) struct IgnoreFlags {
    /// Ignore changes, but count them: a path (spec.replicas) or a regular expression to search for in paths (/checksum/),
    /// optionally preceded by the kinds that it applies to (Deployment,StatefulSet:spec.replicas). Rules are also read from
    /// .mim-chart-ignore beside the chart, one per line (repeatable)
    #[arg(long, value_name = "RULE")]
    ignore: Vec<String>,
    /// Show all changes that are ignored otherwise, including helm.sh/chart, app.kubernetes.io/version, checksum/*, caBundle
    /// and descriptions in CustomResourceDefinitions
    #[arg(long)]
    show_ignored: bool,
}

impl IgnoreFlags {
    /// Returns the rules of a comparison; `file` is the rules file, if there is one. A patch must be complete, so with
    /// `is_patch` the rules ignore nothing.
    ///
    /// # Errors
    /// All invalid rules.
    pub(super) fn rules(&self, file: Option<&Source>, is_patch: bool) -> Result<IgnoreRules, Vec<Diagnostic>> {
        let mut rules = IgnoreRules::built_in();
        let mut errors = Vec::new();
        for argument in &self.ignore {
            errors.extend(rules.add(&Source::flag("--ignore", argument).whole()).err());
        }
        if let Some(file) = file {
            errors.extend(rules.add_file(file).err().unwrap_or_default());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(if self.show_ignored || is_patch { rules.without_effect() } else { rules })
    }

    /// Returns a warning if `--ignore` has no effect.
    pub(super) fn notes(&self, is_patch: bool) -> Option<Diagnostic> {
        let rule = self.ignore.first().filter(|_| is_patch)?;
        let note =
            Diagnostic::warning("ignore", "--ignore has no effect with --output unified: a patch contains all changes");
        Some(note.at(Source::flag("--ignore", rule).whole(), ""))
    }
}

/// Returns where a rules file may be: in the chart's folder or the folder above it; for a built-in chart, in the current
/// directory.
fn places(chart: Option<&str>) -> Vec<PathBuf> {
    let path = match chart.filter(|chart| built_in_of(Some(chart)).is_none()) {
        Some(chart) => Path::new(chart),
        None => return vec![PathBuf::from(FILE)],
    };
    let beside = path.file_name().and_then(|_| path.parent()).map(|folder| folder.join(FILE));
    std::iter::once(path.join(FILE)).chain(beside).collect()
}

/// Reads the current rules file of a chart.
///
/// # Errors
/// The file can't be read.
pub(super) fn ignore_file_of(chart: Option<&str>) -> Result<Option<Source>, Diagnostic> {
    for place in places(chart) {
        if let Some(source) = io::read_rules_file(&place)? {
            return Ok(Some(source));
        }
    }
    Ok(None)
}

/// Reads the rules file of a chart as of a revision. A file outside the repository is read from disk.
///
/// # Errors
/// The file can't be read.
pub(super) fn file_at(revision: &Revision, chart: Option<&str>) -> Result<Option<Source>, Diagnostic> {
    for place in places(chart) {
        let shown = place.display().to_string();
        let found = match revision.file(&shown) {
            Ok(AtRevision::There(bytes)) => Some(io::rules_source(revision.shown(&shown), bytes)?),
            Ok(AtRevision::Outside) => io::read_rules_file(&place)?,
            // A path below an archive doesn't exist.
            Ok(AtRevision::Missing) | Err(_) => None,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
