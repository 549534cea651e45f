//! Go's package `fmt` over any type of values: `%v`, `print`, `println`, `printf`.
//!
//! A type of values implements [`GoValue`]; a [`Printer`] appends what Go prints to a buffer of bytes. Go's strings are
//! bytes, and so is what is printed.
//!
//! | file | holds |
//! |---|---|
//! | `value` | [`GoValue`] and [`View`]: how a value is seen |
//! | `printer` | [`Printer`] with its limits, and flags |
//! | `plain` | `%v` without flags |
//! | `print` | `print`, `println` |
//! | `printf` | formats: flags, widths, argument numbers, errors |
//! | `verbs` | one value under a verb: `%v`, `%#v`, `%q`, lists, maps, structs, errors |
//! | `integer`, `decimal` | numbers under a verb |

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
