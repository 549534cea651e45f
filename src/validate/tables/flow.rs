//! `flowcontrol.apiserver.k8s.io/v1`.

use super::place::{Place, Row, Rule, row};
use crate::kubernetes::names;
use crate::validate::fields::text;
use crate::validate::form::{LABEL, SUBDOMAIN};

/// The maximum number of queues of a priority level.
const MAX_QUEUES: i64 = 10_000_000;
/// The verbs of requests.
const VERBS: [&str; 9] = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("flowcontrol.v1.FlowSchemaSpec", "matchingPrecedence", Rule::Between(0, 10000)),
    row("flowcontrol.v1.FlowSchema", "spec", Rule::Whole(precedence)),
    row("flowcontrol.v1.PolicyRulesWithSubjects", "", Rule::Whole(flow_rules)),
    row("flowcontrol.v1.ResourcePolicyRule", "", Rule::Whole(flow_resources)),
    row("flowcontrol.v1.NonResourcePolicyRule", "nonResourceURLs", Rule::Required("nonResourceURLs must contain at least one value")),
    row("flowcontrol.v1.NonResourcePolicyRule", "", Rule::Whole(addresses)),
    row("flowcontrol.v1.NonResourcePolicyRule", "nonResourceURLs", Rule::Items(is_address, "must start with slash, without white-space and double slashes, and may end with '/*'")),
    row("flowcontrol.v1.ServiceAccountSubject", "name", Rule::Form(is_account, SUBDOMAIN)),
    row("flowcontrol.v1.ServiceAccountSubject", "namespace", Rule::Form(names::is_dns_label, LABEL)),
    row("flowcontrol.v1.Subject", "kind", Rule::Choice(&["Group", "ServiceAccount", "User"])),
    row("flowcontrol.v1.Subject", "", Rule::Whole(flow_subject)),
    row("flowcontrol.v1.PriorityLevelConfigurationReference", "name", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("flowcontrol.v1.FlowDistinguisherMethod", "type", Rule::Choice(&["ByNamespace", "ByUser"])),
    row("flowcontrol.v1.PriorityLevelConfigurationSpec", "type", Rule::Choice(&["Exempt", "Limited"])),
    row("flowcontrol.v1.PriorityLevelConfigurationSpec", "", Rule::Whole(level)),
    row("flowcontrol.v1.LimitedPriorityLevelConfiguration", "nominalConcurrencyShares", Rule::AtLeast(0)),
    row("flowcontrol.v1.LimitedPriorityLevelConfiguration", "lendablePercent", Rule::Between(0, 100)),
    row("flowcontrol.v1.LimitedPriorityLevelConfiguration", "borrowingLimitPercent", Rule::AtLeast(0)),
    row("flowcontrol.v1.LimitedPriorityLevelConfiguration", "", Rule::Whole(response)),
    row("flowcontrol.v1.QueuingConfiguration", "", Rule::Whole(queues)),
];

/// The precedence 1 is reserved for a schema that already exists.
fn precedence(at: &mut Place<'_, '_, '_>) {
    let Some(node) = at.fields.at(["spec", "matchingPrecedence"]) else { return };
    if node.value.as_number() == Some(1.0) && at.fields.text_at(&["metadata", "name"]) != Some("exempt") {
        let path = at.path.field("spec").field("matchingPrecedence");
        at.invalid_at(&path, node, "only the schema named 'exempt' may have matchingPrecedence 1");
    }
}

fn flow_rules(at: &mut Place<'_, '_, '_>) {
    if !at.has("subjects") {
        at.required("subjects", "subjects must contain at least one value");
    }
    if !at.has("resourceRules") && !at.has("nonResourceRules") {
        at.required("", "at least one of resourceRules and nonResourceRules has to be non-empty");
    }
}

fn flow_resources(at: &mut Place<'_, '_, '_>) {
    for (field, message) in [
        ("verbs", "verbs must contain at least one value"),
        ("apiGroups", "resource rules must supply at least one api group"),
        ("resources", "resource rules must supply at least one resource"),
    ] {
        if !at.has(field) {
            at.required(field, message);
        }
    }
    for (index, namespace) in at.indexed_texts("namespaces") {
        if namespace != "*" && !names::is_dns_label(namespace) {
            at.invalid_item("namespaces", index, "each member of this list must be '*' or a DNS-1123 label");
        }
    }
    verbs(at);
    for field in ["verbs", "apiGroups", "resources", "namespaces"] {
        let texts = at.texts(field);
        if texts.len() > 1 && texts.contains(&"*") {
            at.invalid(field, "if '*' is present, must not specify others");
        }
    }
    if !at.has("namespaces") && !at.is_true("clusterScope") {
        at.required("namespaces", "resource rules that are not cluster scoped must supply at least one namespace");
    }
}

