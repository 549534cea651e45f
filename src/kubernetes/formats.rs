//! The string formats in schemas of CustomResourceDefinitions, as the API server checks them (k8s.io/kube-openapi, `strfmt`).

use std::net::Ipv6Addr;

use super::names;
use crate::go::time::{Duration, days_in};
use crate::go::url::Url;

/// The formats that the server knows.
const KNOWN: [&str; 26] = [
    "bsonobjectid",
    "byte",
    "cidr",
    "creditcard",
    "date",
    "datetime",
    "duration",
    "email",
    "hexcolor",
    "hostname",
    "ipv4",
    "ipv6",
    "isbn",
    "isbn10",
    "isbn13",
    "k8slongname",
    "k8sshortname",
    "mac",
    "password",
    "rgbcolor",
    "ssn",
    "uri",
    "uuid",
    "uuid3",
    "uuid4",
    "uuid5",
];

/// Whether the server knows a format. It ignores unknown formats.
pub fn is_known_format(format: &str) -> bool {
    KNOWN.contains(&format.replace('-', "").as_str())
}

/// Whether a string has a format. Formats that the server does not know, and those that are not checked here (`isbn`,
/// `creditcard`), accept every string.
pub fn has_format(format: &str, text: &str) -> bool {
    match format.replace('-', "").as_str() {
        "bsonobjectid" => text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "cidr" => is_network(text),
        "date" => is_date(text),
        "datetime" => is_date_time(text),
        "duration" => is_duration(text),
        "email" => is_email(text),
        "hexcolor" => {
            let digits = text.strip_prefix('#').unwrap_or(text);
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        "hostname" => is_host(text),
        "ipv4" => text.contains('.') && is_address(text),
        "ipv6" => text.contains(':') && is_address(text),
        "k8slongname" => names::is_dns_subdomain(text),
        "k8sshortname" => names::is_dns_label(text),
        "mac" => is_mac(text),
        "rgbcolor" => is_rgb(text),
        "ssn" => {
            let form =
                |at: usize, byte: u8| if matches!(at, 3 | 6) { b"- ".contains(&byte) } else { byte.is_ascii_digit() };
            text.len() == 11 && text.bytes().enumerate().all(|(at, byte)| form(at, byte))
        }
        "uri" => Url::parse_request(text).is_ok(),
        "uuid" => uuid(text).is_some(),
        "uuid3" => uuid(text).is_some_and(|digits| digits[12] == b'3'),
        "uuid4" => uuid(text).is_some_and(|digits| digits[12] == b'4' && b"89ab".contains(&digits[16])),
        "uuid5" => uuid(text).is_some_and(|digits| digits[12] == b'5' && b"89ab".contains(&digits[16])),
        _ => true,
    }
}

/// Whether a string is an IP address. The numbers of an IPv4 address may have leading zeros.
fn is_address(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok() || is_address_of_4(text)
}

fn is_address_of_4(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| number(part, 255))
}

/// Whether a string is a non-negative whole number that is not greater than `most`.
fn number(text: &str, most: u32) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u32>().is_ok_and(|number| number <= most)
}

fn is_network(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<Ipv6Addr>().is_ok() && number(bits, 128) || is_address_of_4(address) && number(bits, 32)
    })
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    if (year.len(), month.len(), day.len()) != (4, 2, 2)
        || !number(year, 9999)
        || !number(month, 12)
        || !number(day, 31)
    {
        return false;
    }
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse::<u32>()) else { return false };
    month > 0 && (1..=days_in(month, year)).contains(&day)
}

/// Whether a string is a date with a time, whose hour, minute and second are in range.
fn is_date_time(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let Some((date, time)) = text.split_once('t') else { return false };
    let bytes = time.as_bytes();
    let pair = |at: usize, most: u32| time.get(at..at + 2).is_some_and(|digits| number(digits, most));
    let has_colons = |at: usize| bytes.get(at) == Some(&b':');
    if !(is_date(date) && pair(0, 23) && has_colons(2) && pair(3, 59) && has_colons(5) && pair(6, 59)) {
        return false;
    }
    let Some(rest) = time.get(8..) else { return false };
    // Any character may precede the fraction: the dot in Go's pattern is not escaped.
    let mut after = rest.chars();
    let fraction = after.next().map(|_| after.as_str().trim_start_matches(|c: char| c.is_ascii_digit()));
    let is_zone = |zone: &str| {
        zone == "z"
            || zone.strip_prefix(['+', '-']).and_then(|zone| zone.split_once(':')).is_some_and(|(hours, minutes)| {
                hours.len() == 2 && minutes.len() == 2 && number(hours, 99) && number(minutes, 99)
            })
    };
    is_zone(rest) || fraction.is_some_and(|zone| rest.len() > zone.len() + 1 && is_zone(zone))
}

