//! Rules for the output of templates.

use super::documents::{Document, Documents};
use super::report::{Finding, Rule};
use super::{lists, names};
use crate::diagnostic::Source;
use crate::go::strconv::quote_double;
use crate::kubernetes::{KubeVersion, deprecation};

/// The length from which on Helm cannot read a line.
const MAX_LINE_BYTES: usize = 64 * 1024;

pub(super) const INDENT: Rule = Rule::warning("manifest-indent");
pub(super) const FORMAT: Rule = Rule::error("manifest-format");
pub(super) const NAME: Rule = Rule::warning("manifest-name");
pub(super) const DEPRECATED: Rule = Rule::warning("manifest-deprecated");
pub(super) const SELECTOR: Rule = Rule::error("manifest-selector");
pub(super) const LIST: Rule = Rule::error("manifest-list");

/// Checks the output of the template `file`. Also returns whether all documents in it could be read.
pub(super) fn check(file: &str, given: &Source, kubernetes: &KubeVersion) -> (Vec<Finding>, bool) {
    let mut findings = Vec::new();
    if given.text().trim().is_empty() {
        return (findings, true);
    }
    findings.extend(check_indent(file, given));
    for document in Documents::new(given) {
        match document {
            Ok(Some(document)) => check_document(file, given, &document, kubernetes, &mut findings),
            Ok(None) => {}
            Err(error) => {
                findings.push(FORMAT.broken(file, unable(&error.message)).because_of(&error));
                return (findings, false);
            }
        }
    }
    (findings, true)
}

fn unable(reason: &str) -> String {
    format!("unable to parse YAML: {reason}")
}

/// Checks that the first line that is not blank is not indented.
fn check_indent(file: &str, given: &Source) -> Option<Finding> {
    let mut at = 0;
    for line in given.text().split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let span = given.span(at..at + bare.len());
        at += line.len();
        if bare.len() >= MAX_LINE_BYTES {
            return Some(INDENT.broken(file, "bufio.Scanner: token too long").at(span));
        }
        if bare.trim().is_empty() {
            continue;
        }
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        return bare.starts_with([' ', '\t']).then(|| {
            let line = quote_double(bare);
            let text = format!("document starts with an illegal indent: {line}, which may cause parsing problems");
            INDENT.broken(file, text).at(span)
        });
    }
    None
}

fn check_document(
    file: &str,
    given: &Source,
    document: &Document,
    kubernetes: &KubeVersion,
    findings: &mut Vec<Finding>,
) {
    let head = &document.head;
    let name = &head.metadata.name;
    if let Some(text) = names::error(&head.kind, name) {
        findings.push(NAME.broken(file, text).at(document.place_of_name()));
    }
    if let Some(text) = deprecation(&head.api_version, &head.kind, kubernetes) {
        findings.push(DEPRECATED.broken(file, text).at(document.place("apiVersion")));
    }
    let is_workload = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].contains(&head.kind.as_str());
    // As in Helm, it is enough that the file has the word somewhere, even in a comment.
    let selects = || ["matchLabels", "matchExpressions"].iter().any(|word| given.text().contains(word));
    if is_workload && !selects() {
        let kind = &head.kind;
        let text =
            format!("a {kind} must contain matchLabels or matchExpressions, and {} does not", quote_double(name));
        findings.push(SELECTOR.broken(file, text).at(document.place("spec")));
    }
    if head.kind == "List" {
        match lists::ignored_annotation(given) {
            Ok(None) => {}
            Ok(Some(place)) => {
                let text = "annotation 'helm.sh/resource-policy' within List objects are ignored";
                findings.push(LIST.broken(file, text).at(place));
            }
            Err(error) => findings.push(LIST.broken(file, unable(&error.message)).because_of(&error)),
        }
    }
}
