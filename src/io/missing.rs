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
        ErrorKind::NotFound => Some(near_path(path).unwrap_or_else(|| format!("pass {expected}"))),
        ErrorKind::IsADirectory | ErrorKind::NotADirectory => Some(format!("pass {expected}")),
        _ => None,
    }
}

/// Returns advice about a path that does not exist: a similar path that does, or the first directory in it that does not.
pub fn near_path(path: &str) -> Option<String> {
    similar_path(path).or_else(|| missing_directory(path))
}

/// Returns advice about a path that does not exist: a similar path that does.
pub fn similar_path(path: &str) -> Option<String> {
    let given = Path::new(path);
    let missing = missing_part(given)?;
    let parent = missing.parent().filter(|parent| !parent.as_os_str().is_empty());
    let entries = std::fs::read_dir(parent.unwrap_or(Path::new("."))).ok()?;
    let mut names: Vec<String> =
        entries.flatten().take(MAX_NAMES).filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_by_cached_key(|name| (Path::new(name).extension() != missing.extension(), name.clone()));
    // Endings say little: a.yaml is not similar to b.yaml.
    let stem = |name: &Path| name.file_stem().and_then(OsStr::to_str).unwrap_or_default().to_owned();
    let stems: Vec<String> = names.iter().map(|name| stem(Path::new(name))).collect();
    let near = nearest(&stem(missing), stems.iter().map(String::as_str))?;
    let near = names.get(stems.iter().position(|stem| stem == near)?)?;
    let near = parent.map_or_else(|| near.into(), |parent| parent.join(near));
    let near = below(given, missing).map_or_else(|| near.clone(), |below| near.join(below));
    near.exists().then(|| format!("did you mean {}?", near.display()))
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
        let meant = Some(format!("did you mean {}?", path("values/production.yaml")));
        assert_eq!(near_path(&path("values/prodution.yaml")), meant);
        assert_eq!(near_path(&path("value/production.yaml")), meant);
        assert_eq!(near_path(&path("values/production.yml")), meant);
        assert_eq!(near_path(&path("values/x.yaml")), None);
        let missing = Some(format!("the directory {} does not exist", path("value")));
        assert_eq!(near_path(&path("value/x.yaml")), missing);
        assert_eq!(near_path(&path("values/production.yaml")), None);
    }
}
