//! The `mim-chart` command.

fn main() {}
