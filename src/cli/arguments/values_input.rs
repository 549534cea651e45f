//! Turns value flags into layers, and reads the files that `-f` names.

use super::flags::{CommaItem, ValuesFlags};
use crate::diagnostic::{Diagnostic, Source};
use crate::io;
use crate::values::{Layer, LayerKind, merge_layers};

/// Returns the layers of a command line. All files are read here, so that all missing ones are reported together.
///
/// # Errors
/// Every file that can't be read, with Helm's message, pointing at the flag.
pub(in crate::cli) fn layers(flags: &ValuesFlags, files: &io::Inputs) -> Result<Vec<Layer>, Vec<Diagnostic>> {
    let (mut layers, mut errors) = read(&flags.files()?, files);
    layers.extend(flags.set_layers());
    if errors.is_empty() {
        return Ok(layers);
    }
    // Also report the errors in the files that could be read.
    errors.extend(merge_layers(&layers, files).err().unwrap_or_default());
    Err(errors)
}

/// Returns the layers of files, and an error for each that can't be read.
pub(in crate::cli) fn read(named: &[(Source, CommaItem)], files: &io::Inputs) -> (Vec<Layer>, Vec<Diagnostic>) {
    let mut layers = Vec::new();
    let mut errors = Vec::new();
    for (flag, item) in named {
        match files.read_values(&item.text, &flag.span(item.range.clone())) {
            Ok(source) => layers.push(Layer { kind: LayerKind::File, source }),
            Err(error) => errors.push(error),
        }
    }
    (layers, errors)
}
