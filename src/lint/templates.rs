//! Rules for `templates/`: its files, rendering, and the output.

use std::collections::BTreeMap;

use super::report::{Finding, Report, Rule};
use super::subject::{Group, Subject};
use super::{manifests, mongooseim, upgrade};
use crate::chart::{Chart, Entry};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{self, Capabilities, Refusals, Release, Rendered, Scope, add_template_lines};
use crate::explain::{self, Experiments};
use crate::render::Schemas;
use crate::values::coalesce;
use crate::yaml::Map;

const FOLDER: &str = "templates/";
/// The name of the release that Helm renders.
const RELEASE: &str = "test-release";

const EXISTS: Rule = Rule::warning("templates");
const IS_DIRECTORY: Rule = Rule::error("templates-directory");
const LOADS: Rule = Rule::error("templates-chart-loads");
const SCHEMA: Rule = Rule::error("templates-schema");
const RENDERS: Rule = Rule::error("templates-render");
const EXTENSION: Rule = Rule::error("templates-extension");

pub(super) const GROUP: Group = Group {
    part: FOLDER,
    rules: &[
        &[
            &EXISTS,
            &IS_DIRECTORY,
            &LOADS,
            &SCHEMA,
            &RENDERS,
            &EXTENSION,
            &manifests::INDENT,
            &manifests::FORMAT,
            &manifests::NAME,
            &manifests::DEPRECATED,
            &manifests::SELECTOR,
            &manifests::LIST,
        ],
        mongooseim::RULES,
        &[&upgrade::RENDERS, &upgrade::REFUSED, &upgrade::RESTARTS, &upgrade::REPLACED],
    ],
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report) {
    match subject.folder.templates {
        Entry::Missing => return report.add(EXISTS.broken(FOLDER, "directory does not exist")),
        Entry::Directory => {}
        Entry::File(_) | Entry::Unreadable(_) => return report.add(IS_DIRECTORY.broken(FOLDER, "not a directory")),
    }
    let chart = match &subject.chart {
        Ok(chart) => chart.clone(),
        Err(reason) => return report.add(LOADS.broken(FOLDER, reason.message.as_str()).because_of(reason)),
    };
    let Some((chart, values)) = merge(chart, subject.request.values, report) else { return };
    if !subject.request.skip_schema_validation && !check_schemas(&chart, &values, report) {
        return;
    }
    check_rendered(subject, &chart, &values, report);
}

/// Processes the chart's dependencies and merges the values. If that fails, Helm silently skips the remaining rules; here, a note
/// gives the reason.
fn merge(mut chart: Chart, user: &Map, report: &mut Report) -> Option<(Chart, Map)> {
    let noted = |errors: Vec<Diagnostic>, report: &mut Report| {
        let as_warning = |error: Diagnostic| {
            let what_follows = "the templates were not checked because of this";
            Diagnostic { severity: Severity::Warning, ..error }.help(what_follows)
        };
        report.notes.extend(errors.into_iter().map(as_warning));
    };
    match chart.process_dependencies(user) {
        Ok(notes) => report.notes.extend(notes),
        Err(errors) => {
            noted(errors, report);
            return None;
        }
    }
    report.notes.extend(chart.undeclared_tera_charts());
    // Helm merges twice here, which restores a default that a null has deleted.
    let merged = coalesce(&chart.values_tree(), user.clone()).and_then(|once| {
        report.notes.extend(once.warnings);
        coalesce(&chart.values_tree(), once.values)
    });
    match merged {
        Ok(coalesced) => Some((chart, coalesced.values)),
        Err(errors) => {
            noted(errors, report);
            None
        }
    }
}

/// Whether the values are valid for the schemas of the whole chart tree.
fn check_schemas(chart: &Chart, values: &Map, report: &mut Report) -> bool {
    let checked = Schemas::new(chart).check_by_chart(values);
    report.notes.extend(checked.warnings);
    for error in &checked.rejected {
        report.add(SCHEMA.rejected(FOLDER, &error.diagnostic(), error.charts.clone()));
    }
    for error in &checked.errors {
        report.add(SCHEMA.broken(FOLDER, error.message.as_str()).because_of(error));
    }
    checked.rejected.is_empty() && checked.errors.is_empty()
}

