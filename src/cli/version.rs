//! `mim-chart version`: prints the version of mim-chart, or that of Helm where it stands in for Helm.

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::in_place_of_helm::reported_build;
use crate::cli::output::console::Console;
use crate::diagnostic::Source;
use crate::engine::{BuildInfo, render_version};

/// Print the version
///
/// If called as `helm` (through a link with that name), or with MIM_CHART_AS_HELM=1 in the environment, it reports the version
/// of Helm v4.2.4, so tools that call Helm and check its version can use mim-chart. MIM_CHART_AS_HELM=v3.19.0 reports v3.19.0.
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart version [flags]",
    after_help = "Examples:\n  \
    mim-chart version --short\n  \
    MIM_CHART_AS_HELM=1 mim-chart version --template '{{ .Version }}'"
)]
pub(super) struct Version {
    /// Print only the version number
    #[arg(long)]
    short: bool,
    /// Print the result of this Go template (fields: Version, GitCommit, GitTreeState, GoVersion, KubeClientVersion)
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// Helm 3 has this flag, and it does nothing there either
    #[arg(short, long, hide = true)]
    client: bool,
}

impl Version {
    pub(super) fn run(&self, console: &mut Console) -> Result<(), Failure> {
        let reported = reported_build()?;
        let own = || BuildInfo::of_version(concat!("v", env!("CARGO_PKG_VERSION")));
        if let Some(template) = self.template.as_deref().filter(|template| !template.is_empty()) {
            let build = reported.unwrap_or_else(own);
            return Ok(console.print(&render_version(&Source::flag("--template", template), &build)?)?);
        }
        let text = match (reported, self.short) {
            (Some(helm), true) => helm.short(),
            (Some(helm), false) => helm.go_syntax(),
            (None, true) => own().short(),
            (None, false) => {
                let version = env!("CARGO_PKG_VERSION");
                format!("mim-chart v{version} (renders charts like Helm v4.2.4, for Kubernetes v1.36)")
            }
        };
        Ok(console.print(&(text + "\n"))?)
    }
}
