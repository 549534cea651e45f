//! Parses Chart.yaml and the other metadata files of a chart.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::chart::{Chart, File};
use mim_chart::kubernetes::KubeVersion;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.splitn(3, '\u{1}');
    let names = ["Chart.yaml", "Chart.lock", "values.yaml"];
    let files = names.into_iter().zip(&mut parts).map(|(path, text)| File::new(path, text.as_bytes().to_vec()));
    let files: Vec<File> = files.collect();
    if let Ok(chart) = Chart::from_files(files) {
        let _ = (chart.check_installable(), chart.check_kube_version(&KubeVersion::default()), chart.all_notices(), chart.archive_name());
    }
});
