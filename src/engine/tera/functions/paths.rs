//! Functions on paths and addresses.

use tera::value::Key;
use tera::{Map, Value};

use super::Function;
use super::call::{Answer, Call};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", &["path"], "The last part of a path.", |call| Ok(Value::from(base(call.text("path")?)))),
    Function::new("osBase", &["path"], "The same as `base`.", |call| Ok(Value::from(base(call.text("path")?)))),
    Function::new("dir", &["path"], "The path without its last part, cleaned.", |call| Ok(Value::from(dir(call.text("path")?)))),
    Function::new("osDir", &["path"], "The same as `dir`.", |call| Ok(Value::from(dir(call.text("path")?)))),
    Function::new("clean", &["path"], "The shortest path that means the same.", |call| Ok(Value::from(clean(call.text("path")?)))),
    Function::new("osClean", &["path"], "The same as `clean`.", |call| Ok(Value::from(clean(call.text("path")?)))),
    Function::new("ext", &["path"], "The extension, with its point.", |call| Ok(Value::from(ext(call.text("path")?)))),
    Function::new("osExt", &["path"], "The same as `ext`.", |call| Ok(Value::from(ext(call.text("path")?)))),
    Function::new("isAbs", &["path"], "Whether the path begins with `/`.", is_abs),
    Function::new("osIsAbs", &["path"], "The same as `isAbs`.", is_abs),
    Function::new("urlParse", &["url"], "A map of an address's parts: scheme, host, hostname, path, query, opaque, fragment, userinfo.", url_parse),
    Function::new("urlJoin", &["parts"], "The address that a map as `urlParse` gives stands for.", url_join),
    Function::new("urlquery", &["text"], "The text escaped for the query of an address.", |call| {
        Ok(Value::from(query_escaped(&call.printed("text")?)))
    }),
];

fn is_abs(call: &Call<'_>) -> Answer {
    Ok(Value::from(call.text("path")?.starts_with('/')))
}

fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed.rsplit('/').next().unwrap_or(trimmed) }
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

fn ext(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or("", |point| &name[point..])
}

/// Go's `path.Clean`: `.` and empty parts go, `..` takes the part before it away.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." => drop(parts.pop()),
            ("..", _) if rooted => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn url_parse(call: &Call<'_>) -> Answer {
    let url = call.text("url")?;
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => ("", url),
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path, opaque) = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (authority, path, "")
        }
        None if !scheme.is_empty() && !rest.starts_with('/') => ("", "", rest),
        None => ("", rest, ""),
    };
    let (userinfo, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let hostname = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or(address),
        None => host.split(':').next().unwrap_or(host),
    };
    let parts = [
        ("fragment", fragment),
        ("host", host),
        ("hostname", hostname),
        ("opaque", opaque),
        ("path", path),
        ("query", query),
        ("scheme", &scheme.to_ascii_lowercase()),
        ("userinfo", userinfo),
    ];
    Ok(Value::from(parts.into_iter().map(|(key, part)| (Key::Str(key), Value::from(part))).collect::<Map>()))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn url_join(call: &Call<'_>) -> Answer {
    let parts = call.map("parts")?;
    let part = |name| parts.get(&Key::Str(name)).and_then(Value::as_str).unwrap_or("");
    let mut url = String::new();
    if !part("scheme").is_empty() {
        url.push_str(&format!("{}:", part("scheme")));
    }
    if part("opaque").is_empty() {
        if !part("host").is_empty() || !part("userinfo").is_empty() {
            let at = if part("userinfo").is_empty() { "" } else { "@" };
            url.push_str(&format!("//{}{at}{}", part("userinfo"), part("host")));
            if !part("path").is_empty() && !part("path").starts_with('/') {
                url.push('/');
            }
        }
        url.push_str(part("path"));
    } else {
        url.push_str(part("opaque"));
    }
    for (mark, name) in [('?', "query"), ('#', "fragment")] {
        if !part(name).is_empty() {
            url.push(mark);
            url.push_str(part(name));
        }
    }
    Ok(Value::from(url))
}

fn query_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
