//! What to do about a path on the command line that cannot be opened.

use std::ffi::OsStr;
use std::io::{Error, ErrorKind};
use std::path::Path;

use crate::diagnostic::nearest;

/// The most names in a directory that are compared with a missing one.
const MAX_NAMES: usize = 10_000;

/// Returns advice about a path that could not be read: a similar path, or else what is `expected`. `None` if the reason is not the
/// path, but for example its permissions.
pub(super) fn advice(path: &str, error: &Error, expected: &str) -> Option<String> {
    match error.kind() {
        ErrorKind::NotFound => Some(near_path(path, Path::exists).unwrap_or_else(|| format!("pass {expected}"))),
        ErrorKind::IsADirectory | ErrorKind::NotADirectory => Some(format!("pass {expected}")),
        _ => None,
    }
}

/// Returns advice about a path that does not exist: a similar path that does, and that `is_expected` accepts, or the first
/// directory in it that does not exist.
pub fn near_path(path: &str, is_expected: impl Fn(&Path) -> bool) -> Option<String> {
    similar_path(path, is_expected).or_else(|| missing_directory(path))
}

/// Returns advice about a path that does not exist: a similar path that does, and that `is_expected` accepts.
pub fn similar_path(path: &str, is_expected: impl Fn(&Path) -> bool) -> Option<String> {
    let given = Path::new(path);
    let missing = missing_part(given)?;
    let parent = missing.parent().filter(|parent| !parent.as_os_str().is_empty());
    let below = below(given, missing);
    let full = |name: &str| {
        let near = parent.map_or_else(|| name.into(), |parent| parent.join(name));
        below.map_or_else(|| near.clone(), |below| near.join(below))
    };
    let entries = std::fs::read_dir(parent.unwrap_or(Path::new("."))).ok()?;
    let names = entries.flatten().take(MAX_NAMES).filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| is_expected(&full(name))).collect();
    names.sort_by_cached_key(|name| (Path::new(name).extension() != missing.extension(), name.clone()));
    // Endings say little: a.yaml is not similar to b.yaml.
    let stem = |name: &Path| name.file_stem().and_then(OsStr::to_str).unwrap_or_default().to_owned();
    let stems: Vec<String> = names.iter().map(|name| stem(Path::new(name))).collect();
    let near = nearest(&stem(missing), stems.iter().map(String::as_str))?;
    let near = names.get(stems.iter().position(|stem| stem == near)?)?;
    Some(format!("did you mean {}?", full(near).display()))
}

/// Returns advice about a path that does not exist: the first directory in it that does not.
pub fn missing_directory(path: &str) -> Option<String> {
    let given = Path::new(path);
    let missing = missing_part(given)?;
    below(given, missing)?;
    let is_missing = missing.try_exists().is_ok_and(|exists| !exists);
    is_missing.then(|| format!("the directory {} does not exist", missing.display()))
}

/// Returns the beginning of a path up to the first part that does not exist.
fn missing_part(path: &Path) -> Option<&Path> {
    path.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists()).last()
}

/// Returns what follows `above` in a path, if anything does.
fn below<'p>(path: &'p Path, above: &Path) -> Option<&'p Path> {
    path.strip_prefix(above).ok().filter(|below| !below.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_paths_and_missing_directories_are_found() {
        let directory = tempfile::tempdir().unwrap();
        let path = |below: &str| directory.path().join(below).display().to_string();
        std::fs::create_dir(path("values")).unwrap();
        std::fs::write(path("values/production.yaml"), "").unwrap();
        let near = |path: &str| near_path(path, Path::exists);
        let meant = Some(format!("did you mean {}?", path("values/production.yaml")));
        assert_eq!(near(&path("values/prodution.yaml")), meant);
        assert_eq!(near(&path("value/production.yaml")), meant);
        assert_eq!(near(&path("values/production.yml")), meant);
        assert_eq!(near(&path("values/x.yaml")), None);
        let missing = Some(format!("the directory {} does not exist", path("value")));
        assert_eq!(near(&path("value/x.yaml")), missing);
        assert_eq!(near(&path("values/production.yaml")), None);
    }

    #[test]
    fn only_paths_of_the_expected_kind_are_similar() {
        let directory = tempfile::tempdir().unwrap();
        let path = |below: &str| directory.path().join(below).display().to_string();
        std::fs::write(path("web.yaml"), "").unwrap();
        assert_eq!(similar_path(&path("wed"), Path::is_dir), None);
        std::fs::create_dir(path("wide")).unwrap();
        let near = |name: &str| similar_path(&path(name), Path::is_dir);
        assert_eq!(near("wid"), Some(format!("did you mean {}?", path("wide"))));
        assert_eq!(near("wed"), None);
        assert_eq!(similar_path(&path("wed"), Path::exists), Some(format!("did you mean {}?", path("web.yaml"))));
    }
}
