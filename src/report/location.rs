//! Places as code hosts name them: paths from the root of a repository, and URIs.

use std::borrow::Cow;

/// The directories that paths of findings, and paths in the repository, are relative to.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// The root of the repository, absolute, separated by `/`. Empty if unknown.
    pub root: String,
    /// The current directory, in the same form.
    pub current: String,
}

impl Workspace {
    /// Returns the path of a file relative to the root of the repository if the file is below it, and otherwise as given. `.`
    /// and `..` are resolved as far as possible without accessing the disk.
    ///
    /// ```
    /// use mim_chart::report::Workspace;
    ///
    /// let workspace = Workspace { root: "/work/repo".to_owned(), current: "/work/repo/deploy".to_owned() };
    /// assert_eq!(workspace.path_of("../values.yaml"), "values.yaml");
    /// assert_eq!(workspace.path_of("./chart/a.yaml"), "deploy/chart/a.yaml");
    /// assert_eq!(workspace.path_of("/tmp/a.yaml"), "/tmp/a.yaml");
    /// ```
    pub fn path_of(&self, file: &str) -> String {
        let file = with_slashes(file);
        let root = self.root.trim_end_matches('/');
        let is_absolute = is_absolute(&file);
        if root.is_empty() {
            return resolved(&file);
        }
        let whole = if is_absolute { resolved(&file) } else { resolved(&format!("{}/{file}", self.current)) };
        match whole.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')) {
            Some(below) => below.to_owned(),
            None if is_absolute => whole,
            None => resolved(&file),
        }
    }
}

/// Formats a path as a URI reference of RFC 3986: relative paths stay relative, absolute ones become `file://`.
pub(super) fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    } else if is_absolute(path) {
        uri.push_str("file:///");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Replaces `\` by `/` on Windows; elsewhere `\` is an ordinary character.
fn with_slashes(path: &str) -> Cow<'_, str> {
    if cfg!(windows) { Cow::Owned(path.replace('\\', "/")) } else { Cow::Borrowed(path) }
}

fn is_absolute(path: &str) -> bool {
    let has_drive = || path.as_bytes().get(1) == Some(&b':') && path.as_bytes().get(2) == Some(&b'/');
    path.starts_with('/') || cfg!(windows) && has_drive()
}

/// Removes `.`, and each `..` together with the name before it.
fn resolved(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    let joined = parts.join("/");
    match (path.starts_with('/'), joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) if path.ends_with('/') => joined + "/",
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_are_escaped_in_uris() {
        assert_eq!(uri("a b/ä#?%.yaml"), "a%20b/%C3%A4%23%3F%25.yaml");
        assert_eq!(uri("c:d/e.yaml"), "c%3Ad/e.yaml");
        assert_eq!(uri("/tmp/a b.yaml"), "file:///tmp/a%20b.yaml");
        assert_eq!(uri("a\nb\\c"), "a%0Ab%5Cc");
    }

    #[test]
    fn paths_begin_at_the_root_of_the_repository() {
        let at = |current: &str, file: &str| {
            Workspace { root: "/r/repo/".to_owned(), current: current.to_owned() }.path_of(file)
        };
        assert_eq!(at("/r/repo", "./v.yaml"), "v.yaml");
        assert_eq!(at("/r/repo/a/b", "../v.yaml"), "a/v.yaml");
        assert_eq!(at("/r/repo", "/r/repo/v.yaml"), "v.yaml");
        assert_eq!(at("/r/repo", "/r/repository/v.yaml"), "/r/repository/v.yaml");
        assert_eq!(at("/elsewhere", "v.yaml"), "v.yaml");
        assert_eq!(at("/r/repo", "../v.yaml"), "../v.yaml");
        assert_eq!(Workspace::default().path_of("./a/../chart/templates/"), "chart/templates/");
    }
}
