//! Checks the formats that Helm asserts in drafts up to 7, with Helm's error messages.

use super::uri;
use crate::go::strconv::{quote_char, quote_double};
use crate::go::time::Zone;
use crate::go::{self, regexp};

/// Checks a text against a format. The error says why it does not match; formats that Helm does not know match everything.
pub(super) fn check(format: &str, text: &str) -> Result<(), String> {
    match format {
        "regex" => regexp::check(text),
        "json-pointer" => json_pointer(text),
        "relative-json-pointer" => relative_json_pointer(text),
        "uuid" => uuid(text),
        "duration" => duration(text),
        "period" => period(text),
        "ipv4" => ipv4(text),
        "ipv6" => ipv6(text),
        "hostname" => hostname(text),
        "email" => email(text),
        "date" => date(text),
        "time" => time(text),
        "date-time" => date_time(text),
        "uri" | "iri" => match uri_reference(text) {
            Ok(()) if uri::scheme(text).is_none() => Err("relative url".to_owned()),
            result => result,
        },
        "uri-reference" | "iri-reference" if text.contains('\\') => Err("contains \\".to_owned()),
        "uri-reference" | "iri-reference" => uri_reference(text),
        "uri-template" => uri_template(text),
        "semver" => semver(text),
        _ => Ok(()),
    }
}

fn fail<T>(reason: impl Into<String>) -> Result<T, String> {
    Err(reason.into())
}

fn invalid_character<T>(c: char) -> Result<T, String> {
    Err(format!("invalid character {}", quote_char(c)))
}

fn json_pointer(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    if !text.starts_with('/') {
        return fail("not starting with /");
    }
    let escapes = text.split('~').skip(1);
    if escapes.into_iter().any(|after| !after.starts_with(['0', '1'])) {
        return fail("~ must be followed by 0 or 1");
    }
    Ok(())
}

fn relative_json_pointer(text: &str) -> Result<(), String> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match text.len() - rest.len() {
        0 => fail("must start with non-negative integer"),
        2.. if text.starts_with('0') => fail("starts with zero"),
        _ if rest == "#" => Ok(()),
        _ => json_pointer(rest),
    }
}

fn uuid(text: &str) -> Result<(), String> {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != LENGTHS.len() {
        return fail("must have 5 elements");
    }
    for (number, (group, length)) in groups.iter().zip(LENGTHS).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", number + 1));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", quote_char(c)));
        }
    }
    Ok(())
}

fn duration(text: &str) -> Result<(), String> {
    let Some(parts) = text.strip_prefix('P') else { return fail("must start with P") };
    if parts.is_empty() {
        return fail("nothing after P");
    }
    if let Some(weeks) = parts.strip_suffix('W') {
        return match weeks {
            "" => fail("no number in week"),
            _ if weeks.bytes().all(|digit| digit.is_ascii_digit()) => Ok(()),
            _ => fail("invalid week"),
        };
    }
    for (number, mut part) in parts.split('T').enumerate() {
        if number > 0 && part.is_empty() {
            return fail("no time elements");
        }
        let Some(&all) = ["YMD", "HMS"].get(number) else { return fail("more than one T") };
        let mut units = all;
        while !part.is_empty() {
            let after = part.trim_start_matches(|c: char| c.is_ascii_digit());
            if after.len() == part.len() {
                return fail("missing number");
            }
            let Some(unit) = after.chars().next() else { return fail("missing unit") };
            match units.find(unit) {
                Some(at) => units = &units[at + 1..],
                None if all.contains(unit) => return Err(format!("unit {} out of order", quote_char(unit))),
                None => return Err(format!("invalid unit {}", quote_char(unit))),
            }
            part = &after[unit.len_utf8()..];
        }
    }
    Ok(())
}

