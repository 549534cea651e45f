//! Go's package `regexp`, on bytes: its syntax (RE2) and its replacements, on top of the `regex` crate.
//!
//! As in Go, each byte that belongs to no character counts as U+FFFD.

mod cache;
mod class_names;
mod classes;
mod expression;
mod reader;
mod reads_ahead;
mod replace;
mod syntax;

pub use cache::Cache;
pub use expression::{Regexp, quote_meta};
pub use syntax::check;
