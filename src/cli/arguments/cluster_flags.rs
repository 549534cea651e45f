//! Flags that describe the cluster to templates.

use clap::Args;

use super::flags::{CommaItem, each_comma_item, kube_version};
use super::manifest_input::{NamedBy, objects_of_files};
use crate::cli::failure::Failure;
use crate::diagnostic::{Diagnostic, Source};
use crate::engine::Capabilities;
use crate::io::Inputs;
use crate::kubernetes::Object;

/// The file that an item of `--api-versions` can name.
const API_VERSIONS: &str = "@FILE with the output of `kubectl api-versions` or `kubectl api-resources`";

/// What templates see of the cluster.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(in crate::cli) struct ClusterFlags {
    /// Kubernetes version that templates see (Capabilities.KubeVersion)
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    /// Additional API versions that templates see (repeatable, comma-separated); @FILE adds those in a file, as printed by
    /// `kubectl api-versions` or `kubectl api-resources`
    #[arg(short, long, value_name = "VERSION")]
    api_versions: Vec<String>,
    /// CustomResourceDefinitions in the cluster: a file, a directory or `-` (repeatable). Templates see their API versions and
    /// kinds, and manifests are checked and compared by their rules; the chart's own definitions are always used for that
    #[arg(long, value_name = "PATH")]
    crds: Vec<String>,
}

impl ClusterFlags {
    /// Whether the flags name files, which may nest deeply.
    pub(in crate::cli) fn reads_deep_input(&self) -> bool {
        !self.crds.is_empty()
    }

    /// Reads the CustomResourceDefinitions of `--crds`.
    ///
    /// # Errors
    /// Files that can't be read, and documents that are not manifests.
    pub(in crate::cli) fn definitions(&self) -> Result<Vec<Object>, Vec<Diagnostic>> {
        if self.crds.is_empty() { Ok(Vec::new()) } else { objects_of_files(&self.crds, NamedBy::CRDS, "--crds") }
    }

    /// Returns the capabilities that Helm assumes without a cluster, with those of the flags and of `definitions` added.
    ///
    /// # Errors
    /// All invalid flags, and all errors in the files that they name.
    pub(in crate::cli) fn capabilities(
        &self,
        inputs: &Inputs,
        definitions: &[Object],
    ) -> Result<Capabilities, Failure> {
        let mut capabilities = Capabilities::default();
        let mut errors = Vec::new();
        match kube_version(self.kube_version.as_deref()) {
            Ok(version) => capabilities.kube_version = version,
            Err(error) => errors.push(error),
        }
        for item in each_comma_item(&self.api_versions, "--api-versions", "-a, --api-versions") {
            let versions = item.and_then(|(flag, CommaItem { text, range })| match text.strip_prefix('@') {
                Some(file) => {
                    inputs.read_text(file, &flag.span(range), API_VERSIONS).and_then(|source| served(&source))
                }
                None => Ok(vec![text]),
            });
            match versions {
                Ok(versions) => capabilities.api_versions.extend(versions),
                Err(error) => errors.push(error),
            }
        }
        capabilities.api_versions.extend(definitions.iter().flat_map(defined));
        if errors.is_empty() { Ok(capabilities) } else { Err(errors.into()) }
    }
}

/// Parses the API versions in a file: one per line, as `kubectl api-versions` prints them, or the table of
/// `kubectl api-resources`, which has the kinds too. Empty lines and lines that start with `#` are ignored.
fn served(source: &Source) -> Result<Vec<String>, Diagnostic> {
    let mut versions = Vec::new();
    let mut columns = None;
    for (number, line) in source.text().lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (&words[..], columns) {
            ([], _) => {}
            ([first, ..], _) if first.starts_with('#') => {}
            (heads, None) if heads.contains(&"APIVERSION") && heads.contains(&"KIND") => columns = Some(()),
            // The column of short names may be empty; the last three columns always have a value.
            ([.., version, "true" | "false", kind], Some(())) => {
                versions.extend([(*version).to_owned(), format!("{version}/{kind}")]);
            }
            ([version], None) => versions.push((*version).to_owned()),
            _ => {
                let start = source.line_range(number + 1).start;
                let error = Diagnostic::error(
                    "usage",
                    format!("line {} of {} is not an API version", number + 1, source.name()),
                );
                return Err(error.at(source.span(start..start + line.len()), "").help(
                    "the file must be the output of `kubectl api-versions` (apps/v1, one per line) or of `kubectl api-resources`",
                ));
            }
        }
    }
    versions.dedup();
    Ok(versions)
}

/// Returns the versions that a CustomResourceDefinition serves, alone and with its kind.
fn defined(definition: &Object) -> Vec<String> {
    let fields = definition.fields();
    let (Some(group), Some(kind)) = (fields.text_at(&["spec", "group"]), fields.text_at(&["spec", "names", "kind"]))
    else {
        return Vec::new();
    };
    let versions = fields.maps_at(&["spec", "versions"]).filter(|version| version.is_true_at(&["served"]));
    let names = versions.filter_map(|version| version.text_at(&["name"]));
    names.flat_map(|name| [format!("{group}/{name}"), format!("{group}/{name}/{kind}")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(text: &str) -> Result<Vec<String>, String> {
        served(&Source::file("served.txt", text)).map_err(|error| error.message)
    }

    #[test]
    fn files_hold_what_kubectl_prints() {
        assert_eq!(versions("apps/v1\n\n# own\nv1\n").unwrap(), ["apps/v1", "v1"]);
        let table = "NAME    SHORTNAMES   APIVERSION   NAMESPACED   KIND\n\
            pods    po           v1           true         Pod\n\
            nodes                v1           false        Node\n";
        assert_eq!(versions(table).unwrap(), ["v1", "v1/Pod", "v1", "v1/Node"]);
        assert_eq!(versions("apps/v1\nerror: no cluster\n").unwrap_err(), "line 2 of served.txt is not an API version");
    }
}
