//! Helm's template functions, once for all engines, as plain functions on Rust's types. The functions of an engine
//! convert their arguments, call these, and convert the result.
//!
//! Strings are bytes where Go's may hold any bytes, and `&str` where a function works on characters. Values of any type
//! are read through [`GoValue`](crate::go::fmt::GoValue).
//!
//! | file | functions |
//! |---|---|
//! | [`text`] | trim, trunc, substr, indent, replace, split, join, repeat, nospace, html, strval, ... |
//! | [`case`] | upper, lower, title, untitle, snakecase, kebabcase, camelcase, swapcase |
//! | [`wrap`] | wrap, wrapWith, abbrev, abbrevboth, initials |
//! | [`cast`], [`numbers`], [`decimal`] | int, float64, toDecimal; round, untilStep, seq, div, mod; addf, mulf, ... |
//! | [`crypto`] | genCA, genPrivateKey, bcrypt, derivePassword, encryptAES, ... |
//! | [`date`] | date, ago, dateModify, durationRound, ... |
//! | [`random`] | randAlphaNum, shuffle, uuidv4, ... |
//! | [`encoding`] | b64enc, b32dec, sha256sum, adler32sum, ... |
//! | [`lists`] | uniq, without, slice; `empty` is [`GoValue::is_true`](crate::go::fmt::GoValue::is_true) |
//! | [`documents`], [`toml`] | fromYaml, fromJson, fromToml and their arrays; toToml |
//! | [`urls`] | urlParse, urlJoin |
//! | [`files`], [`glob`] | Files.Glob, AsConfig, AsSecrets, Lines |

mod base_encodings;
pub mod case;
pub mod cast;
pub mod crypto;
pub mod date;
pub mod decimal;
mod dialect;
pub mod documents;
pub mod encoding;
mod error;
pub mod files;
pub mod glob;
mod limits;
pub mod lists;
pub mod numbers;
pub mod random;
pub mod text;
pub mod toml;
pub mod urls;
pub mod wrap;

pub use dialect::{Cut, Dialect};
pub use error::Error;
pub use limits::Limits;
#[cfg(test)]
pub(crate) use limits::testing;
