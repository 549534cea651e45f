//! Values files: reading one never panics, and what was read is written so that it reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::diagnostic::Source;
use mim_chart::json;
use mim_chart::yaml::{self, Value};

/// JSON in which there is no negative zero: written as -0, it is read as a whole number.
fn plain(value: &Value) -> String {
    [":", ",", "["].iter().fold(json::write(value), |text, before| text.replace(&format!("{before}-0"), &format!("{before}0")))
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = Source::file("values.yaml", text);
    if let Ok(values) = yaml::read_values(&source) {
        let value = Value::Map(values);
        // Helm writes a key `<<` and the line break NEL so that they are read as other things: so do we.
        if let Ok(written) = yaml::write(&value)
            && !written.contains("<<")
            && !plain(&value).contains('\u{85}')
        {
            let again = yaml::read_values(&Source::file("again.yaml", format!("{written}\n"))).expect("what was written is YAML");
            assert_eq!(plain(&Value::Map(again)), plain(&value), "{written}");
        }
    }
});
