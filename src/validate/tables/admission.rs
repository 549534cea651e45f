//! Webhooks and admission policies: `admissionregistration.k8s.io/v1`.

use std::collections::HashSet;

use super::admission_expressions as expressions;
use super::place::{Place, Row, Rule, row};
use super::webhooks;
use crate::kubernetes::{PathStep, names};
use crate::validate::fields::{has, text};
use crate::validate::form::{self, QUALIFIED, SEGMENT, SUBDOMAIN};

const POLICIES: &[&str] = &["Ignore", "Fail"];
const MAX_ANNOTATIONS: usize = 20;
const MAX_CONDITIONS: usize = 64;

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("admissionregistration.v1.ValidatingWebhookConfiguration", "webhooks", Rule::Whole(unique_hooks)),
    row("admissionregistration.v1.MutatingWebhookConfiguration", "webhooks", Rule::Whole(unique_hooks)),
    row("admissionregistration.v1.ValidatingWebhook", "", Rule::Whole(hook)),
    row("admissionregistration.v1.MutatingWebhook", "", Rule::Whole(hook)),
    row("admissionregistration.v1.MutatingWebhook", "reinvocationPolicy", Rule::Choice(&["Never", "IfNeeded"])),
    row("admissionregistration.v1.RuleWithOperations", "", Rule::Whole(hook_rule)),
    row("admissionregistration.v1.NamedRuleWithOperations", "", Rule::Whole(hook_rule)),
    row("admissionregistration.v1.WebhookClientConfig", "url", Rule::Whole(webhooks::url)),
    row("admissionregistration.v1.ServiceReference", "port", Rule::Between(1, 65535)),
    row("admissionregistration.v1.ServiceReference", "path", Rule::Form(webhooks::is_path, webhooks::PATH)),
    row("admissionregistration.v1.MatchCondition", "name", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("admissionregistration.v1.ValidatingAdmissionPolicySpec", "", Rule::Whole(admission)),
    row("admissionregistration.v1.ValidatingAdmissionPolicySpec", "failurePolicy", Rule::Choice(POLICIES)),
    row("admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec", "policyName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec", "", Rule::Whole(binding)),
    row("admissionregistration.v1.Validation", "reason", Rule::Choice(&["Forbidden", "Invalid", "RequestEntityTooLarge"])),
    row("admissionregistration.v1.MatchResources", "matchPolicy", Rule::Choice(&["Exact", "Equivalent"])),
    row("admissionregistration.v1.Variable", "name", Rule::Form(is_variable_name, "must be a valid CEL identifier")),
    row("admissionregistration.v1.ParamKind", "apiVersion", Rule::Required("")),
    row("admissionregistration.v1.ParamKind", "apiVersion", Rule::Form(is_group_version, "must be a group and a version")),
    row("admissionregistration.v1.ParamKind", "kind", Rule::Required("")),
    row("admissionregistration.v1.ParamKind", "kind", Rule::Form(|kind| names::is_rfc_1035_label(&kind.to_lowercase()), "may have mixed case, but should otherwise match a DNS-1035 label")),
    row("admissionregistration.v1.ParamRef", "", Rule::Whole(parameter)),
    row("admissionregistration.v1.ParamRef", "name", Rule::Form(form::is_path_segment, SEGMENT)),
    row("admissionregistration.v1.ParamRef", "parameterNotFoundAction", Rule::OneOf(&["Deny", "Allow"])),
    row("admissionregistration.v1.MutatingAdmissionPolicyBindingSpec", "policyName", Rule::Required("")),
    row("admissionregistration.v1.ValidatingAdmissionPolicy", "spec", Rule::Whole(annotation_keys)),
    row("admissionregistration.v1.ValidatingAdmissionPolicySpec", "", Rule::Whole(expressions::of_policy)),
    row("admissionregistration.v1.MutatingAdmissionPolicySpec", "", Rule::Whole(expressions::of_policy)),
    row("admissionregistration.v1.MutatingAdmissionPolicySpec", "", Rule::Whole(mutating)),
    row("admissionregistration.v1.MutatingAdmissionPolicySpec", "failurePolicy", Rule::Choice(POLICIES)),
    row("admissionregistration.v1.MutatingAdmissionPolicySpec", "reinvocationPolicy", Rule::Choice(&["Never", "IfNeeded"])),
    row("admissionregistration.v1.MutatingAdmissionPolicyBindingSpec", "policyName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("admissionregistration.v1.Mutation", "", Rule::Whole(mutation)),
    row("admissionregistration.v1.ValidatingWebhook", "matchConditions", Rule::Whole(expressions::of_conditions)),
    row("admissionregistration.v1.MutatingWebhook", "matchConditions", Rule::Whole(expressions::of_conditions)),
    row("admissionregistration.v1.NamedRuleWithOperations", "resourceNames", Rule::Items(form::is_path_segment, SEGMENT)),
    row("admissionregistration.v1.NamedRuleWithOperations", "resourceNames", Rule::Whole(unique_names)),
];

fn unique_hooks(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, hook) in at.items("webhooks") {
        if !text(hook, "name").is_empty() && !known.insert(text(hook, "name")) {
            at.duplicate_at(&path.field("name"), text(hook, "name"));
        }
    }
}

