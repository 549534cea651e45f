//! The capabilities of the cluster that is rendered for: its version and the API versions it serves.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::kubernetes::{DEFAULT_API_VERSIONS, KubeVersion};

/// What templates know about the cluster. The default is Helm's when it renders without a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// The version of Kubernetes.
    pub kube_version: KubeVersion,
    /// The API versions served, in Helm's order: the default ones, then those of `--api-versions`.
    pub api_versions: Vec<String>,
}

impl Capabilities {
    /// Returns the capabilities of a cluster with this version of Kubernetes (`1.31`, `v1.36.2`), which serves the API
    /// versions that Helm assumes.
    ///
    /// ```
    /// use mim_chart::Capabilities;
    ///
    /// assert!(Capabilities::of_version("1.31").is_ok());
    /// assert!(Capabilities::of_version("latest").is_err());
    /// ```
    ///
    /// # Errors
    /// The text is not a version.
    pub fn of_version(version: &str) -> Result<Capabilities, Diagnostics> {
        let kube_version = KubeVersion::parse(version).map_err(|message| Diagnostic::error("kube-version", message))?;
        Ok(Capabilities { kube_version, ..Capabilities::default() })
    }
}

impl Default for Capabilities {
    fn default() -> Self {
        let api_versions = DEFAULT_API_VERSIONS.iter().map(|&version| version.to_owned()).collect();
        Capabilities { kube_version: KubeVersion::default(), api_versions }
    }
}