fn period(text: &str) -> Result<(), String> {
    let Some((start, end)) = text.split_once('/') else { return fail("missing slash") };
    let part = |which: &str, text: &str| {
        let (kind, result) =
            if text.starts_with('P') { ("duration", duration(text)) } else { ("date-time", date_time(text)) };
        result.map_err(|reason| format!("invalid {which} {kind}: {reason}"))
    };
    part("start", start)?;
    if start.starts_with('P') {
        return date_time(end).map_err(|reason| format!("invalid end date-time: {reason}"));
    }
    part("end", end)
}

fn ipv4(text: &str) -> Result<(), String> {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return fail("expected four decimals");
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return fail("leading zeros");
        }
        let digits = group.strip_prefix(['+', '-']).unwrap_or(group);
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(format!("strconv.Atoi: parsing {}: invalid syntax", quote_double(group)));
        }
        match group.parse::<i64>() {
            Ok(0..=255) => {}
            Ok(_) => return fail("decimal must be between 0 and 255"),
            Err(_) => return Err(format!("strconv.Atoi: parsing {}: value out of range", quote_double(group))),
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return fail("missing colon");
    }
    let (address, zone) = text.split_once('%').map_or((text, None), |(address, zone)| (address, Some(zone)));
    let refuse = |reason: &str, at: Option<&str>| {
        let at = at.map_or_else(String::new, |at| format!(" (at {})", quote_double(at)));
        Err(format!("ParseAddr({}): {reason}{at}", quote_double(text)))
    };
    if zone == Some("") {
        return refuse("zone must be a non-empty string", None);
    }
    if address.parse::<std::net::Ipv6Addr>().is_ok() {
        return if zone.is_some() { fail("zone id is not a part of ipv6 address") } else { Ok(()) };
    }
    // The address is invalid: parse it again to find Go's error.
    let mut rest = address;
    let mut groups = 0;
    let mut ellipsis = None;
    if let Some(after) = rest.strip_prefix("::") {
        ellipsis = Some(0);
        rest = after;
        if rest.is_empty() {
            return Ok(());
        }
    }
    while groups < 8 {
        let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if length > 4 {
            return refuse("each group must have 4 or less digits", Some(rest));
        }
        if length == 0 {
            return refuse("each colon-separated field must have at least one digit", Some(rest));
        }
        let after = &rest[length..];
        if after.starts_with('.') {
            return refuse("IPv4 field must have at least one digit", Some(rest));
        }
        groups += 1;
        rest = after;
        if rest.is_empty() {
            break;
        }
        let Some(after) = rest.strip_prefix(':') else {
            return refuse("unexpected character, want colon", Some(rest));
        };
        if after.is_empty() {
            return refuse("colon must be followed by more characters", Some(rest));
        }
        rest = after;
        if let Some(after) = rest.strip_prefix(':') {
            if ellipsis.is_some() {
                return refuse("multiple :: in address", Some(rest));
            }
            ellipsis = Some(groups);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return refuse("trailing garbage after address", Some(rest));
    }
    if groups < 8 {
        refuse("address string too short", None)
    } else {
        refuse("the :: must expand to at least one field of zeros", None)
    }
}

fn hostname(text: &str) -> Result<(), String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return fail("more than 253 characters long");
    }
    for label in text.split('.') {
        if label.is_empty() || label.len() > 63 {
            return fail("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return fail("label starts with hyphen");
        }
        if label.ends_with('-') {
            return fail("label ends with hyphen");
        }
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return invalid_character(c);
        }
    }
    Ok(())
}

fn email(text: &str) -> Result<(), String> {
    if text.len() > 254 {
        return fail("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return fail("missing @") };
    if local.len() > 64 {
        return fail("local part more than 64 characters long");
    }
    if local.len() > 1 && local.starts_with('"') {
        let mut inside = local.chars();
        inside.next();
        inside.next_back();
        if inside.as_str().contains(['\\', '"']) {
            return fail("backslash and quote are not allowed within quoted local part");
        }
    } else if local.starts_with('.') {
        return fail("starts with dot");
    } else if local.ends_with('.') {
        return fail("ends with dot");
    } else if local.contains("..") {
        return fail("consecutive dots");
    } else if let Some(c) = local.chars().find(|&c| !c.is_ascii_alphanumeric() && !".!#$%&'*+-/=?^_`{|}~".contains(c)) {
        return invalid_character(c);
    }
    if let Some(address) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address).map_err(|reason| format!("invalid ipv6 address: {reason}")),
            None => ipv4(address).map_err(|reason| format!("invalid ipv4 address: {reason}")),
        };
    }
    hostname(domain).map_err(|reason| format!("invalid domain: {reason}"))
}

