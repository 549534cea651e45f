//! Writes manifests as Helm prints them.

use std::fmt::Write;
use std::ops::Range;

use super::Manifests;

/// Writes all documents: custom resource definitions (pairs of path and text) and manifests, trimmed as a whole, then the hooks.
///
/// Documents are not rewritten: comments, quotes and the order of keys stay. Without documents, the output is a single line
/// break.
pub fn write(all: &Manifests, crds: &[(String, String)]) -> String {
    write_with_starts(all, crds).text
}

/// Returns the line numbers (from 1) of each manifest and hook in the output of [`write`].
pub fn written_lines(all: &Manifests, crds: &[(String, String)]) -> Vec<Range<usize>> {
    write_with_starts(all, crds).lines().skip(crds.len()).collect()
}

/// Returns `text`, trimmed, in place of everything but the hooks, followed by the hooks.
pub fn with_hooks(text: &str, all: &Manifests) -> String {
    let mut text = text.trim().to_owned() + "\n";
    for hook in &all.hooks {
        push(&mut text, &hook.path, hook.text());
    }
    text
}

/// The output, with the start of each document in it.
pub(super) struct Written<'a> {
    text: String,
    /// Paths, and the byte offsets of the `---` separators of their documents.
    starts: Vec<(&'a str, usize)>,
}

impl Written<'_> {
    /// Returns each path with its part of the output, starting at the `# Source:` line.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (&str, &str)> {
        let ends = self.starts.iter().skip(1).map(|&(_, start)| start).chain([self.text.len()]);
        self.starts.iter().zip(ends).map(|(&(path, start), end)| (path, &self.text[start + SEPARATOR.len()..end]))
    }

    /// Returns the line numbers (from 1) of each document, without its separator and `# Source:` line.
    fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        let breaks = |text: &str| memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let before = self.starts.first().map_or("", |&(_, start)| &self.text[..start]);
        let mut line = 1 + breaks(before);
        self.pieces().map(move |(_, piece)| {
            let first = line + HEAD;
            line += 1 + breaks(piece);
            // The line break at the end is not part of the document.
            let text = piece.strip_suffix('\n').unwrap_or(piece);
            first..first + text.lines().count().saturating_sub(1)
        })
    }
}

/// Writes all documents like [`write`], and remembers where each begins.
pub(super) fn write_with_starts<'a>(all: &'a Manifests, crds: &'a [(String, String)]) -> Written<'a> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for (path, crd) in crds {
        starts.push((path.as_str(), text.len()));
        push(&mut text, path, crd);
    }
    for manifest in &all.manifests {
        starts.push((manifest.path.as_str(), text.len()));
        push(&mut text, &manifest.path, manifest.text());
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text.push('\n');
    for hook in &all.hooks {
        starts.push((hook.path.as_str(), text.len()));
        push(&mut text, &hook.path, hook.text());
    }
    Written { text, starts }
}

const SEPARATOR: &str = "---\n";
/// The number of lines above each document: the separator and the `# Source:` line.
const HEAD: usize = 2;

/// Appends a separator, the `# Source:` line and a document.
pub(super) fn push(text: &mut String, path: &str, document: &str) {
    // Writing to a `String` cannot fail.
    let _ = write!(text, "{SEPARATOR}# Source: {path}\n{document}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_as_they_are_written() {
        let hook = "kind: Job\nmetadata:\n  annotations: {helm.sh/hook: pre-install}\n\n";
        let crds = [("c/crds/a.yaml".to_owned(), "kind: CustomResourceDefinition\n\n".to_owned())];
        for files in [&["kind: Secret\n\n", "kind: Service\n\n\n", hook][..], &["kind: Secret", hook, hook], &[hook]] {
            let files =
                files.iter().enumerate().map(|(at, text)| (format!("c/templates/{at}.yaml"), (*text).to_owned()));
            let all = Manifests::read(files).unwrap();
            for crds in [&[][..], &crds] {
                let text = write(&all, crds);
                let written: Vec<&str> = text.lines().collect();
                let lines = written_lines(&all, crds);
                assert_eq!(lines.len(), all.manifests.len() + all.hooks.len());
                for (manifest, lines) in all.iter().zip(lines) {
                    assert_eq!(written[lines.start - 2], format!("# Source: {}", manifest.path));
                    let document = written[lines.start - 1..lines.end - 1].join("\n");
                    assert_eq!(document.trim_end(), manifest.text().trim_end());
                }
            }
        }
    }
}
