//! `mim-chart completion SHELL`, and the answers to the scripts that it prints.
//!
//! The scripts are short: on each TAB they ask the installed program, so they can't be out of date.
//!
//! | file | what it does |
//! |---|---|
//! | `request`, `bash` | the questions of the scripts, and the form of the answers |
//! | `position` | what the words before the cursor mean |
//! | `complete` | completes the word at the cursor |
//! | `keys`, `assignment`, `templates`, `named_chart` | what depends on the chart on the command line |
//! | `answer` | candidates and files |

mod answer;
mod assignment;
mod bash;
mod complete;
mod keys;
mod named_chart;
mod position;
pub(super) mod request;
mod templates;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use clap::{Args, ValueEnum};

use crate::cli::failure::Failure;
use crate::cli::in_place_of_helm::is_called_helm;
use crate::cli::output::console::Console;

/// Print the completion script for a shell
#[derive(Debug, Args)]
#[command(
    override_usage = "mim-chart completion SHELL [flags]",
    after_help = "Examples:\n  \
    source <(mim-chart completion bash)\n  \
    mim-chart completion zsh > \"${fpath[1]}/_mim-chart\"\n  \
    mim-chart completion fish | source\n  \
    eval (mim-chart completion elvish | slurp)\n  \
    mim-chart completion powershell | Out-String | Invoke-Expression\n\n\
    In zsh, compinit must run first."
)]
pub(super) struct Completion {
    /// Shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
    /// Do not show descriptions
    #[arg(long)]
    no_descriptions: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Completion {
    pub(super) fn run(&self, console: &mut Console) -> Result<(), Failure> {
        let mut script = Cow::Borrowed(self.shell.script());
        if self.no_descriptions {
            script = script.replace(request::WORD, "__completeNoDesc").into();
        }
        if is_called_helm() {
            script = script.replace("mim-chart", "helm").replace("mim_chart", "helm").into();
        }
        Ok(console.print_unchanged(&script)?)
    }
}

impl Shell {
    /// Returns the script that completes `mim-chart`.
    fn script(self) -> &'static str {
        match self {
            Shell::Bash => include_str!("completion/mim-chart.bash"),
            Shell::Elvish => include_str!("completion/mim-chart.elv"),
            Shell::Fish => include_str!("completion/mim-chart.fish"),
            Shell::Powershell => include_str!("completion/mim-chart.ps1"),
            Shell::Zsh => include_str!("completion/mim-chart.zsh"),
        }
    }
}
