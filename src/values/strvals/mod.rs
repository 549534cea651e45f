//! Parses the arguments of `--set` and its family (Helm's `strvals`), with the place of every key and value in the flag.
//!
//! A flag is applied to the values that earlier layers have built: lists are edited in place, scalars replaced. `parser`
//! follows the structure of Helm's own parser, which determines the results in corner cases (`a[0`, `a.`, `{x}b=1`).

mod parser;
mod scanner;
mod set_flag;
mod syntax_error;
mod typed;

#[cfg(test)]
mod tests;

use super::budget::ValuesBudget;
use super::file_reader::FileReader;
use crate::diagnostic::{Diagnostic, Source};
use crate::yaml::Map;
use parser::Parser;

pub use set_flag::SetFlag;
pub use typed::is_text;

/// Applies one flag to `values`. All flags of the command line share `budget`.
///
/// # Errors
/// Helm's message for the first error in the flag, with its place.
pub(super) fn apply(
    source: &Source,
    flag: SetFlag,
    values: &mut Map,
    reader: &dyn FileReader,
    budget: &ValuesBudget,
) -> Result<(), Diagnostic> {
    let mut parser = Parser::new(source, flag, reader, budget);
    parser.parse(values).map_err(|error| error.diagnose(source, flag))
}
