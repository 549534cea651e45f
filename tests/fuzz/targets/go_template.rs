//! Renders a Go template in a chart, including the templates that it defines, includes and passes to `tpl`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::chart::{Chart, File};
use mim_chart::render::{Request, render};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = |path: &str, text: &str| File::new(path, text.as_bytes().to_vec());
    let files = vec![
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        file("values.yaml", "i: 3\nf: 1.5\ns: hello\nls: [pear, fig]\nl: [3, 1]\nm: {a: {x: q}, b: 1}\nt: \"{{ .Values.i }}\"\nn: ~\n"),
        file("f.txt", "one\ntwo\n"),
        file("templates/_helpers.tpl", "{{ define \"a\" }}{{ . }}{{ end }}{{ define \"b\" }}{{ tpl . $ }}{{ end }}"),
        file("templates/t.yaml", text),
    ];
    let Ok(chart) = Chart::from_files(files) else { return };
    let _ = render(Request::new(chart));
});
