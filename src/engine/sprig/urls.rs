//! Functions on URLs.

use super::error::Error;
use crate::go::url::{Url, hostname};

/// Splits a URL into its parts by name (`urlParse`).
///
/// # Errors
/// Go's message about a malformed URL.
pub fn parse(url: &[u8]) -> Result<[(&'static str, Vec<u8>); 8], Error> {
    let parsed = Url::parse(url).map_err(|error| Error::Call(format!("unable to parse url: {error}")))?;
    Ok([
        ("fragment", parsed.fragment),
        ("hostname", hostname(&parsed.host).to_owned()),
        ("host", parsed.host),
        ("opaque", parsed.opaque),
        ("path", parsed.path),
        ("query", parsed.query),
        ("scheme", parsed.scheme),
        ("userinfo", parsed.userinfo.unwrap_or_default().into_bytes()),
    ])
}

/// Builds a URL from its parts, which `part` returns by name (`urlJoin`).
///
/// # Errors
/// Any error of `part`, and Go's message about malformed user information.
pub fn join(part: impl Fn(&'static str) -> Result<Vec<u8>, Error>) -> Result<Vec<u8>, Error> {
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
        let parsed = Url::parse([b"proto://", &userinfo[..], b"@host"].concat());
        let parsed = parsed.map_err(|error| Error::Call(format!("unable to parse userinfo in dict: {error}")))?;
        url.userinfo = parsed.userinfo;
    }
    Ok(url.write())
}

/// Returns the error of [`join`] for a part that is not a string.
pub fn wrong_part(name: &str, kind: &str) -> Error {
    Error::Call(format!("unable to parse {name} key, must be of type string, but {kind} found"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_joined_from_its_parts() {
        let url = "https://user:secret@example.com:8080/a%20b?q=1#top";
        let parts = parse(url.as_bytes()).unwrap();
        let part = |name| Ok(parts.iter().find(|(known, _)| *known == name).map(|(_, part)| part.clone()).unwrap());
        assert_eq!(part("hostname").unwrap(), b"example.com");
        assert_eq!(join(part).unwrap(), url.as_bytes());
    }
}
