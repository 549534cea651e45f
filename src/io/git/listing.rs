//! Parses the output of `git ls-tree`, and validates the entries of trees before anything uses them.

use std::collections::{BTreeMap, HashMap};

/// The entries of a directory, by name.
pub(super) type Directory = BTreeMap<Vec<u8>, Entry>;

/// An entry of a directory in a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: EntryKind,
    /// The object's hash, in hexadecimal digits.
    pub(super) object: String,
}

/// The kind of an entry. Sizes are in bytes; they are missing for objects that the repository lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File(Option<u64>),
    Link(Option<u64>),
    Directory,
    Submodule,
}

/// Parses the output of `git ls-tree -z -l` for one directory, or with `-r -t` for everything below it. The result maps paths to
/// directories, with `""` for the listed directory itself and, with `below`, the directories below it. Anything below a directory
/// whose name is not UTF-8 is left out.
///
/// # Errors
/// Trees that git never creates and that `git fsck` rejects: with names that are empty, `.`, `..` or `.git`,
/// or with two entries of one name.
pub(super) fn parse(output: &[u8], below: bool) -> Result<HashMap<String, Directory>, String> {
    let mut directories = HashMap::from([(String::new(), Directory::new())]);
    for line in output.split(|&byte| byte == 0).filter(|line| !line.is_empty()) {
        let (path, entry) = parse_line(line).ok_or("git ls-tree prints a line that is not an entry")?;
        let shown = || String::from_utf8_lossy(path).into_owned();
        let (above, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        if path.split(|&byte| byte == b'/').any(is_forbidden) {
            return Err(format!("the tree has an entry {:?}, which git does not allow", shown()));
        }
        if below
            && entry.kind == EntryKind::Directory
            && let Ok(path) = std::str::from_utf8(path)
        {
            directories.entry(path.to_owned()).or_default();
        }
        let Ok(above) = std::str::from_utf8(above) else { continue };
        let directory = directories.get_mut(above).ok_or_else(|| format!("{:?} is in no directory", shown()))?;
        if directory.insert(name.to_vec(), entry).is_some() {
            return Err(format!("the tree has two entries named {:?}", shown()));
        }
    }
    Ok(directories)
}

/// Includes `.git` in any case, because on a case-insensitive file system it is the repository itself.
fn is_forbidden(name: &[u8]) -> bool {
    matches!(name, b"" | b"." | b"..") || name.eq_ignore_ascii_case(b".git")
}

/// Parses a line: `mode type object size TAB path`.
fn parse_line(line: &[u8]) -> Option<(&[u8], Entry)> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let head = std::str::from_utf8(&line[..tab]).ok()?;
    let mut fields = head.split_ascii_whitespace();
    let (mode, kind, object, size) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    if !object.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let kind = match (kind, mode) {
        ("blob", "120000") => EntryKind::Link(size.parse().ok()),
        ("blob", _) => EntryKind::File(size.parse().ok()),
        ("tree", _) => EntryKind::Directory,
        ("commit", _) => EntryKind::Submodule,
        _ => return None,
    };
    Some((&line[tab + 1..], Entry { kind, object: object.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let line = |(head, path): &(&str, &[u8])| [head.as_bytes(), b"\t", path, b"\0"].concat();
        entries.iter().flat_map(line).collect()
    }

    const FILE: &str = "100644 blob 0123ab       7";
    const LINK: &str = "120000 blob 0123ab       7";
    const TREE: &str = "040000 tree 0123ab       -";

    #[test]
    fn entries_go_into_their_directories() {
        let read = parse(
            &output(&[
                (FILE, b"a"),
                (TREE, b"d"),
                (LINK, b"d/l"),
                ("160000 commit 0123ab -", b"d/m"),
                ("100644 blob 0123ab BAD", b"d/\xff"),
                (TREE, b"\xff"),
                (FILE, b"\xff/below"),
            ]),
            true,
        );
        let read = read.unwrap();
        let kinds =
            |path: &str| read[path].iter().map(|(name, entry)| (name.as_slice(), entry.kind)).collect::<Vec<_>>();
        assert_eq!(
            kinds(""),
            [
                (b"a".as_slice(), EntryKind::File(Some(7))),
                (b"d".as_slice(), EntryKind::Directory),
                (b"\xff".as_slice(), EntryKind::Directory)
            ]
        );
        assert_eq!(
            kinds("d"),
            [
                (b"l".as_slice(), EntryKind::Link(Some(7))),
                (b"m".as_slice(), EntryKind::Submodule),
                (b"\xff".as_slice(), EntryKind::File(None))
            ]
        );
    }

    #[test]
    fn unlisted_directories_are_not_empty() {
        assert_eq!(parse(&output(&[(TREE, b"d")]), false).unwrap().len(), 1);
        assert_eq!(parse(&output(&[(TREE, b"d")]), true).unwrap().len(), 2);
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for path in ["..", ".", ".git", ".GIT", "/a", "d/", "d/../a", "d//a", "d/.git/config", ""] {
            let error =
                parse(&output(&[(TREE, b"d"), (TREE, b"d/.."), (FILE, path.as_bytes())])[..], true).unwrap_err();
            assert!(error.ends_with("which git does not allow"), "{path}: {error}");
            let error = parse(&output(&[(TREE, b"d"), (FILE, path.as_bytes())])[..], true).unwrap_err();
            assert!(error.ends_with("which git does not allow"), "{path}: {error}");
        }
        assert_eq!(parse(&output(&[(FILE, b"d/a")]), true).unwrap_err(), "\"d/a\" is in no directory");
    }

    #[test]
    fn two_entries_of_one_name_are_refused() {
        for other in [FILE, LINK, TREE, "160000 commit 0123ab -"] {
            assert_eq!(
                parse(&output(&[(LINK, b"f"), (other, b"f")]), true).unwrap_err(),
                "the tree has two entries named \"f\""
            );
        }
    }

    #[test]
    fn lines_that_are_not_entries_are_refused() {
        for line in ["", "100644 blob 0123ab", "100644 blob --help 7", "100644 tag 0123ab 7"] {
            assert!(parse(&output(&[(line, b"a")]), true).is_err(), "{line}");
        }
        assert!(parse(b"no tab\0", true).is_err());
    }
}
