//! Unpacks chart archives, from the bytes of a download.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mim_chart::chart::{Chart, unpack};

fuzz_target!(|data: &[u8]| {
    if let Ok(files) = unpack(data, "chart.tgz") {
        let _ = Chart::from_files(files);
    }
});
