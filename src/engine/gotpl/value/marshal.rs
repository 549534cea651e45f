//! What all ways of writing a value share: the limits on its size and depth, and the errors.

use super::Value;

/// How deeply a value may nest that is written, copied or merged: the same limit as for reading.
pub const MAX_DEPTH: usize = 10_000;

/// The least number of bytes that a converted value takes.
pub(super) const NODE: usize = 16;

/// The reason why a value can't be written as YAML, JSON or TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarshalError {
    /// It is too large or nests too deeply, possibly because it contains itself.
    Limit(&'static str),
    /// It contains something that the format can't represent. The text is Go's message.
    Unsupported(String),
}

impl MarshalError {
    /// The error for a value that takes more bytes than are left.
    pub(super) const TOO_LARGE: MarshalError = MarshalError::Limit("the value is too large to be written");

    /// The error for a number that JSON can't represent.
    pub(super) fn unsupported(value: &Value) -> MarshalError {
        MarshalError::Unsupported(match value {
            Value::Float(number) => format!("json: unsupported value: {}", crate::go::float::format_float(*number)),
            value => format!("json: unsupported type: {}", value.go_type()),
        })
    }
}

/// The number of bytes that a converted value may still take.
#[derive(Debug)]
pub struct Room(usize);

impl Room {
    /// Creates the room for a value.
    pub fn new(bytes_left: usize) -> Room {
        Room(bytes_left)
    }

    /// Takes the room of a value with a text of this length.
    ///
    /// # Errors
    /// Too little is left.
    pub fn take(&mut self, text_length: usize) -> Result<(), MarshalError> {
        self.0 = self.0.checked_sub(text_length.saturating_add(NODE)).ok_or(MarshalError::TOO_LARGE)?;
        Ok(())
    }
}

/// Returns how deeply the parts of a value may nest, given how deeply the value may.
///
/// # Errors
/// The value may not have parts.
pub fn inner_depth(depth: usize) -> Result<usize, MarshalError> {
    depth.checked_sub(1).ok_or(MarshalError::Limit("the value nests too deeply to be written"))
}
