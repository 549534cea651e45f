//! The charts that are built into the binary.

use crate::chart::{Content, File};

/// The chart that is used if none is given.
pub const BUILT_IN_CHART: &str = "mongooseim";

/// Every file below the folder `charts`: its path from there, and its content. The build script generates it.
static CHARTS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/charts.rs"));

/// Returns the names of the built-in charts.
pub fn embedded_charts() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    CHARTS.iter().filter_map(move |(path, _)| {
        let name = path.split('/').next().unwrap_or(path);
        let is_new = name != last;
        last = name;
        is_new.then_some(name)
    })
}

/// Returns the files of a built-in chart, as if its directory in the repository were read.
pub fn embedded_chart(name: &str) -> Option<Vec<File>> {
    let prefix = format!("{name}/");
    let files: Vec<File> = CHARTS
        .iter()
        .filter_map(|(path, bytes)| {
            let below = path.strip_prefix(&prefix)?;
            Some(File { path: below.to_owned(), shown: format!("charts/{path}"), bytes: Content::BuiltIn(bytes) })
        })
        .collect();
    (!files.is_empty()).then_some(files)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::io::{Links, read_chart};

    #[test]
    fn a_built_in_chart_has_the_files_of_its_directory() {
        for name in embedded_charts() {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts").join(name);
            let read = read_chart(&directory, Links::Inside).unwrap();
            let inside = embedded_chart(name).unwrap();
            let files = |files: Vec<File>| files.into_iter().map(|file| (file.path, file.bytes)).collect::<Vec<_>>();
            assert_eq!(files(read), files(inside), "{name}");
        }
        assert!(embedded_charts().any(|name| name == BUILT_IN_CHART));
        assert!(embedded_chart("nope").is_none());
    }
}
