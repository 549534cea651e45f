//! Go's package `regexp`, on bytes: its syntax (RE2) and its replacements over the `regex` crate.
//!
//! Bytes that belong to no character match nothing but negations of ASCII; Go takes them for U+FFFD.

mod cache;
mod expression;
mod reads_ahead;
mod replace;
mod syntax;

pub use cache::Cache;
pub use expression::{Regexp, quote_meta};
pub use syntax::check;
