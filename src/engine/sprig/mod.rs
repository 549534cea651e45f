//! What Helm's template functions mean, once for all engines: plain functions on Rust's types. An engine's own functions
//! read its kind of arguments, call these, and wrap the result.
//!
//! Strings are bytes where Go's may hold any, and `&str` where a function reads a text as characters. What looks into a
//! value of any type does so through [`GoValue`](crate::go::fmt::GoValue).
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
pub mod documents;
pub mod encoding;
pub mod files;
pub mod glob;
pub mod lists;
pub mod numbers;
pub mod random;
pub mod text;
pub mod toml;
pub mod urls;
pub mod wrap;

use std::fmt;

/// Why a function has no result. An engine adds where it was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The call is wrong; the text is what Go says behind `error calling NAME: `.
    Call(String),
    /// A limit of ours is reached, which Helm does not have.
    Limit(String),
}

impl Error {
    /// A wrong call, as Go says it.
    pub fn call(message: impl Into<String>) -> Error {
        Error::Call(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Call(message) | Error::Limit(message) => f.write_str(message),
        }
    }
}

/// What functions may use up. They ask before they make something that is much larger than what they are given.
pub trait Limits {
    /// Checks the size of a text that is about to be made.
    ///
    /// # Errors
    /// It is too large.
    fn check_size(&mut self, bytes: usize) -> Result<(), Error>;

    /// Counts items of lists that are about to be made.
    ///
    /// # Errors
    /// There are too many.
    fn spend_items(&mut self, count: usize) -> Result<(), Error>;

    /// Counts steps of work that makes nothing, each of which costs much less than an item.
    ///
    /// # Errors
    /// There are too many.
    fn spend_work(&mut self, steps: usize) -> Result<(), Error>;
}

/// Where functions cut a text whose lengths are counted in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// As Go does: anywhere, also within a character.
    Byte,
    /// At the next boundary between characters, so that a text stays one.
    Char,
}

/// What differs on purpose between the functions of Go templates and those of Tera templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// How values are printed.
    pub print: crate::go::fmt::Dialect,
    /// Where texts are cut.
    pub cut: Cut,
}

impl Dialect {
    /// As Helm's functions are.
    pub const GO: Dialect = Dialect { print: crate::go::fmt::Dialect::GO, cut: Cut::Byte };

    /// As in Tera templates: numbers stay as people write them for as long as they do in JSON, the whole numbers of values
    /// files are integers, which both kinds of verbs fit, and no character is cut in two.
    pub const TERA: Dialect = Dialect {
        print: crate::go::fmt::Dialect { float_exponent_from: 21, whole_floats_are_ints: true },
        cut: Cut::Char,
    };
}

#[cfg(test)]
pub(crate) mod testing {
    use super::{Error, Limits};

    /// Limits that are never reached.
    pub(crate) struct Unlimited;

    impl Limits for Unlimited {
        fn check_size(&mut self, _: usize) -> Result<(), Error> {
            Ok(())
        }

        fn spend_items(&mut self, _: usize) -> Result<(), Error> {
            Ok(())
        }

        fn spend_work(&mut self, _: usize) -> Result<(), Error> {
            Ok(())
        }
    }
}
