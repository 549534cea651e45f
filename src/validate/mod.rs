//! Validates manifests like the API server, without one.
//!
//! | file | content |
//! |---|---|
//! | `structure` | fields, types, required fields and allowed values, by the schema of Kubernetes' API |
//! | `fields` | access to the fields of an object, for rules |
//! | `tables` | the API server's rules for each type, with one file for each API group |
//! | `form` | the syntax of strings and numbers: names, addresses, ports, times |
//! | `custom` | objects of kinds that CustomResourceDefinitions define |
//! | `schemas`, `defaulting`, `defaults` | the schemas of these kinds, how their defaults apply, and whether they are valid |
//! | `rules`, `shapes`, `expressions` | the CEL rules of these kinds |
//! | `served` | kinds that a version of Kubernetes no longer serves, or does not serve yet |
//! | `metadata` | names, labels, annotations |
//! | `cross_object` | references between objects |

mod cross_object;
mod custom;
mod defaulting;
mod defaults;
mod expressions;
mod fields;
mod form;
mod metadata;
mod report;
mod rules;
mod schemas;
mod served;
mod shapes;
mod structure;
mod tables;

use std::borrow::Cow;

use crate::cel::Limits;
use crate::diagnostic::{Severity, Span};
use crate::json_schema::Budget;
use crate::kubernetes::KubeVersion;
use crate::kubernetes::Schema;
use crate::kubernetes::{FieldPath, Object};
use crate::report::{Finding, ordinals};
use crate::yaml::Map;
use cross_object::{Subject, Together};
use report::{Report, head};

pub use custom::{CustomKind, custom_kinds};

/// Options for a validation.
#[derive(Debug)]
pub struct Request<'a> {
    /// The version of Kubernetes, which decides which kinds and API versions are served.
    pub kube_version: &'a KubeVersion,
    /// Whether unknown kinds are errors.
    pub strict: bool,
    /// The kinds that CustomResourceDefinitions define.
    pub custom_kinds: &'a [CustomKind],
}

/// Checks objects one by one, and then together.
///
/// ```
/// use mim_chart::diagnostic::Source;
/// use mim_chart::kubernetes::{KubeVersion, read_objects};
/// use mim_chart::validate;
///
/// let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndta: {}\n";
/// let objects = read_objects(&Source::file("m.yaml", text), "m.yaml").unwrap();
/// let request = validate::Request { kube_version: &KubeVersion::default(), strict: false, custom_kinds: &[] };
/// let findings = validate::validate(&objects, &request);
/// assert_eq!(findings[0].diagnostic.message, "ConfigMap/a: unknown field \"dta\"");
/// ```
pub fn validate(objects: &[Object], request: &Request<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The limits for the schemas of custom kinds, shared by all objects.
    let budget = (&Budget::default(), &Limits::default());
    let mut together = Together::new(objects);
    let names: Vec<String> = objects.iter().map(|object| object.id.to_string()).collect();
    let ordinals = ordinals(names.iter().map(String::as_str));
    for ((object, name), nth) in objects.iter().zip(&names).zip(ordinals) {
        let mut report = Report::new(object, name, nth);
        let fields = object.fields();
        together.add(Subject { object, name, nth }, &fields);
        one(object, fields, request, budget, &mut report);
        findings.append(&mut report.findings);
    }
    together.report_all(&mut findings);
    findings
}

/// Checks the rules of a custom kind for an update (`oldSelf`) from an old to a new version of an object. Rules that only use the
/// new version are checked by [`validate`]. Messages do not name the object.
pub fn check_update(old: &Object, new: &Object, custom_kinds: &[CustomKind], limits: &Limits) -> Vec<Finding> {
    let name = new.id.to_string();
    let mut report = Report { is_named: false, ..Report::new(new, &name, 0) };
    if let Some(kind) = custom_kinds.iter().find(|kind| kind.is(new.id.group(), &new.id.kind)) {
        custom::check_update((old, new), kind, limits, &mut report);
    }
    report.findings
}

fn one(
    object: &Object,
    fields: Cow<'_, Map>,
    request: &Request<'_>,
    budget: (&Budget, &Limits),
    report: &mut Report<'_>,
) {
    let place = head(&fields, &object.span);
    let id = &object.id;
    let top = FieldPath::default();
    if id.api_version.is_empty() {
        report.error("required", &top, "apiVersion is missing".to_owned(), &place);
        return;
    }
    let schema = Schema::built_in();
    if let Some(warning) = crate::kubernetes::deprecation(&id.api_version, &id.kind, request.kube_version) {
        let severity = if crate::kubernetes::is_removed(&id.api_version, &id.kind, request.kube_version) {
            Severity::Error
        } else {
            Severity::Warning
        };
        report.report(severity, "deprecated", &top, warning, &place);
    }
    let Some(kind) = schema.kind(&id.api_version, &id.kind).filter(|kind| kind.is_namespaced.is_some()) else {
        if let Some(kind) = request.custom_kinds.iter().find(|kind| kind.is(id.group(), &id.kind)) {
            return custom::check(object, fields, kind, &place, budget, report);
        }
        if let Some(why) = served::no_longer(&id.api_version, &id.kind, request.kube_version) {
            report.error("deprecated", &top, why, &place);
        }
        if report.findings.is_empty() {
            unknown_kind(object, request.strict, report, &place);
        }
        return metadata::check(object, &fields, None, report);
    };
    if let Some(why) = served::not_yet(&id.api_version, &id.kind, request.kube_version) {
        report.error("unknown-kind", &top, why, &place);
    }
    metadata::check(object, &fields, kind.is_namespaced, report);
    if let Some(type_) = schema.object_type(kind.type_name) {
        structure::check(&fields, type_, &place, report);
    }
}

/// Whether a kind is unknown, but its API version is a stable one of Kubernetes' own groups, to which CustomResourceDefinitions
/// cannot add kinds. Other versions may be enabled in a cluster.
fn cannot_exist(object: &Object) -> bool {
    let id = &object.id;
    let version = id.api_version.rsplit('/').next().unwrap_or_default();
    let is_stable = version.strip_prefix('v').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    let schema = Schema::built_in();
    let is_own = schema.kinds().any(|(known, _)| known.rsplit_once('/').map_or("", |(group, _)| group) == id.group());
    is_stable && is_own && !id.kind.ends_with("List") && schema.kind(&id.api_version, &id.kind).is_none()
}

fn unknown_kind(object: &Object, strict: bool, report: &mut Report<'_>, place: &Span) {
    let id = &object.id;
    let cannot_exist = cannot_exist(object);
    let severity = if strict || cannot_exist { Severity::Error } else { Severity::Warning };
    let message = if cannot_exist {
        format!("Kubernetes has no kind {:?} in {:?}", id.kind, id.api_version)
    } else {
        let why = if strict { ", which --strict makes an error" } else { "" };
        format!("unknown kind {:?} in {:?}; not checked{why}", id.kind, id.api_version)
    };
    let versions = Schema::built_in().versions_of(&id.kind);
    let finding = report.report(severity, "unknown-kind", &FieldPath::default(), message, place);
    if versions.is_empty() {
        let near = crate::diagnostic::nearest(&id.kind, Schema::built_in().kinds().map(|(_, kind)| kind));
        match near {
            Some(near) => finding.help(format!("did you mean {near}?")),
            None => finding.help("use --crds FILE to add the kinds of CustomResourceDefinitions"),
        }
    } else {
        finding.help(format!("{} is in {}", id.kind, versions.join(", ")));
    }
}