fn hook(at: &mut Place<'_, '_, '_>) {
    let name = at.text("name");
    if !name.is_empty() && (!names::is_dns_subdomain(name) || name.split('.').count() < 3) {
        at.invalid("name", "should be a domain with at least three segments separated by dots");
    }
    at.choice("failurePolicy", POLICIES);
    at.choice("matchPolicy", &["Exact", "Equivalent"]);
    if !at.text("sideEffects").is_empty() && !["None", "NoneOnDryRun"].contains(&at.text("sideEffects")) {
        let path = at.path.field("sideEffects");
        at.unsupported_at(&path, at.text("sideEffects"), &["None", "NoneOnDryRun"]);
    }
    if at.number("timeoutSeconds").is_some_and(|seconds| !(1..=30).contains(&seconds)) {
        at.invalid("timeoutSeconds", "the timeout value must be between 1 and 30 seconds");
    }
    if let Some(config) = at.map("clientConfig") {
        let is_set = |field: &str| config.get(field).is_some_and(|node| !node.value.is_null());
        let path = at.path.field("clientConfig");
        if is_set("url") == is_set("service") {
            at.required_at(&path, "exactly one of url or service is required");
        }
    }
    at.webhook_versions("admissionReviewVersions");
    unique_conditions(at);
}

fn hook_rule(at: &mut Place<'_, '_, '_>) {
    for (field, what) in [
        ("operations", "operations"),
        ("apiGroups", "API groups"),
        ("apiVersions", "API versions"),
        ("resources", "resources"),
    ] {
        let items: Vec<&str> = at.texts(field);
        if items.is_empty() {
            at.required(field, "");
        }
        if field != "resources" && items.len() > 1 && items.contains(&"*") {
            at.invalid(field, &format!("if '*' is present, must not specify other {what}"));
        }
        for (index, item) in items.iter().enumerate() {
            let path = at.path.field(field).with(PathStep::Index(index));
            let operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
            if field == "operations" && !operations.contains(item) {
                at.unsupported_at(&path, item, &operations);
            } else if item.is_empty() && field != "apiGroups" {
                at.required_at(&path, "");
            }
        }
    }
    let resources: Vec<&str> = at.texts("resources");
    if resources.len() > 1 && resources.contains(&"*/*") {
        at.invalid("resources", "if '*/*' is present, must not specify other resources");
    }
    if resources.contains(&"*") && resources.iter().any(|name| !name.contains('/') && *name != "*") {
        at.invalid("resources", "if '*' is present, must not specify other resources without subresources");
    }
    at.choice("scope", &["*", "Cluster", "Namespaced"]);
}

fn parameter(at: &mut Place<'_, '_, '_>) {
    if !at.has("name") && !at.is_set("selector") {
        at.required("", "one of name or selector must be specified");
    } else if at.has("name") && at.is_set("selector") {
        at.forbidden("name", "name and selector are mutually exclusive");
    }
    if !at.has("parameterNotFoundAction") {
        at.required("parameterNotFoundAction", "");
    }
}

fn binding(at: &mut Place<'_, '_, '_>) {
    if !at.has("policyName") {
        at.required("policyName", "");
    }
    let actions: Vec<&str> = at.texts("validationActions");
    if actions.is_empty() {
        at.required("validationActions", "at least one validation action is required");
    }
    if actions.contains(&"Deny") && actions.contains(&"Warn") {
        at.invalid("validationActions", "must not contain both Deny and Warn");
    }
    for (index, action) in actions.iter().enumerate() {
        let path = at.path.field("validationActions").with(PathStep::Index(index));
        if !["Audit", "Deny", "Warn"].contains(action) {
            at.unsupported_at(&path, action, &["Audit", "Deny", "Warn"]);
        } else if actions[..index].contains(action) {
            at.duplicate_at(&path, action);
        }
    }
}

fn admission(at: &mut Place<'_, '_, '_>) {
    if !at.has("validations") && !at.has("auditAnnotations") {
        at.required("validations", "validations or auditAnnotations must be provided");
    }
    let mut known = HashSet::new();
    for (path, annotation) in at.items("auditAnnotations") {
        if !known.insert(text(annotation, "key")) {
            at.duplicate_at(&path.field("key"), text(annotation, "key"));
        }
    }
    let annotations = at.list("auditAnnotations").len();
    if annotations > MAX_ANNOTATIONS {
        at.invalid("auditAnnotations", &format!("must not have more than {MAX_ANNOTATIONS} auditAnnotations"));
    }
    constraints(at);
    unique_conditions(at);
}

