//! The `mim-chart` command.

fn main() {
    mim_chart::cli::run_and_exit(std::env::args_os())
}
