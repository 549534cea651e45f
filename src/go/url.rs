//! URLs as Go's `net/url` parses, escapes and writes them.

use super::netip;
use super::strconv::quote_bytes;

/// A URL. Host, path and fragment are decoded, the other parts are as written. All may hold any bytes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Url {
    /// The scheme in lower case, without its colon.
    pub scheme: Vec<u8>,
    /// What follows a scheme without a slash.
    pub opaque: Vec<u8>,
    /// User name and password, encoded.
    pub userinfo: Option<String>,
    /// The host, with its port.
    pub host: Vec<u8>,
    /// The path.
    pub path: Vec<u8>,
    /// The query without its question mark.
    pub query: Vec<u8>,
    /// The fragment without its hash.
    pub fragment: Vec<u8>,
}

/// A part of a URL. Each has its own set of characters that need no escape.
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

/// Escapes a text for a query (`url.QueryEscape`).
pub fn escape_query(text: impl AsRef<[u8]>) -> String {
    escape(text, Part::Query)
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

fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let wrong_escape = |at: usize| format!("invalid URL escape {}", quote_bytes(&text[at..text.len().min(at + 3)]));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte == b'%' {
            let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
            let decoded = digit(at + 1).zip(digit(at + 2)).map(|(high, low)| (high * 16 + low) as u8);
            let decoded = decoded.ok_or_else(|| wrong_escape(at))?;
            // In a host, only non-ASCII characters and `%` itself may be escaped.
            let is_valid = match part {
                Part::Host => decoded >= 0x80 || decoded == b'%',
                Part::Zone => decoded == b'%' || decoded == b' ' || Part::Host.allows(decoded),
                _ => true,
            };
            if !is_valid {
                return Err(wrong_escape(at));
            }
            bytes.push(decoded);
            at += 3;
        } else {
            if matches!(part, Part::Host | Part::Zone) && byte.is_ascii() && !part.allows(byte) {
                return Err(format!("invalid character {} in host name", quote_bytes(&[byte])));
            }
            bytes.push(byte);
            at += 1;
        }
    }
    Ok(bytes)
}

/// Splits a text at the first byte `at`, which belongs to neither part.
fn split_once(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == at)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Returns the first segment of a path.
fn first_segment(path: &[u8]) -> &[u8] {
    split_once(path, b'/').map_or(path, |(first, _)| first)
}

impl Url {
    /// Parses a URL, which may be relative (`url.Parse`).
    ///
    /// ```
    /// use mim_chart::go::url::Url;
    /// let url = Url::parse("https://example.com:8080/a%20b?q#f").unwrap();
    /// assert_eq!((&url.host[..], &url.path[..]), (&b"example.com:8080"[..], &b"/a b"[..]));
    /// ```
    ///
    /// # Errors
    /// Go's message: `parse "URL": REASON`.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Url, String> {
        let text = text.as_ref();
        let (url, fragment) = split_once(text, b'#').unwrap_or((text, b""));
        let prefixed = |url: &[u8]| {
            let url = quote_bytes(url);
            move |error: String| format!("parse {url}: {error}")
        };
        let mut parsed = Url::parse_without_fragment(url, false).map_err(prefixed(url))?;
        parsed.fragment = unescape(fragment, Part::Fragment).map_err(prefixed(text))?;
        Ok(parsed)
    }

    /// Parses a URL that a request can be sent to: an absolute URL or an absolute path, without a fragment
    /// (`url.ParseRequestURI`).
    ///
    /// # Errors
    /// Go's message: `parse "URL": REASON`.
    pub fn parse_request(text: impl AsRef<[u8]>) -> Result<Url, String> {
        let text = text.as_ref();
        Url::parse_without_fragment(text, true).map_err(|error| format!("parse {}: {error}", quote_bytes(text)))
    }

    fn parse_without_fragment(text: &[u8], for_request: bool) -> Result<Url, String> {
        if text.is_empty() && for_request {
            return Err("empty url".to_owned());
        }
        if text == b"*" {
            return Ok(Url { path: text.to_owned(), ..Url::default() });
        }
        if text.iter().any(|&byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Url::default();
        let rest = match split_once(text, b':') {
            Some((b"", _)) => return Err("missing protocol scheme".to_owned()),
            Some((scheme, rest)) if is_scheme(scheme) => {
                url.scheme = scheme.to_ascii_lowercase();
                rest
            }
            _ => text,
        };
        let (rest, query) = split_once(rest, b'?').unwrap_or((rest, b""));
        url.query = query.to_owned();
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_owned();
                return Ok(url);
            }
            if for_request {
                return Err("invalid URI for request".to_owned());
            }
            if first_segment(rest).contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let path = match rest.strip_prefix(b"//") {
            Some(rest) if !url.scheme.is_empty() || !(for_request || rest.starts_with(b"/")) => {
                let authority = first_segment(rest);
                let at = authority.iter().rposition(|byte| *byte == b'@');
                let (userinfo, host) =
                    at.map_or((None, authority), |at| (Some(&authority[..at]), &authority[at + 1..]));
                url.host = parse_host(&url.scheme, host)?;
                url.userinfo = userinfo.map(userinfo_as_written).transpose()?;
                &rest[authority.len()..]
            }
            _ => rest,
        };
        url.path = unescape(path, Part::Path)?;
        Ok(url)
    }

    /// Returns the escaped path (`URL.EscapedPath`).
    pub fn escaped_path(&self) -> String {
        if self.path == b"*" { "*".to_owned() } else { escape(&self.path, Part::Path) }
    }

    /// Formats the URL as text (`URL.String`).
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend([&self.scheme[..], b":"].concat());
        }
        if self.opaque.is_empty() {
            let has_authority = !self.host.is_empty() || self.userinfo.is_some();
            if has_authority || (!self.scheme.is_empty() && !self.path.is_empty()) {
                out.extend(b"//");
            }
            if let Some(userinfo) = &self.userinfo {
                out.extend(userinfo.as_bytes());
                out.push(b'@');
            }
            out.extend(escape(&self.host, Part::Host).into_bytes());
            let path = self.escaped_path();
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                out.push(b'/');
            }
            // The path must not look like a scheme.
            if out.is_empty() && first_segment(path.as_bytes()).contains(&b':') {
                out.extend(b"./");
            }
            out.extend(path.into_bytes());
        } else {
            out.extend(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(escape(&self.fragment, Part::Fragment).into_bytes());
        }
        out
    }
}

