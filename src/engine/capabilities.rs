//! What the cluster that is rendered for can do: its version and the API versions it serves.

use crate::kubernetes::{DEFAULT_API_VERSIONS, KubeVersion};

/// What templates learn about the cluster; the default is Helm's when it renders without a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of Kubernetes.
    pub kube_version: KubeVersion,
    /// The API versions served, in Helm's order; those of `--api-versions` come after the default ones.
    pub api_versions: Vec<String>,
}

impl Default for Capabilities {
    fn default() -> Self {
        let api_versions = DEFAULT_API_VERSIONS.iter().map(|&version| version.to_owned()).collect();
        Capabilities { kube_version: KubeVersion::default(), api_versions }
    }
}
