//! JSON as Go's `encoding/json` reads and writes it, with the place of every node.

mod object;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use object::Object;
pub use read::{read, read_decoded, read_prefix};
pub use write::{Style, Writer, write, write_pretty, write_raw};
