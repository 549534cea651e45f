//! Validates manifests as the API server would, including those of custom kinds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::diagnostic::Source;
use mim_chart::kubernetes::read_objects;
use mim_chart::kubernetes::KubeVersion;
use mim_chart::report;
use mim_chart::validate::{Request, custom_kinds, validate};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(objects) = read_objects(&Source::file("m.yaml", text), "m.yaml") else { return };
    let custom_kinds = custom_kinds(&objects);
    let request = Request { kube_version: &KubeVersion::default(), strict: false, custom_kinds: &custom_kinds };
    let found = validate(&objects, &request);
    let _ = (report::write_json(&found), report::write_junit("validate", &[], &found));
});
