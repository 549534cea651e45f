//! Writing manifests as Helm prints them.

use std::fmt::Write;

use super::Manifests;

/// The whole text: custom resource definitions (pairs of path and text) and manifests, trimmed as one, then the hooks.
/// Nothing is rewritten: comments, quotes and the order of keys stay. Without any document it is one line break.
pub fn write(all: &Manifests, crds: &[(String, String)]) -> String {
    write_with_starts(all, crds).text
}

/// A text in place of all but the hooks, trimmed, then the hooks.
pub fn with_hooks(text: &str, all: &Manifests) -> String {
    let mut text = text.trim().to_owned() + "\n";
    for hook in &all.hooks {
        push(&mut text, &hook.path, hook.text());
    }
    text
}

/// A text, and where in it the documents begin that came from each path.
pub(super) struct Written<'a> {
    text: String,
    /// Paths, and the bytes at which their separators `---` stand.
    starts: Vec<(&'a str, usize)>,
}

impl Written<'_> {
    /// Paths, and what was written for each, its `# Source:` line first.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (&str, &str)> {
        let ends = self.starts.iter().skip(1).map(|&(_, start)| start).chain([self.text.len()]);
        self.starts.iter().zip(ends).map(|(&(path, start), end)| (path, &self.text[start + SEPARATOR.len()..end]))
    }
}

/// The same as [`write`], with where the documents begin.
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

/// Adds a document behind a separator and its template's path.
pub(super) fn push(text: &mut String, path: &str, document: &str) {
    // Writing to a String can't fail.
    let _ = write!(text, "{SEPARATOR}# Source: {path}\n{document}\n");
}
