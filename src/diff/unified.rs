//! Writes a comparison as a patch of the manifests.
//!
//! Names come from manifests, and patches are applied, so the patch only changes files `NAMESPACE/KIND/NAME.yaml` below the
//! folder in which it is applied. Each part of a name is a single part of the path, whatever characters it has. The lines of a
//! manifest cannot start another file in the patch, because each has a sign in front, and each hunk declares its number of lines.

use std::fmt::Write;

use super::difference::Comparison;
use super::difference::Difference;
use super::difference::Status;
use super::lines::{Line, hunks};
use crate::diagnostic::is_hidden;

/// Writes a comparison as a unified diff with one file for each object, named by namespace, kind and name.
///
/// Separators, colons, invisible characters, and dots or spaces at the start or end of a part are escaped in the form `%2F`.
/// Other characters that git quotes are quoted as in git.
pub fn write_unified(comparison: &Comparison, context: usize) -> String {
    let mut text = String::new();
    for difference in &comparison.differences {
        one(difference, context, &mut text);
    }
    text
}

fn one(difference: &Difference, context: usize, text: &mut String) {
    let id = &difference.id;
    let file = |name: &str| {
        let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", part(&id.namespace)) };
        format!("{namespace}{}/{}", part(&id.kind), part(&format!("{name}.yaml")))
    };
    let old_name = difference.old_name.as_deref().unwrap_or(&id.name);
    let (old_file, new_file) = (file(old_name), file(&id.name));
    let (old, new) = (quoted(&format!("a/{old_file}")), quoted(&format!("b/{new_file}")));
    let hunks = hunks(&difference.old_text, &difference.new_text, context);
    if hunks.is_empty() {
        return;
    }
    // Writing to a `String` cannot fail.
    let _ = match difference.status {
        Status::Added => writeln!(text, "--- /dev/null\n+++ {new}"),
        Status::Removed => writeln!(text, "--- {old}\n+++ /dev/null"),
        // Without these lines, a patch would change the old file without renaming it.
        _ if old_file != new_file => writeln!(
            text,
            "diff --git {old} {new}\nrename from {}\nrename to {}\n--- {old}\n+++ {new}",
            quoted(&old_file),
            quoted(&new_file)
        ),
        _ => writeln!(text, "--- {old}\n+++ {new}"),
    };
    for hunk in hunks {
        let range =
            |(start, count): (usize, usize)| if count == 1 { start.to_string() } else { format!("{start},{count}") };
        let _ = writeln!(text, "@@ -{} +{} @@", range(hunk.old), range(hunk.new));
        for line in hunk.lines {
            let (sign, line) = match line {
                Line::Same(line) => (' ', line),
                Line::Old(line) => ('-', line),
                Line::New(line) => ('+', line),
            };
            let _ = writeln!(text, "{sign}{line}");
        }
    }
}

/// Escapes a name as a single part of a path: no separators of any system, no drive letter, not hidden (`.git`, `..`), no
/// invisible characters. `%` is escaped as `%25`, so that different names stay different.
fn part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    let last = name.len().saturating_sub(1);
    for (at, c) in name.char_indices() {
        let is_at_an_end = at == 0 || at == last;
        if matches!(c, '/' | '\\' | ':' | '%' | '~') || matches!(c, '.' | ' ') && is_at_an_end || is_hidden(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a `String` cannot fail.
                let _ = write!(part, "%{byte:02X}");
            }
        } else {
            part.push(c);
        }
    }
    if part.is_empty() { "%00".to_owned() } else { part }
}

/// Quotes a path like git: in double quotes, with bytes beyond ASCII in octal, if it has such bytes, quotes or spaces. It has no
/// control characters or backslashes.
fn quoted(path: &str) -> String {
    if path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
        return path.to_owned();
    }
    let mut quoted = String::from("\"");
    for byte in path.bytes() {
        // Writing to a `String` cannot fail.
        let _ = match byte {
            b'"' => quoted.write_str("\\\""),
            b' '..=b'~' => quoted.write_char(char::from(byte)),
            _ => write!(quoted, "\\{byte:03o}"),
        };
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_part_of_a_path() {
        for (name, wanted) in [
            ("mongooseim", "mongooseim"),
            ("a.b-c_d", "a.b-c_d"),
            ("..", "%2E%2E"),
            (".", "%2E"),
            ("", "%00"),
            (".git", "%2Egit"),
            ("a/../../x", "a%2F..%2F..%2Fx"),
            ("/etc/passwd", "%2Fetc%2Fpasswd"),
            ("..\\x", "%2E.%5Cx"),
            ("C:", "C%3A"),
            ("git~1", "git%7E1"),
            ("a\n+++ b/x", "a%0A+++ b%2Fx"),
            ("a.", "a%2E"),
            ("a%2Fb", "a%252Fb"),
            ("a\u{202e}", "a%E2%80%AE"),
        ] {
            assert_eq!(part(name), wanted, "{name:?}");
        }
    }

    #[test]
    fn paths_are_quoted_as_git_does() {
        assert_eq!(quoted("a/Service/web.yaml"), "a/Service/web.yaml");
        assert_eq!(quoted("a/größe \"x\".yaml"), "\"a/gr\\303\\266\\303\\237e \\\"x\\\".yaml\"");
    }

    proptest! {
        #[test]
        fn names_cannot_lead_out_of_the_folder(name in any::<String>(), other in any::<String>()) {
            let part = part(&name);
            prop_assert!(!part.is_empty() && !part.contains(['/', '\\', ':', '\n', '\0']) && !part.starts_with('.'), "{part:?}");
            prop_assert!(!quoted(&part).contains(|c: char| !c.is_ascii() || c.is_ascii_control()));
            prop_assert!(name == other || part != super::part(&other));
        }
    }
}