fn check_rendered(subject: &Subject<'_>, chart: &Chart, values: &Map, report: &mut Report) {
    let release = Release {
        is_install: false,
        revision: 0,
        environment: subject.request.environment.clone(),
        ..Release::install(RELEASE, subject.request.namespace)
    };
    let capabilities = Capabilities { kube_version: subject.request.kube_version.clone(), ..Capabilities::default() };
    let refusals = Refusals::default();
    let scope = Scope { chart, values, release: &release, capabilities: &capabilities, refusals: Some(&refusals) };
    let rendered = engine::render(&scope);
    match rendered {
        Ok(rendered) => {
            let mut findings = check_templates(&scope, &rendered);
            findings.extend(mongooseim::check(&chart.metadata, &rendered, values));
            if subject.request.locate {
                let reported = findings.iter_mut().map(|finding| &mut finding.diagnostic);
                add_template_lines(&scope, None, reported);
            }
            report.findings.append(&mut findings);
            if subject.request.upgrade {
                report.findings.extend(upgrade::check(&scope, subject.request.locate));
            }
            if let Some(experiments) = subject.request.experiments {
                report.notes.extend(without_effect(subject, &release, &capabilities, experiments));
            }
        }
        Err(errors) => {
            let finding = |error: &Diagnostic| RENDERS.broken(FOLDER, error.message.as_str()).because_of(error);
            report.findings.extend(errors.iter().map(finding));
        }
    }
    report.notes.extend(refusals.into_diagnostics());
}

/// Returns a note on defaults for which no experiment found an effect. They may have one nevertheless.
fn without_effect(
    subject: &Subject<'_>,
    release: &Release,
    capabilities: &Capabilities,
    experiments: &Experiments,
) -> Option<Diagnostic> {
    const MAX_PLACES: usize = 5;
    let chart = subject.chart.as_ref().ok()?;
    let experiment = explain::Subject {
        chart,
        user: subject.request.values,
        release,
        capabilities,
        skip_schema_validation: subject.request.skip_schema_validation,
        experiments,
    };
    // If the chart does not render without a value from the user, there is nothing to experiment with.
    let scanned = explain::unused(experiment, &chart.values).ok()?;
    let silent: Vec<&explain::Unused> = scanned.unused.iter().filter(|unused| unused.is_without_condition()).collect();
    if silent.is_empty() {
        return None;
    }
    let names: Vec<String> = silent.iter().map(|unused| unused.path.to_string()).collect();
    let is_traced = silent.iter().all(|unused| unused.is_traced);
    let (message, help) = if is_traced {
        ("no template uses these defaults", "remove them, or use them")
    } else {
        (
            "no tried change of these defaults has an effect",
            "other changes may have one: `mim-chart why KEY` lists the changes that were tried",
        )
    };
    let message = format!("{message}: {}", names.join(", "));
    let note = Diagnostic::new(Severity::Info, "defaults-without-effect", message).help(help);
    Some(silent.iter().take(MAX_PLACES).fold(note, |note, unused| note.at(unused.node.span.clone(), "")))
}

/// Checks the chart's own templates, in the order of its files. As in Helm, output that is not YAML ends the check.
fn check_templates(scope: &Scope<'_>, rendered: &[Rendered]) -> Vec<Finding> {
    let given: BTreeMap<&str, &Rendered> = rendered.iter().map(|rendered| (rendered.path.as_str(), rendered)).collect();
    let mut findings = Vec::new();
    for template in &scope.chart.templates {
        findings.extend(check_extension(&template.path));
        let lower = template.path.to_lowercase();
        let path = format!("{}/{}", scope.chart.metadata.name, template.path);
        let Some(rendered) = given.get(path.as_str()) else { continue };
        if !lower.ends_with(".yaml") && !lower.ends_with(".yml") {
            continue;
        }
        let source = (*rendered).clone().into_source();
        let (mut found, sound) = manifests::check(&template.path, &source, &scope.capabilities.kube_version);
        findings.append(&mut found);
        if !sound {
            break;
        }
    }
    findings
}

fn check_extension(path: &str) -> Option<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
    if [".yaml", ".yml", ".tpl", ".txt"].contains(&extension) {
        return None;
    }
    let text = format!("file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt");
    Some(EXTENSION.broken(path, text))
}
