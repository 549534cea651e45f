//! What the API server checks of objects of a type, wherever they stand, beyond what its schema says.

use super::fields::{has, is_given, text};
use super::report::Report;
use super::{metadata, scalars};
use crate::diagnostic::Span;
use crate::kubernetes::names;
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::{Map, Value};

/// Where an object of a type stands.
pub(super) struct At<'a> {
    pub(super) path: &'a FieldPath,
    pub(super) place: &'a Span,
}

impl At<'_> {
    fn required(&self, field: &str, report: &mut Report<'_>) {
        report.error("required", &self.path.field(field), "Required value".to_owned(), self.place);
    }

    fn invalid(&self, field: &str, reason: &str, report: &mut Report<'_>) {
        report.error("value", &self.path.field(field), format!("Invalid value: {reason}"), self.place);
    }

    fn one_of(&self, fields: &Map, field: &str, choices: &[&str], report: &mut Report<'_>) {
        let text = text(fields, field);
        if !choices.contains(&text)
            && fields.get(field).is_none_or(|node| node.value.is_null() || node.value.as_str().is_some())
        {
            let message = format!("Unsupported value: {text:?}: supported values: {}", choices.join(", "));
            report.error("choice", &self.path.field(field), message, self.place);
        }
    }
}

/// The name of another object.
fn reference(fields: &Map, field: &str, at: &At<'_>, report: &mut Report<'_>) {
    let name = text(fields, field);
    if lacks_text(fields, field) {
        at.required(field, report);
    } else if !name.is_empty() && !names::is_dns_subdomain(name) {
        at.invalid(field, &format!("{name:?} is the name of no object"), report);
    }
}

/// What containers can ask for: names of Kubernetes' own, or with a domain before them.
fn resources(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    for field in ["requests", "limits"] {
        let map = fields.get(field).and_then(|node| node.value.as_map());
        for (name, entry) in map.into_iter().flat_map(Map::entries) {
            let is_own =
                ["cpu", "memory", "ephemeral-storage", "storage"].contains(&name) || name.starts_with("hugepages-");
            if !is_own && !name.contains('/') {
                let message = format!("Invalid value: {name:?}: must be a standard resource type or fully qualified");
                report.error("name", &at.path.field(field), message, &entry.key);
            }
        }
    }
}

/// Claims ask for storage; containers for what a machine has.
fn is_of_a_container(path: &FieldPath) -> bool {
    path.0.iter().any(|step| matches!(step, PathStep::Field(name) if name == "containers" || name == "initContainers"))
}

/// Whether a text is missing or empty.
fn lacks_text(fields: &Map, field: &str) -> bool {
    fields.get(field).is_none_or(|node| node.value.is_null() || node.value.as_str() == Some(""))
}

fn number(fields: &Map, field: &str) -> Option<f64> {
    fields.get(field)?.value.as_number()
}

/// Checks an object of one type.
type Check = fn(&Map, &At<'_>, &mut Report<'_>);

/// What is checked of which type: the end of the type's name, and the rule.
#[rustfmt::skip]
const RULES: &[(&str, Check)] = &[
    (".LabelSelector", label_selector),
    (".PersistentVolumeClaimSpec", claim),
    ("rbac.v1.PolicyRule", rule),
    (".RoleRef", role_ref),
    ("rbac.v1.Subject", subject),
    (".NetworkPolicyPeer", network_policy_peer),
    (".NetworkPolicyPort", network_policy_port),
    (".NetworkPolicySpec", network_policy_spec),
    (".IPBlock", ip_block),
    (".IngressSpec", ingress_spec),
    (".IngressBackend", ingress_backend),
    (".IngressServiceBackend", ingress_service_backend),
    (".HTTPIngressPath", ingress_path),
    (".HTTPIngressRuleValue", http_ingress_rule_value),
    (".EnvFromSource", env_from_source),
    (".ResourceRequirements", resource_requirements),
    (".MetricSpec", metric_spec),
    (".MetricTarget", metric_target),
    (".StatefulSetSpec", stateful_set_spec),
    (".ServiceBackendPort", service_backend_port),
    (".ExecAction", exec_action),
    (".LifecycleHandler", lifecycle_handler),
    (".HorizontalPodAutoscalerSpec", horizontal_pod_autoscaler_spec),
    (".PodDisruptionBudgetSpec", budget),
    (".ConfigMapEnvSource", named_reference),
    (".SecretEnvSource", named_reference),
    (".ConfigMapKeySelector", named_reference),
    (".SecretKeySelector", named_reference),
    (".ConfigMapProjection", source_name),
    (".SecretProjection", source_name),
    (".ConfigMapVolumeSource", source_name),
    (".SecretVolumeSource", secret_volume_source),
    (".ServiceSpec", service_spec),
    (".TopologySpreadConstraint", topology_spread_constraint),
    (".PreferredSchedulingTerm", weight),
    (".WeightedPodAffinityTerm", weight),
];

