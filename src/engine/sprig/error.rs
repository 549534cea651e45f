//! Why a function has no result.

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
