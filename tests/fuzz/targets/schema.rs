//! Validates a value against a schema, separated by a form feed. Both ways of evaluating find the same errors, and always end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::diagnostic::Source;
use mim_chart::json;
use mim_chart::json_schema::{Budget, Schema, lines};

/// The step limit of one evaluation: a second or two in this build.
const STEPS: u64 = 200_000;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (schema, instance) = text.split_once('\x0c').unwrap_or((text, "{}"));
    let Ok(schema) = Schema::parse(&Source::file("values.schema.json", schema)) else { return };
    let instance = Source::file("values.json", instance);
    let Ok(instance) = json::read(&instance, 0..instance.text().len()) else { return };
    let plain = schema.validate(&instance, &Budget::new(STEPS, u64::MAX));
    let remembering = schema.validate(&instance, &Budget::new(STEPS, 0));
    if let (Ok(plain), Ok(remembering)) = (plain, remembering) {
        assert_eq!(plain.is_empty(), remembering.is_empty());
        // With a thousand violations or more, the number of unlisted ones depends on which are listed.
        if plain.len() < 100 {
            assert_eq!(lines(&plain), lines(&remembering));
        }
    }
});
