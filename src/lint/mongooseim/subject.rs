//! The input of the MongooseIM rules, and their findings.

use super::configuration::Configuration;
use super::installation::Installation;
use super::vm_args::VmArgs;
use crate::diagnostic::{SourceKind, Span};
use crate::lint::report::{Finding, Rule};
use crate::yaml::{Map, Node, Value};

/// The installation that rules check.
pub(super) struct Subject<'a> {
    pub(super) installation: &'a Installation,
    pub(super) configuration: Option<&'a Configuration>,
    pub(super) vm_args: Option<&'a VmArgs>,
    /// The values that templates saw.
    pub(super) values: &'a Map,
    /// The chart's appVersion: the version that it is for unless a value sets another.
    pub(super) app_version: &'a str,
}

impl Subject<'_> {
    /// Finds where `text` is set as a value whose key, or whose list's key, contains `word`: in a values file, a flag, or the
    /// chart's defaults.
    pub(super) fn setter(&self, word: &str, text: &str) -> Option<Span> {
        let mut pending: Vec<(bool, &Node)> = Vec::new();
        let of_key = |(key, node)| (str::to_ascii_lowercase(key).contains(word), node);
        pending.extend(self.values.iter().map(of_key));
        while let Some((is_named, node)) = pending.pop() {
            match &node.value {
                Value::Map(map) => pending.extend(map.iter().map(of_key)),
                Value::List(items) => pending.extend(items.iter().map(|item| (is_named, item))),
                Value::String(value) if is_named && value == text && node.span.source().is_some() => {
                    return Some(node.span.clone());
                }
                _ => {}
            }
        }
        None
    }
}

/// The findings so far.
pub(super) struct Findings {
    /// The name of the chart, which reported file names omit.
    pub(super) chart: String,
    pub(super) all: Vec<Finding>,
}

impl Findings {
    /// Reports a broken rule in an object of the template `path` (`mongooseim/templates/x.yaml`).
    pub(super) fn report(&mut self, rule: &Rule, path: &str, text: impl Into<String>, place: Span, help: &str) {
        let file = path.strip_prefix(&self.chart).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path);
        let mut finding = rule.broken(file, text).at(place);
        finding.diagnostic.help.push(help.to_owned());
        self.all.push(finding);
    }

    /// Adds where the value behind the last finding is set, unless the finding's place is already in a user's file.
    pub(super) fn set_at(&mut self, place: Option<Span>) {
        let Some(finding) = self.all.last_mut() else { return };
        let source = finding.diagnostic.labels.first().and_then(|label| label.span.source());
        let is_rendered = source.is_none_or(|source| source.kind() == SourceKind::Rendered);
        if let Some(place) = place.filter(|_| is_rendered) {
            finding.diagnostic = finding.diagnostic.clone().at(place, "set here");
        }
    }
}
