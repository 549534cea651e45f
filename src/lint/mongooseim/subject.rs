//! What the rules look at, and what they found.

use super::configuration::Configuration;
use super::installation::Installation;
use super::vm_args::VmArgs;
use crate::diagnostic::Span;
use crate::lint::report::{Finding, Rule};

/// What is looked at.
pub(super) struct Subject<'a> {
    pub(super) installation: &'a Installation,
    pub(super) configuration: Option<&'a Configuration>,
    pub(super) vm_args: Option<&'a VmArgs>,
}

/// What was found so far.
pub(super) struct Findings {
    /// The name of the chart, which file names do not show.
    pub(super) chart: String,
    pub(super) all: Vec<Finding>,
}

impl Findings {
    /// A rule is broken by an object of the template `path` (`mongooseim/templates/x.yaml`).
    pub(super) fn report(&mut self, rule: &Rule, path: &str, text: impl Into<String>, place: Span, help: &str) {
        let file = path.strip_prefix(&self.chart).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path);
        let mut finding = rule.broken(file, text).at(place);
        finding.diagnostic.help.push(help.to_owned());
        self.all.push(finding);
    }
}