fn date(text: &str) -> Result<(), String> {
    go::time::parse(b"2006-01-02", text.as_bytes(), &Zone::UTC).map(drop)
}

fn time(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return fail("less than 9 characters long");
    }
    let bytes = text.as_bytes();
    if bytes[2] != b':' || bytes[5] != b':' {
        return fail("missing colon in correct place");
    }
    let two = |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<i32>().ok());
    let (Some(hour), Some(minute), Some(second)) = (two(0), two(3), two(6)) else {
        return fail("invalid hour/min/sec");
    };
    if hour < 0 || minute < 0 || second < 0 {
        return fail("non-positive hour/min/sec");
    }
    if hour > 23 || minute > 59 || second > 60 {
        return fail("hour/min/sec out of range");
    }
    let mut offset = &text[8..];
    if let Some(fraction) = offset.strip_prefix('.') {
        offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if offset.len() == fraction.len() {
            return fail("no digits in second fraction");
        }
    }
    let mut since_midnight = hour * 60 + minute;
    if offset != "z" && offset != "Z" {
        since_midnight -= time_offset(offset)?;
        if since_midnight < 0 {
            since_midnight += 24 * 60;
        }
    }
    // A leap second is the last second of a day in UTC.
    if second >= 60 && since_midnight != 23 * 60 + 59 { fail("invalid leap second") } else { Ok(()) }
}

/// Parses an offset from UTC, in minutes.
fn time_offset(offset: &str) -> Result<i32, String> {
    if offset.len() != 6 {
        return fail("offset must be 6 characters long");
    }
    let (sign, hours_minutes) = if let Some(rest) = offset.strip_prefix('+') {
        (1, rest)
    } else if let Some(rest) = offset.strip_prefix('-') {
        (-1, rest)
    } else {
        return fail("offset must begin with plus/minus");
    };
    if hours_minutes.as_bytes()[2] != b':' {
        return fail("missing colon in offset in correct place");
    }
    let two = |at: usize| hours_minutes.get(at..at + 2).and_then(|digits| digits.parse::<i32>().ok());
    match (two(0), two(3)) {
        (Some(hours), Some(minutes)) if hours < 0 || minutes < 0 => fail("non-positive hour/min in offset"),
        (Some(hours), Some(minutes)) if hours > 23 || minutes > 59 => fail("hour/min in offset out of range"),
        (Some(hours), Some(minutes)) => Ok(sign * (hours * 60 + minutes)),
        _ => fail("invalid hour/min in offset"),
    }
}

fn date_time(text: &str) -> Result<(), String> {
    if text.len() < 20 {
        return fail("less than 20 characters long");
    }
    if !matches!(text.as_bytes()[10], b't' | b'T') {
        return fail("11th character must be t or T");
    }
    date(&text[..10]).map_err(|reason| format!("invalid date element: {reason}"))?;
    time(&text[11..]).map_err(|reason| format!("invalid time element: {reason}"))
}

