//! Paths as Go joins them, which Helm's messages show.

use std::path::{Component, Path, PathBuf};

/// `name` in `directory`, without `.`, `..` after a name, and doubled separators, as Go's `filepath.Join` gives it.
///
/// ```
/// use std::path::Path;
///
/// assert_eq!(mim_chart::io::join(Path::new("./out/../o2/"), "a.tgz"), Path::new("o2/a.tgz"));
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
