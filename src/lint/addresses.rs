//! Email and web addresses as Helm's `lint` takes them: by the patterns of its validator, and as Go's `net/url` parses them.

use std::net::Ipv6Addr;

use regex::Regex;

/// Characters beyond ASCII that an email address may have.
const LETTERS_BEYOND_ASCII: &str = r"\u{A0}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFEF}";
/// Longer addresses are none.
const MAX_URL_CHARACTERS: usize = 2083;
/// Shorter addresses are none either.
const MIN_URL_BYTES: usize = 4;

/// Whether a text is an email address.
pub(super) fn is_email(text: &str) -> bool {
    let beyond = LETTERS_BEYOND_ASCII;
    let atom = format!(r"[a-zA-Z0-9!#$%&'*+/=?^_`{{|}}~{beyond}-]+");
    let space = r"(?:(?:[ \t]*\r\n)?[ \t]+)?";
    let in_quotes = format!(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f!#-\[\]-~{beyond}]|\([\x01-\x09\x0b-\x7f]");
    // A slip of the validator's: the opening quote comes before every character again.
    let quoted = format!(r#"(?:"{space}(?:{in_quotes}))*{space}""#);
    let alnum = format!("[a-zA-Z0-9{beyond}]");
    let label = format!("(?:{alnum}(?:[a-zA-Z0-9._~{beyond}-]*{alnum})?)");
    let letter = format!("[a-zA-Z{beyond}]");
    let top = format!("(?:{letter}(?:[a-zA-Z0-9_~{beyond}-]*{letter})?)");
    matches(&format!(r"^(?:{atom}(?:\.{atom})*|{quoted})@(?:{label}\.)+{top}\.?$"), text)
}

/// Whether a text is a web address, with a scheme or without.
pub(super) fn is_url(text: &str) -> bool {
    if text.len() < MIN_URL_BYTES || text.chars().count() >= MAX_URL_CHARACTERS || text.starts_with('.') {
        return false;
    }
    // A colon without a scheme is that of a port.
    let with_scheme =
        if text.contains(':') && !text.contains("://") { format!("http://{text}") } else { text.to_owned() };
    let (address, fragment) = with_scheme.split_once('#').unwrap_or((&with_scheme, ""));
    let Some(Address { host, path, .. }) = Address::parse(address, false) else { return false };
    if !escapes_are_sound(fragment) || host.starts_with('.') {
        return false;
    }
    if host.is_empty() && !path.is_empty() && !path.contains('.') {
        return false;
    }
    let space = r"\t\n\f\r ";
    let word = "a-zA-Z0-9\u{A1}-\u{FFFF}";
    let scheme = "(?:(?:ftp|tcp|udp|wss?|https?)://)";
    let user = format!("(?:[^{space}]+(?::[^{space}]*)?@)");
    let octet = "(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    let ipv4 = format!(r"(?:[1-9][0-9]?|1[0-9]{{2}}|2[01][0-9]|22[0-3]|24[0-9]|25[0-5])(?:\.{octet}){{3}}");
    // Whether it is an address of version 6 has been seen by then.
    let ipv6 = r"\[(?:[0-9a-fA-F:.]+|fe80:(?::[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+)\]";
    let name = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9_-]+)?[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*)";
    let subdomain = r"(?:www\.|[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+)";
    let domain = format!("(?:[{word}]+-?-?)*[{word}]+");
    let top = "[a-zA-Z\u{A1}-\u{FFFF}]+";
    let host = format!(r"(?:{ipv4}|{ipv6}|(?:{name}|{subdomain})?{domain}(?:\.{top})?)");
    matches(&format!(r"^{scheme}?{user}?{host}\.?(?::[0-9]{{1,5}})?(?:[/?#][^{space}]*)?$"), text)
}

/// Whether a text is an address that a request can be sent to: one with a scheme.
pub(super) fn is_request_url(text: &str) -> bool {
    Address::parse(text, true).is_some_and(|address| !address.scheme.is_empty())
}

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

