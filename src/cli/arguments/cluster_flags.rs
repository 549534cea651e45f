//! Flags that tell templates about the cluster.

use clap::Args;

use super::flags::{kube_version, split_comma_list};
use crate::cli::failure::Failure;
use crate::diagnostic::Source;
use crate::engine::Capabilities;

/// What templates see of the cluster.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(in crate::cli) struct ClusterFlags {
    /// Kubernetes version that templates see (Capabilities.KubeVersion)
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    /// API versions to add to those that templates see (repeatable, comma-separated)
    #[arg(short, long, value_name = "VERSION")]
    api_versions: Vec<String>,
}

impl ClusterFlags {
    /// What Helm knows without a cluster, with what the flags add.
    pub(in crate::cli) fn capabilities(&self) -> Result<Capabilities, Failure> {
        let mut capabilities = Capabilities::default();
        let mut errors = Vec::new();
        match kube_version(self.kube_version.as_deref()) {
            Ok(version) => capabilities.kube_version = version,
            Err(error) => errors.push(error),
        }
        for argument in &self.api_versions {
            match split_comma_list(argument) {
                Ok(items) => capabilities.api_versions.extend(items.into_iter().map(|item| item.text)),
                Err(error) => {
                    errors.push(error.diagnose("-a, --api-versions", &Source::flag("--api-versions", argument)))
                }
            }
        }
        if errors.is_empty() { Ok(capabilities) } else { Err(errors.into()) }
    }
}
