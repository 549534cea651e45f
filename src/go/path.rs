//! Paths split and joined as in Go's `path` and `path/filepath`.

use std::path::{Component, Path, PathBuf};

/// Joins `name` to `directory` like Go's `filepath.Join`: without `.`, `..` after a name, or doubled separators.
///
/// ```
/// use std::path::Path;
///
/// assert_eq!(mim_chart::go::path::join(Path::new("./out/../o2/"), "a.tgz"), Path::new("o2/a.tgz"));
/// ```
pub fn join(directory: &Path, name: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for component in directory.components().chain(Path::new(name).components()) {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match joined.components().next_back() {
                Some(Component::Normal(_)) => {
                    joined.pop();
                }
                Some(Component::RootDir) => {}
                _ => joined.push(".."),
            },
            // As in Go, an absolute `name` does not replace the directory.
            Component::RootDir
                if joined.components().next_back().is_some_and(|c| matches!(c, Component::Normal(_))) => {}
            other => joined.push(other),
        }
    }
    if joined.as_os_str().is_empty() { PathBuf::from(".") } else { joined }
}

/// Returns the last element of a path (`path.Base`): `.` for an empty path, `/` for slashes only.
pub fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    match path.iter().rposition(|byte| *byte != b'/') {
        None => b"/",
        Some(last) => split_last(&path[..=last]).1,
    }
}

/// Returns all but the last element of a path, cleaned (`path.Dir`).
pub fn dir(path: &[u8]) -> Vec<u8> {
    clean(split_last(path).0)
}

/// Returns the extension of a path's last element, including the dot (`path.Ext`); empty if it has none.
pub fn ext(path: &[u8]) -> &[u8] {
    let name = split_last(path).1;
    name.iter().rposition(|byte| *byte == b'.').map_or(b"", |point| &name[point..])
}

/// Splits a path after its last slash.
fn split_last(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1))
}

/// Returns the shortest equivalent path (`path.Clean`): without `.` and empty elements, and with `..` only at the
/// start.
///
/// ```
/// use mim_chart::go::path::clean;
/// assert_eq!(clean(b"a/./b//../c"), b"a/c");
/// assert_eq!(clean(b"../x/.."), b"..");
/// ```
pub fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".") {
        match (part, parts.last()) {
            (b"..", Some(&last)) if last != b".." => drop(parts.pop()),
            (b"..", _) if rooted => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_are_joined_as_go_does() {
        for (directory, name, wanted) in [
            ("out", "a", "out/a"),
            ("out//x/", "a", "out/x/a"),
            (".", "a", "a"),
            ("", "a", "a"),
            ("../..", "a", "../../a"),
            ("x/..", "", "."),
            ("/x/../..", "a", "/a"),
            ("x", "../../a", "../a"),
            ("x", "/a", "x/a"),
        ] {
            assert_eq!(join(Path::new(directory), name), Path::new(wanted), "{directory} {name}");
        }
    }
}
