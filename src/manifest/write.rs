//! Writes manifests as Helm prints them.

use std::fmt::Write;

use super::Manifests;

/// Writes all documents: custom resource definitions (pairs of path and text) and manifests, trimmed as a whole, then the hooks.
///
/// Documents are not rewritten: comments, quotes and the order of keys stay. Without documents, the output is a single line
/// break.
pub fn write(all: &Manifests, crds: &[(String, String)]) -> String {
    write_with_starts(all, crds).text
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

/// Appends a separator, the `# Source:` line and a document.
pub(super) fn push(text: &mut String, path: &str, document: &str) {
    // Writing to a `String` cannot fail.
    let _ = write!(text, "{SEPARATOR}# Source: {path}\n{document}\n");
}
