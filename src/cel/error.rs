//! Why an expression cannot be parsed or has no value.

use std::fmt;

/// An expression that cannot be parsed, or that refers to something undeclared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The byte offset of the error in the expression.
    pub at: usize,
    /// A description of the error, without its position.
    pub message: String,
}

impl SyntaxError {
    /// Formats the error as the API server does, with a line and a column that count from 1.
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

/// Why an evaluation returned no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The expression fails, as in the API server: `no such key: x`, `division by zero`.
    Fails(String),
    /// The expression uses something that is not implemented here.
    Unsupported(String),
    /// The step limit is exceeded.
    Steps,
}

impl Error {
    /// The error for a function or an operator that does not accept the types of its arguments.
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
