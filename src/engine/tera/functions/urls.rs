//! Addresses as Go's `net/url` takes them apart and puts them together.

use std::net::Ipv6Addr;

use tera::value::Key;
use tera::{Map, Value};

use super::Function;
use super::call::{Answer, Call, Failure, kind_name};
use crate::go_text::quote_double;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "urlParse",
        &["url"],
        "A map of an address's parts: scheme, host, hostname, path, query, opaque, fragment, userinfo.",
        |call| {
            let url = call.text("url")?;
            let parsed = Url::parse(url).map_err(|error| Failure::call(format!("unable to parse url: {error}")))?;
            let parts = [
                ("fragment", parsed.fragment.as_str()),
                ("host", &parsed.host),
                ("hostname", hostname(&parsed.host)),
                ("opaque", &parsed.opaque),
                ("path", &parsed.path),
                ("query", &parsed.query),
                ("scheme", &parsed.scheme),
                ("userinfo", parsed.userinfo.as_deref().unwrap_or("")),
            ];
            Ok(Value::from(parts.into_iter().map(|(key, part)| (Key::Str(key), Value::from(part))).collect::<Map>()))
        },
    ),
    Function::new("urlJoin", &["parts"], "The address that a map as `urlParse` gives stands for.", join),
    Function::new("urlquery", &["text"], "The text escaped for the query of an address.", |call| {
        Ok(Value::from(escape(call.printed("text")?.as_bytes(), Part::Query)))
    }),
];

/// An address. Path, host and fragment are decoded, the rest is as it stands in a text.
#[derive(Debug, Default)]
struct Url {
    scheme: String,
    opaque: String,
    userinfo: Option<String>,
    host: String,
    path: String,
    query: String,
    fragment: String,
}

/// A part of an address, each of which has its own set of characters that stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Userinfo,
    Host,
    /// The zone of an IPv6 address.
    Zone,
    Path,
    Query,
    Fragment,
}

impl Part {
    fn allows(self, byte: u8) -> bool {
        let own: &[u8] = match self {
            Part::Userinfo => b"$&+,;=",
            Part::Host | Part::Zone => b"!$&'()*+,;=:[]<>\"",
            Part::Path => b"$&+,/:;=@",
            Part::Query => b"",
            Part::Fragment => b"$&+,/:;=?@!()*",
        };
        byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || own.contains(&byte)
    }
}

