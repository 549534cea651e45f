//! What is linted, and the groups of rules.

use super::report::{Report, Rule};
use crate::chart::{Chart, Folder};
use crate::diagnostic::Diagnostic;
use crate::engine::Environment;
use crate::explain::Experiments;
use crate::kubernetes::KubeVersion;
use crate::yaml::Map;

/// How to lint.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What the user set, merged.
    pub values: &'a Map,
    /// The namespace that templates see.
    pub namespace: &'a str,
    /// What templates take from the world around them.
    pub environment: &'a Environment,
    /// The Kubernetes version that templates see, and by which API versions are deprecated.
    pub kube_version: &'a KubeVersion,
    /// Do not check values against the charts' schemas.
    pub skip_schema_validation: bool,
    /// Render the next release too, and report what it would do that it should not.
    pub upgrade: bool,
    /// Find the template lines that findings in manifests come from. It takes further renders.
    pub locate: bool,
    /// Tell of defaults that no experiment gives an effect, and count the experiments. It takes hundreds of renders.
    pub experiments: Option<&'a Experiments>,
}

/// A group of rules about one part of a chart.
pub struct Group {
    /// The part.
    pub part: &'static str,
    /// The rules, in the order in which they are looked at, by the file that has them.
    pub rules: &'static [&'static [&'static Rule]],
    pub(super) check: fn(&Subject<'_>, &mut Report),
}

/// What is linted.
pub(super) struct Subject<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) folder: &'a Folder,
    /// The chart, or the reason that Helm gives why it can't be loaded.
    pub(super) chart: Result<Chart, Diagnostic>,
}
