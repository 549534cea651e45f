//! Reads and writes JSON as Go's `encoding/json` does, with the source position of every node.

mod object;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use object::Object;
pub use read::{read, read_decoded, read_prefix};
pub use write::{Style, Writer, scalar_text, write, write_pretty, write_raw};
