//! A chart: its metadata, values, schema, templates and files, and its subcharts.
//!
//! Whatever a chart comes from, a directory, an archive, the binary itself, it becomes a list of [`File`]s first, and
//! [`Chart::from_files`], which never reads a disk, makes the chart of them.

mod archive;
mod content;
mod create;
mod dependencies;
mod duplicate_subcharts;
mod engine_kind;
mod file;
mod folder;
mod ignore;
mod import_declaration;
mod import_values;
mod load;
mod lock;
mod looks_like_tera;
mod metadata;
mod metadata_fields;
mod package;
mod resolve;
mod switched_off;
mod timestamp;
mod tree_budget;
mod vendored;

use crate::diagnostic::{Diagnostic, Source};
use crate::kubernetes::KubeVersion;
use crate::values::ValuesTree;
use crate::version::{Constraints, parse_version};
use crate::yaml::Map;

pub use archive::{MAX_FILE_BYTES, unpack};
pub use content::Content;
pub use create::{check_name, doubt_name, files_of, from_starter, scaffold};
pub use engine_kind::EngineKind;
pub use file::{File, Template};
pub use folder::{Entry, Folder};
pub use ignore::IgnoreRules;
pub use import_declaration::ImportValues;
pub use lock::{Lock, LockedDependency};
pub use metadata::{ChartType, Dependency, Maintainer, Metadata};
pub use metadata_fields::FieldMistakes;
pub use package::{DEFAULT_MODIFICATION_TIME, package};
pub use resolve::{Repository, resolve};
pub use switched_off::SwitchedOff;
pub use timestamp::{MAX_SECONDS, rfc3339};
pub use tree_budget::{
    MAX_ARCHIVED_FILES, MAX_CHART_DEPTH, MAX_CHARTS, MAX_DATA_BYTES, MAX_UNPACKED_BYTES, MAX_VALUES,
};
pub use vendored::{Vendored, dependency_status};

/// A chart with its subcharts.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Chart {
    /// What Chart.yaml says.
    pub metadata: Metadata,
    /// Chart.lock.
    pub lock: Option<Lock>,
    /// The defaults of values.yaml, every node with its place there.
    pub values: Map,
    /// values.yaml as it was written.
    pub values_source: Option<Source>,
    /// values.schema.json.
    pub schema: Option<Source>,
    /// Everything below `templates/`, in the order in which it was found.
    pub templates: Vec<Template>,
    /// What templates see as `Files`: all but Chart.yaml, Chart.lock, values.yaml, values.schema.json, `templates/`
    /// and `charts/` (Helm's rule).
    pub files: Vec<File>,
    /// The charts in `charts/`; [`Chart::process_dependencies`] takes the disabled ones out and orders the others.
    pub subcharts: Vec<Chart>,
    /// The dependencies that [`Chart::process_dependencies`] took out.
    pub switched_off: Vec<SwitchedOff>,
    /// Warnings that Helm logs when it loads the chart.
    pub notices: Vec<Diagnostic>,
    /// Whether all its files are part of the program, and none was read. The limits of what templates may do to values
    /// are not checked in detail then, which takes time.
    pub is_built_in: bool,
}

impl Chart {
    /// Warnings that Helm logs when it loads the chart and its subcharts, each once.
    pub fn all_notices(&self) -> Vec<Diagnostic> {
        let mut all = self.notices.clone();
        for notice in self.subcharts.iter().flat_map(Chart::all_notices) {
            if !all.iter().any(|known| known.message == notice.message) {
                all.push(notice);
            }
        }
        all
    }

    /// What decides about the values of a tree of charts: the chart without its templates and files.
    #[must_use]
    pub fn without_files(&self) -> Chart {
        Chart {
            metadata: self.metadata.clone(),
            lock: self.lock.clone(),
            values: self.values.clone(),
            values_source: self.values_source.clone(),
            schema: self.schema.clone(),
            templates: Vec::new(),
            files: Vec::new(),
            subcharts: self.subcharts.iter().map(Chart::without_files).collect(),
            switched_off: Vec::new(),
            notices: self.notices.clone(),
            is_built_in: self.is_built_in,
        }
    }

    /// Whether its templates are only there for the charts that have it as a subchart.
    pub fn is_library(&self) -> bool {
        self.metadata.kind == ChartType::Library
    }

    /// The engine that renders this chart's templates.
    pub fn engine(&self) -> EngineKind {
        self.metadata.engine
    }

    /// The chart's defaults and those of its subcharts, by name, as merging wants them.
    pub fn values_tree(&self) -> ValuesTree<'_> {
        ValuesTree {
            name: self.metadata.name.clone(),
            defaults: &self.values,
            subcharts: self.subcharts.iter().map(Chart::values_tree).collect(),
        }
    }

    /// The files of `crds/` with a YAML or JSON name, the chart's own and then each subchart's, with the paths that
    /// `# Source:` lines show.
    pub fn all_crds(&self) -> Vec<(String, &File)> {
        let mut found = Vec::new();
        self.collect_crds(&self.metadata.name, &mut found);
        found
    }

    fn collect_crds<'a>(&'a self, path: &str, found: &mut Vec<(String, &'a File)>) {
        let is_crd = |file: &&File| {
            let name = file.path.to_ascii_lowercase();
            file.path.starts_with("crds/") && [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
        };
        found.extend(self.files.iter().filter(is_crd).map(|file| (format!("{path}/{}", file.path), file)));
        for subchart in &self.subcharts {
            subchart.collect_crds(&format!("{path}/charts/{}", subchart.metadata.name), found);
        }
    }

    /// Whether the chart is of a version that is known. Only the chart that is asked for has to be (Helm's rule).
    ///
    /// # Errors
    /// Helm's sentence.
    fn check_api_version(&self) -> Result<(), Diagnostic> {
        let message = match self.metadata.api_version.as_str() {
            "" | "v1" | "v2" => return Ok(()),
            "v3" => "invalid chart apiVersion",
            _ => "unsupported chart version",
        };
        let place = self.metadata.place("apiVersion");
        Err(Diagnostic::error("chart-yaml", message).at(place, "").help("the chart versions are v1 and v2"))
    }

    /// Whether the chart can be rendered as a release: a library chart can't.
    ///
    /// # Errors
    /// Helm's sentence.
    pub fn check_installable(&self) -> Result<(), Diagnostic> {
        if !self.is_library() {
            return Ok(());
        }
        Err(Diagnostic::error("chart-type", "library charts are not installable")
            .at(self.metadata.place("type"), "")
            .help("render a chart that depends on it"))
    }

    /// Whether the chart runs on a Kubernetes version, by `kubeVersion` of Chart.yaml: suffixes of the version do not count.
    ///
    /// # Errors
    /// Helm's sentence; a constraint that can't be read fails too.
    pub fn check_kube_version(&self, version: &KubeVersion) -> Result<(), Diagnostic> {
        let constraint = &self.metadata.kube_version;
        if constraint.is_empty() {
            return Ok(());
        }
        let fits = || Some(Constraints::parse(constraint).ok()?.are_met_by(&parse_version(&version.normal).ok()?));
        if fits().unwrap_or(false) {
            return Ok(());
        }
        let version = &version.version;
        let message =
            format!("chart requires kubeVersion: {constraint} which is incompatible with Kubernetes {version}");
        Err(Diagnostic::error("kube-version", message)
            .at(self.metadata.place("kubeVersion"), "")
            .help("--kube-version sets the version"))
    }
}