fn unique_conditions(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, condition) in at.items("matchConditions") {
        if !text(condition, "name").is_empty() && !known.insert(text(condition, "name")) {
            at.duplicate_at(&path.field("name"), text(condition, "name"));
        }
    }
    if at.list("matchConditions").len() > MAX_CONDITIONS {
        let path = at.path.field("matchConditions");
        at.too_many(&path, MAX_CONDITIONS);
    }
}

/// A policy must declare the resources that it applies to.
fn constraints(at: &mut Place<'_, '_, '_>) {
    match at.map("matchConstraints") {
        None => at.required("matchConstraints", ""),
        Some(constraints) if !has(constraints, "resourceRules") => {
            let path = at.path.field("matchConstraints").field("resourceRules");
            at.required_at(&path, "");
        }
        Some(_) => {}
    }
}

/// The key of an annotation is appended to the name of the policy.
fn annotation_keys(at: &mut Place<'_, '_, '_>) {
    let name = at.fields.text_at(&["metadata", "name"]).unwrap_or_default();
    let Some(spec) = at.map("spec").filter(|_| !name.is_empty()) else { return };
    let path = at.path.field("spec").field("auditAnnotations");
    for (index, annotation) in spec.indexed_maps_at(&["auditAnnotations"]) {
        let Some(node) = annotation.get("key") else { continue };
        if !names::is_qualified_name(&format!("{name}/{}", text(annotation, "key"))) {
            at.invalid_at(&path.with(PathStep::Index(index)).field("key"), node, QUALIFIED);
        }
    }
}

fn mutating(at: &mut Place<'_, '_, '_>) {
    constraints(at);
    unique_conditions(at);
    if !at.has("mutations") {
        at.required("mutations", "mutations must contain at least one item");
    }
    if !at.has("reinvocationPolicy") {
        at.required("reinvocationPolicy", "");
    }
    let Some(constraints) = at.map("matchConstraints") else { return };
    let path = at.path.field("matchConstraints").field("resourceRules");
    for (index, rule) in constraints.indexed_maps_at(&["resourceRules"]) {
        let operations = rule.list_at(&["operations"]).iter().filter_map(|node| node.value.as_str());
        for operation in operations.filter(|operation| !["CREATE", "UPDATE", "*"].contains(operation)) {
            let path = path.with(PathStep::Index(index)).field("operations");
            at.unsupported_at(&path, operation, &["CREATE", "UPDATE"]);
        }
    }
}

fn mutation(at: &mut Place<'_, '_, '_>) {
    let members = [("JSONPatch", "jsonPatch"), ("ApplyConfiguration", "applyConfiguration")];
    if !at.has("patchType") {
        at.required("patchType", "");
        return;
    }
    at.choice("patchType", &["ApplyConfiguration", "JSONPatch"]);
    let Some((kind, chosen)) = members.into_iter().find(|(kind, _)| *kind == at.text("patchType")) else { return };
    if !at.is_set(chosen) {
        at.required(chosen, &format!("must be specified when patchType is {kind}"));
    }
    for (_, other) in members.into_iter().filter(|(_, other)| *other != chosen) {
        if at.is_set(other) {
            at.invalid(other, &format!("must not be specified when patchType is {kind}"));
        }
    }
    let Some(patch) = at.map(chosen) else { return };
    let (path, expression) = (at.path.field(chosen).field("expression"), text(patch, "expression"));
    if expression.trim().is_empty() {
        at.required_at(&path, "");
    } else if let Some(node) = patch.get("expression")
        && chosen == "applyConfiguration"
        && !["Object", "variables."].iter().any(|name| expression.contains(name))
    {
        // Expressions that create objects are not compiled here, and no other expression evaluates to one.
        at.invalid_at(&path, node, "must evaluate to Object");
    }
}

fn unique_names(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (index, name) in at.indexed_texts("resourceNames") {
        if !known.insert(name) {
            at.duplicate_at(&at.path.field("resourceNames").with(PathStep::Index(index)), name);
        }
    }
}

/// Whether a string is a version, or a group and a version.
fn is_group_version(text: &str) -> bool {
    let (group, version) = text.split_once('/').unwrap_or(("", text));
    (group.is_empty() || names::is_dns_subdomain(group)) && names::is_rfc_1035_label(version)
}

/// Whether a string can be the name of a variable in expressions.
fn is_variable_name(text: &str) -> bool {
    form::is_identifier(text) && !crate::cel::is_reserved(text)
}
