//! `mim-chart completion SHELL`

use clap::Args;
use clap_complete::Shell;

use super::console::Console;
use super::{Failure, command};

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    source <(mim-chart completion bash)\n  \
    mim-chart completion zsh > \"${fpath[1]}/_mim-chart\"\n  \
    mim-chart completion fish | source")]
pub(super) struct Completion {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completion {
    pub(super) fn run(&self, console: &mut Console) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "mim-chart", &mut script);
        Ok(console.print_unchanged(&String::from_utf8_lossy(&script))?)
    }
}
