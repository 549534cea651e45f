//! Unpacks chart archives, which are gzipped tar files, in memory.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::file::File;
use super::tree_budget::TreeBudget;
use crate::diagnostic::Diagnostic;
use crate::go::path::clean;
use crate::go::strconv::quote_double;
use crate::go::utf8::to_text;

/// The maximum size of an unpacked file, in bytes (Helm's limit).
pub const MAX_FILE_BYTES: u64 = 5 << 20;
/// The maximum total size of all unpacked files, in bytes (Helm's limit).
pub(super) const MAX_TOTAL_BYTES: u64 = 100 << 20;
/// The additional bytes allowed for headers: long names are read in full before their length is checked.
const MAX_HEADER_BYTES: u64 = 16 << 20;

/// Why an archive cannot be unpacked, with Helm's message.
#[derive(Debug)]
pub enum UnpackError {
    /// The content is not compressed with gzip; the message says what it is instead.
    NotGzip(Diagnostic),
    /// The archive is damaged or empty, exceeds a limit, or has an entry that is not allowed.
    Refused(Diagnostic),
}

impl UnpackError {
    /// Returns the message of either kind.
    pub fn into_diagnostic(self) -> Diagnostic {
        match self {
            UnpackError::NotGzip(error) | UnpackError::Refused(error) => error,
        }
    }
}

/// Unpacks an archive. The first element of every path is dropped, whatever its name (Helm's rule); directories are
/// left out, and links become empty files. `shown` is the archive's path as the user knows it. The memory used is
/// bounded for any archive.
///
/// # Errors
/// The archive is not a gzipped tar file, is empty, exceeds Helm's limits, or has a path that points outside the chart.
pub fn unpack(bytes: &[u8], shown: &str) -> Result<Vec<File>, UnpackError> {
    check_gzip(bytes, shown).map_err(UnpackError::NotGzip)?;
    unpack_gzip(bytes, shown, &mut TreeBudget::default()).map_err(UnpackError::Refused)
}

/// Like [`unpack`], for an archive inside a tree of charts, and charged to the tree's budget. As in Helm, the error for
/// content that is not an archive is that of Go's gzip reader.
pub(super) fn unpack_within(bytes: &[u8], shown: &str, budget: &mut TreeBudget) -> Result<Vec<File>, Diagnostic> {
    check_gzip(bytes, shown).map_err(|error| {
        // A gzip header has ten bytes.
        let message = match bytes.len() {
            0 => "EOF",
            1..10 => "unexpected EOF",
            _ => "gzip: invalid header",
        };
        let mut help = vec![error.message];
        help.extend(error.help);
        Diagnostic { message: message.to_owned(), help, ..error }
    })?;
    unpack_gzip(bytes, shown, budget)
}

fn unpack_gzip(bytes: &[u8], shown: &str, budget: &mut TreeBudget) -> Result<Vec<File>, Diagnostic> {
    let refuse = |message: String| Diagnostic::error("chart-archive", message);
    let broken = |error: std::io::Error| {
        let cut_off = error.kind() == std::io::ErrorKind::UnexpectedEof;
        refuse(if cut_off { "unexpected EOF".to_owned() } else { error.to_string() })
            .help(format!("{shown} is damaged: fetch or package it again"))
    };
    let mut archive = Archive::new(MultiGzDecoder::new(bytes).take(MAX_TOTAL_BYTES + MAX_HEADER_BYTES));
    let mut files = Vec::new();
    let mut room = MAX_TOTAL_BYTES;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let Some(name) = file_name(&entry) else { continue };
        let path = path_in_chart(&name)
            .map_err(|message| refuse(message).help(format!("{shown} has the entry {}", quote_double(&name))))?;
        let size = entry.size();
        if size > room {
            return Err(refuse(format!("decompressed chart is larger than the maximum size {MAX_TOTAL_BYTES}")));
        }
        if size > MAX_FILE_BYTES {
            let name = quote_double(&name);
            return Err(refuse(format!(
                "decompressed chart file {name} is larger than the maximum file size {MAX_FILE_BYTES}"
            )));
        }
        room -= size;
        budget.archived_file(size)?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(broken)?;
        if (bytes.len() as u64) < size {
            return Err(broken(std::io::ErrorKind::UnexpectedEof.into()));
        }
        files.push(File { shown: format!("{shown}/{path}"), path, bytes: bytes.into() });
    }
    if files.is_empty() { Err(refuse("no files in chart archive".to_owned())) } else { Ok(files) }
}

