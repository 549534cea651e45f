//! `mim-chart version`

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::output::console::Console;

/// Print the version
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mim-chart version --short")]
pub(super) struct Version {
    /// Print the version number alone
    #[arg(long)]
    short: bool,
}

impl Version {
    pub(super) fn run(&self, console: &mut Console) -> Result<(), Failure> {
        let version = env!("CARGO_PKG_VERSION");
        let text = if self.short {
            format!("v{version}\n")
        } else {
            format!("mim-chart v{version} (charts as Helm v4.2.4 renders them, Kubernetes v1.36)\n")
        };
        Ok(console.print(&text)?)
    }
}
