//! YAML as Helm v4 reads and writes it: go-yaml v2's YAML 1.1, with the place of every node.

mod node;

pub use node::{Entry, Map, Node, Value};
