//! Reads a tree of charts with files, nested archives and copies of them, processes its dependencies,
//! merges its values and renders it.
//!
//! The input is a list of steps that end with the byte 0xFF: `+PATH\nCONTENT` adds a file, `(PATH` begins an archive of the chart
//! that follows, `)` ends it, and `*N` adds the last file under N more names.
//! chart that follows, `)` ends it, and `*N` adds the last file under N more names.

#![no_main]

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use mim_chart::chart::{Chart, File, MAX_CHART_DEPTH, MAX_CHARTS, MAX_VALUES};
use mim_chart::render::{Request, render};
use mim_chart::yaml::{Map, Node, Value};

/// Limits on the unpacked files of one chart, so that most of the time is spent on reading instead of building the input.
const MAX_BYTES: usize = 1 << 20;
const MAX_FILES: usize = 500;

/// The files of one chart, and the path of its archive.
#[derive(Default)]
struct Level {
    path: String,
    files: Vec<(String, Vec<u8>)>,
}

impl Level {
    fn add(&mut self, path: String, bytes: Vec<u8>) {
        let size: usize = self.files.iter().map(|(_, bytes)| bytes.len()).sum();
        if size + bytes.len() <= MAX_BYTES && self.files.len() < MAX_FILES {
            self.files.push((path, bytes));
        }
    }

    /// Adds the last file under `count` more names: `charts/a.tgz`, `charts/1a.tgz`, ...
    fn repeat(&mut self, count: usize) {
        let Some((path, bytes)) = self.files.last().cloned() else { return };
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        for number in 1..=count.min(100) {
            self.add(format!("{folder}/{number}{name}"), bytes.clone());
        }
    }

    fn packed(self) -> Vec<u8> {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, bytes) in &self.files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            // Paths that an archive cannot contain are left out.
            let _ = builder.append_data(&mut header, format!("c/{path}"), bytes.as_slice());
        }
        builder.into_inner().and_then(GzEncoder::finish).unwrap_or_default()
    }
}

fn files(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut levels = vec![Level::default()];
    let close = |levels: &mut Vec<Level>| {
        if levels.len() > 1
            && let Some(mut inner) = levels.pop()
            && let Some(outer) = levels.last_mut()
        {
            let path = std::mem::take(&mut inner.path);
            outer.add(path, inner.packed());
        }
    };
    for step in data.split(|&byte| byte == 0xFF) {
        let Some((&kind, rest)) = step.split_first() else { continue };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let level = levels.last_mut().expect("the first level is never closed");
        match kind {
            b'+' => {
                let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                level.add(text(&rest[..end]), rest.get(end + 1..).unwrap_or_default().to_vec());
            }
            b'*' => level.repeat(text(rest).trim().parse().unwrap_or(1)),
            b'(' if levels.len() < 2 * MAX_CHART_DEPTH => {
                levels.push(Level { path: text(rest), files: Vec::new() });
            }
            b')' => close(&mut levels),
            _ => {}
        }
    }
    while levels.len() > 1 {
        close(&mut levels);
    }
    levels.pop().map(|level| level.files).unwrap_or_default()
}

/// Returns the number of charts in a tree, and their nesting depth.
fn extent(chart: &Chart) -> (usize, usize) {
    chart
        .subcharts
        .iter()
        .map(extent)
        .fold((1, 0), |(charts, depth), (more, below)| (charts + more, depth.max(below + 1)))
}

fn values(map: &Map) -> usize {
    map.iter().map(|(_, node)| count(node)).sum()
}

fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::Map(map) => values(map),
        Value::List(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

fuzz_target!(|data: &[u8]| {
    let files = files(data).into_iter().map(|(path, bytes)| File::new(path, bytes));
    let Ok(chart) = Chart::from_files(files.collect()) else { return };
    let within = |chart: &Chart| {
        let (charts, depth) = extent(chart);
        assert!(charts <= MAX_CHARTS && depth <= MAX_CHART_DEPTH, "{charts} charts, {depth} deep");
    };
    within(&chart);
    if let Ok(rendered) = render(Request::new(chart)) {
        within(&rendered.chart);
        assert!(values(&rendered.values) as u64 <= MAX_VALUES, "too many values");
    }
});
