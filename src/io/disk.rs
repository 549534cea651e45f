//! Files on a disk, as a tree that charts are read from.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::tree::{Found, Kind, Tree, TreeError};

/// The disk: paths are those of the operating system.
pub(super) struct Disk;

impl Tree for Disk {
    fn look(&self, path: &Path) -> Result<Found, TreeError> {
        let metadata = fs::symlink_metadata(path)?;
        if !metadata.is_symlink() {
            return Ok(Found { kind: kind(&metadata), link: None });
        }
        let broken = |error| TreeError::Broken(fs::read_link(path).unwrap_or_default().display().to_string(), error);
        let real = fs::canonicalize(path).map_err(broken)?;
        let metadata = fs::metadata(path).map_err(broken)?;
        Ok(Found { kind: kind(&metadata), link: Some(real) })
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok()
    }

    fn names(&self, directory: &Path) -> Result<Vec<OsString>, TreeError> {
        fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
        read_regular(path, limit)
    }

    fn read_found(&self, path: &Path, size: u64, limit: u64) -> Result<Vec<u8>, TreeError> {
        read_sized(path, size, limit)
    }

    fn shown(&self, path: &Path) -> String {
        path.display().to_string()
    }
}

fn kind(metadata: &fs::Metadata) -> Kind {
    match metadata.file_type() {
        kind if kind.is_file() => Kind::File(metadata.len()),
        kind if kind.is_dir() => Kind::Directory,
        _ => Kind::Special,
    }
}

/// The bytes of a regular file, at most `limit` of them. A pipe or a device is not opened, since that could wait for ever;
/// a file of unknown size, as in `/proc`, is read no further than to the limit.
pub(super) fn read_regular(path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
    let metadata = fs::metadata(path)?;
    match kind(&metadata) {
        Kind::File(size) if size > limit => return Err(TreeError::TooLarge),
        Kind::File(_) => {}
        Kind::Directory => return Err(std::io::ErrorKind::IsADirectory.into()),
        Kind::Special | Kind::Submodule => {
            return Err(std::io::Error::other("not a regular file").into());
        }
    }
    read_sized(path, metadata.len(), limit)
}

/// The bytes of a regular file that is known to have `size` of them. They are read at once, and there is no further read to
/// see that nothing follows; a file in `/proc` has 0, whatever it holds.
fn read_sized(path: &Path, size: u64, limit: u64) -> Result<Vec<u8>, TreeError> {
    let mut file = fs::File::open(path)?;
    let mut bytes = vec![0; usize::try_from(size.min(limit)).unwrap_or(0)];
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    bytes.truncate(length);
    if size == 0 || size > limit {
        file.take(limit + 1 - length as u64).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > limit { Err(TreeError::TooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "abc").unwrap();
        assert_eq!(read_regular(&path, 3).unwrap(), b"abc");
        assert!(matches!(read_regular(&path, 2), Err(TreeError::TooLarge)));
        assert_eq!(read_regular(folder.path(), 9).unwrap_err().reason(), "is a directory");
        assert!(read_regular(&folder.path().join("b"), 9).unwrap_err().is_missing());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_not_opened_and_files_of_unknown_size_are_bounded() {
        assert_eq!(read_regular(Path::new("/dev/zero"), 9).unwrap_err().reason(), "not a regular file");
        assert!(matches!(read_regular(Path::new("/proc/self/status"), 9), Err(TreeError::TooLarge)));
    }
}
