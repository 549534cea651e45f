//! Rights, classes, leases, webhooks and services of the API itself.

use std::collections::HashSet;

use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{FieldPath, PathStep, names};
use crate::validate::fields::{has, text};
use crate::validate::form::{self, LABEL, QUALIFIED, SEGMENT, SUBDOMAIN};
use crate::yaml::{Map, Node};

const POLICIES: &[&str] = &["Ignore", "Fail"];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("rbac.v1.PolicyRule", "verbs", Rule::Required("verbs must contain at least one value")),
    row("rbac.v1.PolicyRule", "", Rule::Whole(resources)),
    row("rbac.v1.PolicyRule", "nonResourceURLs", Rule::Whole(urls)),
    row("rbac.v1.AggregationRule", "clusterRoleSelectors", Rule::Required("at least one clusterRoleSelector required if aggregationRule is non-nil")),
    row("rbac.v1.RoleRef", "kind", Rule::Whole(role_kind)),
    row("rbac.v1.RoleRef", "apiGroup", Rule::Choice(&["", "rbac.authorization.k8s.io"])),
    row("rbac.v1.RoleRef", "name", Rule::Form(form::is_path_segment, SEGMENT)),
    row("rbac.v1.Subject", "kind", Rule::Choice(&["ServiceAccount", "User", "Group"])),
    row("rbac.v1.Subject", "", Rule::Whole(subject)),
    row("scheduling.v1.PriorityClass", "", Rule::Whole(priority)),
    row("scheduling.v1.PriorityClass", "preemptionPolicy", Rule::Choice(&["PreemptLowerPriority", "Never"])),
    row("node.v1.RuntimeClass", "handler", Rule::Form(names::is_dns_label, LABEL)),
    row("node.v1.Scheduling", "nodeSelector", Rule::Labels),
    row("node.v1.Scheduling", "tolerations", Rule::Whole(tolerations)),
    row("node.v1.Overhead", "podFixed", Rule::Quantities),
    row("node.v1.Overhead", "podFixed", Rule::Whole(overhead)),
    row("coordination.v1.LeaseSpec", "leaseDurationSeconds", Rule::AtLeast(1)),
    row("coordination.v1.LeaseSpec", "leaseTransitions", Rule::AtLeast(0)),
    row("admissionregistration.v1.ValidatingWebhookConfiguration", "webhooks", Rule::Whole(unique_hooks)),
    row("admissionregistration.v1.MutatingWebhookConfiguration", "webhooks", Rule::Whole(unique_hooks)),
    row("admissionregistration.v1.ValidatingWebhook", "", Rule::Whole(hook)),
    row("admissionregistration.v1.MutatingWebhook", "", Rule::Whole(hook)),
    row("admissionregistration.v1.MutatingWebhook", "reinvocationPolicy", Rule::Choice(&["Never", "IfNeeded"])),
    row("admissionregistration.v1.RuleWithOperations", "", Rule::Whole(hook_rule)),
    row("admissionregistration.v1.NamedRuleWithOperations", "", Rule::Whole(hook_rule)),
    row("admissionregistration.v1.ServiceReference", "port", Rule::Between(1, 65535)),
    row("admissionregistration.v1.ServiceReference", "path", Rule::Form(is_webhook_path, "must start with a '/', and each part of it must be a DNS subdomain")),
    row("admissionregistration.v1.MatchCondition", "name", Rule::Form(names::is_qualified_name, QUALIFIED)),
    row("admissionregistration.v1.ValidatingAdmissionPolicySpec", "", Rule::Whole(admission)),
    row("admissionregistration.v1.ValidatingAdmissionPolicySpec", "failurePolicy", Rule::Choice(POLICIES)),
    row("admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec", "policyName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec", "", Rule::Whole(binding)),
    row("admissionregistration.v1.Validation", "reason", Rule::Choice(&["Forbidden", "Invalid", "RequestEntityTooLarge"])),
    row("admissionregistration.v1.MatchResources", "matchPolicy", Rule::Choice(&["Exact", "Equivalent"])),
    row("admissionregistration.v1.Variable", "name", Rule::Form(form::is_identifier, "name is not a valid CEL identifier")),
    row("apiregistration.v1.APIService", "", Rule::Whole(api_service)),
    row("certificates.v1.CertificateSigningRequestSpec", "signerName", Rule::Form(|name| name.contains('/'), "must be a fully qualified domain and path of the form \"example.com/signer-name\"")),
    row("certificates.v1.CertificateSigningRequestSpec", "expirationSeconds", Rule::AtLeast(600)),
    row("certificates.v1.CertificateSigningRequestSpec", "usages", Rule::Required("")),
    row("resource.v1.DeviceSelector", "cel", Rule::Required("")),
    row("resource.v1.DeviceRequest", "", Rule::Whole(device)),
    row("resource.v1.DeviceRequest", "name", Rule::Form(names::is_dns_label, LABEL)),
    row("resource.v1.ExactDeviceRequest", "deviceClassName", Rule::Form(names::is_dns_subdomain, SUBDOMAIN)),
    row("resource.v1.ExactDeviceRequest", "count", Rule::AtLeast(0)),
    row("resource.v1.ExactDeviceRequest", "allocationMode", Rule::OneOf(&["All", "ExactCount"])),
    row("resource.v1.ExactDeviceRequest", "count", Rule::Whole(device_count)),
    row("admissionregistration.v1.ParamKind", "apiVersion", Rule::Required("")),
    row("admissionregistration.v1.ParamKind", "kind", Rule::Required("")),
    row("admissionregistration.v1.ParamRef", "", Rule::Whole(parameter)),
];

