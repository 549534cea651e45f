//! Splits the output of templates into manifests, sorts and writes them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::manifest::{self, Manifests};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(manifests) = Manifests::read([("c/templates/t.yaml".to_owned(), text.to_owned())]) {
        let _ = manifest::write(&manifests, &[]);
    }
});
