//! URLs as Go's `net/url` parses, escapes and writes them.

use std::net::Ipv6Addr;

use super::strconv::quote_double;

/// A URL. Host, path and fragment are decoded, the other parts are as written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Url {
    /// The scheme in lower case, without its colon.
    pub scheme: String,
    /// What follows the scheme where no slash does.
    pub opaque: String,
    /// User name and password, encoded.
    pub userinfo: Option<String>,
    /// The host, with a port.
    pub host: String,
    /// The path.
    pub path: String,
    /// The query without its question mark.
    pub query: String,
    /// The fragment without its hash.
    pub fragment: String,
}

/// A part of a URL; each has its own set of characters that need no escape.
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

/// A text escaped for a query (`url.QueryEscape`).
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
            // In a host only what is not ASCII may be escaped, and the sign of an escape itself.
            let is_valid = match part {
                Part::Host => decoded >= 0x80 || decoded == b'%',
                Part::Zone => decoded == b'%' || decoded == b' ' || Part::Host.allows(decoded),
                _ => true,
            };
            if !is_valid {
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
    /// Parses a URL, which may be relative (`url.Parse`).
    ///
    /// ```
    /// use mim_chart::go::url::Url;
    /// let url = Url::parse("https://example.com:8080/a%20b?q#f").unwrap();
    /// assert_eq!((url.host.as_str(), url.path.as_str()), ("example.com:8080", "/a b"));
    /// ```
    ///
    /// # Errors
    /// Go's message: `parse "URL": REASON`.
    pub fn parse(text: &str) -> Result<Url, String> {
        let (url, fragment) = text.split_once('#').unwrap_or((text, ""));
        let prefixed = |url: &str| {
            let url = quote_double(url);
            move |error: String| format!("parse {url}: {error}")
        };
        let mut parsed = Url::parse_without_fragment(url, false).map_err(prefixed(url))?;
        parsed.fragment = unescape(fragment, Part::Fragment).map_err(prefixed(text))?;
        Ok(parsed)
    }

    /// Parses a URL that a request can be sent to: an absolute one or an absolute path, without a fragment
    /// (`url.ParseRequestURI`).
    ///
    /// # Errors
    /// Go's message: `parse "URL": REASON`.
    pub fn parse_request(text: &str) -> Result<Url, String> {
        Url::parse_without_fragment(text, true).map_err(|error| format!("parse {}: {error}", quote_double(text)))
    }

    fn parse_without_fragment(text: &str, for_request: bool) -> Result<Url, String> {
        if text.is_empty() && for_request {
            return Err("empty url".to_owned());
        }
        if text == "*" {
            return Ok(Url { path: text.to_owned(), ..Url::default() });
        }
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
            if for_request {
                return Err("invalid URI for request".to_owned());
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let path = match rest.strip_prefix("//") {
            Some(rest) if !url.scheme.is_empty() || !(for_request || rest.starts_with('/')) => {
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

    /// The URL as text (`URL.String`).
    pub fn write(&self) -> String {
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

/// The host without its port, an IPv6 address without its brackets (`URL.Hostname`).
pub fn hostname(host: &str) -> &str {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    without_port.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(without_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_need_a_scheme_or_an_absolute_path() {
        let message = |text: &str| Url::parse_request(text).unwrap_err();
        assert_eq!(message(""), "parse \"\": empty url");
        assert_eq!(message("a/b"), "parse \"a/b\": invalid URI for request");
        assert_eq!(Url::parse_request("//host/a").unwrap().path, "//host/a");
        assert_eq!(Url::parse_request("mailto:a").unwrap().opaque, "a");
        assert_eq!(Url::parse("*").unwrap().path, "*");
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
                Ok(url) => assert_eq!(url.scheme, message, "{text}"),
                Err(error) => assert_eq!(error, message),
            }
        }
    }
}