/// Checks an object of the type of this name.
pub(super) fn check(name: &str, fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if let Some((_, rule)) = RULES.iter().find(|(end, _)| name.ends_with(end)) {
        rule(fields, at, report);
    }
}

fn label_selector(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    metadata::selector(fields, at.path, report);
}

fn role_ref(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    at.one_of(fields, "kind", &["Role", "ClusterRole"], report);
    at.one_of(fields, "apiGroup", &["", "rbac.authorization.k8s.io"], report);
}

fn subject(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    at.one_of(fields, "kind", &["ServiceAccount", "User", "Group"], report);
    // In a RoleBinding it is the binding's own.
    let is_in_none = report.object.starts_with("ClusterRoleBinding/");
    if is_in_none && text(fields, "kind") == "ServiceAccount" && !has(fields, "namespace") {
        at.required("namespace", report);
    }
}

fn network_policy_peer(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let fields_of = ["podSelector", "namespaceSelector", "ipBlock"];
    if !fields_of.iter().any(|field| is_given(fields, field)) {
        report.error("required", at.path, "Required value: must specify a peer".to_owned(), at.place);
    }
}

fn network_policy_port(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if number(fields, "port").is_some_and(|port| !(1.0..=65535.0).contains(&port)) {
        at.invalid("port", "must be between 1 and 65535, inclusive", report);
    }
    if is_given(fields, "protocol") && text(fields, "protocol").is_empty() {
        at.one_of(fields, "protocol", &["TCP", "UDP", "SCTP"], report);
    }
}

fn network_policy_spec(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let types = fields.get("policyTypes").and_then(|node| node.value.as_list()).unwrap_or_default();
    for (index, item) in types.iter().enumerate() {
        let word = if item.value.is_null() { Some("") } else { item.value.as_str() };
        let known = word.is_none_or(|word| word == "Ingress" || word == "Egress");
        if !known {
            let path = at.path.field("policyTypes").with(PathStep::Index(index));
            report.error(
                "choice",
                &path,
                "Unsupported value: supported values: Ingress, Egress".to_owned(),
                &item.span,
            );
        }
    }
}

fn ip_block(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if !is_network(text(fields, "cidr")) {
        at.invalid("cidr", "must be a network, such as 10.0.0.0/8", report);
    }
}

fn ingress_spec(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if !has(fields, "rules") && !is_given(fields, "defaultBackend") {
        report.error(
            "required",
            at.path,
            "Invalid value: either `defaultBackend` or `rules` must be specified".to_owned(),
            at.place,
        );
    }
}

fn ingress_backend(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if !is_given(fields, "service") && !is_given(fields, "resource") {
        report.error(
            "required",
            at.path,
            "Invalid value: resource or service backend is required".to_owned(),
            at.place,
        );
    }
}

