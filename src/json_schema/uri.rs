//! Resolves references between schemas: the parts of RFC 3986 that JSON Schema needs.

/// Splits `uri#fragment`; the fragment is empty if there is none.
pub(super) fn split_fragment(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Decodes percent-encoding; `None` for an invalid escape or for bytes that are not UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digit = |byte: u8| (byte as char).to_digit(16);
            (digit(bytes.next()?)? * 16 + digit(bytes.next()?)?) as u8
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

/// Percent-encodes a segment of a path, as Go's `url.PathEscape` does.
pub(super) fn percent_encode(segment: &str) -> String {
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+=:@".contains(&byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Resolves `reference` against `base`; both without a fragment (RFC 3986, 5.2).
///
/// A base without a hierarchy (`urn:...`) is returned unchanged, whatever the relative reference.
pub(super) fn join(base: &str, reference: &str) -> String {
    let to = Parts::parse(reference);
    if to.scheme.is_some() {
        return reference.to_owned();
    }
    let from = Parts::parse(base);
    if reference.is_empty() || (from.authority.is_none() && !from.path.starts_with('/') && from.scheme.is_some()) {
        return base.to_owned();
    }
    let (authority, path, query) = if to.authority.is_some() {
        (to.authority, without_dots(to.path), to.query)
    } else if to.path.is_empty() {
        (from.authority, from.path.to_owned(), to.query.or(from.query))
    } else if to.path.starts_with('/') {
        (from.authority, without_dots(to.path), to.query)
    } else {
        let folder = from.path.rfind('/').map_or("/", |slash| &from.path[..=slash]);
        (from.authority, without_dots(&format!("{folder}{}", to.path)), to.query)
    };
    let mut joined = String::new();
    if let Some(scheme) = from.scheme {
        joined.extend([scheme, ":"]);
    }
    if let Some(authority) = authority {
        joined.extend(["//", authority]);
    }
    joined.push_str(&path);
    if let Some(query) = query {
        joined.extend(["?", query]);
    }
    joined
}

/// Returns the scheme of an absolute URI.
pub(super) fn scheme(uri: &str) -> Option<&str> {
    let (scheme, _) = uri.split_once(':')?;
    let mut letters = scheme.bytes();
    let valid = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    valid.then_some(scheme)
}

struct Parts<'u> {
    scheme: Option<&'u str>,
    authority: Option<&'u str>,
    path: &'u str,
    query: Option<&'u str>,
}

impl<'u> Parts<'u> {
    fn parse(uri: &'u str) -> Self {
        let scheme = scheme(uri);
        let rest = scheme.map_or(uri, |scheme| &uri[scheme.len() + 1..]);
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        Parts { scheme, authority, path, query }
    }
}

/// Returns a path without its `.` and `..` segments.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.trim_start_matches('/').split('/') {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    let folder = if path.ends_with("/.") || path.ends_with("/..") { "/" } else { "" };
    format!("/{}{folder}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_rfc_3986_says() {
        let base = "http://example.com/a/b/c?q";
        for (reference, expected) in [
            ("", base),
            ("d", "http://example.com/a/b/d"),
            ("./d", "http://example.com/a/b/d"),
            ("../d", "http://example.com/a/d"),
            ("../../../d", "http://example.com/d"),
            ("..", "http://example.com/a/"),
            ("/d?r", "http://example.com/d?r"),
            ("?r", "http://example.com/a/b/c?r"),
            ("//other/d", "http://other/d"),
            ("urn:x:y", "urn:x:y"),
            ("d/", "http://example.com/a/b/d/"),
        ] {
            assert_eq!(join(base, reference), expected, "{reference}");
        }
        assert_eq!(join("file:///values.schema.json", "a.json"), "file:///a.json");
        assert_eq!(join("urn:uuid:1", "a.json"), "urn:uuid:1");
        assert_eq!(join("http://example.com", "a.json"), "http://example.com/a.json");
    }

    #[test]
    fn percent_encoding_goes_both_ways() {
        assert_eq!(percent_decode("a%25b%C3%A4").as_deref(), Some("a%bä"));
        assert_eq!(percent_decode("%2"), None);
        assert_eq!(percent_decode("%FF"), None);
        assert_eq!(percent_encode("a b/ä\""), "a%20b%2F%C3%A4%22");
    }
}
