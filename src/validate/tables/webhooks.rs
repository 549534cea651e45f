//! The addresses of webhooks, and how they are called (k8s.io/apiserver, `pkg/util/webhook/validation.go`).

use super::place::Place;
use crate::kubernetes::names;

pub(super) const PATH: &str = "must start with a '/', and each part of it must be a DNS subdomain";

/// Whether a string is a path of a service.
pub(super) fn is_path(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    rest.is_empty() || rest != "/" && rest.strip_suffix('/').unwrap_or(rest).split('/').all(names::is_dns_subdomain)
}

/// Checks the URL of a webhook outside of the cluster. A webhook that is a service too is reported elsewhere.
pub(super) fn url(at: &mut Place<'_, '_, '_>) {
    if !at.is_set("url") || at.is_set("service") {
        return;
    }
    let url = at.text("url");
    let rest = url.strip_prefix("https://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() {
        at.invalid("url", "'https' is the only allowed URL scheme, and the host must be specified");
    } else if host.contains('@') {
        at.invalid("url", "user information is not permitted in the URL");
    } else if url.contains('#') || url.contains('?') {
        at.invalid("url", "fragments and query parameters are not permitted in the URL");
    }
}

impl Place<'_, '_, '_> {
    /// Checks the review versions that a webhook accepts, of which the server must support at least one.
    pub(super) fn webhook_versions(&mut self, field: &str) {
        let versions = self.indexed_texts(field);
        if versions.is_empty() {
            if self.fields.get(field).is_none_or(|node| node.value.is_null() || node.value.as_list().is_some()) {
                self.required(field, "must specify one of v1, v1beta1");
            }
            return;
        }
        if !versions.iter().any(|(_, version)| ["v1", "v1beta1"].contains(version)) {
            self.invalid(field, "must include at least one of v1, v1beta1");
        }
        for (at, (index, version)) in versions.iter().enumerate() {
            if versions[..at].iter().any(|(_, before)| before == version) {
                self.invalid_item(field, *index, "duplicate version");
            } else if !names::is_rfc_1035_label(version) {
                self.invalid_item(field, *index, "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character");
            }
        }
    }
}
