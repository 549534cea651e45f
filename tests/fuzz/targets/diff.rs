//! Compares two streams of manifests, separated by a form feed, and writes the result in every format.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::diagnostic::Source;
use mim_chart::diff::{compare_sides, gather_secrets, write_json, write_unified};
use mim_chart::kubernetes::read_objects;
use mim_chart::secrets::Gathering;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (old, new) = text.split_once('\u{c}').unwrap_or((text, ""));
    let read = |text: &str, name: &str| read_objects(&Source::file(name, text), name);
    let (Ok(old), Ok(new)) = (read(old, "old.yaml"), read(new, "new.yaml")) else { return };
    let mut gathering = Gathering::default();
    gather_secrets(old.iter().chain(&new), &mut gathering);
    let secrets = gathering.finish();
    let comparison = compare_sides(&old, &new, &secrets, "default");
    let same = compare_sides(&old, &old, &secrets, "default");
    assert!(same.is_empty(), "nothing differs from itself");
    let _ = (comparison.summary(), write_json(&comparison), write_unified(&comparison, 3));
});