fn ingress_service_backend(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let port = fields.get("port").and_then(|node| node.value.as_map());
    let has_port =
        port.is_some_and(|port| has(port, "name") || number(port, "number").is_some_and(|number| number != 0.0));
    if !has_port {
        report.error(
            "required",
            &at.path.field("port"),
            "Required value: port name or number is required".to_owned(),
            at.place,
        );
    }
}

fn http_ingress_rule_value(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if is_given(fields, "paths") && !has(fields, "paths") {
        at.required("paths", report);
    }
}

fn env_from_source(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let given = ["configMapRef", "secretRef"].iter().filter(|field| is_given(fields, field)).count();
    if given != 1 {
        let message = "Invalid value: must specify one of: `configMapRef` or `secretRef`".to_owned();
        report.error("variable", at.path, message, at.place);
    }
}

fn resource_requirements(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if is_of_a_container(at.path) {
        resources(fields, at, report);
    }
}

fn metric_spec(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let sources = [
        ("Resource", "resource"),
        ("Pods", "pods"),
        ("Object", "object"),
        ("External", "external"),
        ("ContainerResource", "containerResource"),
    ];
    let words: Vec<&str> = sources.iter().map(|(word, _)| *word).collect();
    at.one_of(fields, "type", &words, report);
    let wanted = sources.iter().find(|(word, _)| *word == text(fields, "type"));
    if let Some((_, field)) = wanted.filter(|(_, field)| !is_given(fields, field)) {
        at.required(field, report);
    }
}

fn metric_target(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    at.one_of(fields, "type", &["Utilization", "Value", "AverageValue"], report);
}

fn stateful_set_spec(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if !text(fields, "serviceName").is_empty() && !names::is_dns_label(text(fields, "serviceName")) {
        at.invalid("serviceName", "must be the name of a Service", report);
    }
}

fn service_backend_port(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if number(fields, "number").is_some_and(|number| number != 0.0 && !(1.0..=65535.0).contains(&number)) {
        at.invalid("number", "must be between 1 and 65535, inclusive", report);
    }
}

fn exec_action(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if !has(fields, "command") {
        at.required("command", report);
    }
}

fn lifecycle_handler(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let handlers = ["exec", "httpGet", "tcpSocket", "sleep"];
    if !handlers.iter().any(|handler| is_given(fields, handler)) {
        report.error("required", at.path, "Required value: must specify a handler type".to_owned(), at.place);
    }
}

fn horizontal_pod_autoscaler_spec(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let least = number(fields, "minReplicas");
    let most = number(fields, "maxReplicas").unwrap_or_default();
    if is_given(fields, "maxReplicas") && most < 1.0 {
        at.invalid("maxReplicas", "must be greater than 0", report);
    } else if least.is_some_and(|least| least > most) && is_given(fields, "maxReplicas") {
        at.invalid("maxReplicas", "must be greater than or equal to `minReplicas`", report);
    }
    if least.is_some_and(|least| least < 1.0) {
        at.invalid("minReplicas", "must be greater than or equal to 1", report);
    }
}

fn named_reference(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    reference(fields, "name", at, report);
}

/// The API server does not look at the names of volumes' sources.
fn source_name(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if lacks_text(fields, "name") {
        at.required("name", report);
    }
}

fn secret_volume_source(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if lacks_text(fields, "secretName") {
        at.required("secretName", report);
    }
}

fn service_spec(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    metadata::label_values(fields.get("selector"), &at.path.field("selector"), report);
    let is_outside = matches!(text(fields, "type"), "NodePort" | "LoadBalancer");
    let is_local = text(fields, "externalTrafficPolicy");
    if !is_local.is_empty() && !is_outside && !has(fields, "externalIPs") {
        at.invalid("externalTrafficPolicy", "may only be set for externally-accessible services", report);
    }
    let address = text(fields, "clusterIP");
    if !address.is_empty() && address != "None" && address.parse::<std::net::IpAddr>().is_err() {
        at.invalid("clusterIP", "must be an IP address, None or empty", report);
    }
}

fn topology_spread_constraint(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if number(fields, "maxSkew").is_some_and(|skew| skew <= 0.0) {
        at.invalid("maxSkew", "must be greater than zero", report);
    }
}

