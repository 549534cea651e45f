//! Reads the contents of a chart's files: many files on two threads.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::disk::Disk;
use super::tree::{Tree, TreeError};
use crate::chart::MAX_FILE_BYTES;
use crate::remaining::Remaining;
use crate::second_thread::SecondThread;

/// How many files take longer to read than a thread takes to start.
pub(super) const WORTH_A_THREAD: usize = 24;

/// What was read of a file.
pub(super) type Read = Result<Vec<u8>, TreeError>;

/// Returns the contents of files one by one.
pub(super) trait Contents {
    /// The content of the file with an index, which is asked for once. All files are asked for, in order.
    fn take(&self, index: usize, path: &Path) -> Read;
}

/// Reads each file of a tree when it is asked for.
pub(super) struct OneByOne<'t>(pub(super) &'t dyn Tree);

impl Contents for OneByOne<'_> {
    fn take(&self, _: usize, path: &Path) -> Read {
        self.0.read_found(path, MAX_FILE_BYTES)
    }
}

/// Reads files from disk on this thread and a second one.
pub(super) struct OnTwoThreads(Arc<Shared>);

struct Shared {
    files: Vec<File>,
    /// The files that neither thread has begun.
    remaining: Remaining,
    /// How many bytes may still be read ahead.
    allowed: AtomicU64,
}

struct File {
    path: PathBuf,
    /// What was read, until it is taken.
    read: OnceLock<Mutex<Option<Read>>>,
}

impl OnTwoThreads {
    /// Starts to read files, of which at most about `allowed` bytes are read before they are asked for. `None` if they are few,
    /// or the system can't provide a thread.
    pub(super) fn start<'p>(
        paths: impl Iterator<Item = &'p Path>,
        allowed: u64,
        worth_a_thread: usize,
    ) -> Option<(OnTwoThreads, SecondThread)> {
        let files: Vec<File> = paths.map(|path| File { path: path.to_path_buf(), read: OnceLock::new() }).collect();
        if files.len() < worth_a_thread {
            return None;
        }
        let second = SecondThread::start()?;
        let remaining = Remaining::new(files.len());
        let shared = Arc::new(Shared { files, remaining, allowed: AtomicU64::new(allowed) });
        let ahead = Arc::clone(&shared);
        second.run(move || {
            while let Some(last) = ahead.next(Remaining::last) {
                ahead.read(last);
            }
        });
        Some((OnTwoThreads(shared), second))
    }
}

impl Drop for OnTwoThreads {
    /// Ends the other thread's work: after an error, not all files are asked for.
    fn drop(&mut self) {
        self.0.allowed.store(0, Ordering::Relaxed);
    }
}

impl Contents for OnTwoThreads {
    fn take(&self, index: usize, _: &Path) -> Read {
        // It is this file unless the other thread has begun to read it.
        if let Some(first) = self.0.next(Remaining::first) {
            self.0.read(first);
        }
        let taken = self.0.read(index).lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| Disk.read_found(&self.0.files[index].path, MAX_FILE_BYTES))
    }
}

impl Shared {
    fn next(&self, take: fn(&Remaining) -> Option<usize>) -> Option<usize> {
        if self.allowed.load(Ordering::Relaxed) == 0 { None } else { take(&self.remaining) }
    }

    /// Reads a file unless a thread has begun to; then waits for it.
    fn read(&self, index: usize) -> &Mutex<Option<Read>> {
        let file = &self.files[index];
        file.read.get_or_init(|| {
            let read = Disk.read_found(&file.path, MAX_FILE_BYTES);
            let length = read.as_ref().map_or(0, |bytes| bytes.len() as u64);
            let subtract = |allowed: u64| Some(allowed.saturating_sub(length));
            // Another thread can't make this fail.
            let _ = self.allowed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, subtract);
            Mutex::new(Some(read))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_on_two_threads_are_read_like_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..60).map(|n| folder.path().join(n.to_string())).collect();
        for (number, path) in paths.iter().enumerate().filter(|(number, _)| number % 10 != 3) {
            std::fs::write(path, vec![b'x'; 1000 * number]).unwrap();
        }
        let lengths = |contents: &dyn Contents| -> Vec<Option<usize>> {
            let take = |(index, path): (usize, &PathBuf)| contents.take(index, path).map(|bytes| bytes.len()).ok();
            paths.iter().enumerate().map(take).collect()
        };
        let one_by_one = lengths(&OneByOne(&Disk));
        assert_eq!(one_by_one[3..5], [None, Some(4000)]);
        for allowed in [u64::MAX, 100_000, 1, 0] {
            let (contents, _second) = OnTwoThreads::start(paths.iter().map(PathBuf::as_path), allowed, 2).unwrap();
            assert_eq!(lengths(&contents), one_by_one);
        }
    }

    #[test]
    fn few_files_are_not_worth_a_thread() {
        assert!(OnTwoThreads::start([Path::new("a")].into_iter(), 9, WORTH_A_THREAD).is_none());
    }
}
