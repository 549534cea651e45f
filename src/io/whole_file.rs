//! Writes files atomically.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file written next to its target under another name. It is removed when dropped, unless it was moved to its target.
pub(super) struct Staged {
    partial: PathBuf,
    target: PathBuf,
    /// Whether the file is still under its temporary name.
    pending: bool,
}

impl Staged {
    /// Writes the file. Its temporary name begins with a dot, so that it is not mistaken for a finished file.
    pub(super) fn write(target: &Path, bytes: &[u8]) -> std::io::Result<Staged> {
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}.partial", std::process::id()));
        let staged = Staged { partial: target.with_file_name(name), target: target.to_path_buf(), pending: true };
        // A file of this name is left over or was put there on purpose, perhaps as a link, which must not be followed.
        let _ = fs::remove_file(&staged.partial);
        fs::File::create_new(&staged.partial)?.write_all(bytes)?;
        Ok(staged)
    }

    /// Moves the file to its target. A reader sees either the old content or the new.
    pub(super) fn put(mut self) -> std::io::Result<()> {
        fs::rename(&self.partial, &self.target)?;
        self.pending = false;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.pending {
            // An unfinished file must not be left behind. If it cannot be removed, there is nothing else to do.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// Writes a file atomically: it is either complete or unchanged.
pub(super) fn write_whole(target: &Path, bytes: &[u8]) -> std::io::Result<()> {
    Staged::write(target, bytes)?.put()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns the names in a folder, in order.
    pub(in crate::io) fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_written_atomically() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let staged = Staged::write(&target, b"new").unwrap();
        assert!(!target.exists());
        drop(staged);
        assert_eq!(names(folder.path()), [""; 0]);
        write_whole(&target, b"one").unwrap();
        write_whole(&target, b"two").unwrap();
        assert_eq!((names(folder.path()), fs::read(&target).unwrap()), (vec!["a".to_owned()], b"two".to_vec()));
    }

    #[test]
    fn a_failed_write_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        fs::create_dir_all(target.join("b")).unwrap();
        assert!(write_whole(&target, b"x").is_err());
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_at_the_temporary_path_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, other) = (folder.path().join("a"), folder.path().join("other"));
        fs::write(&other, "other").unwrap();
        std::os::unix::fs::symlink(&other, folder.path().join(format!(".a.{}.partial", std::process::id()))).unwrap();
        std::os::unix::fs::symlink(&other, &target).unwrap();
        write_whole(&target, b"new").unwrap();
        assert_eq!((fs::read(&target).unwrap(), fs::read(&other).unwrap()), (b"new".to_vec(), b"other".to_vec()));
        assert_eq!(names(folder.path()), ["a", "other"]);
    }
}
