//! Splits the output of a template into documents.

use std::ops::Range;

/// Returns the byte ranges of the documents in a text by Helm's rule: a document begins at the start of the text and after
/// every `---` at the start of a line, with the blanks that follow it; the rest of that line belongs to the document.
/// Leading white space is not part of a range, trailing white space is; documents of only white space are left out.
///
/// ```
/// use mim_chart::yaml::split_manifests;
/// let text = "a: 1\n--- # two\nb: 2\n";
/// let documents: Vec<&str> = split_manifests(text).map(|range| &text[range]).collect();
/// assert_eq!(documents, ["a: 1\n", "# two\nb: 2\n"]);
/// ```
pub fn split_manifests(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        // Leading white space is trimmed before the search for the first separator, so an indented one counts there.
        let from = if from == 0 { text.len() - text.trim_start().len() } else { from };
        let (end, next) = match separator(text, from) {
            Some(separator) => (separator.start, Some(separator.end)),
            None => (text.len(), None),
        };
        start = next;
        Some(from..end)
    })
    .filter_map(move |range| {
        let piece = &text[range.clone()];
        let trimmed = piece.trim_start();
        (!trimmed.is_empty()).then(|| range.end - trimmed.len()..range.end)
    })
}

/// Returns the next separator at the start of a line from `from` on, including the blanks after it.
fn separator(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut line = from;
    loop {
        let at_line_start = line == from || bytes[line - 1] == b'\n';
        if at_line_start && text[line..].starts_with("---") && (line != from || is_line_start(bytes, from)) {
            let blanks = bytes[line + 3..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
            return Some(line..line + 3 + blanks);
        }
        line += memchr::memchr(b'\n', &bytes[line..])? + 1;
    }
}

/// Whether a document starts at the start of a line. After a separator it does not, so `------` is one separator.
fn is_line_start(bytes: &[u8], at: usize) -> bool {
    at == 0 || bytes[at - 1] == b'\n' || bytes[..at].iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn documents(text: &str) -> Vec<&str> {
        split_manifests(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn separators_are_found_as_in_helm() {
        assert_eq!(documents("---\na: 1\n---\nb: 2\n"), ["a: 1\n", "b: 2\n"]);
        assert_eq!(documents("---apiVersion: v1\n"), ["apiVersion: v1\n"]);
        assert_eq!(documents("a: 1\n----\n"), ["a: 1\n", "-\n"]);
        assert_eq!(documents("a: |\n  ---\n  x\n"), ["a: |\n  ---\n  x\n"]);
        assert_eq!(documents("a: 1\r\n---\r\nb: 2\r\n"), ["a: 1\r\n", "b: 2\r\n"]);
        assert_eq!(documents("\n\n  ---\na: 1"), ["a: 1"]);
        assert_eq!(documents("a: 1\n...\nb"), ["a: 1\n...\nb"]);
        assert_eq!(documents("# only\n---\n \n---\nnull\n"), ["# only\n", "null\n"]);
        assert_eq!(documents(" \n\t"), [""; 0]);
        assert_eq!(documents("------\na"), ["---\na"]);
    }

    proptest! {
        #[test]
        fn joined_documents_split_into_the_same(parts in prop::collection::vec("[a-z]: [a-z ]{1,9}\n", 0..6)) {
            let joined = parts.join("---\n");
            prop_assert_eq!(documents(&joined), parts.iter().collect::<Vec<_>>());
        }

        #[test]
        fn does_not_panic(text in "[-a \n\r\té]{0,40}") {
            documents(&text);
        }
    }
}
