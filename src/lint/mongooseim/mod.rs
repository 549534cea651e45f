//! Rules for charts that run MongooseIM: whether their configuration and their objects fit each other, and what will happen in
//! the cluster. They check rendered manifests, no matter where the configuration comes from.
//!
//! | file | what it does |
//! |---|---|
//! | `installation` | finds the pods, their configuration files and their Services |
//! | `configuration` | reads mongooseim.toml |
//! | `vm_args` | reads vm.args |
//! | `sections` | known sections, and mandatory keys of `general` |
//! | `reference`, `settings` | the configuration reference, and sections, keys and values checked against it |
//! | `names` | host names and addresses, as MongooseIM reads them |
//! | `referred` | references to names that must be defined elsewhere in the file |
//! | `combinations` | keys that require or exclude each other |
//! | `tomerl` | TOML that MongooseIM's TOML parser does not accept |
//! | `listeners` | listeners against the ports of containers, Services and probes |
//! | `certificates` | certificate files and where they come from |
//! | `databases` | databases through which nodes share data |
//! | `cluster` | how nodes find each other |
//! | `value_place` | finds the value that a part of a generated configuration comes from |
//! | `written` | values that repeat what the chart writes itself |
//! | `own_listeners` | listeners in the values that the user's mimConfig does not have |
//! | `pitfalls` | valid configurations that cause trouble later |
//! | `image` | the version of the image, and where it can be pulled |
//!
//! MongooseIM's behavior is described as of its tag 6.8.0 (`mongoose_config_spec`, `mongoose_cets_discovery`) and of the start
//! script of its image.

mod certificates;
mod cluster;
mod combinations;
mod configuration;
mod databases;
mod image;
mod installation;
mod listeners;
mod names;
mod own_listeners;
mod pitfalls;
mod reference;
mod referred;
mod sections;
mod settings;
mod subject;
mod tomerl;
mod value_place;
mod vm_args;
mod written;

use semver::Version;

use super::report::{Finding, Rule};
use crate::chart::Metadata;
use crate::diagnostic::{Diagnostic, Severity, Source, SourceKind, Span};
use crate::engine::Rendered;
use crate::manifest::Manifests;
use crate::yaml::Map;
use configuration::{Configuration, SyntaxError};
pub use image::has_reference;
use installation::{File, Installation};
use settings::{MAX, Mistake};
use subject::{Findings, Subject};
use value_place::value_place;
use vm_args::VmArgs;

/// The rules, in the order in which they are checked.
pub(super) const RULES: &[&Rule] = &[
    &sections::SYNTAX,
    &sections::SECTION,
    &sections::HOSTS,
    &sections::LOCALHOST,
    &listeners::LISTENER,
    &listeners::PUBLISHED,
    &listeners::LOOPBACK,
    &listeners::PROBED,
    &listeners::PORT,
    &listeners::UNPUBLISHED,
    &combinations::TLS_KEY,
    &certificates::MISSING,
    &certificates::UNMOUNTED,
    &databases::INTERNAL,
    &databases::DISCOVERY,
    &cluster::NODE_NAME,
    &cluster::NO_COOKIE,
    &cluster::COOKIE,
    &cluster::DISTRIBUTION,
    &cluster::ALONE,
    &cluster::FINDING,
    &image::IMAGE,
    &image::GRAPHQL,
    &settings::KEY,
    &settings::VALUE,
    &settings::MANDATORY,
    &settings::UNKNOWN,
    &referred::UNDEFINED,
    &referred::RULE,
    &referred::BACKEND,
    &referred::POOL,
    &written::WRITTEN,
    &pitfalls::S2S,
    &pitfalls::DATA,
    &pitfalls::APP_CONFIG,
    &pitfalls::TABLES,
    &pitfalls::NAMES,
];

/// Checks each installation of MongooseIM among the manifests rendered from `values`. Other rules report
/// output that is not a manifest.
pub(super) fn check(chart: &Metadata, rendered: &[Rendered], values: &Map) -> Vec<Finding> {
    // Most charts have nothing to do with MongooseIM.
    if !rendered.iter().any(|rendered| rendered.text.contains("mongooseim.toml") || rendered.text.contains("vm.args")) {
        return Vec::new();
    }
    let texts = rendered.iter().filter(|rendered| !rendered.notes);
    let texts = texts.map(|rendered| (rendered.path.clone(), rendered.text.clone()));
    let Ok(manifests) = Manifests::read(texts) else { return Vec::new() };
    let mut findings = Findings { chart: chart.name.clone(), all: Vec::new() };
    for installation in Installation::find(&manifests, values) {
        let configuration = installation.file("mongooseim.toml").and_then(|file| read(file, &mut findings));
        let vm_args = installation.file("vm.args").map(|file| VmArgs::read(file, &installation));
        let subject = Subject {
            installation: &installation,
            configuration: configuration.as_ref(),
            vm_args: vm_args.as_ref(),
            values,
            app_version: &chart.app_version,
        };
        let path = installation.file("mongooseim.toml").map_or("values.yaml", |file| &file.path);
        for mistake in written::check(chart, values) {
            findings.report(mistake.rule, path, mistake.message, mistake.span, &mistake.help);
        }
        if let Some(configuration) = &configuration {
            let version = image::version(&subject).unwrap_or(DEFAULT);
            sections::check(configuration, &version, &mut findings);
            sections::check_localhost(configuration, &subject, &mut findings);
            check_content(configuration, &version, values, &mut findings);
        }
        listeners::check(&subject, &mut findings);
        certificates::check(&subject, &mut findings);
        cluster::check(&subject, &mut findings);
        image::check(&subject, &mut findings);
        pitfalls::check(&subject, &mut findings);
    }
    findings.all
}

