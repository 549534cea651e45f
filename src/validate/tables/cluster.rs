//! RBAC, classes, leases and API services.

use std::collections::HashSet;

use super::place::{Place, Row, Rule, row};
use crate::kubernetes::{FieldPath, PathStep, names};
use crate::validate::fields::{has, text};
use crate::validate::form::{self, LABEL, SEGMENT, SUBDOMAIN};
use crate::yaml::{Map, Node};

/// The usages of a certificate.
#[rustfmt::skip]
const USAGES: &[&str] = &[
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature",
    "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc",
    "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
];

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
    row("apiregistration.v1.APIService", "", Rule::Whole(api_service)),
    row("certificates.v1.CertificateSigningRequestSpec", "signerName", Rule::Form(is_signer, "must be a fully qualified domain and path of the form \"example.com/signer-name\"")),
    row("certificates.v1.CertificateSigningRequestSpec", "expirationSeconds", Rule::AtLeast(600)),
    row("certificates.v1.CertificateSigningRequestSpec", "usages", Rule::Required("")),
    row("certificates.v1.CertificateSigningRequestSpec", "usages", Rule::ItemsOf(USAGES)),
    row("certificates.v1.CertificateSigningRequestSpec", "usages", Rule::Whole(usages)),
    row("certificates.v1.CertificateSigningRequestSpec", "request", Rule::FormIfSet(is_request, "PEM block type must be CERTIFICATE REQUEST")),
];

/// Whether a string is a certificate request: PEM in base64.
fn is_request(text: &str) -> bool {
    let decoded = form::decode_base64(text).unwrap_or_default();
    let text = String::from_utf8_lossy(&decoded);
    text.contains("-----BEGIN CERTIFICATE REQUEST-----") && text.contains("-----END CERTIFICATE REQUEST-----")
}

fn usages(at: &mut Place<'_, '_, '_>) {
    let mut known = HashSet::new();
    for (index, usage) in at.indexed_texts("usages") {
        if !known.insert(usage) {
            at.duplicate_at(&at.path.field("usages").with(PathStep::Index(index)), usage);
        }
    }
}

/// Whether a name has a domain of at least two parts, and a path of one step.
fn is_signer(name: &str) -> bool {
    name.split_once('/').is_some_and(|(domain, path)| {
        domain.contains('.') && names::is_dns_subdomain(domain) && names::is_dns_subdomain(path)
    })
}

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
            // In a RoleBinding, it is the namespace of the binding.
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

/// A ClusterRoleBinding can only refer to a ClusterRole.
fn role_kind(at: &mut Place<'_, '_, '_>) {
    at.choice("kind", if at.is_in("ClusterRoleBinding") { &["ClusterRole"] } else { &["Role", "ClusterRole"] });
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
    if let Some(node) = spec.get("version").filter(|_| !names::is_rfc_1035_label(version)) {
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