/// The parts of an address that are asked for.
struct Address<'a> {
    scheme: &'a str,
    host: &'a str,
    path: &'a str,
}

impl<'a> Address<'a> {
    /// Takes an address apart as Go does, without its fragment; `None` where Go has an error for it.
    fn parse(text: &'a str, for_request: bool) -> Option<Address<'a>> {
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7F) || (text.is_empty() && for_request) {
            return None;
        }
        if text == "*" {
            return Some(Address { scheme: "", host: "", path: "*" });
        }
        let (scheme, rest) = split_scheme(text)?;
        let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                return Some(Address { scheme, host: "", path: "" });
            }
            let first = rest.split('/').next().unwrap_or(rest);
            if for_request || first.contains(':') {
                return None;
            }
        }
        let may_have_host = !scheme.is_empty() || (!for_request && !rest.starts_with("///"));
        let (host, path) = match rest.strip_prefix("//") {
            Some(rest) if may_have_host => {
                let end = rest.find('/').unwrap_or(rest.len());
                (host_of(scheme, &rest[..end])?, &rest[end..])
            }
            _ => ("", rest),
        };
        escapes_are_sound(path).then_some(Address { scheme, host, path })
    }
}

/// The scheme, and what follows its colon; a colon at the very start is a mistake.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')));
    match end {
        _ if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == ':') => Some(("", text)),
        Some(0) => None,
        Some(end) if text[end..].starts_with(':') => Some((&text[..end], &text[end + 1..])),
        _ => Some(("", text)),
    }
}

/// The host of `user:password@host:port`, with its port.
fn host_of<'a>(scheme: &str, authority: &'a str) -> Option<&'a str> {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (user, host),
        None => ("", authority),
    };
    let user_is_sound = user.chars().all(|c| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c));
    (user_is_sound && escapes_are_sound(user) && host_is_sound(scheme, host)).then_some(host)
}

fn host_is_sound(scheme: &str, host: &str) -> bool {
    if host.contains('[') {
        let parts = host.strip_prefix('[').and_then(|rest| rest.rsplit_once(']'));
        let Some((inside, port)) = parts else { return false };
        let (literal, zone) = inside.split_once("%25").map_or((inside, None), |(literal, zone)| (literal, Some(zone)));
        return port_is_sound(port) && zone.is_none_or(zone_is_sound) && literal.parse::<Ipv6Addr>().is_ok();
    }
    let strict = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let colon = if strict { host.find(':') } else { host.rfind(':') };
    port_is_sound(colon.map_or("", |colon| &host[colon..])) && bytes_are_of_a_host(host) && host_escapes_are_sound(host)
}

/// The zone of an IPv6 address: what a host may have, escaped or not, and escaped spaces.
fn zone_is_sound(zone: &str) -> bool {
    let allowed = |byte: u8| byte == b' ' || byte == b'%' || is_of_a_host(byte);
    let escapes = zone.split('%').skip(1).all(|rest| escaped(rest).is_some_and(allowed));
    !zone.is_empty() && bytes_are_of_a_host(zone) && escapes
}

/// Whether all stand for themselves in a host, or begin an escape.
fn bytes_are_of_a_host(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'%' || !byte.is_ascii() || is_of_a_host(byte))
}

fn is_of_a_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:[]<>\"".contains(&byte)
}

/// A port with its colon, or nothing.
fn port_is_sound(port: &str) -> bool {
    port.is_empty() || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether every `%` begins an escape of two hexadecimal digits.
fn escapes_are_sound(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| escaped(rest).is_some())
}

/// In a host only what is beyond ASCII is escaped, and the sign itself.
fn host_escapes_are_sound(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| escaped(rest).is_some_and(|byte| byte >= 0x80 || byte == b'%'))
}

fn escaped(rest: &str) -> Option<u8> {
    let digits = rest.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn addresses_are_taken_as_helm_takes_them() {
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