fn resources(at: &mut Place<'_, '_, '_>) {
    if at.has("nonResourceURLs") {
        return;
    }
    for (field, what) in [("apiGroups", "api group"), ("resources", "resource")] {
        if !at.has(field) {
            at.required(field, &format!("resource rules must supply at least one {what}"));
        }
    }
}

fn urls(at: &mut Place<'_, '_, '_>) {
    if !at.has("nonResourceURLs") {
        return;
    }
    if at.is_in("Role") {
        at.invalid("nonResourceURLs", "namespaced rules cannot apply to non-resource URLs");
    } else if at.has("apiGroups") || at.has("resources") || at.has("resourceNames") {
        at.invalid("nonResourceURLs", "rules cannot apply to both regular resources and non-resource URLs");
    }
}

fn subject(at: &mut Place<'_, '_, '_>) {
    let group = at.text("apiGroup");
    let path = at.path.field("apiGroup");
    match at.text("kind") {
        "ServiceAccount" => {
            if !at.text("name").is_empty() && !names::is_dns_subdomain(at.text("name")) {
                at.invalid("name", SUBDOMAIN);
            }
            if !group.is_empty() {
                at.unsupported_at(&path, group, &[""]);
            }
            // In a RoleBinding it is the binding's own.
            if at.is_in("ClusterRoleBinding") && !at.has("namespace") {
                at.required("namespace", "");
            }
        }
        "User" | "Group" if !group.is_empty() && group != "rbac.authorization.k8s.io" => {
            at.unsupported_at(&path, group, &["rbac.authorization.k8s.io"]);
        }
        _ => {}
    }
}