/// The version of a configuration that does not say which version it is for.
pub const DEFAULT: Version = Version::new(6, 8, 1);

/// Checks a mongooseim.toml by itself, for a version of MongooseIM.
pub fn check_configuration(source: &Source, version: &Version) -> Vec<Finding> {
    let mut findings = Findings { chart: String::new(), all: Vec::new() };
    if let Some(configuration) = read(&File::of_source(source), &mut findings) {
        sections::check(&configuration, version, &mut findings);
        check_content(&configuration, version, &Map::new(), &mut findings);
    }
    let line = |finding: &Finding| finding.diagnostic.labels.first().map_or(0, |label| label.span.start());
    findings.all.sort_by_key(line);
    findings.all.truncate(2 * MAX);
    findings.all
}

fn read(file: &File, findings: &mut Findings) -> Option<Configuration> {
    match Configuration::read(file) {
        Ok(configuration) => {
            report_unread(file, findings);
            Some(configuration)
        }
        Err(error) => {
            sections::report_syntax(file, &error, findings);
            None
        }
    }
}

/// Reports TOML that is valid, but that MongooseIM's parser does not read.
fn report_unread(file: &File, findings: &mut Findings) {
    if let Some((what, at)) = tomerl::unread(&file.text) {
        let error = SyntaxError { message: what.to_owned(), at };
        sections::report_syntax(file, &error, findings);
    }
}

/// Checks the keys and values, the listeners and the databases of a configuration by itself, without the objects around it.
fn check_content(configuration: &Configuration, version: &Version, values: &Map, findings: &mut Findings) {
    check_settings(configuration, version, values, findings);
    listeners::check_listeners(configuration, version, findings);
    databases::check(configuration, version, findings);
}

fn check_settings(configuration: &Configuration, version: &Version, values: &Map, findings: &mut Findings) {
    for mistake in mistakes(configuration, version) {
        let place = configuration.place(&mistake.span);
        findings.report(mistake.rule, &configuration.file.path, mistake.message, place, &mistake.help);
        findings.set_at(value_place(configuration, values, &mistake.span));
    }
}

fn mistakes(configuration: &Configuration, version: &Version) -> Vec<Mistake> {
    let mut mistakes = settings::check(&configuration.root, version);
    mistakes.extend(referred::check(&configuration.root, version));
    mistakes.extend(combinations::check(&configuration.root, version));
    mistakes.sort_by_key(|mistake| mistake.span.start());
    mistakes
}

/// Reports values of a chart that MongooseIM would reject in its configuration: as errors at the values that a generated
/// configuration comes from, and as warnings about a configuration that the user wrote.
pub fn check_values(chart: &Metadata, manifests: &Manifests, values: &Map) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // Most charts have nothing to do with MongooseIM.
    if !manifests.manifests.iter().any(|manifest| manifest.text().contains("mongooseim.toml")) {
        return found;
    }
    found.extend(written::check(chart, values).into_iter().map(Mistake::into_diagnostic));
    for installation in Installation::find(manifests, values) {
        let Some(file) = installation.file("mongooseim.toml") else { continue };
        let Ok(configuration) = Configuration::read(file) else { continue };
        let subject = Subject {
            installation: &installation,
            configuration: Some(&configuration),
            vm_args: None,
            values,
            app_version: &chart.app_version,
        };
        found.extend(own_listeners::check(chart, &configuration, values).into_iter().map(Mistake::into_diagnostic));
        let version = image::version(&subject).unwrap_or(DEFAULT);
        if is_written(&file.place(0)) {
            let mut findings = Findings { chart: String::new(), all: Vec::new() };
            report_unread(file, &mut findings);
            sections::check(&configuration, &version, &mut findings);
            check_content(&configuration, &version, values, &mut findings);
            found.extend(findings.all.into_iter().map(|finding| finding.diagnostic).map(as_warning));
            continue;
        }
        for mistake in mistakes(&configuration, &version) {
            let Mistake { rule, message, help, span, value } = mistake;
            let place = configuration.place(&span);
            let report = |severity, help, place| Diagnostic::new(severity, rule.code, message).at(place, "").help(help);
            if is_written(&place) {
                found.push(as_warning(report(rule.severity, help, place)));
            } else if let Some(place) = value_place(&configuration, values, &span) {
                // A problem that a value of the chart fixes is as severe as one that keeps nodes from starting.
                found.push(match value {
                    Some(value) => report(Severity::Error, format!("set {value}"), place),
                    None => report(rule.severity, help, place),
                });
            }
        }
    }
    found
}

/// Whether a place is in a file or flag, and not in rendered output.
fn is_written(place: &Span) -> bool {
    place.source().is_some_and(|source| source.kind() != SourceKind::Rendered)
}

fn as_warning(diagnostic: Diagnostic) -> Diagnostic {
    Diagnostic { severity: diagnostic.severity.max(Severity::Warning), ..diagnostic }
}
