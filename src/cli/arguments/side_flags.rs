//! The two sides of a comparison, from flags and arguments.

use std::path::Path;

use clap::Args;

use super::chart_argument::{built_in_of, name_and_chart};
use super::flags::{CommaItem, ValuesFlags, comma_items};
use crate::cli::failure::Failure;
use crate::diagnostic::{Diagnostic, Source, printable};
use crate::io;
use crate::values::{Layer, LayerKind};

/// The two sides of a comparison. Each is a chart, a chart at a git revision, or manifests.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sides")]
pub(in crate::cli) struct SideFlags {
    /// Old side: the chart, its values files and --set-file files at this git revision. A..B compares two revisions
    #[arg(long, value_name = "REV", conflicts_with_all = ["from", "from_chart"])]
    rev: Option<String>,
    /// Old side: manifests (a file, a directory, `-` for standard input) or a chart
    #[arg(long, value_name = "PATH", conflicts_with = "from_chart")]
    from: Option<String>,
    /// New side: manifests or a chart, instead of CHART
    #[arg(long, value_name = "PATH", conflicts_with = "to_chart")]
    to: Option<String>,
    /// Old side: a chart's directory or archive
    #[arg(long, value_name = "CHART")]
    from_chart: Option<String>,
    /// New side: a chart's directory or archive
    #[arg(long, value_name = "CHART")]
    to_chart: Option<String>,
    /// Values file for the old side only, with precedence over those of -f (repeatable, comma-separated)
    #[arg(long, value_name = "FILE")]
    from_values: Vec<String>,
    /// Values file for the new side only
    #[arg(long, value_name = "FILE")]
    to_values: Vec<String>,
    /// Set values for the old side only (repeatable; key1=val1,key2=val2)
    #[arg(long, value_name = "KEY=VALUE")]
    from_set: Vec<String>,
    /// Set values for the new side only
    #[arg(long, value_name = "KEY=VALUE")]
    to_set: Vec<String>,
}

/// Where a side comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum SideOrigin<'a> {
    /// The current chart; `None` for the built-in one.
    Chart(Option<&'a str>),
    /// A chart as of a git revision.
    AtRevision {
        /// The chart.
        chart: Option<&'a str>,
        /// The revision.
        revision: &'a str,
    },
    /// Manifests, and the flag that names them, or [`ARGUMENT`].
    Manifests {
        /// The path, or `-`.
        path: &'a str,
        /// The flag.
        flag: &'static str,
    },
}

impl<'a> SideOrigin<'a> {
    /// Returns the chart argument, if the side is a chart.
    pub(in crate::cli) fn chart(self) -> Option<Option<&'a str>> {
        match self {
            SideOrigin::Chart(chart) | SideOrigin::AtRevision { chart, .. } => Some(chart),
            SideOrigin::Manifests { .. } => None,
        }
    }
}

/// The two sides of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Sides<'a> {
    /// The release's name, if given.
    pub(in crate::cli) name: Option<&'a str>,
    pub(in crate::cli) old: SideOrigin<'a>,
    pub(in crate::cli) new: SideOrigin<'a>,
}

/// Values for only one side.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct SideValues<'a> {
    values_flag: &'static str,
    files: &'a [String],
    set_flag: &'static str,
    set: &'a [String],
}

/// Decides whether a path is a chart or manifests.
fn either<'a>(path: &'a str, flag: &'static str) -> SideOrigin<'a> {
    if path != "-" && (Path::new(path).join("Chart.yaml").is_file() || io::is_chart_archive(Path::new(path))) {
        return SideOrigin::Chart(Some(path));
    }
    match built_in_of(Some(path)) {
        Some(_) => SideOrigin::Chart(Some(path)),
        None => SideOrigin::Manifests { path, flag },
    }
}

fn usage(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("usage", message)
}

