//! Matches a path, the first line of the input, against the `.helmignore` rules in the remaining lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::chart::IgnoreRules;
use mim_chart::diagnostic::Source;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (path, rules) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(rules) = IgnoreRules::parse(&Source::file(".helmignore", rules)) {
        let _ = (rules.ignores(path, false), rules.ignores(path, true));
    }
});
