//! Paths as Go's `path` and `path/filepath` take them apart and join them.

use std::path::{Component, Path, PathBuf};

/// `name` in `directory`, without `.`, `..` after a name, and doubled separators, as Go's `filepath.Join` gives it.
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
            // A root in the middle is none, as Go joins.
            Component::RootDir
                if joined.components().next_back().is_some_and(|c| matches!(c, Component::Normal(_))) => {}
            other => joined.push(other),
        }
    }
    if joined.as_os_str().is_empty() { PathBuf::from(".") } else { joined }
}

/// The last element of a path (`path.Base`): `.` for an empty path, `/` for slashes alone.
pub fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed.rsplit('/').next().unwrap_or(trimmed) }
}

/// All but the last element of a path, cleaned (`path.Dir`).
pub fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

/// The extension of a path's last element with its dot (`path.Ext`), empty where it has none.
pub fn ext(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or("", |point| &name[point..])
}

/// The shortest equivalent path (`path.Clean`): no `.` and no empty elements, and `..` only at the start.
///
/// ```
/// use mim_chart::go::path::clean;
/// assert_eq!(clean("a/./b//../c"), "a/c");
/// assert_eq!(clean("../x/.."), "..");
/// ```
pub fn clean(path: &str) -> String {
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