/// Returns the name of an entry, if it becomes a file.
fn file_name(entry: &Entry<'_, impl Read>) -> Option<String> {
    let header = entry.header();
    let kind = header.entry_type();
    let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    // Old archives have no type for directories. Go also checks the mode.
    let is_of_old_form = header.as_old().linkflag == [0];
    let has_mode_of_directory = header.mode().is_ok_and(|mode| mode & !0o7777 == 0o4_0000);
    let is_directory = kind == EntryType::Directory || (is_of_old_form && name.ends_with('/')) || has_mode_of_directory;
    let is_file = !is_directory && kind != EntryType::XGlobalHeader && kind != EntryType::XHeader;
    is_file.then_some(name)
}

/// Returns the path below the chart's folder, or the error in an entry's name.
pub(super) fn path_in_chart(name: &str) -> Result<String, String> {
    // An archive created on Windows.
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (top, rest) = name.split_once(delimiter).unwrap_or((name, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err("chart illegally contains absolute paths".to_owned());
    }
    let path = to_text(&clean(rest.as_bytes())).into_owned();
    let is_drive = matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    match path.as_str() {
        "." => Err(format!("chart illegally contains content outside the base directory: {}", quote_double(name))),
        path if path.starts_with("..") => Err("chart illegally references parent directory".to_owned()),
        _ if is_drive => Err("chart contains illegally named files".to_owned()),
        _ if top == "Chart.yaml" => Err("chart yaml not in base directory".to_owned()),
        _ => Ok(path),
    }
}

/// Checks that content is compressed with gzip, as an archive is. Helm's message says what it is instead.
fn check_gzip(bytes: &[u8], shown: &str) -> Result<(), Diagnostic> {
    if bytes.starts_with(b"\x1F\x8B\x08") {
        return Ok(());
    }
    let lower = shown.to_lowercase();
    if lower.ends_with(".yaml") || lower.ends_with(".yml") {
        let message = format!("file '{shown}' seems to be a YAML file, but expected a gzipped archive");
        return Err(Diagnostic::error("chart-archive", message).help("pass values files with -f"));
    }
    let found = content_type(bytes);
    let message = format!("file '{shown}' does not appear to be a gzipped archive; got '{found}'");
    let error = Diagnostic::error("chart-archive", message);
    Err(match found {
        "text/html; charset=utf-8" => {
            error.help("this is a web page, probably an error or login page that was saved as a chart")
        }
        _ => error.help("a chart is a directory, or an archive made by `helm package`"),
    })
}

/// Returns the content type of a file as in Go's `http.DetectContentType`, for the few types that are mistaken for charts.
fn content_type(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(512)];
    let text = String::from_utf8_lossy(head).trim_start().to_lowercase();
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    match head {
        _ if text.starts_with("<!doctype html") || text.starts_with("<html") => "text/html; charset=utf-8",
        _ if text.starts_with("<?xml") => "text/xml; charset=utf-8",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        _ if head.iter().any(is_binary) => "application/octet-stream",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use tar::{Builder, Header};

    use super::*;

    /// Builds an archive of entries, whose names are written verbatim even if they are malicious.
    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, content) in entries {
            let mut header = Header::new_gnu();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_entry_type(if name.ends_with('/') { EntryType::Directory } else { EntryType::Regular });
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn refused(entries: &[(&str, &[u8])]) -> String {
        unpack(&archive(entries), "c.tgz").unwrap_err().into_diagnostic().message
    }

    #[test]
    fn the_top_folder_is_dropped_whatever_its_name() {
        let bytes = archive(&[
            ("c/", b""),
            ("c/Chart.yaml", b"name: c"),
            ("other/templates//./a.yaml", b"a"),
            ("c\\templates\\b.yaml", b"b"),
            ("c/x/../values.yaml", b""),
        ]);
        let files = unpack(&bytes, "c.tgz").unwrap();
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["Chart.yaml", "templates/a.yaml", "templates/b.yaml", "values.yaml"]);
        assert_eq!(files[1].shown, "c.tgz/templates/a.yaml");
    }

    #[test]
    fn paths_that_lead_outside_are_refused_as_in_helm() {
        for (name, words) in [
            ("c//etc/x", "chart illegally contains absolute paths"),
            ("c/../x", "chart illegally references parent directory"),
            ("c/a/../../x", "chart illegally references parent directory"),
            ("c/..x", "chart illegally references parent directory"),
            ("x", "chart illegally contains content outside the base directory: \"x\""),
            ("c/.", "chart illegally contains content outside the base directory: \"c/.\""),
            ("c/c:/x", "chart contains illegally named files"),
            ("Chart.yaml/x", "chart yaml not in base directory"),
        ] {
            assert_eq!(refused(&[(name, b"x")]), words, "{name}");
        }
        assert_eq!(refused(&[("c/", b"")]), "no files in chart archive");
        assert_eq!(refused(&[]), "no files in chart archive");
    }

    #[test]
    fn a_trailing_slash_means_a_directory_only_in_old_archives() {
        let unpacked = |flag: u8, mode: u32| {
            let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
            for (name, flag, mode) in [("c/Chart.yaml", b'0', 0o644), ("c/x/", flag, mode)] {
                let mut header = Header::new_gnu();
                header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
                header.set_size(1);
                header.set_mode(mode);
                header.as_old_mut().linkflag = [flag];
                header.set_cksum();
                builder.append(&header, &b"y"[..]).unwrap();
            }
            unpack(&builder.into_inner().unwrap().finish().unwrap(), "c.tgz").unwrap().len()
        };
        assert_eq!(unpacked(b'0', 0o644), 2);
        assert_eq!(unpacked(0, 0o644), 1);
        assert_eq!(unpacked(b'0', 0o4_0755), 1);
    }

    #[test]
    fn sizes_of_files_and_archives_are_limited() {
        let fits = vec![0; MAX_FILE_BYTES as usize];
        assert_eq!(unpack(&archive(&[("c/a", &fits)]), "c.tgz").unwrap().len(), 1);
        let big = vec![0; MAX_FILE_BYTES as usize + 1];
        assert_eq!(
            refused(&[("c/big", &big)]),
            "decompressed chart file \"c/big\" is larger than the maximum file size 5242880"
        );
        let many: Vec<(&str, &[u8])> = (0..21).map(|_| ("c/a", fits.as_slice())).collect();
        assert_eq!(refused(&many), "decompressed chart is larger than the maximum size 104857600");
    }

    #[test]
    fn files_that_are_not_archives_are_reported_by_their_format() {
        let reported = |bytes: &[u8], name: &str| unpack(bytes, name).unwrap_err().into_diagnostic().message;
        assert_eq!(
            reported(b"a: 1\n", "values.yaml"),
            "file 'values.yaml' seems to be a YAML file, but expected a gzipped archive"
        );
        assert!(reported(b"a: 1\n", "c.tgz").ends_with("got 'text/plain; charset=utf-8'"));
        assert!(reported(b"\n<!DOCTYPE html>", "c.tgz").ends_with("got 'text/html; charset=utf-8'"));
        assert!(reported(b"\0\x01", "c.tgz").ends_with("got 'application/octet-stream'"));
        let whole = archive(&[("c/Chart.yaml", &[7; 3000])]);
        assert_eq!(reported(&whole[..whole.len() / 2], "c.tgz"), "unexpected EOF");
    }

    #[test]
    fn an_unterminated_long_name_is_bounded() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::GNULongName);
        header.set_size(1 << 40);
        header.set_cksum();
        bomb.write_all(header.as_bytes()).unwrap();
        for _ in 0..130 {
            bomb.write_all(&vec![b'a'; 1 << 20]).unwrap();
        }
        assert!(unpack(&bomb.finish().unwrap(), "c.tgz").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(at in 0usize..400, byte in any::<u8>(), end in 0usize..400) {
            let mut bytes = archive(&[("c/Chart.yaml", b"name: c\n"), ("c/templates/a.yaml", b"kind: X\n")]);
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - end % length);
            let _ = unpack(&bytes, "c.tgz");
        }

        #[test]
        fn kept_paths_stay_inside(name in r"[a.:/\\C]{0,12}") {
            if let Ok(path) = path_in_chart(&name) {
                prop_assert!(!path.starts_with(['/', '\\']) && !path.split('/').any(|part| part == ".." || part.is_empty()));
            }
        }
    }
}
