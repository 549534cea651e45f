//! Operating system errors as Go, and therefore Helm, prints them.

use std::io::{Error, ErrorKind};

/// Returns the message of an error as Go writes it, such as `no such file or directory`: in lower case and without
/// Rust's `(os error 2)`.
pub fn os_error(error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file or directory".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "is a directory".to_owned(),
        ErrorKind::NotADirectory => "not a directory".to_owned(),
        ErrorKind::StorageFull => "no space left on device".to_owned(),
        _ => {
            let text = error.to_string();
            let end = text.find(" (os error").unwrap_or(text.len());
            text[..end].to_lowercase()
        }
    }
}
