//! Finds places below a directory before anything is written there. No symbolic link on the path may lead out of it.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Component, Path, PathBuf};

/// A directory below which files will be written. It does not need to exist yet.
pub(super) struct Inside<'d> {
    directory: &'d Path,
    /// The canonical path of the directory, or `None` if it does not exist.
    real: Option<PathBuf>,
}

impl<'d> Inside<'d> {
    /// Looks up the directory as it is now.
    ///
    /// # Errors
    /// The operating system's error, unless the directory is only missing. A file is `NotADirectory`.
    pub(super) fn new(directory: &'d Path) -> Result<Self> {
        let real = match fs::canonicalize(directory) {
            Ok(real) if real.is_dir() => Some(real),
            Ok(_) => return Err(Error::from(ErrorKind::NotADirectory)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Inside { directory, real })
    }

    /// Returns the place of `path` below the directory, or `None` if it would be outside: the path has a part such as `..`, or
    /// one of its folders is a symbolic link that leads out of the directory or is broken. The last part may be a link: it will
    /// be replaced, not followed.
    ///
    /// # Errors
    /// The operating system's error. A file in the place of a folder is `NotADirectory`.
    pub(super) fn place(&self, path: &str) -> Result<Option<PathBuf>> {
        let target = self.directory.join(path);
        let parts: Vec<Component<'_>> = Path::new(path).components().collect();
        let Some((_, folders)) = parts.split_last() else { return Ok(None) };
        if !parts.iter().all(|part| matches!(part, Component::Normal(_))) {
            return Ok(None);
        }
        let Some(real) = &self.real else { return Ok(Some(target)) };
        let mut folder = self.directory.to_path_buf();
        for part in folders {
            folder.push(part);
            match fs::symlink_metadata(&folder) {
                Ok(found) if found.is_dir() => {}
                Ok(found) if found.is_symlink() => match fs::canonicalize(&folder) {
                    Ok(end) if end.starts_with(real) => {}
                    _ => return Ok(None),
                },
                Ok(_) => return Err(Error::from(ErrorKind::NotADirectory)),
                // Below what does not exist, nothing else exists.
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        Ok(Some(target))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_may_only_lead_inside() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir_all(out.join("real/deep")).unwrap();
        fs::create_dir_all(folder.path().join("elsewhere")).unwrap();
        fs::write(out.join("file"), "").unwrap();
        symlink("real", out.join("within")).unwrap();
        symlink("../elsewhere", out.join("outward")).unwrap();
        symlink("missing", out.join("dangling")).unwrap();
        symlink("../../../elsewhere", out.join("real/deep/outward")).unwrap();
        let inside = Inside::new(&out).unwrap();
        for path in ["a", "new/a", "real/a", "within/new/a", "dangling", "outward"] {
            assert_eq!(inside.place(path).unwrap(), Some(out.join(path)), "{path}");
        }
        let absolute = out.join("a").display().to_string();
        for path in
            ["", ".", "..", "../a", "a/../b", "outward/a", "dangling/a", "within/deep/outward/new/a", absolute.as_str()]
        {
            assert_eq!(inside.place(path).unwrap(), None, "{path}");
        }
        assert_eq!(inside.place("file/a").unwrap_err().kind(), ErrorKind::NotADirectory);
    }

    #[test]
    fn paths_in_missing_directories_resolve() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let inside = Inside::new(&out).unwrap();
        assert_eq!(inside.place("a/b").unwrap(), Some(out.join("a/b")));
        assert_eq!(inside.place("../b").unwrap(), None);
        assert!(!out.exists());
    }
}
