//! The `mim-chart` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(mim_chart::cli::run(std::env::args_os()))
}
