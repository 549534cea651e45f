//! The syntax of strings and numbers, with the API server's messages.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::kubernetes::names;
use crate::yaml::Value;

pub(super) const LABEL: &str = names::LABEL_RULE.text;
pub(super) const SUBDOMAIN: &str = names::SUBDOMAIN_RULE.text;
pub(super) const QUALIFIED: &str = names::QUALIFIED_RULE.text;
pub(super) const LABEL_VALUE: &str = names::LABEL_VALUE_RULE.text;
pub(super) const IP: &str = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
pub(super) const RESERVED: &str = "may not be an unspecified address, nor in the loopback range (127.0.0.0/8, ::1/128), nor in the link-local ranges (169.254.0.0/16, fe80::/10, 224.0.0.0/24, ff02::/10)";
pub(super) const CIDR: &str = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
pub(super) const SEGMENT: &str = "may not be '.' or '..', and may not contain '/' or '%'";
pub(super) const KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
pub(super) const PORT: &str = "must be between 1 and 65535, inclusive";
pub(super) const PORT_NAME: &str =
    "must contain at most 15 lower case alphanumeric characters or single hyphens, and at least one letter";
pub(super) const FILE_MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";
pub(super) const WILDCARD: &str =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain";
pub(super) const RELATIVE: &str = "must be a relative path without '..'";
pub(super) const PERCENT: &str = "must be an integer or percentage (e.g '5%')";

/// Whether a string is an IP address in the strict form of current API servers: without leading zeros, and not IPv4 inside IPv6.
pub(super) fn is_ip(text: &str) -> bool {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => address.to_ipv4_mapped().is_none() && !text.contains('%'),
        Ok(IpAddr::V4(_)) => true,
        Err(_) => false,
    }
}

/// Whether an address can be an endpoint. An invalid address counts as one here, because it is reported separately.
pub(super) fn is_ordinary(text: &str) -> bool {
    match text.parse::<IpAddr>() {
        Ok(address) if address.is_unspecified() || address.is_loopback() => false,
        Ok(IpAddr::V4(address)) => !address.is_link_local() && address.octets()[..3] != [224, 0, 0],
        Ok(IpAddr::V6(address)) => {
            let first = address.segments()[0];
            first & 0xffc0 != 0xfe80 && first & 0xff0f != 0xff02
        }
        Err(_) => true,
    }
}

/// Whether a string is a network in CIDR notation, without bits beyond its prefix.
pub(super) fn is_cidr(text: &str) -> bool {
    network(text).is_some_and(|(address, bits, width)| bits == width || address << bits << (128 - width) == 0)
}

/// Returns a network's address, the length of its prefix, and the width of its address family in bits.
pub(super) fn network(text: &str) -> Option<(u128, u32, u32)> {
    let (address, length) = text.split_once('/')?;
    if length.is_empty() || length.len() > 3 || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if length.len() > 1 && length.starts_with('0') {
        return None;
    }
    let bits: u32 = length.parse().ok()?;
    let (address, width) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    (bits <= width).then_some((address, bits, width))
}

/// Whether a network is a smaller part of another one.
pub(super) fn is_inside(inner: &str, outer: &str) -> bool {
    let (Some(inner), Some(outer)) = (network(inner), network(outer)) else { return true };
    let shift = outer.2 - outer.1;
    let prefix = |address: u128| if shift == 128 { 0 } else { address >> shift };
    inner.2 == outer.2 && inner.1 > outer.1 && prefix(inner.0) == prefix(outer.0)
}

pub(super) fn is_host(text: &str) -> bool {
    if text.contains('*') {
        return text
            .strip_prefix("*.")
            .is_some_and(|rest| text.len() <= names::MAX_SUBDOMAIN && names::has_subdomain_form(rest));
    }
    names::is_dns_subdomain(text)
}

/// Whether a number is a port.
pub(super) fn is_port(number: i64) -> bool {
    (1..=65535).contains(&number)
}

/// Whether a number is a port, or 0 for no port.
pub(super) fn is_port_or_none(number: i64) -> bool {
    number == 0 || is_port(number)
}

/// Whether a name can be a part of a path.
pub(super) fn is_path_segment(text: &str) -> bool {
    text != "." && text != ".." && !text.contains(['/', '%'])
}

