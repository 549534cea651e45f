//! `mim-chart` renders Helm-style charts into Kubernetes manifests.
//!
//! The folders of the crate follow the flow of the data. Each may use only those above it in the table:
//!
//! ```text
//! argv -> cli -> io reads -> [File], [Layer] -> Chart, Values -> Scope -> Engine -> [Rendered] -> [Manifest] -> stdout
//! ```
//!
//! | folder | step |
//! |---|---|
//! | [`go`] | parts of Go's standard library whose behavior shows in Helm's output |
//! | [`stack`] | running on a larger stack |
//! | [`version`] | versions and version constraints, as Helm parses them |
//! | [`alignment`] | which items of two sequences are the same |
//! | [`diagnostic`] | errors and warnings: what is wrong, where, and what to do about it |
//! | [`yaml`] | YAML 1.1 as Helm reads and writes it; the [`yaml::Node`] tree, in which every value knows its place |
//! | [`json`] | JSON as Go reads and writes it |
//! | [`json_path`] | kubectl's JSONPath over values |
//! | [`report`] | findings of checks as JSON, SARIF, JUnit and annotations |
//! | [`kubernetes`] | what Kubernetes defines for objects: types, names, quantities, versions, defaults |
//! | [`cel`] | CEL, the expressions of rules in CustomResourceDefinitions |
//! | [`json_schema`] | checks values against a JSON Schema, as Helm does |
//! | [`values`] | layers of values, the `--set` grammar, merging with a chart's defaults |
//! | [`secrets`] | finding secrets and masking them |
//! | [`manifest`] | rendered text split into manifests, ordered, written |
//! | [`chart`] | a chart, read from its files wherever they came from |
//! | [`engine`] | the template engines behind one trait: Go templates and Tera |
//! | [`render`] | the whole line above as one function |
//! | [`diff`] | two sets of manifests compared, and what the differences do in a cluster |
//! | [`explain`] | where a value comes from, and what it changes, found by experiment |
//! | [`page`] | pages for browsers |
//! | [`lint`] | the rules of `helm lint` |
//! | [`validate`] | checks manifests as the API server would |
//! | [`io`] | directories, the charts inside the binary, standard input, output directories |
//! | [`cli`] | the command line |
//!
//! # Rendering from Rust
//!
//! The command line is one user of the crate; a program that deploys charts is another. It reads a chart, merges layers of
//! values over its defaults, and gets the manifests in the order in which to apply them:
//!
//! ```
//! use mim_chart::{Chart, Diagnostics, Layer, Release, Request, render};
//!
//! fn manifests() -> Result<String, Diagnostics> {
//!     let chart = Chart::built_in()?; // `Chart::read("path")` reads a directory or an archive
//!     let layers = [Layer::file("values.yaml", "replicaCount: 2\nnodeName: chat\n"), Layer::set("replicaCount=3")];
//!     let rendered = render(Request::new(chart).layers(&layers).release(Release::install("chat", "xmpp")))?;
//!     Ok(rendered.to_yaml())
//! }
//!
//! assert!(manifests()?.contains("replicas: 3"));
//! # Ok::<(), Diagnostics>(())
//! ```
//!
//! The re-exports are the public interface of the crate. The modules are public only for the program's own tests, and change
//! without notice.
//!
//! No two files import each other, and a folder imports only folders above it; `tests/imports.rs` checks this. Only `io` and
//! `cli` touch files, the environment, the clock and the terminal.

#[doc(hidden)]
pub mod alignment;
#[doc(hidden)]
pub mod cel;
#[doc(hidden)]
pub mod chart;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod diagnostic;
#[doc(hidden)]
pub mod diff;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod explain;
#[doc(hidden)]
pub mod go;
#[doc(hidden)]
pub mod heap;
#[doc(hidden)]
pub mod io;
#[doc(hidden)]
pub mod json;
#[doc(hidden)]
pub mod json_path;
#[doc(hidden)]
pub mod json_schema;
#[doc(hidden)]
pub mod kubernetes;
#[doc(hidden)]
pub mod lint;
#[doc(hidden)]
pub mod manifest;
#[doc(hidden)]
pub mod page;
#[doc(hidden)]
pub mod parallel;
#[doc(hidden)]
pub mod remaining;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod second_thread;
#[doc(hidden)]
pub mod secrets;
#[doc(hidden)]
pub mod stack;
#[doc(hidden)]
pub mod validate;
#[doc(hidden)]
pub mod values;
#[doc(hidden)]
pub mod version;
#[doc(hidden)]
pub mod yaml;

pub use chart::Chart;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use engine::{Capabilities, Release};
pub use render::{Render, Request, render};
pub use values::Layer;
