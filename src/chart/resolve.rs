//! Resolves the dependencies that a chart declares, or has locked, to a single version each.

use super::Chart;
use super::lock::LockedDependency;
use crate::diagnostic::{Diagnostic, Span};
use crate::go::strconv::quote_double;
use crate::version::{Constraints, parse_version};

/// The place of a dependency's chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repository<'a> {
    /// Unpacked in `charts/`: no repository is declared.
    Charts,
    /// In a directory, relative to the chart's own: `file://../db`.
    Directory(&'a str),
    /// In a remote repository.
    Remote(&'a str),
}

impl<'a> Repository<'a> {
    /// Parses the field `repository` of a dependency.
    pub fn parse(field: &'a str) -> Repository<'a> {
        match field.strip_prefix("file://") {
            _ if field.is_empty() => Repository::Charts,
            Some(path) => Repository::Directory(path),
            None => Repository::Remote(field),
        }
    }
}

/// Returns the dependencies with the versions of the charts found for them. `from_lock` says whether `wanted` comes from a
/// lock file. `charts` has the charts in the same order, with `None` for remote ones. `place` returns the place where a
/// dependency is declared.
///
/// # Errors
/// Helm's messages for all invalid constraints and all charts whose version does not match.
pub fn resolve(
    wanted: &[LockedDependency],
    charts: &[Option<&Chart>],
    from_lock: bool,
    place: impl Fn(&LockedDependency) -> Span,
) -> Result<Vec<LockedDependency>, Vec<Diagnostic>> {
    let mut resolved = Vec::new();
    let mut errors = Vec::new();
    let mut unmet = Vec::new();
    for (dependency, chart) in wanted.iter().zip(charts) {
        let LockedDependency { name, repository, version } = dependency;
        let refuse = |message: String| Diagnostic::error("dependencies", message).at(place(dependency), "");
        let constraints = match Constraints::parse(version) {
            Ok(constraints) => constraints,
            Err(reason) => {
                let name = quote_double(name);
                let message = format!("dependency {name} has an invalid version/constraint format: {reason}");
                errors.push(refuse(message));
                continue;
            }
        };
        let found = chart.map(|chart| chart.metadata.version.as_str());
        let fits = found.is_none_or(|found| parse_version(found).is_ok_and(|found| constraints.are_met_by(&found)));
        let found = found.unwrap_or(version);
        match Repository::parse(repository) {
            Repository::Charts if !fits => errors.push(refuse(format!(
                "dependency {name} at version {found} does not satisfy the constraint {version}"
            ))),
            Repository::Directory(path) if !fits && from_lock => {
                errors.push(refuse(format!("can't get a valid version for dependency {name}")).help(format!(
                    "{path} has version {found}, but the lock file requires {version}: run `mim-chart dependency update`"
                )))
            }
            Repository::Directory(_) if !fits => unmet.push((dependency, found)),
            Repository::Directory(_) => {
                resolved.push(LockedDependency { version: found.to_owned(), ..dependency.clone() });
            }
            Repository::Charts | Repository::Remote(_) => resolved.push(dependency.clone()),
        }
    }
    if !unmet.is_empty() {
        errors.push(no_valid_version(&unmet, place));
    }
    if errors.is_empty() { Ok(resolved) } else { Err(errors) }
}

/// Returns the error about dependencies whose directory has another version; that version comes with each of them.
fn no_valid_version(unmet: &[(&LockedDependency, &str)], place: impl Fn(&LockedDependency) -> Span) -> Diagnostic {
    let shown = |(dependency, _): &(&LockedDependency, &str)| {
        let [name, repository, version] =
            [&dependency.name, &dependency.repository, &dependency.version].map(|text| quote_double(text));
        format!("{name} (repository {repository}, version {version})")
    };
    let message = format!(
        "can't get a valid version for {} subchart(s): {}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml",
        unmet.len(),
        unmet.iter().map(shown).collect::<Vec<_>>().join(", ")
    );
    unmet.iter().fold(Diagnostic::error("dependencies", message), |error, (dependency, found)| {
        error.at(place(dependency), format!("charts/ has version {found}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Metadata;

    fn wanted(name: &str, repository: &str, version: &str) -> LockedDependency {
        LockedDependency { name: name.to_owned(), repository: repository.to_owned(), version: version.to_owned() }
    }

    fn chart(version: &str) -> Chart {
        Chart { metadata: Metadata { version: version.to_owned(), ..Metadata::default() }, ..Chart::default() }
    }

    #[test]
    fn a_directory_is_locked_to_its_version_and_other_charts_to_the_constraint() {
        let (one, two) = (chart("1.2.3"), chart("2.0.0"));
        let all = [wanted("a", "file://../a", "1.x"), wanted("b", "", ">=1"), wanted("c", "https://c", "3.0.0")];
        let resolved = resolve(&all, &[Some(&one), Some(&two), None], false, |_| Span::default()).unwrap();
        let versions: Vec<&str> = resolved.iter().map(|dependency| dependency.version.as_str()).collect();
        assert_eq!(versions, ["1.2.3", ">=1", "3.0.0"]);
    }

    #[test]
    fn all_unresolved_dependencies_are_reported_together() {
        let one = chart("1.2.3");
        let all = [
            wanted("a", "file://../a", "2.x"),
            wanted("b", "", ">=2"),
            wanted("c", "", "what?"),
            wanted("d", "file://../a", "1.2.4"),
        ];
        let errors = resolve(&all, &[Some(&one); 4], false, |_| Span::default()).unwrap_err();
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "dependency b at version 1.2.3 does not satisfy the constraint >=2",
                "dependency \"c\" has an invalid version/constraint format: improper constraint: \"what?\"",
                "can't get a valid version for 2 subchart(s): \"a\" (repository \"file://../a\", version \"2.x\"), \"d\" \
                 (repository \"file://../a\", version \"1.2.4\"). Make sure a matching chart version exists in the repo, or \
                 change the version constraint in Chart.yaml",
            ]
        );
        let errors = resolve(&all[..1], &[Some(&one)], true, |_| Span::default()).unwrap_err();
        assert_eq!(errors[0].message, "can't get a valid version for dependency a");
    }
}
