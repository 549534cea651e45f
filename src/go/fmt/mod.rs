//! Go's package `fmt` for values of any type: `%v`, `print`, `println`, `printf`.
//!
//! A type of values implements [`GoValue`]; a [`Printer`] appends what Go prints to a buffer. Go's strings are bytes,
//! so the output is bytes as well.
//!
//! | file | holds |
//! |---|---|
//! | `value` | [`GoValue`] and [`View`]: how printing sees a value |
//! | `printer` | [`Printer`] with its limits, and flags |
//! | `plain` | `%v` without flags |
//! | `print` | `print`, `println` |
//! | `printf` | formats: flags, widths, argument numbers, errors |
//! | `verbs` | one value for a verb: `%v`, `%#v`, `%q`, lists, maps, structs, errors |
//! | `integer`, `decimal` | numbers for a verb |

mod decimal;
mod integer;
mod plain;
mod print;
mod printer;
mod printf;
mod value;
mod verbs;

pub use print::display;
pub use printer::{Dialect, Error, Printer};
pub use value::{GoValue, View};

#[cfg(test)]
mod tests;
