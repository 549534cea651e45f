//! Validates email and web addresses as `helm lint` does: with the patterns of its validator library, and with Go's `net/url`.

use regex::Regex;

use crate::go::url::Url;

/// Non-ASCII characters that an email address may contain.
const LETTERS_BEYOND_ASCII: &str = r"\u{A0}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFEF}";
/// Web addresses with this many characters or more are invalid.
const MAX_URL_CHARACTERS: usize = 2083;
/// Shorter web addresses are invalid.
const MIN_URL_BYTES: usize = 4;

/// Whether a string is an email address.
pub(super) fn is_email(text: &str) -> bool {
    let beyond = LETTERS_BEYOND_ASCII;
    let atom = format!(r"[a-zA-Z0-9!#$%&'*+/=?^_`{{|}}~{beyond}-]+");
    let space = r"(?:(?:[ \t]*\r\n)?[ \t]+)?";
    let in_quotes = format!(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f!#-\[\]-~{beyond}]|\([\x01-\x09\x0b-\x7f]");
    // This reproduces an error in the validator's pattern: it expects an opening quote before every character.
    let quoted = format!(r#"(?:"{space}(?:{in_quotes}))*{space}""#);
    let alnum = format!("[a-zA-Z0-9{beyond}]");
    let label = format!("(?:{alnum}(?:[a-zA-Z0-9._~{beyond}-]*{alnum})?)");
    let letter = format!("[a-zA-Z{beyond}]");
    let top = format!("(?:{letter}(?:[a-zA-Z0-9_~{beyond}-]*{letter})?)");
    matches(&format!(r"^(?:{atom}(?:\.{atom})*|{quoted})@(?:{label}\.)+{top}\.?$"), text)
}

/// Whether a string is a web address, with or without a scheme.
pub(super) fn is_url(text: &str) -> bool {
    if text.len() < MIN_URL_BYTES || text.chars().count() >= MAX_URL_CHARACTERS || text.starts_with('.') {
        return false;
    }
    // Without a scheme, a colon introduces a port.
    let with_scheme =
        if text.contains(':') && !text.contains("://") { format!("http://{text}") } else { text.to_owned() };
    let Ok(Url { host, path, .. }) = Url::parse(&with_scheme) else { return false };
    if host.starts_with(b".") || (host.is_empty() && !path.is_empty() && !path.contains(&b'.')) {
        return false;
    }
    let space = r"\t\n\f\r ";
    let word = "a-zA-Z0-9\u{A1}-\u{FFFF}";
    let scheme = "(?:(?:ftp|tcp|udp|wss?|https?)://)";
    let user = format!("(?:[^{space}]+(?::[^{space}]*)?@)");
    let octet = "(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    let ipv4 = format!(r"(?:[1-9][0-9]?|1[0-9]{{2}}|2[01][0-9]|22[0-3]|24[0-9]|25[0-5])(?:\.{octet}){{3}}");
    // Any digits will do in brackets: `Url::parse` has already checked the IPv6 address.
    let ipv6 = r"\[(?:[0-9a-fA-F:.]+|fe80:(?::[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+)\]";
    let name = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9_-]+)?[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*)";
    let subdomain = r"(?:www\.|[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+)";
    let domain = format!("(?:[{word}]+-?-?)*[{word}]+");
    let top = "[a-zA-Z\u{A1}-\u{FFFF}]+";
    let host = format!(r"(?:{ipv4}|{ipv6}|(?:{name}|{subdomain})?{domain}(?:\.{top})?)");
    matches(&format!(r"^{scheme}?{user}?{host}\.?(?::[0-9]{{1,5}})?(?:[/?#][^{space}]*)?$"), text)
}

/// Whether a request could be sent to this address: it is absolute and has a scheme.
pub(super) fn is_request_url(text: &str) -> bool {
    Url::parse_request(text).is_ok_and(|url| !url.scheme.is_empty())
}

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn addresses_are_accepted_as_in_helm() {
        let rows = include_str!("../../tests/cases/lint/addresses.json");
        let rows: Vec<Value> = serde_json::from_str(rows).unwrap();
        assert!(rows.len() > 200);
        let wrong: Vec<&Value> = rows
            .iter()
            .filter(|row| {
                let text = row["text"].as_str().unwrap();
                let taken = match row["field"].as_str().unwrap() {
                    "email" => is_email(text),
                    "url" => is_url(text),
                    _ => is_request_url(text),
                };
                Some(taken) != row["taken"].as_bool()
            })
            .collect();
        assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), rows.len());
    }
}
