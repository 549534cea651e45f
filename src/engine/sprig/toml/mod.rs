//! TOML as Helm reads and writes it, with BurntSushi's library.
//!
//! | file | holds |
//! |---|---|
//! | `read` | the grammar: tables, keys, lists |
//! | `lex` | characters, strings and numbers |
//! | `tables` | what has been defined where, and what may be defined again |
//! | `write` | values as text |

mod lex;
mod read;
mod tables;
#[cfg(test)]
mod tests;
mod write;

pub use lex::LocalClock;
pub use read::read;
pub use tables::{Table, Value};
pub use write::{Item, write};
