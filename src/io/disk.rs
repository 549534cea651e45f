//! The file system as a tree that charts are read from.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::go::path::join;

use super::tree::{Found, Kind, Listed, Tree, TreeError};

/// The initial buffer size for a file of unknown size.
const PIECE: usize = 32 << 10;

/// The file system. Paths are those of the operating system.
pub(super) struct Disk;

impl Tree for Disk {
    fn look(&self, path: &Path) -> Result<Found, TreeError> {
        let metadata = fs::symlink_metadata(path)?;
        if !metadata.is_symlink() {
            return Ok(Found { kind: kind(metadata.file_type()), link: None });
        }
        let broken = |error| TreeError::Broken(missing(path).display().to_string(), error);
        let real = fs::canonicalize(path).map_err(broken)?;
        let metadata = fs::metadata(path).map_err(broken)?;
        Ok(Found { kind: kind(metadata.file_type()), link: Some(real) })
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok()
    }

    fn entries(&self, directory: &Path) -> Result<Vec<Listed>, TreeError> {
        let listed = |entry: fs::DirEntry| {
            // The list does not include the target of a link. Nothing else about files and directories is needed.
            let kind = entry.file_type().ok().filter(|kind| kind.is_file() || kind.is_dir()).map(kind);
            Listed { name: entry.file_name(), found: kind.map(|kind| Found { kind, link: None }) }
        };
        fs::read_dir(directory)?.map(|entry| Ok(listed(entry?))).collect()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
        read_regular(path, limit)
    }

    fn read_found(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
        read_whole(path, limit)
    }

    fn shown(&self, path: &Path) -> String {
        path.to_str().map_or_else(|| path.display().to_string(), str::to_owned)
    }
}

/// Returns the missing part of a broken link's target, as Go's `filepath.EvalSymlinks` names it: the first part of the path that
/// does not exist.
fn missing(link: &Path) -> PathBuf {
    /// The number of links that Go follows.
    const MAX_LINKS: usize = 255;
    let mut way = link.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(target) = fs::read_link(&way) else { break };
        way = match target.to_str() {
            Some(name) if target.is_relative() => join(way.parent().unwrap_or(Path::new("")), name),
            _ => target,
        };
    }
    let is_missing = |part: &&Path| !part.as_os_str().is_empty() && fs::symlink_metadata(part).is_err();
    way.ancestors().take_while(is_missing).last().unwrap_or(&way).to_owned()
}

fn kind(kind: fs::FileType) -> Kind {
    match kind {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Directory,
        _ => Kind::Special,
    }
}

/// Reads a regular file of at most `limit` bytes. Pipes and devices are not opened, because that could block forever. A file of
/// unknown size, as in `/proc`, is read only up to the limit.
pub(super) fn read_regular(path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
    match kind(fs::metadata(path)?.file_type()) {
        Kind::File => read_whole(path, limit),
        Kind::Directory => Err(std::io::ErrorKind::IsADirectory.into()),
        Kind::Special | Kind::Submodule => Err(std::io::Error::other("not a regular file").into()),
    }
}

/// Reads what is known to be a regular file, of at most `limit` bytes.
///
/// Reading stops at the size that the file reports, without a further read to confirm the end. If the file turns out shorter or
/// longer, or reports no size, as files in `/proc` do, it is read to its end.
fn read_whole(path: &Path, limit: u64) -> Result<Vec<u8>, TreeError> {
    let mut file = fs::File::open(path)?;
    let size = file.metadata()?.len();
    if size > limit {
        return Err(TreeError::TooLarge);
    }
    // The extra byte shows whether the file has grown.
    let room = if size == 0 { PIECE } else { usize::try_from(size).unwrap_or(PIECE) + 1 };
    let mut bytes = vec![0; room];
    let mut length = 0;
    loop {
        let count = read_some(&mut file, &mut bytes[length..])?;
        length += count;
        if length as u64 > limit {
            return Err(TreeError::TooLarge);
        }
        if count == 0 || length as u64 == size {
            break;
        }
        if length == bytes.len() {
            bytes.resize(2 * length, 0);
        }
    }
    bytes.truncate(length);
    if size == 0 {
        bytes.shrink_to_fit();
    }
    Ok(bytes)
}

/// Reads what is available at once, at most the length of `to`. Returns 0 at the end.
fn read_some(file: &mut fs::File, to: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match file.read(to) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => return read,
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
    fn files_with_a_wrong_size_are_read_to_their_end() {
        let status = read_regular(Path::new("/proc/self/status"), 1 << 20).unwrap();
        assert!(status.starts_with(b"Name:") && status.ends_with(b"\n"));
        // The system reports the size of a page.
        let profiled = read_regular(Path::new("/sys/kernel/profiling"), 1 << 20);
        assert!(profiled.is_err() || profiled.is_ok_and(|text| text.len() < 4096));
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty");
        fs::write(&empty, "").unwrap();
        assert_eq!(read_regular(&empty, 0).unwrap(), b"");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_not_opened_and_files_of_unknown_size_are_bounded() {
        assert_eq!(read_regular(Path::new("/dev/zero"), 9).unwrap_err().reason(), "not a regular file");
        assert!(matches!(read_regular(Path::new("/proc/self/status"), 9), Err(TreeError::TooLarge)));
    }
}
