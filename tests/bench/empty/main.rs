//! A process that does nothing: the baseline of the benchmarks.
fn main() {}
