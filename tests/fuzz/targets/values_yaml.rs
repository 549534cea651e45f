//! Reads values files, which never panics, and checks that writing and reading values again returns the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::diagnostic::Source;
use mim_chart::json;
use mim_chart::yaml::{self, Value};

/// Writes a value as JSON without negative zeros: written as -0, they are read as integers.
fn plain(value: &Value) -> String {
    [":", ",", "["].iter().fold(json::write(value), |text, before| text.replace(&format!("{before}-0"), &format!("{before}0")))
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = Source::file("values.yaml", text);
    if let Ok(values) = yaml::read_values(&source) {
        let value = Value::Map(values);
        // As in Helm, a key `<<` and the line break NEL are written so that they read as something else.
        if let Ok(written) = yaml::write(&value)
            && !written.contains("<<")
            && !plain(&value).contains('\u{85}')
        {
            let again = yaml::read_values(&Source::file("again.yaml", format!("{written}\n"))).expect("what was written is YAML");
            assert_eq!(plain(&Value::Map(again)), plain(&value), "{written}");
        }
    }
});
