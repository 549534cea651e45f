//! `mim-chart` renders Helm-style charts into Kubernetes manifests.
//!
//! The folders of the crate follow the way of the data, each may use those above it in the table:
//!
//! ```text
//! argv -> cli -> io reads -> [File], [Layer] -> Chart, Values -> Scope -> Engine -> [Rendered] -> [Manifest] -> stdout
//! ```
//!
//! | folder | step |
//! |---|---|
//! | [`go`] | what Go's standard library does where Helm's output shows it |
//! | [`stack`] | running on a larger stack |
//! | [`version`] | versions and constraints on them, as Helm reads them |
//! | [`alignment`] | which items of two sequences are the same |
//! | [`diagnostic`] | errors and warnings: what is wrong, where, what to do about it |
//! | [`yaml`] | YAML 1.1 as Helm reads and writes it; the [`yaml::Node`] tree in which every value keeps its place |
//! | [`json`] | JSON as Go reads and writes it |
//! | [`json_path`] | kubectl's JSONPath over values |
//! | [`report`] | what checks found, in the forms that programs read |
//! | [`kubernetes`] | what Kubernetes knows of objects: types, names, quantities, versions, defaults |
//! | [`json_schema`] | what a JSON Schema says about a value, as Helm checks it |
//! | [`values`] | layers of values, the `--set` grammar, merging with a chart's defaults |
//! | [`secrets`] | what is not to be read by everybody, and masking it |
//! | [`manifest`] | rendered text split into manifests, ordered, written |
//! | [`chart`] | a chart from its files, wherever they came from |
//! | [`engine`] | templates: the seam behind which a template language stands, and Tera |
//! | [`render`] | the line above as one function |
//! | [`diff`] | two sets of manifests compared, and what the differences do in a cluster |
//! | [`explain`] | who set a value, and by experiment what it changes |
//! | [`lint`] | the rules of `helm lint` |
//! | [`validate`] | manifests checked as the API server would |
//! | [`io`] | directories, the charts inside the binary, standard input, output directories |
//! | [`cli`] | the command line |
//!
//! # Rendering from Rust
//!
//! The command line is one user of the crate; a program that deploys is another. A chart is read, layers of values are laid
//! over its defaults, and the manifests come back in the order in which they are to be applied:
//!
//! ```
//! use mim_chart::chart::Chart;
//! use mim_chart::diagnostic::{Source, TextStyle, write_text};
//! use mim_chart::engine::{Capabilities, Release};
//! use mim_chart::io::{Inputs, embedded_chart};
//! use mim_chart::manifest;
//! use mim_chart::render::{Request, render};
//! use mim_chart::values::{Layer, LayerKind};
//!
//! let built_in = embedded_chart("mongooseim").expect("it is in the binary");
//! let request = Request {
//!     chart: Chart::from_files(built_in).expect("it is whole"), // `io::read_chart` reads a directory
//!     layers: &[
//!         Layer { kind: LayerKind::File, source: Source::file("values.yaml", "replicaCount: 2\nnodeName: chat\n") },
//!         Layer { kind: LayerKind::Set, source: Source::flag("--set", "replicaCount=3") },
//!     ],
//!     reader: &Inputs::new(), // reads the files that `--set-file` names
//!     release: Release::install("chat", "xmpp"),
//!     capabilities: Capabilities::default(),
//!     skip_schema_validation: false,
//! };
//! match render(request) {
//!     Ok(done) => assert!(manifest::write(&done.manifests, &[]).contains("replicas: 3")),
//!     // Every error with its place, as the command line prints them.
//!     Err(failed) => panic!("{}", write_text(&failed.diagnostics, TextStyle::default())),
//! }
//! ```
//!
//! No two files import each other, and folders only those above them; `tests/imports.rs` holds the rule. Only `io` and
//! `cli` touch files, the environment, the clock and the terminal.

pub mod alignment;
pub mod chart;
pub mod cli;
pub mod diagnostic;
pub mod diff;
pub mod engine;
pub mod explain;
pub mod go;
pub mod io;
pub mod json;
pub mod json_path;
pub mod json_schema;
pub mod kubernetes;
pub mod lint;
pub mod manifest;
pub mod render;
pub mod report;
pub mod secrets;
pub mod stack;
pub mod validate;
pub mod values;
pub mod version;
pub mod yaml;
