//! The input of linting, and groups of rules.

use super::report::{Report, Rule};
use crate::chart::{Chart, Folder};
use crate::diagnostic::Diagnostic;
use crate::engine::Environment;
use crate::explain::Experiments;
use crate::kubernetes::KubeVersion;
use crate::yaml::Map;

/// The options of linting.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The user's values, merged.
    pub values: &'a Map,
    /// The namespace that templates see.
    pub namespace: &'a str,
    /// The environment that templates see.
    pub environment: &'a Environment,
    /// The Kubernetes version that templates see, which also decides whether an API version is deprecated.
    pub kube_version: &'a KubeVersion,
    /// Whether to skip checking values against the schemas of charts.
    pub skip_schema_validation: bool,
    /// Whether to render the next release too, and report needless or rejected changes in it.
    pub upgrade: bool,
    /// Whether to find the template lines that findings in manifests come from. It needs further renders.
    pub locate: bool,
    /// The experiments that find default values without an effect, if wanted. They need hundreds of renders.
    pub experiments: Option<&'a Experiments>,
}

/// A group of rules about one part of a chart.
pub struct Group {
    /// The part of the chart: a file or a folder.
    pub part: &'static str,
    /// The rules in the order in which they are checked, grouped by the source file that implements them.
    pub rules: &'static [&'static [&'static Rule]],
    pub(super) check: fn(&Subject<'_>, &mut Report),
}

/// The chart and options that rules check.
pub(super) struct Subject<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) folder: &'a Folder,
    /// The chart, or Helm's reason why it cannot be loaded.
    pub(super) chart: Result<Chart, Diagnostic>,
}
