//! Measures rendering of Go templates, without reading the chart and writing the manifests. `tests/bench/engine/run` compares it
//! with Helm's engine on the same charts.

use std::path::{Path, PathBuf};

use divan::Bencher;
use mim_chart::chart::Chart;
use mim_chart::engine::{Capabilities, Release, Rendered, Scope, Session};
use mim_chart::io::{Inputs, Links, read_chart};
use mim_chart::render::{Prepared, prepare};

fn main() {
    if let Some(folder) = std::env::var_os("RENDERED") {
        charts().for_each(|name| write_rendered(&name, Path::new(&folder)));
    }
    divan::main();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/engine/charts")
}

fn charts() -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(folder()).expect("the charts");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("a chart").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names.into_iter()
}

fn prepared(name: &str) -> Prepared {
    let files = read_chart(&folder().join(name), Links::Inside).unwrap_or_else(|error| panic!("{error:?}"));
    let chart = Chart::from_files(files).unwrap_or_else(|errors| panic!("{errors:?}"));
    prepare(chart, &[], &Inputs::new(), None, false).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Calls `call` with the scope in which a chart's templates are rendered.
fn in_scope<R>(name: &str, call: impl FnOnce(&Scope<'_>) -> R) -> R {
    let Prepared { chart, values, .. } = prepared(name);
    let (release, capabilities) = (Release::install("release", "default"), Capabilities::default());
    call(&Scope { chart: &chart, values: &values, release: &release, capabilities: &capabilities, refusals: None })
}

fn render(session: &Session, scope: &Scope<'_>) -> Vec<Rendered> {
    session.render(scope).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Writes the rendered files, which must be the same for Helm.
fn write_rendered(name: &str, folder: &Path) {
    let rendered = in_scope(name, |scope| render(&Session::new(scope.chart).expect("templates"), scope));
    for file in rendered {
        let path = folder.join(format!("{name}-{}", file.path.rsplit('/').next().unwrap_or_default()));
        std::fs::write(path, file.text).expect("a file");
    }
}

/// The equivalent of one call of Helm's engine.
#[divan::bench(args = charts())]
fn parse_and_run(bencher: Bencher, name: &str) {
    in_scope(name, |scope| {
        bencher.bench_local(|| render(&Session::new(scope.chart).expect("templates"), scope));
    });
}

#[divan::bench(args = charts())]
fn run(bencher: Bencher, name: &str) {
    in_scope(name, |scope| {
        let session = Session::new(scope.chart).expect("templates");
        bencher.bench_local(|| render(&session, scope));
    });
}
