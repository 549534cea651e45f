//! Rules for the CustomResourceDefinitions in `crds/`.

use super::documents::Documents;
use super::report::{Report, Rule};
use super::subject::{Group, Subject};
use crate::chart::Entry;
use crate::diagnostic::Source;

const FOLDER: &str = "crds/";

const IS_DIRECTORY: Rule = Rule::error("crds-directory");
const LOADS: Rule = Rule::error("crds-chart-loads");
const FORMAT: Rule = Rule::error("crd-format");
const API_VERSION: Rule = Rule::error("crd-api-version");
const KIND: Rule = Rule::error("crd-kind");

pub(super) const GROUP: Group =
    Group { part: FOLDER, rules: &[&[&IS_DIRECTORY, &LOADS, &FORMAT, &API_VERSION, &KIND]], check };

fn check(subject: &Subject<'_>, report: &mut Report) {
    match subject.folder.crds {
        Entry::Missing => return,
        Entry::Directory => {}
        Entry::File(_) | Entry::Unreadable(_) => return report.add(IS_DIRECTORY.broken(FOLDER, "not a directory")),
    }
    let chart = match &subject.chart {
        Ok(chart) => chart,
        Err(reason) => return report.add(LOADS.broken(FOLDER, reason.message.as_str()).because_of(reason)),
    };
    for (_, file) in chart.all_crds() {
        let source = Source::file(file.shown.as_str(), String::from_utf8_lossy(&file.bytes));
        for document in Documents::new(&source) {
            let document = match document {
                Ok(document) => document,
                Err(error) => {
                    let text = format!("unable to parse YAML: {}", error.message);
                    return report.add(FORMAT.broken(&file.path, text).because_of(&error));
                }
            };
            let Some(document) = document else { continue };
            if !document.head.api_version.starts_with("apiextensions.k8s.io") {
                let text = "apiVersion is not in 'apiextensions.k8s.io'";
                report.add(API_VERSION.broken(&file.path, text).at(document.place("apiVersion")));
            }
            if document.head.kind != "CustomResourceDefinition" {
                let text = "object kind is not 'CustomResourceDefinition'";
                report.add(KIND.broken(&file.path, text).at(document.place("kind")));
            }
        }
    }
}
