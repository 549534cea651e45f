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
    let mut length = read_some(&mut file, buffer)?;
    if length < buffer.len() {
        let mut bytes = buffer[..length].to_vec();
        // What is less than there was room for is all of it, but in `/proc` and its like.
        if length > 0 {
            file.take((limit + 1).saturating_sub(length as u64)).read_to_end(&mut bytes)?;
        }
        return if bytes.len() as u64 > limit { Err(TreeError::TooLarge) } else { Ok(bytes) };
    }
    let size = file.metadata()?.len();
    if size > limit {
        return Err(TreeError::TooLarge);
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0).max(length) + 1];
    bytes[..length].copy_from_slice(buffer);
    loop {
        match read_some(&mut file, &mut bytes[length..])? {
            0 => break,
            count => length += count,
        }
        if length as u64 > limit {
            return Err(TreeError::TooLarge);
        }
        if length == bytes.len() {
            bytes.resize(2 * length, 0);
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Reads as much as there is room for and is there at once; 0 bytes at the end.
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
    fn devices_are_not_opened_and_files_of_unknown_size_are_bounded() {
        assert_eq!(read_regular(Path::new("/dev/zero"), 9).unwrap_err().reason(), "not a regular file");
        assert!(matches!(read_regular(Path::new("/proc/self/status"), 9), Err(TreeError::TooLarge)));
    }
}
