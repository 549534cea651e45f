//! Reads the values of a command line as of a git revision.

use std::cell::RefCell;

use super::flags::CommaItem;
use crate::diagnostic::{Diagnostic, Severity, Source, Span};
use crate::io::{AtRevision, Inputs, Revision};
use crate::values::{FileReader, Layer, LayerKind, given_file, merge_layers};

/// Reads the files that flags name as of a revision. Files outside the repository are read from disk.
pub(in crate::cli) struct InputsAtRevision<'a> {
    inputs: &'a Inputs,
    revision: &'a Revision,
    /// Which side is rendered with them (`old` or `new`), for messages.
    side: &'static str,
    notes: RefCell<Vec<Diagnostic>>,
    /// Files that did not exist at the revision.
    missing: RefCell<Vec<String>>,
}

impl<'a> InputsAtRevision<'a> {
    pub(in crate::cli) fn new(inputs: &'a Inputs, revision: &'a Revision, side: &'static str) -> Self {
        InputsAtRevision { inputs, revision, side, notes: RefCell::default(), missing: RefCell::default() }
    }

    /// Returns notes on the files that did not exist at the revision or are outside the repository.
    pub(in crate::cli) fn notes(&self) -> Vec<Diagnostic> {
        self.notes.borrow().clone()
    }

    fn note(&self, message: String) {
        let note = Diagnostic::new(Severity::Info, "revision", message);
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// Reads a file as text at the revision.
    fn text(&self, path: &str) -> Result<AtRevision<String>, Diagnostic> {
        Ok(match self.bytes(path)? {
            AtRevision::There(bytes) => AtRevision::There(String::from_utf8(bytes).map_err(|error| {
                let byte = error.utf8_error().valid_up_to() + 1;
                let shown = self.revision.shown(path);
                Diagnostic::error("revision", format!("{shown}: byte {byte} is not UTF-8"))
                    .help("save the file as UTF-8")
            })?),
            AtRevision::Missing => AtRevision::Missing,
            AtRevision::Outside => AtRevision::Outside,
        })
    }

    /// Reads a file at the revision, and notes if it did not exist or is outside the repository.
    fn bytes(&self, path: &str) -> Result<AtRevision<Vec<u8>>, Diagnostic> {
        let rev = self.revision.name();
        Ok(match self.revision.file(path)? {
            AtRevision::There(bytes) => AtRevision::There(bytes),
            AtRevision::Missing => {
                self.note(format!("{path} did not exist at {rev}: the {} side is rendered without it", self.side));
                self.missing.borrow_mut().push(path.to_owned());
                AtRevision::Missing
            }
            AtRevision::Outside => {
                self.note(format!("{path} is outside the repository: it is the same on both sides"));
                AtRevision::Outside
            }
        })
    }
}

impl FileReader for InputsAtRevision<'_> {
    fn read(&self, path: &str, given_by: &Span) -> Result<Source, Diagnostic> {
        match self.bytes(path)? {
            AtRevision::There(bytes) => Ok(given_file(self.revision.shown(path), bytes, given_by)),
            AtRevision::Missing => {
                Err(Diagnostic::error("revision", format!("{path} did not exist at {}", self.revision.name())))
            }
            AtRevision::Outside => FileReader::read(self.inputs, path, given_by),
        }
    }
}

/// Returns the layers of files and flags at a revision. Layers whose file did not exist are left out.
///
/// # Errors
/// Files that can't be read, and standard input, which has no earlier state.
pub(in crate::cli) fn layers(
    files: Vec<(Source, CommaItem)>,
    sets: impl IntoIterator<Item = Layer>,
    reader: &InputsAtRevision<'_>,
) -> Result<Vec<Layer>, Vec<Diagnostic>> {
    let mut layers = Vec::new();
    let mut errors = Vec::new();
    for (flag, item) in files {
        let place = flag.span(item.range);
        if item.text.trim() == "-" {
            let error = Diagnostic::error("revision", "standard input has no earlier state to compare with");
            errors.push(error.at(place, "").help("pass the values in a file, or compare with --from instead of --rev"));
            continue;
        }
        match reader.text(&item.text) {
            Ok(AtRevision::There(text)) => {
                let source = Source::file(reader.revision.shown(&item.text), text);
                layers.push(Layer { kind: LayerKind::File, source });
            }
            Ok(AtRevision::Missing) => {}
            Ok(AtRevision::Outside) => match reader.inputs.read_values(&item.text, &place) {
                Ok(source) => layers.push(Layer { kind: LayerKind::File, source }),
                Err(error) => errors.push(error),
            },
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    for layer in sets {
        reader.missing.borrow_mut().clear();
        let is_without_its_file = layer.kind == LayerKind::SetFile
            && merge_layers(std::slice::from_ref(&layer), reader).is_err()
            && !reader.missing.borrow().is_empty();
        if !is_without_its_file {
            layers.push(layer);
        }
    }
    Ok(layers)
}
