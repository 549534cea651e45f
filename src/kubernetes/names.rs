//! The syntax of names, labels and keys (k8s.io/apimachinery, `validation`).

/// The maximum length of a DNS label.
pub const MAX_LABEL: usize = 63;
/// The maximum length of a DNS subdomain.
pub const MAX_SUBDOMAIN: usize = 253;

/// A rule for names, as the API server's messages state it.
#[derive(Debug)]
pub struct NameRule {
    /// The rule.
    pub text: &'static str,
    /// The rule with an example and the pattern.
    pub with_example: &'static str,
}

macro_rules! name_rule {
    ($text:literal, $example:literal, $pattern:literal) => {
        NameRule {
            text: $text,
            with_example: concat!($text, " (e.g. ", $example, ", regex used for validation is '", $pattern, "')"),
        }
    };
}

/// The rule for labels of RFC 1123.
pub const LABEL_RULE: NameRule = name_rule!(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    "'my-name',  or '123-abc'",
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
);

/// The rule for subdomains of RFC 1123.
pub const SUBDOMAIN_RULE: NameRule = name_rule!(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    "'example.com'",
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
);

/// The rule for labels of RFC 1035.
pub const RFC_1035_RULE: NameRule = name_rule!(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    "'my-name',  or 'abc-123'",
    "[a-z]([-a-z0-9]*[a-z0-9])?"
);

/// The rule for the last part of qualified names.
pub const QUALIFIED_RULE: NameRule = name_rule!(
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    "'MyName',  or 'my.name',  or '123-abc'",
    "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
);

/// The rule for values of labels.
pub const LABEL_VALUE_RULE: NameRule = name_rule!(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    "'MyValue',  or 'my_value',  or '12345'",
    "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
);

/// Whether a string is a DNS label: at most 63 lower-case letters, digits and hyphens (RFC 1123).
pub fn is_dns_label(text: &str) -> bool {
    text.len() <= MAX_LABEL && has_label_form(text)
}

/// Whether a string is a label of RFC 1035: a DNS label that begins with a letter.
pub fn is_rfc_1035_label(text: &str) -> bool {
    text.len() <= MAX_LABEL && has_rfc_1035_form(text)
}

/// Whether a string is a DNS subdomain: labels separated by dots, at most 253 characters (RFC 1123).
pub fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= MAX_SUBDOMAIN && has_subdomain_form(text)
}

/// Whether a string consists of lower-case letters, digits and inner hyphens, with any length: `[a-z0-9]([-a-z0-9]*[a-z0-9])?`.
pub fn has_label_form(text: &str) -> bool {
    let is_end = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| is_end(byte) || *byte == b'-')
        && bytes.first().is_some_and(is_end)
        && bytes.last().is_some_and(is_end)
}

/// Whether a string has the form of a label that starts with a letter: `[a-z]([-a-z0-9]*[a-z0-9])?` (RFC 1035).
pub fn has_rfc_1035_form(text: &str) -> bool {
    has_label_form(text) && text.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Whether a string consists of labels separated by dots, with any length.
pub fn has_subdomain_form(text: &str) -> bool {
    text.split('.').all(has_label_form)
}

/// Whether a string can be the value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit
/// at both ends.
pub fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_qualified_part(text)
}

fn is_qualified_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    text.len() <= MAX_LABEL
        && bytes.iter().all(inside)
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether a string can be the key of a label or annotation: a name, optionally preceded by a DNS subdomain and `/`.
pub fn is_qualified_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_qualified_part(name),
        None => is_qualified_part(text),
    }
}

/// Whether a string is the name of a port (RFC 6335): at most 15 lower-case letters, digits and single hyphens, with at least one
/// letter.
pub fn is_port_name(text: &str) -> bool {
    text.len() <= 15
        && has_label_form(text)
        && !text.contains("--")
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether a string can be a key in a ConfigMap or Secret.
pub fn is_config_key(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty()
        && text.len() <= MAX_SUBDOMAIN
        && text.bytes().all(inside)
        && text != "."
        && !text.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_rules_of_all_kinds() {
        assert!(is_dns_label("a-1") && !is_dns_label("a.b") && !is_dns_label("-a") && !is_dns_label(""));
        assert!(is_dns_subdomain("a.b-c.1") && !is_dns_subdomain("a..b") && !is_dns_subdomain("A"));
        assert!(
            is_qualified_name("app.kubernetes.io/Name_x") && !is_qualified_name("a/b/c") && !is_qualified_name("a/")
        );
        assert!(is_label_value("") && !is_label_value("a b") && !is_label_value(&"a".repeat(64)));
        assert!(
            is_port_name("c2s-tls")
                && !is_port_name("123")
                && !is_port_name("a--b")
                && !is_port_name("a-very-long-port-name")
        );
        assert!(is_config_key("a.toml") && !is_config_key("a/b") && !is_config_key(".."));
    }
}
