//! Files on a disk, as a tree that charts are read from.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::tree::{Found, Kind, Listed, Tree, TreeError};

/// How much of a file is read at once: all of most.
const PIECE: usize = 32 << 10;

/// The disk: paths are those of the operating system.
pub(super) struct Disk;

impl Tree for Disk {
    fn look(&self, path: &Path) -> Result<Found, TreeError> {
        let metadata = fs::symlink_metadata(path)?;
        if !metadata.is_symlink() {
            return Ok(Found { kind: kind(metadata.file_type()), link: None });
        }
        let broken = |error| TreeError::Broken(fs::read_link(path).unwrap_or_default().display().to_string(), error);
        let real = fs::canonicalize(path).map_err(broken)?;
        let metadata = fs::metadata(path).map_err(broken)?;
        Ok(Found { kind: kind(metadata.file_type()), link: Some(real) })
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok()
    }

    fn entries(&self, directory: &Path) -> Result<Vec<Listed>, TreeError> {
        let listed = |entry: fs::DirEntry| {
            // Where a link leads is not in the list. Of files and directories nothing else is asked.
            let kind = entry.file_type().ok().filter(|kind| kind.is_file() || kind.is_dir()).map(kind);
            Listed { name: entry.file_name(), found: kind.map(|kind| Found { kind, link: None }) }
        };
        fs::read_dir(directory)?.map(|entry| Ok(listed(entry?))).collect()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
        read_regular(path, limit)
    }

    fn read_found(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> Result<Vec<u8>, TreeError> {
        read_whole(path, limit, buffer)
    }

    fn shown(&self, path: &Path) -> String {
        path.display().to_string()
    }
}

fn kind(kind: fs::FileType) -> Kind {
    match kind {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Directory,
        _ => Kind::Special,
    }
}

/// The bytes of a regular file, at most `limit` of them. A pipe or a device is not opened, since that could wait for ever;
/// a file of unknown size, as in `/proc`, is read no further than to the limit.
pub(super) fn read_regular(path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
    match kind(fs::metadata(path)?.file_type()) {
        Kind::File => read_whole(path, limit, &mut Vec::new()),
        Kind::Directory => Err(std::io::ErrorKind::IsADirectory.into()),
        Kind::Special | Kind::Submodule => Err(std::io::Error::other("not a regular file").into()),
    }
}

/// The same of what is known to be a regular file. Its size is asked for only if it is larger than the buffer.
fn read_whole(path: &Path, limit: u64, buffer: &mut Vec<u8>) -> Result<Vec<u8>, TreeError> {
    let mut file = fs::File::open(path)?;
    buffer.resize(PIECE, 0);
    let mut bytes = Vec::new();
    loop {
        let count = match file.read(buffer) {
            Ok(0) => return Ok(bytes),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if bytes.is_empty() {
            let size = if count == buffer.len() { file.metadata()?.len() } else { 0 };
            if size > limit {
                return Err(TreeError::TooLarge);
            }
            bytes.reserve_exact(usize::try_from(size).unwrap_or(0).max(count));
        }
        bytes.extend_from_slice(&buffer[..count]);
        if bytes.len() as u64 > limit {
            return Err(TreeError::TooLarge);
        }
    }
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
