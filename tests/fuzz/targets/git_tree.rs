//! Reads a chart from a git revision's tree: the output of `git ls-tree -z -l -r -t`, then the contents of blobs, in parts that
//! end with the byte 0xFF. The first two digits of an object's hash are the number of its blob. git itself is not run.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use mim_chart::chart::Chart;
use mim_chart::diagnostic::Diagnostic;
use mim_chart::io::{AtRevision, Links, Objects, read_chart_at};

struct Memory<'a> {
    listing: Vec<u8>,
    blobs: Vec<&'a [u8]>,
}

impl Memory<'_> {
    fn number(object: &str) -> usize {
        usize::from_str_radix(object.get(..2).unwrap_or_default(), 16).unwrap_or(0)
    }
}

impl Objects for Memory<'_> {
    fn list(&self, tree: &str, below: bool, limit: u64, shown: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
        if self.listing.len() as u64 > limit {
            return Err(self.missing(shown));
        }
        // The commit's own tree is the whole list; any other directory is its part below `c`.
        let is_commit = tree == "commit";
        let of_tree = |line: &&[u8]| is_commit || line.windows(3).any(|part| part == b"\tc/");
        let mut output = Vec::new();
        for line in self.listing.split(|&byte| byte == 0).filter(|line| !line.is_empty()).filter(of_tree) {
            let tab = line.iter().position(|&byte| byte == b'\t').unwrap_or(0);
            let path = &line[tab..];
            let path = if is_commit { path } else { path.strip_prefix(b"\tc/").unwrap_or(path) };
            if !below && path.iter().skip(1).any(|&byte| byte == b'/') {
                continue;
            }
            output.extend_from_slice(&line[..tab]);
            output.extend_from_slice(if is_commit { b"" } else { b"\t" });
            output.extend_from_slice(path);
            output.push(0);
        }
        Ok(output)
    }

    fn blob(&self, object: &str, size: u64, shown: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
        assert!(size <= 5 << 20 || !shown.contains("c/"), "a size is checked before a blob is read");
        self.blobs.get(Self::number(object)).map(|bytes| bytes.to_vec()).ok_or_else(|| self.missing(shown))
    }

    fn missing(&self, what: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::error("revision", what))
    }
}

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|&byte| byte == 0xFF);
    let memory = Memory { listing: parts.next().unwrap_or_default().to_vec(), blobs: std::iter::once(&b""[..]).chain(parts).collect() };
    for (path, links) in [("c", Links::Inside), ("c", Links::Anywhere), ("a", Links::Inside), ("", Links::Inside)] {
        if let Ok(AtRevision::There(files)) = read_chart_at(&memory, "commit", "main", Path::new(path), links) {
            for file in &files {
                let bad = |part: &str| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
                assert!(!file.path.split('/').any(bad), "{}", file.path);
            }
            let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
            paths.sort_unstable();
            let count = paths.len();
            paths.dedup();
            assert!(path == "a" || paths.len() == count, "two files of one path");
            let _ = Chart::from_files(files);
        }
    }
});