fn priority(at: &mut Place<'_, '_, '_>) {
    let name = at.fields.text_at(&["metadata", "name"]).unwrap_or_default();
    let value = at.number("value").unwrap_or_default();
    if name.starts_with("system-") {
        let known = [("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)];
        if !known.contains(&(name, value)) || at.is_true("globalDefault") {
            let path = FieldPath::of_fields(&["metadata", "name"]);
            at.forbidden_at(&path, "priority class names with 'system-' prefix are reserved for system use only");
        }
    } else if value > 1_000_000_000 {
        at.forbidden("value", "maximum allowed value of a user defined priority is 1000000000");
    }
}

fn tolerations(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (path, toleration) in at.items("tolerations") {
        let key = ["key", "operator", "value", "effect"].map(|field| text(toleration, field));
        if !known.insert(key) {
            at.duplicate_at(&path, &key.join("/"));
        }
    }
}

fn overhead(at: &mut Place<'_, '_, '_>) {
    for (name, node) in at.map("podFixed").into_iter().flat_map(Map::iter) {
        if !form::is_container_resource(name) {
            let path = at.path.field("podFixed").field(name);
            at.invalid_at(&path, node, "must be a standard resource for containers");
        }
    }
}

/// A ClusterRoleBinding can only give a ClusterRole.
fn role_kind(at: &mut Place<'_, '_, '_>) {
    at.choice("kind", if at.is_in("ClusterRoleBinding") { &["ClusterRole"] } else { &["Role", "ClusterRole"] });
}

fn is_webhook_path(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    rest.is_empty() || rest.split('/').all(names::is_dns_subdomain)
}

fn device_count(at: &mut Place<'_, '_, '_>) {
    if at.text("allocationMode") == "All" && at.number("count").is_some_and(|count| count != 0) {
        at.invalid("count", "must not be specified when allocationMode is 'All'");
    }
}

fn parameter(at: &mut Place<'_, '_, '_>) {
    if !at.has("name") && !at.is_given("selector") {
        at.required("", "one of name or selector must be specified");
    }
    if !at.has("parameterNotFoundAction") {
        at.required("parameterNotFoundAction", "");
    }
}

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
        let is_given = |field: &str| config.get(field).is_some_and(|node| !node.value.is_null());
        let path = at.path.field("clientConfig");
        if is_given("url") == is_given("service") {
            at.required_at(&path, "exactly one of url or service is required");
        } else if let Some(node) = config.get("url").filter(|_| is_given("url")) {
            let url = text(config, "url");
            let rest = url.strip_prefix("https://").unwrap_or_default();
            let has_host = !rest.is_empty() && !rest.starts_with('/');
            if !has_host {
                at.invalid_at(
                    &path.field("url"),
                    node,
                    "'https' is the only allowed URL scheme, and the host must be specified",
                );
            } else if rest.split('/').next().is_some_and(|host| host.contains('@')) {
                at.invalid_at(&path.field("url"), node, "user information is not permitted in the URL");
            } else if url.contains('#') || url.contains('?') {
                at.invalid_at(&path.field("url"), node, "fragments and query parameters are not permitted in the URL");
            }
        }
    }
    let versions: Vec<&str> = at.texts("admissionReviewVersions");
    if at.fields.get("admissionReviewVersions").is_some_and(|node| node.value.as_list().is_some()) {
        if versions.is_empty() {
            at.required("admissionReviewVersions", "must specify one of v1, v1beta1");
        } else if !versions.iter().any(|version| ["v1", "v1beta1"].contains(version)) {
            at.invalid("admissionReviewVersions", "must include at least one of v1, v1beta1");
        }
        for (index, version) in versions.iter().enumerate() {
            if versions[..index].contains(version) {
                at.invalid_item("admissionReviewVersions", index, "duplicate version");
            } else if version.len() > names::MAX_LABEL || !names::has_rfc_1035_form(version) {
                at.invalid_item("admissionReviewVersions", index, "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character");
            }
        }
    }
    let mut known = HashSet::new();
    for (path, condition) in at.items("matchConditions") {
        if !known.insert(text(condition, "name")) {
            at.duplicate_at(&path.field("name"), text(condition, "name"));
        }
    }
    if at.list("matchConditions").len() > 64 {
        let path = at.path.field("matchConditions");
        at.too_many(&path, 64);
    }
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

/// A request says one device, or several of which the first that is there is taken.
fn device(at: &mut Place<'_, '_, '_>) {
    match (at.is_given("exactly"), at.has("firstAvailable")) {
        (false, false) => at.required("", "exactly one of `exactly` or `firstAvailable` is required"),
        (true, true) => {
            at.invalid("", "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set")
        }
        _ => {}
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
    match at.map("matchConstraints") {
        None => at.required("matchConstraints", ""),
        Some(constraints) if !has(constraints, "resourceRules") => {
            let path = at.path.field("matchConstraints").field("resourceRules");
            at.required_at(&path, "");
        }
        Some(_) => {}
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

fn api_service(at: &mut Place<'_, '_, '_>) {
    let Some(spec) = at.map("spec") else { return };
    let name = at.fields.at(["metadata", "name"]);
    let (group, version) = (text(spec, "group"), text(spec, "version"));
    let path = FieldPath::of_fields(&["spec"]);
    if let Some(node) = name.filter(|node| node.value.as_str().is_some_and(|name| name != format!("{version}.{group}")))
    {
        let message = format!("must be `spec.version+\".\"+spec.group`: \"{version}.{group}\"");
        at.invalid_at(&FieldPath::of_fields(&["metadata", "name"]), node, &message);
    }
    if group.is_empty() && version != "v1" {
        at.required_at(&path.field("group"), "only v1 may have an empty group and it better be legacy kube");
    }
    if let Some(node) = spec.get("group").filter(|_| !group.is_empty() && !names::is_dns_subdomain(group)) {
        at.invalid_at(&path.field("group"), node, SUBDOMAIN);
    }
    let is_version = version.len() <= names::MAX_LABEL && names::has_rfc_1035_form(version);
    if let Some(node) = spec.get("version").filter(|_| !is_version) {
        at.invalid_at(&path.field("version"), node, "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character");
    } else if version.is_empty() {
        at.required_at(&path.field("version"), "");
    }
    let least_most = [("groupPriorityMinimum", 20000.0), ("versionPriority", 1000.0)];
    for (field, most) in least_most {
        match spec.get(field) {
            Some(node) if node.value.as_number().is_some_and(|number| number <= 0.0 || number > most) => {
                at.invalid_at(&path.field(field), node, &format!("must be positive and less than {most}"));
            }
            Some(_) => {}
            None => at.required_at(&path.field(field), ""),
        }
    }
    let has_bundle = has(spec, "caBundle");
    match spec.get("service").filter(|node| !node.value.is_null()) {
        None => {
            if has_bundle {
                at.invalid_missing(&path.field("caBundle"), "local APIServices may not have a caBundle");
            }
            if spec.is_true_at(&["insecureSkipTLSVerify"]) {
                at.invalid_missing(
                    &path.field("insecureSkipTLSVerify"),
                    "local APIServices may not have insecureSkipTLSVerify",
                );
            }
        }
        Some(service) => {
            let empty = Map::new();
            let service = service.value.as_map().unwrap_or(&empty);
            for field in ["namespace", "name"] {
                if !has(service, field) {
                    at.required_at(&path.field("service").field(field), "");
                }
            }
            let port: Option<&Node> = service.get("port").filter(|node| !node.value.is_null());
            if let Some(node) =
                port.filter(|node| node.value.as_number().is_some_and(|port| !(1.0..=65535.0).contains(&port)))
            {
                at.invalid_at(
                    &path.field("service").field("port"),
                    node,
                    "port is not valid: must be between 1 and 65535, inclusive",
                );
            }
            if has_bundle && spec.is_true_at(&["insecureSkipTLSVerify"]) {
                at.invalid_missing(&path.field("insecureSkipTLSVerify"), "may not be true if caBundle is present");
            }
        }
    }
}
