//! Errors of template functions.

use std::fmt;

/// Why a function failed. The engine adds where it was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The call is invalid; the text is what Go prints after `error calling NAME: `.
    Call(String),
    /// A limit of this program is reached, which Helm does not have.
    Limit(String),
}

impl Error {
    /// Returns the error of an invalid call, with Go's message.
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
