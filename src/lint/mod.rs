//! Linting a chart: the rules of `helm lint` v4.2.4, in its order, with its messages.
//!
//! | file | what it does |
//! |---|---|
//! | `report`, `text` | rules and findings as data; the report as Helm prints it, and for programs |
//! | `chart_file`, `addresses` | Chart.yaml; email and web addresses in it |
//! | `values` | values.yaml and the chart's own schema |
//! | `templates` | `templates/` and rendering |
//! | `repeated` | problems that Helm reports several times |
//! | `manifests`, `documents`, `names`, `deprecations`, `lists` | the output of each template, document by document |
//! | `upgrade` | what the next release would do |
//! | `mongooseim` | charts that run MongooseIM |
//! | `dependencies` | declared dependencies and the charts in `charts/` |
//! | `crds` | `crds/` |
//!
//! Helm reports only the first reason why a chart cannot be loaded; the other reasons are notes of the [`Report`].

mod addresses;
mod chart_file;
mod crds;
mod dependencies;
mod documents;
mod fields;
mod lists;
mod manifests;
mod mongooseim;
mod names;
mod repeated;
mod report;
mod subject;
mod templates;
mod text;
mod upgrade;
mod values;

use crate::chart::{Chart, Folder};
use crate::diagnostic::Diagnostic;
use subject::Subject;

pub use mongooseim::{DEFAULT as DEFAULT_MONGOOSEIM, check_configuration, check_values, has_reference};
pub use report::{Finding, Report, Rule};
pub use subject::{Group, Request};
pub use text::{Form, Linted, Printed, findings, print};

/// All rules, in the order in which they are checked.
pub const GROUPS: [Group; 5] = [chart_file::GROUP, values::GROUP, templates::GROUP, dependencies::GROUP, crds::GROUP];

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
