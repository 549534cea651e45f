//! The manifests of a render where they stand in the output.

use crate::engine::Rendered;
use crate::manifest::{Manifest, Manifests};

/// A manifest in the output.
pub(super) struct Document {
    /// The number of its first line in the whole output, from 1: the one below `# Source: ...`.
    pub(super) first_line: usize,
    pub(super) manifest: Manifest,
    /// How many lines it has there.
    lines: usize,
}

impl Document {
    /// How many lines it has in the output.
    pub(super) fn line_count(&self) -> usize {
        self.lines
    }

    /// Whether a line (from 0) has this text.
    pub(super) fn has_line(&self, line: usize, text: &str) -> bool {
        line < self.lines && self.manifest.text().lines().nth(line) == Some(text)
    }

    /// The line (from 1) of what the template gave at which a line of the document (from 0) is.
    pub(super) fn rendered_line(&self, line: usize) -> usize {
        self.manifest.span.position().map_or(1, |position| position.line) + line
    }
}

/// The manifests of a render in the order of the output. Texts that are not manifests count as nothing.
pub(super) fn documents(rendered: &[Rendered]) -> Vec<Document> {
    let texts = rendered.iter().map(|rendered| (rendered.path.clone(), rendered.text.clone()));
    in_output(&Manifests::read(texts).unwrap_or_default(), 0)
}

/// Manifests in the order of the output, which begins with so many other lines.
pub(super) fn in_output(all: &Manifests, lines_before: usize) -> Vec<Document> {
    /// `---` and `# Source: ...`
    const HEAD: usize = 2;
    let mut line = 1 + lines_before;
    let mut found = Vec::new();
    for (index, manifest) in all.manifests.iter().chain(&all.hooks).enumerate() {
        let first_line = line + HEAD;
        // White space at the end of the last one is not printed.
        let is_last = index + 1 == all.manifests.len();
        let text = if is_last { manifest.text().trim_end() } else { manifest.text() };
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        line = first_line + breaks + 1;
        let lines = breaks + usize::from(!text.is_empty() && !text.ends_with('\n'));
        found.push(Document { first_line, manifest: manifest.clone(), lines });
    }
    found
}
