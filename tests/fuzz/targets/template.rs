//! Renders a template in a chart.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::chart::{Chart, File};
use mim_chart::render::{Request, render};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
    let files = vec![
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\nengine: tera\n"),
        file("values.yaml", "a: 1\nb: {c: [1, x, null]}\nt: \"{{ Values.a }}\"\n"),
        file("templates/t.yaml", text),
    ];
    let Ok(chart) = Chart::from_files(files) else { return };
    let _ = render(Request::new(chart));
});
