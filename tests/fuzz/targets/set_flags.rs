//! Parses arguments of `--set` and similar flags. The first byte selects the flag, the rest is the argument.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::diagnostic::{Diagnostic, Source, Span};
use mim_chart::values::{FileReader, Layer, LayerKind, merge_layers};

/// A reader that knows only the file `f`.
struct Nothing;

impl FileReader for Nothing {
    fn read(&self, path: &str, _: &Span) -> Result<Source, Diagnostic> {
        let missing = || Diagnostic::error("set-syntax", format!("open {path}: no such file or directory"));
        if path == "f" { Ok(Source::file("f", "text")) } else { Err(missing()) }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let kinds = [LayerKind::Set, LayerKind::SetString, LayerKind::SetJson, LayerKind::SetFile, LayerKind::SetLiteral];
    let kind = kinds[usize::from(*first) % kinds.len()];
    let layers: Vec<Layer> =
        text.split('\n').map(|argument| Layer::new(kind, Source::flag("--set", argument))).collect();
    let _ = merge_layers(&layers, &Nothing);
});