/// Whether a path stays inside a volume: it is not absolute, and has no `..`.
pub(super) fn is_local_path(text: &str) -> bool {
    !text.starts_with('/') && text.split('/').all(|part| part != "..")
}

/// Whether a path is that of a file inside a volume, which must not start with two dots either.
pub(super) fn is_file_in_volume(text: &str) -> bool {
    is_local_path(text) && !text.starts_with("..")
}

pub(super) fn has_no_backsteps(text: &str) -> bool {
    text.split('/').all(|part| part != "..")
}

/// Whether a string is the name of a sysctl: lower-case letters, digits, `-` and `_`, in parts separated by dots or slashes.
pub(super) fn is_sysctl(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
            && is_end(part.bytes().next())
            && is_end(part.bytes().last())
    };
    text.len() <= 253 && text.split(['.', '/']).all(is_part)
}

/// Whether a string is a name with a domain in front: `example.com/name`.
pub(super) fn is_domain_prefixed(text: &str) -> bool {
    text.split_once('/').is_some_and(|(domain, path)| {
        let inside = |c: char| c.is_ascii_alphanumeric() || "/.-_~!$&'()*+,;=:@%".contains(c);
        names::is_dns_subdomain(domain) && !path.is_empty() && path.chars().all(inside)
    })
}

/// Whether a string is the name of a header.
pub(super) fn is_header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether a string is an identifier in CEL or Go: letters, digits and underscores.
pub(super) fn is_identifier(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}

/// Whether a container can request a resource: one of Kubernetes' own, or one with a domain in its name.
pub(super) fn is_container_resource(text: &str) -> bool {
    let is_own = ["cpu", "memory", "ephemeral-storage"].contains(&text) || text.starts_with("hugepages-");
    is_own || text.contains('/') && names::is_qualified_name(text)
}

/// Returns the number of a percentage such as `5%`.
pub(super) fn percentage(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%')?;
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if all { digits.parse().ok() } else { None }
}

/// Whether a number is an integer that fits into 32 or 64 bits.
pub(super) fn is_whole(value: &Value, is_32: bool) -> bool {
    let Some(number) = value.as_number() else { return false };
    let limit = if is_32 { f64::from(i32::MAX) } else { i64::MAX as f64 };
    number.fract() == 0.0 && number <= limit && number >= -limit - 1.0
}

/// Decodes standard base64 with padding. Line breaks are ignored, as in Go.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    STANDARD.decode(compact).ok()
}

/// Whether a string is a time of RFC 3339.
pub(super) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let has_date = [0..4, 5..7, 8..10, 11..13, 14..16, 17..19].into_iter().all(digits)
        && signs.iter().all(|(at, sign)| bytes.get(*at) == Some(sign));
    let rest = text.get(19..).unwrap_or_default();
    let zone = rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let is_offset = zone.len() == 6 && zone.starts_with(['+', '-']) && zone.as_bytes()[3] == b':';
    has_date && (zone == "Z" || is_offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses() {
        assert!(
            is_cidr("10.0.0.0/8")
                && is_cidr("::/0")
                && is_cidr("0.0.0.0/0")
                && is_cidr("10.1.2.3/32")
                && is_cidr("fd00::/64")
        );
        assert!(!is_cidr("10.0.0.1/8") && !is_cidr("10.0.0.0") && !is_cidr("10.0.0.0/33") && !is_cidr("10.0.0.0/08"));
        assert!(is_inside("10.1.0.0/16", "10.0.0.0/8") && !is_inside("10.0.0.0/8", "10.0.0.0/8"));
        assert!(!is_inside("11.0.0.0/16", "10.0.0.0/8") && is_inside("10.0.0.0/8", "0.0.0.0/0"));
        assert!(
            is_ip("10.0.0.1") && is_ip("::1") && !is_ip("10.0.0.01") && !is_ip("::ffff:10.0.0.1") && !is_ip("1.2.3")
        );
    }

    #[test]
    fn times_and_numbers() {
        assert!(is_time("2026-01-01T00:00:00Z") && is_time("2026-01-01T00:00:00.5+02:00"));
        assert!(!is_time("2026-01-01") && !is_time("2026-01-01T00:00:00") && !is_time(""));
        assert!(is_whole(&Value::Float(3.0), true) && !is_whole(&Value::Float(3.5), true));
        assert!(!is_whole(&Value::Float(3e9), true) && is_whole(&Value::Float(3e9), false));
    }
}
