//! The named string formats (`format.dns1123Label()`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::kubernetes::{has_format, names};

/// A named format.
#[derive(Debug)]
pub struct Format {
    /// The format's name in expressions.
    pub name: &'static str,
    /// Whether a string has this format.
    pub(super) check: fn(&str) -> bool,
    /// The error message for a string that does not have it.
    pub(super) message: &'static str,
}

/// All named formats.
#[rustfmt::skip]
pub(super) const ALL: &[Format] = &[
    Format { name: "dns1123Label", check: names::is_dns_label, message: names::LABEL_RULE.with_example },
    Format { name: "dns1123Subdomain", check: names::is_dns_subdomain, message: names::SUBDOMAIN_RULE.with_example },
    Format { name: "dns1035Label", check: names::is_rfc_1035_label, message: names::RFC_1035_RULE.with_example },
    Format { name: "qualifiedName", check: names::is_qualified_name, message: names::QUALIFIED_RULE.with_example },
    Format { name: "dns1123LabelPrefix", check: |text| names::is_dns_label(&completed(text)), message: names::LABEL_RULE.with_example },
    Format { name: "dns1123SubdomainPrefix", check: |text| names::is_dns_subdomain(&completed(text)), message: names::SUBDOMAIN_RULE.with_example },
    Format { name: "dns1035LabelPrefix", check: |text| names::is_rfc_1035_label(&completed(text)), message: names::RFC_1035_RULE.with_example },
    Format { name: "labelValue", check: names::is_label_value, message: names::LABEL_VALUE_RULE.with_example },
    Format { name: "uri", check: |text| has_format("uri", text), message: "invalid URI for request" },
    Format { name: "uuid", check: |text| has_format("uuid", text), message: "does not match the UUID format" },
    Format { name: "byte", check: |text| !text.is_empty() && STANDARD.decode(text).is_ok(), message: "invalid base64" },
    Format { name: "date", check: |text| has_format("date", text), message: "invalid date" },
    Format { name: "datetime", check: |text| has_format("datetime", text), message: "invalid datetime" },
];

/// Completes a name prefix to a name: after a trailing hyphen, more may follow.
fn completed(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(start) if !start.is_empty() => format!("{start}a"),
        _ => text.to_owned(),
    }
}
