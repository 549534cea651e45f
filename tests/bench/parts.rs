//! Measures each part of a run: `cargo bench --bench parts`. Users notice the time of the whole process, which `tests/bench/run`
//! measures; this shows which part to improve.

use divan::{Bencher, black_box};
use mim_chart::chart::Chart;
use mim_chart::diagnostic::Source;
use mim_chart::diff::{compare_sides, gather_secrets};
use mim_chart::engine::{Capabilities, Release, Rendered, Scope, render as render_tree};
use mim_chart::io::{BUILT_IN_CHART, Inputs, embedded_chart};
use mim_chart::json_schema::Schema;
use mim_chart::kubernetes::{KubeVersion, Object, read_objects};
use mim_chart::manifest::{self, Manifests};
use mim_chart::render::{Prepared, Schemas, prepare};
use mim_chart::secrets::Gathering;
use mim_chart::validate::{Request, validate};
use mim_chart::values::{Layer, merge_layers};
use mim_chart::yaml;

fn main() {
    divan::main();
}

fn chart() -> Chart {
    let files = embedded_chart(BUILT_IN_CHART).expect("it is built in");
    Chart::from_files(files).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn prepared() -> Prepared {
    prepare(chart(), &[], &Inputs::new(), None, false).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Calls `call` with the scope in which the built-in chart's templates are rendered.
fn in_scope<R>(call: impl FnOnce(&Scope<'_>) -> R) -> R {
    let Prepared { chart, values, .. } = prepared();
    let (release, capabilities) = (Release::install("chat", "xmpp"), Capabilities::default());
    call(&Scope { chart: &chart, values: &values, release: &release, capabilities: &capabilities, refusals: None })
}

fn render(scope: &Scope<'_>) -> Vec<Rendered> {
    render_tree(scope).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Returns the output of the built-in chart's templates, as pairs of path and text.
fn rendered() -> Vec<(String, String)> {
    let texts = in_scope(render).into_iter().filter(|text| !text.notes);
    texts.map(|text| (text.path, text.text)).collect()
}

fn objects() -> Vec<Object> {
    let all = Manifests::read(rendered()).expect("manifests");
    let text = manifest::write(&all, &[]);
    read_objects(&Source::file("m.yaml", text), "m.yaml").expect("objects")
}

#[divan::bench(args = [100, 10_000])]
fn read_values(bencher: Bencher, entries: usize) {
    let text: String = (0..entries).map(|n| format!("key{n}:\n  name: value {n}\n  list: [1, 2, 3]\n")).collect();
    let source = Source::file("values.yaml", text);
    bencher.bench_local(|| yaml::read_values(black_box(&source)).expect("values"));
}

#[divan::bench(args = [1, 100, 1_000])]
fn set_flags(bencher: Bencher, flags: usize) {
    let layer = |n| Layer::set(&format!("a.b{n}[2].c={{1,2,{n}}}"));
    let layers: Vec<Layer> = (0..flags).map(layer).collect();
    let reader = Inputs::new();
    bencher.bench_local(|| merge_layers(black_box(&layers), &reader).expect("values"));
}

#[divan::bench]
fn load_chart(bencher: Bencher) {
    bencher.bench_local(chart);
}

#[divan::bench]
fn merge_and_check_values(bencher: Bencher) {
    let reader = Inputs::new();
    bencher.with_inputs(chart).bench_local_values(|chart| prepare(chart, &[], &reader, None, false).is_ok());
}

#[divan::bench]
fn parse_schema(bencher: Bencher) {
    let file = chart().schema.expect("it has a schema");
    bencher.bench_local(|| Schema::parse(black_box(file.source())));
}

#[divan::bench]
fn check_schema(bencher: Bencher) {
    let Prepared { chart, values, .. } = prepared();
    let schemas = Schemas::new(&chart);
    bencher.bench_local(|| schemas.check(black_box(&values)));
}

#[divan::bench]
fn render_templates(bencher: Bencher) {
    in_scope(|scope| bencher.bench_local(|| render(black_box(scope))));
}

#[divan::bench]
fn read_manifests(bencher: Bencher) {
    bencher.with_inputs(rendered).bench_local_values(|texts| Manifests::read(texts).is_ok());
}

#[divan::bench]
fn write_manifests(bencher: Bencher) {
    let all = Manifests::read(rendered()).expect("manifests");
    bencher.bench_local(|| manifest::write(black_box(&all), &[]));
}

#[divan::bench]
fn compare_manifests(bencher: Bencher) {
    let (old, new) = (objects(), objects());
    let mut gathering = Gathering::default();
    gather_secrets(old.iter().chain(&new), &mut gathering);
    let secrets = gathering.finish();
    bencher.bench_local(|| compare_sides(black_box(&old), &new, &secrets, "xmpp").is_empty());
}

#[divan::bench]
fn validate_manifests(bencher: Bencher) {
    let objects = objects();
    let request = Request { kube_version: &KubeVersion::default(), strict: false, custom_kinds: &[] };
    bencher.bench_local(|| validate(black_box(&objects), &request).len());
}
