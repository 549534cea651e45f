//! A chart: its metadata, values, schema, templates and files, and its subcharts.
//!
//! Whether a chart comes from a directory, an archive or the binary itself, it is first a list of [`File`]s, from which
//! [`Chart::from_files`] builds the chart without reading from disk.

mod archive;
mod cannot_load;
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
mod schema;
mod switched_off;
mod timestamp;
mod tree_budget;
mod vendored;

use crate::diagnostic::{Diagnostic, Source};
use crate::kubernetes::KubeVersion;
use crate::values::ValuesTree;
use crate::version::{Constraints, parse_version};
use crate::yaml::Map;

pub use archive::{MAX_FILE_BYTES, UnpackError, unpack};
pub use content::Content;
pub use create::{check_name, files_of, from_starter, scaffold, warn_about_name};
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
pub use schema::SchemaFile;
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
    /// The metadata in Chart.yaml.
    pub metadata: Metadata,
    /// The content of Chart.lock, or of requirements.lock.
    pub lock: Option<Lock>,
    /// The defaults in values.yaml, every node with its place there.
    pub values: Map,
    /// The text of values.yaml.
    pub values_source: Option<Source>,
    /// The schema in values.schema.json.
    pub schema: Option<SchemaFile>,
    /// All files below `templates/`, in the order in which they were found.
    pub templates: Vec<Template>,
    /// The files that templates see as `Files`: all except Chart.yaml, Chart.lock, values.yaml, values.schema.json, and
    /// those in `templates/` and `charts/` (Helm's rule).
    pub files: Vec<File>,
    /// The charts in `charts/`; [`Chart::process_dependencies`] removes the disabled ones and orders the others.
    pub subcharts: Vec<Chart>,
    /// The dependencies that [`Chart::process_dependencies`] removed.
    pub switched_off: Vec<SwitchedOff>,
    /// The warnings that Helm logs when it loads the chart.
    pub notices: Vec<Diagnostic>,
    /// Whether all its files are part of the program. Then the expensive checks of what templates do to values are skipped.
    pub is_built_in: bool,
}

impl Chart {
    /// Returns the warnings that Helm logs when it loads the chart and its subcharts, without duplicates.
    pub fn all_notices(&self) -> Vec<Diagnostic> {
        let mut all = self.notices.clone();
        for notice in self.subcharts.iter().flat_map(Chart::all_notices) {
            if !all.iter().any(|known| known.message == notice.message) {
                all.push(notice);
            }
        }
        all
    }

    /// Returns the chart without its templates and files, which is enough to determine the values of the tree.
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

    /// Whether this is a library chart, whose templates are only for charts that have it as a subchart.
    pub fn is_library(&self) -> bool {
        self.metadata.kind == ChartType::Library
    }

    /// Returns the engine that renders this chart's templates.
    pub fn engine(&self) -> EngineKind {
        self.metadata.engine
    }

    /// Returns the chart's defaults and those of its subcharts, as merging needs them.
    pub fn values_tree(&self) -> ValuesTree<'_> {
        ValuesTree {
            name: self.metadata.name.clone(),
            defaults: &self.values,
            subcharts: self.subcharts.iter().map(Chart::values_tree).collect(),
        }
    }

    /// Returns the files in `crds/` with a YAML or JSON name, first the chart's own and then each subchart's, with the
    /// paths that `# Source:` lines show.
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

    /// Checks that the chart's `apiVersion` is known. Only the requested chart must pass this, not its subcharts (Helm's rule).
    ///
    /// # Errors
    /// Helm's message.
    fn check_api_version(&self) -> Result<(), Diagnostic> {
        let message = match self.metadata.api_version.as_str() {
            "" | "v1" | "v2" => return Ok(()),
            "v3" => "invalid chart apiVersion",
            _ => "unsupported chart version",
        };
        let place = self.metadata.place("apiVersion");
        Err(Diagnostic::error("chart-yaml", message).at(place, "").help("the chart versions are v1 and v2"))
    }

    /// Checks that the chart can be rendered as a release, which a library chart cannot.
    ///
    /// # Errors
    /// Helm's message.
    pub fn check_installable(&self) -> Result<(), Diagnostic> {
        if !self.is_library() {
            return Ok(());
        }
        Err(Diagnostic::error("chart-type", "library charts are not installable")
            .at(self.metadata.place("type"), "")
            .help("render a chart that depends on it"))
    }

    /// Checks that the chart supports a Kubernetes version, by `kubeVersion` in Chart.yaml. Suffixes of the
    /// version are ignored.
    ///
    /// # Errors
    /// Helm's message; an invalid constraint is an error, too.
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
            .help("set the version with --kube-version"))
    }
}