impl SideFlags {
    /// Determines the two sides from the flags and the positional `arguments`.
    ///
    /// # Errors
    /// There are fewer or more than two sides.
    pub(in crate::cli) fn sides<'a>(&'a self, arguments: &'a [String]) -> Result<Sides<'a>, Failure> {
        let gives_old = self.rev.is_some() || self.from.is_some() || self.from_chart.is_some();
        let gives_new = self.to.is_some() || self.to_chart.is_some();
        let gives_values = [&self.from_values, &self.to_values, &self.from_set, &self.to_set];
        // Values for one side mean that two arguments are a name and a chart. Three can only be a name and two sides.
        let is_given = arguments.len() == 3 || gives_values.iter().all(|values| values.is_empty());
        if !gives_old && !gives_new && is_given {
            return of_arguments(arguments);
        }
        let (old_revision, new_revision) = match &self.rev {
            Some(rev) => range(rev)?,
            None => (None, None),
        };
        if new_revision.is_some() && gives_new {
            return Err(usage("--rev A..B names both sides: --to and --to-chart cannot be used with it").into());
        }
        // If flags name both sides, no argument can be a chart.
        let both = (self.from.is_some() || self.from_chart.is_some()) && gives_new;
        let (name, chart) = match arguments {
            [] if both => (None, None),
            [name] if both => (Some(name.as_str()), None),
            _ if both => {
                let error = usage("both sides are set by flags: the only argument can be the release name");
                return Err(error.into());
            }
            arguments => name_and_chart(arguments, None)?,
        };
        let side = |revision: Option<&'a str>, path: Option<&'a str>, flag, of_flag: Option<&'a str>| match revision {
            Some(revision) => SideOrigin::AtRevision { chart, revision },
            None => match (path, of_flag) {
                (Some(path), _) => either(path, flag),
                (None, Some(chart)) => SideOrigin::Chart(Some(chart)),
                (None, None) => SideOrigin::Chart(chart),
            },
        };
        let old = side(old_revision, self.from.as_deref(), "--from", self.from_chart.as_deref());
        let new = side(new_revision, self.to.as_deref(), "--to", self.to_chart.as_deref());
        Ok(Sides { name, old, new })
    }

    /// Returns the values for only the old side.
    pub(in crate::cli) fn old_values(&self) -> SideValues<'_> {
        SideValues {
            values_flag: "--from-values",
            files: &self.from_values,
            set_flag: "--from-set",
            set: &self.from_set,
        }
    }

    /// Returns the values for only the new side.
    pub(in crate::cli) fn new_values(&self) -> SideValues<'_> {
        SideValues { values_flag: "--to-values", files: &self.to_values, set_flag: "--to-set", set: &self.to_set }
    }

    /// Refuses values for sides that are not rendered, and standard input for two purposes.
    ///
    /// # Errors
    /// All such flags.
    pub(in crate::cli) fn check(&self, sides: Sides<'_>, values: &ValuesFlags) -> Result<(), Vec<Diagnostic>> {
        let mut errors = Vec::new();
        for (origin, own) in [(sides.old, self.old_values()), (sides.new, self.new_values())] {
            let SideOrigin::Manifests { path, .. } = origin else { continue };
            for (flag, given) in [(own.values_flag, own.files), (own.set_flag, own.set)] {
                if let Some(first) = given.first() {
                    let message = format!("{flag} needs a chart to render, but {path} contains manifests");
                    errors.push(usage(message).at(Source::flag(flag, first).whole(), ""));
                }
            }
        }
        let none_is_rendered = sides.old.chart().is_none() && sides.new.chart().is_none();
        if none_is_rendered && values.is_any_given() {
            let error = usage("both sides are manifests: there is no chart to apply values to");
            errors.push(error.help("pass a chart: mim-chart diff CHART --from manifests.yaml -f values.yaml"));
        }
        let mut readers: Vec<Source> = Vec::new();
        for origin in [sides.old, sides.new] {
            if let SideOrigin::Manifests { path: "-", flag } = origin {
                readers.push(Source::flag(flag, "-"));
            }
        }
        let files = values.files()?.into_iter().chain(self.old_values().files()?).chain(self.new_values().files()?);
        readers.extend(files.filter(|(_, item)| item.text.trim() == "-").map(|(flag, _)| flag));
        if !readers.iter().all(|flag| flag.name() == "--values")
            && let [first, second, ..] = readers.as_slice()
        {
            let message = match (first.name(), second.name()) {
                (ARGUMENT, ARGUMENT) => "standard input cannot be both sides".to_owned(),
                (first, second) => format!("standard input cannot be read for both {first} and {second}"),
            };
            errors.push(usage(message).help("pass one of the two as a file"));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// The name of a side's argument in messages.
pub(in crate::cli) const ARGUMENT: &str = "SIDE";

impl SideValues<'_> {
    /// Returns the files, each with the source of the flag and the item's text and byte range in it.
    pub(in crate::cli) fn files(&self) -> Result<Vec<(Source, CommaItem)>, Vec<Diagnostic>> {
        comma_items(self.files, self.values_flag, self.values_flag)
    }

    /// Returns the layers of the flag that sets values.
    pub(in crate::cli) fn set_layers(&self) -> impl Iterator<Item = Layer> {
        self.set.iter().map(|argument| Layer { kind: LayerKind::Set, source: Source::flag(self.set_flag, argument) })
    }
}

/// Returns the sides if no flag names them: two arguments, or three of which the first is the release's name.
fn of_arguments(arguments: &[String]) -> Result<Sides<'_>, Failure> {
    let (name, old, new) = match arguments {
        [old, new] => (None, old, new),
        [name, old, new] => (Some(name.as_str()), old, new),
        [_, _, _, extra @ ..] => {
            let message = format!(
                "expected at most a name and two sides, unexpected arguments: {}",
                printable(&extra.join(", "))
            );
            return Err(usage(message).into());
        }
        _ => {
            return Err(usage("nothing to compare with: use --rev REV, --from PATH or two arguments")
                .help("--rev main compares with a git revision, --from FILE with manifests; --from - reads standard input")
                .help("mim-chart diff OLD NEW compares two files or directories of manifests, or two charts")
                .help("--to-set KEY=VALUE and --to-values FILE show what values change in the manifests")
                .into());
        }
    };
    Ok(Sides { name, old: either(old, ARGUMENT), new: either(new, ARGUMENT) })
}

/// Splits `A..B` into its revisions; `A` is a single one. An empty revision of a range is HEAD, as in git.
fn range(rev: &str) -> Result<(Option<&str>, Option<&str>), Diagnostic> {
    let Some((old, new)) = rev.split_once("..") else { return Ok((Some(rev), None)) };
    if let Some(new) = new.strip_prefix('.') {
        let (old, new) = (or_head(old), or_head(new));
        return Err(usage(format!("--rev {rev}: A...B is not supported, only A..B"))
            .help(format!("compare with the common ancestor: --rev \"$(git merge-base {old} {new})\"..{new}")));
    }
    Ok((Some(or_head(old)), Some(or_head(new))))
}

fn or_head(revision: &str) -> &str {
    if revision.is_empty() { "HEAD" } else { revision }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_two_revisions() {
        assert_eq!(range("main").unwrap(), (Some("main"), None));
        assert_eq!(range("main..dev").unwrap(), (Some("main"), Some("dev")));
        assert_eq!(range("v1..").unwrap(), (Some("v1"), Some("HEAD")));
        assert_eq!(range("..v1").unwrap(), (Some("HEAD"), Some("v1")));
        assert!(range("a...b").is_err());
    }
}
