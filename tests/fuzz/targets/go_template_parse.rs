//! Parses the bytes of a Go template without running it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::chart::{Chart, File};
use mim_chart::render::{Request, render};

fuzz_target!(|data: &[u8]| {
    let file = |path: &str, text: &[u8]| File::new(path, text.to_vec());
    let files = vec![
        file("Chart.yaml", b"apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        file("templates/_t.tpl", data),
        file("templates/t.yaml", b"a: {{ 1 }}\n"),
    ];
    let Ok(chart) = Chart::from_files(files) else { return };
    let _ = render(Request::new(chart));
});
