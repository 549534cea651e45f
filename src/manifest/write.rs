//! Writes manifests as Helm prints them.

use std::ops::Range;

use super::Manifests;

/// Writes all documents: custom resource definitions (pairs of path and text) and manifests, trimmed as a whole, then the hooks.
///
/// Documents are not rewritten: comments, quotes and the order of keys stay. Without documents, the output is a single line
/// break.
pub fn write(all: &Manifests, crds: &[(String, String)]) -> String {
    written_parts(all, crds).concat()
}

/// Returns the parts that make up the output of [`write`]. A large output need not be copied to be printed.
pub fn written_parts<'a>(all: &'a Manifests, crds: &'a [(String, String)]) -> Vec<&'a str> {
    Parts::new(all, crds).parts
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
    let Parts { parts, starts, .. } = Parts::new(all, crds);
    Written { text: parts.concat(), starts }
}

/// The output as parts of texts.
#[derive(Default)]
struct Parts<'a> {
    parts: Vec<&'a str>,
    /// The length of all parts.
    length: usize,
    /// As in [`Written`].
    starts: Vec<(&'a str, usize)>,
}

impl<'a> Parts<'a> {
    fn new(all: &'a Manifests, crds: &'a [(String, String)]) -> Parts<'a> {
        let mut parts = Parts::default();
        crds.iter().for_each(|(path, crd)| parts.document(path, crd));
        all.manifests.iter().for_each(|manifest| parts.document(&manifest.path, manifest.text()));
        parts.trim_end();
        parts.push("\n");
        all.hooks.iter().for_each(|hook| parts.document(&hook.path, hook.text()));
        parts
    }

    fn document(&mut self, path: &'a str, text: &'a str) {
        self.starts.push((path, self.length));
        document_parts(path, text).into_iter().for_each(|part| self.push(part));
    }

    fn push(&mut self, part: &'a str) {
        self.length += part.len();
        self.parts.push(part);
    }

    fn trim_end(&mut self) {
        while let Some(last) = self.parts.pop() {
            self.length -= last.len();
            let kept = last.trim_end();
            if !kept.is_empty() {
                return self.push(kept);
            }
        }
    }
}

const SEPARATOR: &str = "---\n";
const SOURCE: &str = "# Source: ";
/// The number of lines above each document: the separator and the `# Source:` line.
const HEAD: usize = 2;

/// Appends a separator, the `# Source:` line and a document.
pub(super) fn push(text: &mut String, path: &str, document: &str) {
    text.extend(document_parts(path, document));
}

fn document_parts<'a>(path: &'a str, text: &'a str) -> [&'a str; 6] {
    [SEPARATOR, SOURCE, path, "\n", text, "\n"]
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
