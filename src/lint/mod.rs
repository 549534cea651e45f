//! Linting a chart: the rules of `helm lint` v4.2.4, in its order and words.
//!
//! | file | what it does |
//! |---|---|
//! | `report`, `text` | rules and findings as data; Helm's form of them, and that of programs |
//! | `chart_file`, `addresses` | Chart.yaml; email and web addresses in it |
//! | `values` | values.yaml and the chart's own schema |
//! | `templates` | `templates/`, and what rendering says |
//! | `manifests`, `documents`, `names`, `deprecations`, `lists` | what each template gave, document by document |
//! | `mongooseim` | charts that run MongooseIM |
//! | `dependencies` | declared charts and those in `charts/` |
//! | `crds` | `crds/` |
//!
//! Helm tells only the first reason why a chart can't be loaded; the others are notes of the [`Report`].

mod addresses;
mod chart_file;
mod crds;
mod dependencies;
mod documents;
mod lists;
mod manifests;
mod mongooseim;
mod names;
mod report;
mod templates;
mod text;
mod values;

use crate::chart::{Chart, Folder};
use crate::diagnostic::Diagnostic;
use crate::explain::Experiments;
use crate::kubernetes::KubeVersion;
use crate::yaml::{Map, Node};

pub use report::{Finding, Report, Rule};
pub use text::{Form, Linted, Printed, findings, print};

/// How to lint.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What the user set, merged.
    pub values: &'a Map,
    /// The namespace that templates see.
    pub namespace: &'a str,
    /// The Kubernetes version that templates see, and by which API versions are deprecated.
    pub kube_version: &'a KubeVersion,
    /// Do not check values against the charts' schemas.
    pub skip_schema_validation: bool,
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
    check: fn(&Subject<'_>, &mut Report),
}

/// All rules, in the order in which they are looked at.
pub const GROUPS: [Group; 5] = [chart_file::GROUP, values::GROUP, templates::GROUP, dependencies::GROUP, crds::GROUP];

/// What is linted.
struct Subject<'a> {
    request: &'a Request<'a>,
    folder: &'a Folder,
    /// The chart, or the reason that Helm gives why it can't be loaded.
    chart: Result<Chart, Diagnostic>,
}

/// Lints the chart in a folder.
pub fn lint(mut folder: Folder, request: &Request<'_>) -> Report {
    let files = std::mem::replace(&mut folder.files, Ok(Vec::new()));
    let mut report = Report::default();
    let chart = files.and_then(Chart::from_files_of_any_version).map_err(|reasons| {
        let mut reasons = reasons.into_iter();
        let first = reasons.next().unwrap_or_else(|| Diagnostic::error("chart", "the chart can't be loaded"));
        report.notes.extend(reasons);
        first
    });
    let subject = Subject { request, folder: &folder, chart };
    for group in GROUPS {
        (group.check)(&subject, &mut report);
    }
    report
}

/// A field of a map as Go finds it: in any case, of several spellings the last in byte order.
fn field<'m>(map: &'m Map, name: &str) -> Option<&'m Node> {
    let spelled = map.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    spelled.max_by_key(|(key, _)| *key).map(|(_, node)| node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_code_of_its_own() {
        let mut codes: Vec<&str> = GROUPS.iter().flat_map(|group| group.rules.concat()).map(|rule| rule.code).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
