//! `mim-chart dependency list|build|update`: the dependencies of a chart.

mod build;
mod list;

use clap::{Args, Subcommand};

pub(super) use build::{Versions, fill_charts_folder};

use crate::cli::arguments::flags::GlobalFlags;
use crate::cli::failure::Failure;
use crate::cli::output::console::Console;

/// Show or update the dependencies of a chart
///
/// Chart.yaml declares them under `dependencies`, each with name, version and repository. A repository `file://PATH` is the
/// directory of a chart, relative to the declaring chart; without a repository, the dependency must be in charts/.
#[derive(Debug, Args)]
#[command(
    visible_alias = "dep",
    alias = "dependencies",
    override_usage = "mim-chart dependency COMMAND [flags]",
    after_help = "Examples:\n  \
        mim-chart dependency list ./mychart\n  \
        mim-chart dependency update ./mychart"
)]
pub(super) struct Dependency {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Build(build::Build),
    Update(build::Update),
}

impl Dependency {
    pub(super) fn run(&self, global: &GlobalFlags, console: &mut Console) -> Result<(), Failure> {
        match &self.action {
            Some(Action::List(list)) => list.run(global, console),
            Some(Action::Build(build)) => build.run(global, console),
            Some(Action::Update(update)) => update.run(global, console),
            None => Err(Failure::NeedsHelp("dependency")),
        }
    }
}
