//! A process that does nothing: the measure of all others.
fn main() {}
