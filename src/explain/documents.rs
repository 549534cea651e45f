//! The manifests of a render with their positions in the output.

use crate::engine::Rendered;
use crate::manifest::{Manifest, Manifests};

/// A manifest and its position in the output.
pub(super) struct Document {
    /// The number of its first line in the whole output, from 1: the line below `# Source: ...`.
    pub(super) first_line: usize,
    pub(super) manifest: Manifest,
    /// The number of its lines in the output.
    lines: usize,
}

impl Document {
    /// Returns the number of its lines in the output.
    pub(super) fn line_count(&self) -> usize {
        self.lines
    }

    /// Whether line `line` (from 0) of the document is `text`.
    pub(super) fn has_line(&self, line: usize, text: &str) -> bool {
        line < self.lines && self.manifest.text().lines().nth(line) == Some(text)
    }

    /// Converts a line of the document (from 0) into a line of the template's output (from 1).
    pub(super) fn rendered_line(&self, line: usize) -> usize {
        self.manifest.span.position().map_or(1, |position| position.line) + line
    }
}

/// Returns the manifests of a render in the order of the output. If the output can't be parsed, there are none.
pub(super) fn documents(rendered: &[Rendered]) -> Vec<Document> {
    let texts = rendered.iter().map(|rendered| (rendered.path.clone(), rendered.text.clone()));
    in_output(&Manifests::read(texts).unwrap_or_default(), 0)
}

/// Returns manifests in the order of the output, which starts with `lines_before` other lines.
pub(super) fn in_output(all: &Manifests, lines_before: usize) -> Vec<Document> {
    /// `---` and `# Source: ...`
    const HEAD: usize = 2;
    let mut line = 1 + lines_before;
    let mut found = Vec::new();
    for (index, manifest) in all.manifests.iter().chain(&all.hooks).enumerate() {
        let first_line = line + HEAD;
        // White space at the end of the last manifest before the hooks is not printed.
        let is_last = index + 1 == all.manifests.len();
        let text = if is_last { manifest.text().trim_end() } else { manifest.text() };
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        line = first_line + breaks + 1;
        let lines = breaks + usize::from(!text.is_empty() && !text.ends_with('\n'));
        found.push(Document { first_line, manifest: manifest.clone(), lines });
    }
    found
}
