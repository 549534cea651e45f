//! Finds the chart on a command line that is not complete yet.

use std::path::{Path, PathBuf};

use crate::chart::Chart;
use crate::cli::arguments::chart_argument::built_in_name;
use crate::io;

/// Reads the chart that a command line names: the last word that is the path of a chart, else the built-in chart. Returns `None` if
/// it can't be read.
pub(super) fn read(words: &[String]) -> Option<Chart> {
    let path = words.iter().rev().map(|word| without_tilde(word)).find(|path| is_chart(path));
    // The default of `lint` is the chart in the current directory.
    let here = || words.iter().any(|word| word == "lint").then(|| PathBuf::from(".")).filter(|path| is_chart(path));
    let files = match path.or_else(here) {
        Some(path) => io::read_chart(&path, io::Links::Inside).ok()?,
        None => {
            let named = words.iter().find_map(|word| built_in_name(word));
            io::embedded_chart(named.unwrap_or(io::BUILT_IN_CHART))?
        }
    };
    Chart::from_files(files).ok()
}

fn is_chart(path: &Path) -> bool {
    let name = path.to_string_lossy();
    path.join("Chart.yaml").is_file() || (name.ends_with(".tgz") || name.ends_with(".tar.gz")) && path.is_file()
}

/// Returns the path that a word stands for: the shell has not expanded `~` yet.
fn without_tilde(word: &str) -> PathBuf {
    match (word.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(below), Some(home)) => Path::new(&home).join(below),
        _ => PathBuf::from(word),
    }
}
