//! Reads and writes YAML as Helm v4 does: YAML 1.1 in go-yaml v2's interpretation, with the source position of every node.

mod aliases;
mod bytes;
mod colored;
mod construct;
pub mod decode;
mod entries;
mod fault;
mod file;
mod go_syntax;
mod lines;
mod locate;
mod node;
mod number;
mod order;
mod plain;
mod read;
mod repeated;
mod resolve;
mod skim;
mod split;
mod syntax;
mod text;
mod write;

#[cfg(test)]
mod sample_documents;
#[cfg(test)]
mod tests;

pub use aliases::{Alias, aliases};
pub use bytes::text_of_bytes;
pub use colored::colored;
pub use file::{check_part, document_file, values_file};
pub use locate::locate_in_scalar;
pub use node::{Entry, Map, Node, Value};
pub use order::natural_order;
pub use read::{
    read_document, read_document_at, read_document_at_noting, read_document_noting, read_document_strictly,
    read_generated_document, read_values, read_values_noting, repeated_keys, split_documents,
};
pub use repeated::RepeatedKey;
pub use skim::entries_of;
pub use split::split_manifests;
pub use write::{GoNode, MAX_SIMPLE_KEY, WriteError, write, write_go_pretty, write_pretty};