/// Verbs must be known, unless `*` is one of them.
fn verbs(at: &mut Place<'_, '_, '_>) {
    let verbs = at.texts("verbs");
    let unknown = verbs.iter().find(|verb| !VERBS.contains(verb));
    if let Some(verb) = unknown.filter(|_| !verbs.contains(&"*")) {
        at.unsupported_at(&at.path.field("verbs"), verb, &VERBS);
    }
}

/// Addresses must be paths, optionally ending in `*`, or be a single `*`.
fn addresses(at: &mut Place<'_, '_, '_>) {
    if !at.has("verbs") {
        at.required("verbs", "verbs must contain at least one value");
    }
    verbs(at);
    for field in ["verbs", "nonResourceURLs"] {
        let texts = at.texts(field);
        if texts.len() > 1 && texts.contains(&"*") {
            at.invalid(field, "if '*' is present, must not specify others");
        }
    }
}

/// Whether a string is a path, or a pattern for all paths below one.
fn is_address(path: &str) -> bool {
    let has_wildcard_at_end = path.find('*').is_none_or(|at| at + 1 == path.len() && path.ends_with("/*"));
    path == "*" || path.starts_with('/') && !path.contains(' ') && !path.contains("//") && has_wildcard_at_end
}

/// Whether a string is the name of a service account, or `*` for all of a namespace.
fn is_account(name: &str) -> bool {
    name == "*" || names::is_dns_subdomain(name)
}

fn flow_subject(at: &mut Place<'_, '_, '_>) {
    let subjects = [("User", "user"), ("Group", "group"), ("ServiceAccount", "serviceAccount")];
    let chosen = at.union("kind", &subjects, "is forbidden when subject kind is another");
    if let Some(chosen) = chosen.filter(|chosen| !at.is_set(chosen)) {
        at.required(chosen, "is required when subject kind says so");
    }
}

fn level(at: &mut Place<'_, '_, '_>) {
    match at.text("type") {
        "Limited" if !at.is_set("limited") => at.required("limited", "must not be empty when type is \"Limited\""),
        "Limited" if at.is_set("exempt") => at.forbidden("exempt", "must be nil if the type is Limited"),
        "Exempt" if at.is_set("limited") => at.forbidden("limited", "must be nil if the type is not Limited"),
        _ => {}
    }
}

fn response(at: &mut Place<'_, '_, '_>) {
    let path = at.path.field("limitResponse");
    let response = at.map("limitResponse");
    let kind = response.map(|response| text(response, "type")).unwrap_or_default();
    let queuing = response.and_then(|response| response.get("queuing")).filter(|node| !node.value.is_null());
    match kind {
        "Queue" if queuing.is_none() => {
            at.required_at(&path.field("queuing"), "must not be empty if limited.limitResponse.type is Limited");
        }
        "Reject" if queuing.is_some() => {
            at.forbidden_at(&path.field("queuing"), "must be nil if limited.limitResponse.type is not Limited");
        }
        "Queue" | "Reject" => {}
        _ => at.unsupported_at(&path.field("type"), kind, &["Queue", "Reject"]),
    }
}

fn queues(at: &mut Place<'_, '_, '_>) {
    // Zero has the same default as a missing value.
    let queues = at.number("queues").filter(|queues| *queues != 0).unwrap_or(64);
    for field in ["queues", "handSize", "queueLengthLimit"] {
        if at.number(field).is_some_and(|number| number < 0) {
            at.invalid(field, "must be positive");
        }
    }
    if queues > MAX_QUEUES {
        at.invalid("queues", &format!("must not be greater than {MAX_QUEUES}"));
    }
    if at.number("handSize").is_some_and(|hand| hand > queues) {
        at.invalid("handSize", &format!("should not be greater than queues ({queues})"));
    }
}