fn is_scheme(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => parse_ip_literal(host),
        Some(_) => Err("invalid IP-literal".to_owned()),
        None => {
            // Other schemes may have lists of hosts with ports.
            let is_strict = scheme == b"http" || scheme == b"https";
            let is_colon = |byte: &u8| *byte == b':';
            let colon = if is_strict { host.iter().position(is_colon) } else { host.iter().rposition(is_colon) };
            check_port(&host[colon.unwrap_or(host.len())..])?;
            unescape(host, Part::Host)
        }
    }
}

/// Parses `[::1]:80`.
fn parse_ip_literal(host: &[u8]) -> Result<Vec<u8>, String> {
    let end = host.iter().rposition(|byte| *byte == b']').ok_or_else(|| "missing ']' in host".to_owned())?;
    let (address, port) = (&host[1..end], &host[end + 1..]);
    check_port(port)?;
    let zone = address.windows(3).position(|part| part == b"%25");
    let (address, zone) = address.split_at(zone.unwrap_or(address.len()));
    let (address, zone) = (unescape(address, Part::Host)?, unescape(zone, Part::Zone)?);
    let whole = [address, zone].concat();
    match netip::family(&whole).map_err(|error| format!("invalid host: {error}"))? {
        netip::Family::V4 => Err("invalid IP-literal".to_owned()),
        netip::Family::V6 => Ok([b"[", &whole[..], b"]", port].concat()),
    }
}

fn check_port(port: &[u8]) -> Result<(), String> {
    let is_port = port.strip_prefix(b":").is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    if port.is_empty() || is_port { Ok(()) } else { Err(format!("invalid port {} after host", quote_bytes(port))) }
}

/// Decodes user name and password, and encodes them again.
fn userinfo_as_written(userinfo: &[u8]) -> Result<String, String> {
    if !userinfo.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte)) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let again = |part: &[u8]| unescape(part, Part::Userinfo).map(|part| escape(part, Part::Userinfo));
    match split_once(userinfo, b':') {
        Some((name, password)) => Ok(format!("{}:{}", again(name)?, again(password)?)),
        None => again(userinfo),
    }
}

/// Returns the host without its port, and an IPv6 address without its brackets (`URL.Hostname`).
pub fn hostname(host: &[u8]) -> &[u8] {
    let colon = host.iter().rposition(|byte| *byte == b':');
    let without_port = match colon {
        Some(colon) if host[colon + 1..].iter().all(u8::is_ascii_digit) => &host[..colon],
        _ => host,
    };
    without_port.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]")).unwrap_or(without_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_need_a_scheme_or_an_absolute_path() {
        let message = |text: &str| Url::parse_request(text).unwrap_err();
        assert_eq!(message(""), "parse \"\": empty url");
        assert_eq!(message("a/b"), "parse \"a/b\": invalid URI for request");
        assert_eq!(Url::parse_request("//host/a").unwrap().path, b"//host/a");
        assert_eq!(Url::parse_request("mailto:a").unwrap().opaque, b"a");
        assert_eq!(Url::parse("*").unwrap().path, b"*");
    }

    #[test]
    fn errors_are_those_of_go() {
        for (text, message) in [
            (":a", "parse \":a\": missing protocol scheme"),
            ("a:b/c:d%", "a"),
            ("1a:b", "parse \"1a:b\": first path segment in URL cannot contain colon"),
            ("http://a b/", "parse \"http://a b/\": invalid character \" \" in host name"),
            ("http://a:x/", "parse \"http://a:x/\": invalid port \":x\" after host"),
            ("http://[::1/", "parse \"http://[::1/\": missing ']' in host"),
            ("/%zz", "parse \"/%zz\": invalid URL escape \"%zz\""),
            ("a\u{7f}", "parse \"a\\x7f\": net/url: invalid control character in URL"),
        ] {
            match Url::parse(text) {
                Ok(url) => assert_eq!(url.scheme, message.as_bytes(), "{text}"),
                Err(error) => assert_eq!(error, message),
            }
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_kept() {
        let url = Url::parse(b"http://h/%ff\xfe?\xff").unwrap();
        assert_eq!((&url.path[..], &url.query[..]), (&b"/\xff\xfe"[..], &b"\xff"[..]));
        assert_eq!(url.write(), b"http://h/%FF%FE?\xff");
        assert_eq!(Url::parse(b"/%\xff\xff").unwrap_err(), r#"parse "/%\xff\xff": invalid URL escape "%\xff\xff""#);
    }
}