fn weight(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if number(fields, "weight").is_some_and(|weight| !(1.0..=100.0).contains(&weight)) {
        at.invalid("weight", "must be in the range 1-100", report);
    }
}

fn claim(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if !has(fields, "accessModes") {
        report.error(
            "required",
            &at.path.field("accessModes"),
            "Required value: at least 1 access mode is required".to_owned(),
            at.place,
        );
    }
    let modes = fields.get("accessModes").and_then(|node| node.value.as_list()).unwrap_or_default();
    for (index, mode) in modes.iter().enumerate() {
        let known = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
        let word = if mode.value.is_null() { Some("") } else { mode.value.as_str() };
        if let Some(word) = word.filter(|word| !known.contains(word)) {
            let path = at.path.field("accessModes").with(PathStep::Index(index));
            report.error(
                "choice",
                &path,
                format!("Unsupported value: {word:?}: supported values: {}", known.join(", ")),
                at.place,
            );
        }
    }
    let storage = fields.at(["resources", "requests", "storage"]);
    let path = at.path.field("resources").field("requests").field("storage");
    match storage {
        None => {
            report.error("required", &path, "Required value".to_owned(), at.place);
        }
        Some(node) => {
            let amount = crate::kubernetes::quantity(&node.value);
            if node.value.is_null() || amount.is_some_and(|amount| amount <= 0) {
                report.error("range", &path, "Invalid value: must be greater than zero".to_owned(), at.place);
            }
        }
    }
}

fn rule(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if !has(fields, "verbs") {
        report.error(
            "required",
            &at.path.field("verbs"),
            "Required value: verbs must contain at least one value".to_owned(),
            at.place,
        );
    }
    if has(fields, "nonResourceURLs") {
        return;
    }
    for (field, words) in [("apiGroups", "api group"), ("resources", "resource")] {
        if !has(fields, field) {
            let message = format!("Required value: resource rules must supply at least one {words}");
            report.error("required", &at.path.field(field), message, at.place);
        }
    }
}

fn ingress_path(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    let kind = text(fields, "pathType");
    at.one_of(fields, "pathType", &["Exact", "Prefix", "ImplementationSpecific"], report);
    let path = text(fields, "path");
    if matches!(kind, "Exact" | "Prefix") && !path.starts_with('/') {
        at.invalid("path", "must be an absolute path", report);
    }
}

fn budget(fields: &Map, at: &At<'_>, report: &mut Report<'_>) {
    if is_given(fields, "minAvailable") && is_given(fields, "maxUnavailable") {
        report.error(
            "value",
            at.path,
            "Invalid value: minAvailable and maxUnavailable cannot be both set".to_owned(),
            at.place,
        );
    }
    for field in ["minAvailable", "maxUnavailable"] {
        let Some(node) = fields.get(field) else { continue };
        let is_wrong = match &node.value {
            Value::String(text) => text
                .strip_suffix('%')
                .is_none_or(|digits| digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())),
            _ => number(fields, field).is_some_and(|number| number < 0.0),
        };
        if is_wrong {
            at.invalid(field, "must be a whole number from 0 on, or a percentage such as 50%", report);
        }
    }
}

fn is_network(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let most = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most) && scalars::is_decimal(bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::Schema;

    #[test]
    fn every_rule_is_of_a_type_that_there_is() {
        let names = |end: &str| {
            let groups = ["core.v1", "apps.v1", "policy.v1", "networking.v1", "rbac.v1", "autoscaling.v2"];
            let names =
                groups.map(|group| format!("api.{group}.{}", end.trim_start_matches("rbac.v1").trim_matches('.')));
            names.into_iter().chain([format!("apimachinery.pkg.apis.meta.v1{end}")])
        };
        for (end, _) in RULES {
            assert!(names(end).any(|name| Schema::built_in().object_type(&name).is_some()), "{end}");
        }
    }
}
