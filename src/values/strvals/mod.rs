//! The grammar of `--set` and its family (Helm's `strvals`), with the place of every key and value in the flag.
//!
//! A flag is applied to a tree that the layers before it have built: lists are edited in place, scalars replaced.
//! [`parser`](self) follows Helm's own shape, because its answers in odd corners (`a[0`, `a.`, `{x}b=1`) come from it.

mod parser;
mod scanner;
mod typed;

#[cfg(test)]
mod tests;

use super::room::Room;
use super::{FileReader, Map};
use crate::diagnostic::{Diagnostic, Source, Span};
use parser::Parser;

/// What the values of a flag are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `--set`: booleans, null and whole numbers are recognised.
    Typed,
    /// `--set-string`: always text.
    Text,
    /// `--set-json`: JSON.
    Json,
    /// `--set-file`: paths of files that hold the text.
    File,
    /// `--set-literal`: the rest of the flag, as it is.
    Literal,
}

/// Applies one flag to `values`; `room` is that of the whole command line.
///
/// # Errors
/// The first mistake in the flag, in Helm's words, pointing at its place.
pub(super) fn apply(
    source: &Source,
    kind: Kind,
    values: &mut Map,
    reader: &dyn FileReader,
    room: &Room,
) -> Result<(), Diagnostic> {
    let mut parser = Parser::new(source, kind, reader, room);
    parser.parse(values).map_err(|mistake| mistake.diagnose(source, kind))
}

/// Why a flag can't be applied.
#[derive(Debug)]
pub(super) struct Mistake {
    /// Helm's words, without the flag's name.
    message: String,
    place: Span,
    help: Option<String>,
}

impl Mistake {
    fn new(message: impl Into<String>, place: Span) -> Self {
        Mistake { message: message.into(), place, help: None }
    }

    fn help(self, text: impl Into<String>) -> Self {
        Mistake { help: Some(text.into()), ..self }
    }

    fn diagnose(self, source: &Source, kind: Kind) -> Diagnostic {
        let flag = source.name();
        // For JSON, Helm repeats the flag and keeps the reason to itself; the label gives it.
        let (message, label) = match kind {
            Kind::Json => (format!("failed parsing {flag} data {}", source.text()), self.message),
            _ => (format!("failed parsing {flag} data: {}", self.message), String::new()),
        };
        let error = Diagnostic::error("set-syntax", message).at(self.place, label);
        self.help.into_iter().fold(error, Diagnostic::help)
    }
}
