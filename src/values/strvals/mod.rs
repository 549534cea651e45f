//! The grammar of `--set` and its family (Helm's `strvals`), with the place of every key and value in the flag.
//!
//! A flag is applied to a tree that the layers before it have built: lists are edited in place, scalars replaced.
//! [`parser`](self) follows Helm's own shape, because its answers in odd corners (`a[0`, `a.`, `{x}b=1`) come from it.

mod kind;
mod parser;
mod scanner;
mod syntax_error;
mod typed;

#[cfg(test)]
mod tests;

use super::file_reader::FileReader;
use super::room::Room;
use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::Map;
use parser::Parser;

pub(super) use kind::Kind;

/// Applies one flag to `values`; `room` is that of the whole command line.
///
/// # Errors
/// The first error in the flag, as Helm says it, pointing at its place.
pub(super) fn apply(
    source: &Source,
    kind: Kind,
    values: &mut Map,
    reader: &dyn FileReader,
    room: &Room,
) -> Result<(), Diagnostic> {
    let mut parser = Parser::new(source, kind, reader, room);
    parser.parse(values).map_err(|error| error.diagnose(source, kind))
}