/// The names of units. A word that starts with the last name of a unit is accepted too.
const UNITS: [&[&str]; 8] = [
    &["ns", "nano"],
    &["us", "µs", "micro"],
    &["ms", "milli"],
    &["s", "sec"],
    &["m", "min"],
    &["h", "hr", "hour"],
    &["d", "day"],
    &["w", "wk", "week"],
];

/// Whether a string is a duration of Go, or contains a number followed by a unit.
fn is_duration(text: &str) -> bool {
    if Duration::parse(text.as_bytes()).is_ok() {
        return true;
    }
    let is_unit = |word: &str| {
        let word = word.to_lowercase();
        UNITS
            .iter()
            .any(|names| names.contains(&word.as_str()) || names.last().is_some_and(|last| word.starts_with(last)))
    };
    let (mut rest, mut found) = (text, false);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[start..].trim_start_matches(|c: char| c.is_ascii_digit());
        let count = &rest[start..rest.len() - digits.len()];
        let word = digits.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        let after = word.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ');
        let unit = &word[..word.len() - after.len()];
        if !unit.is_empty() {
            if count.parse::<i64>().is_err() {
                return false;
            }
            found |= is_unit(unit);
        }
        rest = after;
    }
    found
}

/// Whether a string is an email address, with or without a display name.
fn is_email(text: &str) -> bool {
    let address = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')).map_or(text, |(_, address)| address);
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let is_atom = |text: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii();
        text.split('.').all(|part| !part.is_empty() && part.chars().all(is_plain))
    };
    let is_quoted =
        local.len() > 2 && local.starts_with('"') && local.ends_with('"') && !local[1..local.len() - 1].contains('"');
    (is_atom(local) || is_quoted) && is_atom(domain)
}

/// Whether a string is a host name: a label with no hyphen except after its first character, or several labels of which the last
/// consists of letters.
fn is_host(text: &str) -> bool {
    let is_word = |c: char| {
        c.is_ascii_alphanumeric()
            || "$+<=>^`|~".contains(c)
            || !c.is_ascii() && (c.is_alphabetic() || !c.is_alphanumeric())
    };
    let is_label = |label: &str| {
        label.starts_with(is_word) && label.ends_with(is_word) && label.chars().all(|c| is_word(c) || c == '-')
    };
    if text.len() > 255 || text.split('.').any(|label| label.len() > 63) {
        return false;
    }
    match text.rsplit_once('.') {
        None => {
            let mut characters = text.chars();
            characters.next().is_some_and(is_word)
                && characters.as_str().strip_prefix('-').unwrap_or(characters.as_str()).chars().all(is_word)
        }
        Some((labels, last)) => {
            labels.split('.').all(is_label) && last.chars().count() >= 2 && last.chars().all(char::is_alphabetic)
        }
    }
}

/// Whether a string is a MAC address of 6, 8 or 20 bytes: pairs of hexadecimal digits separated by colons or hyphens, or groups
/// of four separated by dots.
fn is_mac(text: &str) -> bool {
    let has_groups = |separator: char, digits: usize| {
        let parts: Vec<&str> = text.split(separator).collect();
        matches!(parts.len() * digits / 2, 6 | 8 | 20)
            && parts.iter().all(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    has_groups(':', 2) || has_groups('-', 2) || has_groups('.', 4)
}

fn is_rgb(text: &str) -> bool {
    let inner = text.strip_prefix("rgb(").and_then(|text| text.strip_suffix(')'));
    let is_part = |part: &str| number(part, 255) && (part == "0" || !part.starts_with('0'));
    inner.is_some_and(|inner| {
        let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
        parts.len() == 3 && parts.iter().all(|part| is_part(part))
    })
}

/// Returns the digits of a UUID in lower case. Hyphens are optional, but only allowed in their places.
fn uuid(text: &str) -> Option<Vec<u8>> {
    let mut digits = Vec::with_capacity(32);
    for byte in text.bytes() {
        match byte {
            b'-' if matches!(digits.len(), 8 | 12 | 16 | 20) => {}
            digit if digit.is_ascii_hexdigit() => digits.push(digit.to_ascii_lowercase()),
            _ => return None,
        }
    }
    (digits.len() == 32 && !text.contains("--") && !text.ends_with('-')).then_some(digits)
}
