//! Validates object names as Kubernetes does for each kind.

use crate::go::strconv::quote_double;
use crate::kubernetes::names::{
    LABEL_RULE, MAX_LABEL, MAX_SUBDOMAIN, RFC_1035_RULE, SUBDOMAIN_RULE, has_label_form, has_rfc_1035_form,
    has_subdomain_form,
};

/// Returns Helm's message about a name that is invalid for its kind.
pub(super) fn error(kind: &str, name: &str) -> Option<String> {
    let reasons = reasons(kind, name);
    let name = quote_double(name);
    let reasons: Vec<String> =
        reasons.into_iter().map(|reason| format!("metadata.name: Invalid value: {name}: {reason}")).collect();
    let reasons = match reasons.as_slice() {
        [] => return None,
        [only] => only.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Some(format!("object name does not conform to Kubernetes naming requirements: {name}: {reasons}"))
}

/// Returns the reasons why a name is invalid by the rules for its kind. Kinds match in any case.
fn reasons(kind: &str, name: &str) -> Vec<String> {
    match kind.to_lowercase().as_str() {
        "service" => dns_1035_label(name),
        "namespace" => dns_1123_label(name),
        "certificatesigningrequest" => Vec::new(),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => path_segment(name),
        _ => dns_1123_subdomain(name),
    }
}

fn dns_1123_subdomain(name: &str) -> Vec<String> {
    let reason = (!has_subdomain_form(name)).then_some(SUBDOMAIN_RULE.with_example);
    too_long(name, MAX_SUBDOMAIN).into_iter().chain(reason.map(str::to_owned)).collect()
}

fn dns_1123_label(name: &str) -> Vec<String> {
    let reason = if has_label_form(name) {
        None
    } else if has_subdomain_form(name) {
        Some("must not contain dots")
    } else {
        Some(LABEL_RULE.with_example)
    };
    too_long(name, MAX_LABEL).into_iter().chain(reason.map(str::to_owned)).collect()
}

fn dns_1035_label(name: &str) -> Vec<String> {
    let reason = (!has_rfc_1035_form(name)).then_some(RFC_1035_RULE.with_example);
    too_long(name, MAX_LABEL).into_iter().chain(reason.map(str::to_owned)).collect()
}

fn path_segment(name: &str) -> Vec<String> {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    let forbidden = ["/", "%"].into_iter().filter(|forbidden| name.contains(forbidden));
    forbidden.map(|forbidden| format!("may not contain '{forbidden}'")).collect()
}

fn too_long(name: &str, limit: usize) -> Option<String> {
    (name.len() > limit).then(|| format!("must be no more than {limit} characters"))
}
