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

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/// All named formats.
#[rustfmt::skip]
pub(super) const ALL: &[Format] = &[
    Format { name: "dns1123Label", check: names::is_dns_label, message: LABEL },
    Format { name: "dns1123Subdomain", check: names::is_dns_subdomain, message: SUBDOMAIN },
    Format { name: "dns1035Label", check: is_label_1035, message: LABEL_1035 },
    Format { name: "qualifiedName", check: names::is_qualified_name, message: QUALIFIED },
    Format { name: "dns1123LabelPrefix", check: |text| names::is_dns_label(&completed(text)), message: LABEL },
    Format { name: "dns1123SubdomainPrefix", check: |text| names::is_dns_subdomain(&completed(text)), message: SUBDOMAIN },
    Format { name: "dns1035LabelPrefix", check: |text| is_label_1035(&completed(text)), message: LABEL_1035 },
    Format { name: "labelValue", check: names::is_label_value, message: LABEL_VALUE },
    Format { name: "uri", check: |text| has_format("uri", text), message: "invalid URI for request" },
    Format { name: "uuid", check: |text| has_format("uuid", text), message: "does not match the UUID format" },
    Format { name: "byte", check: |text| !text.is_empty() && STANDARD.decode(text).is_ok(), message: "invalid base64" },
    Format { name: "date", check: |text| has_format("date", text), message: "invalid date" },
    Format { name: "datetime", check: |text| has_format("datetime", text), message: "invalid datetime" },
];

fn is_label_1035(text: &str) -> bool {
    text.len() <= names::MAX_LABEL && names::has_rfc_1035_form(text)
}

/// Completes a name prefix to a name: after a trailing hyphen, more may follow.
fn completed(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(start) if !start.is_empty() => format!("{start}a"),
        _ => text.to_owned(),
    }
}
