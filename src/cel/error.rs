//! Why an expression has no value.

use std::fmt;

/// An expression that cannot be parsed, or names what there is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where in the expression, in bytes.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

impl SyntaxError {
    /// What is wrong and where, as the API server says it: the line and the column are counted from 1.
    pub fn in_text(&self, text: &str) -> String {
        let before = text.get(..self.at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("ERROR: <input>:{line}:{column}: {}", self.message)
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)
    }
}

/// Why an evaluation ended without a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The expression fails, as it does in the API server: `no such key: x`, `division by zero`.
    Fails(String),
    /// Something in it is not evaluated here.
    Unsupported(String),
    /// It takes more steps than it may.
    Steps,
}

impl Error {
    /// A function or an operator is not made for its arguments.
    pub(super) fn overload() -> Error {
        Error::Fails("no such overload".to_owned())
    }

    pub(super) fn fails(message: impl Into<String>) -> Error {
        Error::Fails(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Fails(message) | Error::Unsupported(message) => write!(f, "{message}"),
            Error::Steps => write!(f, "it takes too many steps"),
        }
    }
}
