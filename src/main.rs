//! The `mim-chart` command.

// glibc's allocator is fast enough, musl's is not.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    mim_chart::cli::run_and_exit(std::env::args_os())
}