/// Checks a URI reference like Go's `url.Parse`.
fn uri_reference(text: &str) -> Result<(), String> {
    let refuse = |reason: &str| Err(format!("parse {}: {reason}", quote_double(text)));
    if text.chars().any(|c| c.is_ascii_control()) {
        return refuse("net/url: invalid control character in URL");
    }
    if text.starts_with(':') {
        return refuse("missing protocol scheme");
    }
    let (main, fragment) = uri::split_fragment(text);
    if let Some(escape) = bad_escape(fragment) {
        return refuse(&format!("invalid URL escape {}", quote_double(escape)));
    }
    let scheme = uri::scheme(main);
    let rest = scheme.map_or(main, |scheme| &main[scheme.len() + 1..]);
    let path = rest.split('?').next().unwrap_or(rest);
    if scheme.is_none() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
        return refuse("first path segment in URL cannot contain colon");
    }
    if scheme.is_some() && !rest.starts_with('/') {
        return Ok(());
    }
    let (authority, path) = match path.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", path),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = match host.strip_prefix('[') {
        Some(inside) => match inside.rsplit_once(']') {
            Some((address, port)) => {
                if address.contains(':')
                    && let Err(reason) = ipv6(address)
                {
                    return Err(format!("invalid ipv6 address: {reason}"));
                }
                (address, port)
            }
            None => return refuse("missing ']' in host"),
        },
        None => host.find(':').map_or((host, ""), |colon| host.split_at(colon)),
    };
    if port.strip_prefix(':').unwrap_or(port).bytes().any(|byte| !byte.is_ascii_digit())
        || !(port.is_empty() || port.starts_with(':'))
    {
        return refuse(&format!("invalid port {} after host", quote_double(port)));
    }
    if let Some(c) = name.chars().find(|c| " \"<>\\^`{|}".contains(*c) && !host.starts_with('[')) {
        return refuse(&format!("invalid character {} in host name", quote_double(c.encode_utf8(&mut [0; 4]))));
    }
    match bad_escape(path) {
        Some(escape) => refuse(&format!("invalid URL escape {}", quote_double(escape))),
        None => Ok(()),
    }
}

/// Returns the first `%` that is not followed by two hexadecimal digits, with up to two characters after it.
fn bad_escape(text: &str) -> Option<&str> {
    text.match_indices('%').map(|(at, _)| &text[at..]).find_map(|escape| {
        let digits = escape.as_bytes().get(1..3);
        let valid = digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        (!valid).then(|| &escape[..escape.char_indices().nth(3).map_or(escape.len(), |(end, _)| end)])
    })
}

fn uri_template(text: &str) -> Result<(), String> {
    let path = text.split(['?', '#']).next().unwrap_or(text);
    if !path.contains(['{', '}']) {
        return uri_reference(text);
    }
    for segment in path.split('/') {
        let mut open = false;
        for brace in segment.chars().filter(|c| matches!(c, '{' | '}')) {
            if (brace == '{') == open {
                return fail("nested curly braces");
            }
            open = !open;
        }
        if open {
            return fail("no matching closing brace");
        }
    }
    Ok(())
}

fn semver(text: &str) -> Result<(), String> {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let allowed = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    if let Some(build) = build {
        if build.is_empty() {
            return fail("build is empty");
        }
        for identifier in build.split('.') {
            if identifier.is_empty() {
                return fail("build identifier is empty");
            }
            if let Some(c) = identifier.chars().find(|c| !allowed(c)) {
                return Err(format!("invalid character {} in build identifier", quote_char(c)));
            }
        }
    }
    let (core, pre_release) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
    for identifier in pre_release.into_iter().flat_map(|pre_release| pre_release.split('.')) {
        if identifier.is_empty() {
            return fail("pre-release identifier is empty");
        }
        if let Some(c) = identifier.chars().find(|c| !allowed(c)) {
            return Err(format!("invalid character {} in pre-release identifier", quote_char(c)));
        }
        let digits = identifier.bytes().all(|byte| byte.is_ascii_digit());
        if digits && identifier.len() > 1 && identifier.starts_with('0') {
            return fail("pre-release numeric identifier starts with zero");
        }
    }
    let versions: Vec<&str> = core.split('.').collect();
    if versions.len() != 3 {
        return fail("versionCore must have 3 numbers separated by dot");
    }
    for (version, name) in versions.into_iter().zip(["major", "minor", "patch"]) {
        if version.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if version.len() > 1 && version.starts_with('0') {
            return Err(format!("{name} starts with zero"));
        }
        if version.bytes().any(|byte| !byte.is_ascii_digit()) {
            return Err(format!("{name} contains non-digit"));
        }
    }
    Ok(())
}