fn escape(text: impl AsRef<[u8]>, part: Part) -> String {
    let mut out = String::new();
    for &byte in text.as_ref() {
        match byte {
            b' ' if part == Part::Query => out.push('+'),
            byte if part.allows(byte) => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn unescape(text: &str, part: Part) -> Result<String, String> {
    unescaped_bytes(text, part).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn unescaped_bytes(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let wrong_escape = |written: &str| format!("invalid URL escape {}", quote_double(written));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if byte == b'%' {
            let digits =
                text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let end = text.ceil_char_boundary((at + 3).min(text.len()));
            let decoded = decoded.ok_or_else(|| wrong_escape(&text[at..end]))?;
            // In a host only what is no ASCII may be escaped, and the sign of an escape itself.
            let is_sound = match part {
                Part::Host => decoded >= 0x80 || decoded == b'%',
                Part::Zone => decoded == b'%' || decoded == b' ' || Part::Host.allows(decoded),
                _ => true,
            };
            if !is_sound {
                return Err(wrong_escape(&text[at..end]));
            }
            bytes.push(decoded);
            at += 3;
        } else {
            if matches!(part, Part::Host | Part::Zone) && byte.is_ascii() && !part.allows(byte) {
                let c = char::from(byte).to_string();
                return Err(format!("invalid character {} in host name", quote_double(&c)));
            }
            bytes.push(byte);
            at += 1;
        }
    }
    Ok(bytes)
}

impl Url {
    /// Takes an address apart.
    ///
    /// # Errors
    /// Go's words, with the address.
    fn parse(text: &str) -> Result<Url, String> {
        let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
        let in_words = |address: &str| {
            let address = quote_double(address);
            move |error: String| format!("parse {address}: {error}")
        };
        let mut url = Url::parse_address(address).map_err(in_words(address))?;
        url.fragment = unescape(fragment, Part::Fragment).map_err(in_words(text))?;
        Ok(url)
    }

    fn parse_address(text: &str) -> Result<Url, String> {
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Url::default();
        let rest = match text.split_once(':') {
            Some(("", _)) => return Err("missing protocol scheme".to_owned()),
            Some((scheme, rest)) if is_scheme(scheme) => {
                url.scheme = scheme.to_ascii_lowercase();
                rest
            }
            _ => text,
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        url.query = query.to_owned();
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_owned();
                return Ok(url);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let path = match rest.strip_prefix("//") {
            Some(rest) if !url.scheme.is_empty() || !rest.starts_with('/') => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let (userinfo, host) =
                    authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
                url.host = parse_host(&url.scheme, host)?;
                url.userinfo = userinfo.map(userinfo_as_written).transpose()?;
                path
            }
            _ => rest,
        };
        url.path = unescape(path, Part::Path)?;
        Ok(url)
    }

    /// Puts an address together.
    fn write(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out.extend([&self.scheme, ":"]);
        }
        if self.opaque.is_empty() {
            let has_authority = !self.host.is_empty() || self.userinfo.is_some();
            if has_authority || (!self.scheme.is_empty() && !self.path.is_empty()) {
                out.push_str("//");
            }
            if let Some(userinfo) = &self.userinfo {
                out.extend([userinfo, "@"]);
            }
            out.push_str(&escape(&self.host, Part::Host));
            let path = if self.path == "*" { "*".to_owned() } else { escape(&self.path, Part::Path) };
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                out.push('/');
            }
            // What looks like a scheme must not become one.
            if out.is_empty() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
                out.push_str("./");
            }
            out.push_str(&path);
        } else {
            out.push_str(&self.opaque);
        }
        if !self.query.is_empty() {
            out.extend(["?", &self.query]);
        }
        if !self.fragment.is_empty() {
            out.extend(["#", &escape(&self.fragment, Part::Fragment)]);
        }
        out
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn parse_host(scheme: &str, host: &str) -> Result<String, String> {
    match host.rfind('[') {
        Some(0) => parse_ip_literal(host),
        Some(_) => Err("invalid IP-literal".to_owned()),
        None => {
            // Other schemes than these have lists of hosts with ports.
            let is_strict = scheme == "http" || scheme == "https";
            let colon = if is_strict { host.find(':') } else { host.rfind(':') };
            check_port(&host[colon.unwrap_or(host.len())..])?;
            unescape(host, Part::Host)
        }
    }
}

/// `[::1]:80`
fn parse_ip_literal(host: &str) -> Result<String, String> {
    let end = host.rfind(']').ok_or_else(|| "missing ']' in host".to_owned())?;
    let (address, port) = (&host[1..end], &host[end + 1..]);
    check_port(port)?;
    let (address, zone) = address.split_at(address.find("%25").unwrap_or(address.len()));
    let (address, zone) = (unescape(address, Part::Host)?, unescape(zone, Part::Zone)?);
    let has_bad_zone = zone == "%";
    if address.parse::<Ipv6Addr>().is_err() || has_bad_zone {
        let whole = quote_double(&format!("{address}{zone}"));
        return Err(format!("invalid host: ParseAddr({whole}): unable to parse IP"));
    }
    Ok(format!("[{address}{zone}]{port}"))
}

fn check_port(port: &str) -> Result<(), String> {
    let is_port = port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if port.is_empty() || is_port { Ok(()) } else { Err(format!("invalid port {} after host", quote_double(port))) }
}

/// User name and password, decoded and encoded again.
fn userinfo_as_written(userinfo: &str) -> Result<String, String> {
    if !userinfo.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte)) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let again = |part: &str| unescaped_bytes(part, Part::Userinfo).map(|part| escape(part, Part::Userinfo));
    match userinfo.split_once(':') {
        Some((name, password)) => Ok(format!("{}:{}", again(name)?, again(password)?)),
        None => again(userinfo),
    }
}

/// A host without its port, an IPv6 address without its brackets.
fn hostname(host: &str) -> &str {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    without_port.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(without_port)
}

fn join(call: &Call<'_>) -> Answer {
    let parts = call.map("parts")?;
    let part = |name: &'static str| match parts.get(&Key::Str(name)) {
        None => Ok(String::new()),
        Some(part) => part.as_str().map(str::to_owned).ok_or_else(|| {
            let kind = kind_name(part);
            Failure::call(format!("unable to parse {name} key, must be of type string, but {kind} found"))
        }),
    };
    let mut url = Url {
        scheme: part("scheme")?,
        opaque: part("opaque")?,
        userinfo: None,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        fragment: part("fragment")?,
    };
    let userinfo = part("userinfo")?;
    if !userinfo.is_empty() {
        let parsed = Url::parse(&format!("proto://{userinfo}@host"));
        let parsed = parsed.map_err(|error| Failure::call(format!("unable to parse userinfo in dict: {error}")))?;
        url.userinfo = parsed.userinfo;
    }
    Ok(Value::from(url.write()))
}
