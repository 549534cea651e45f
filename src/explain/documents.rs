//! The manifests of a render with their positions in the output.

use std::ops::Range;

use crate::engine::{self, Rendered, Scope};
use crate::manifest::{Manifest, Manifests, written_lines};

/// A manifest and its position in the output.
pub(super) struct Document {
    pub(super) manifest: Manifest,
    /// The numbers of its lines in the whole output, from 1.
    lines: Range<usize>,
}

impl Document {
    /// Returns the number of its first line in the whole output, from 1: the line below `# Source: ...`.
    pub(super) fn first_line(&self) -> usize {
        self.lines.start
    }

    /// Returns the number of its lines in the output.
    pub(super) fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Whether line `line` (from 0) of the document is `text`.
    pub(super) fn has_line(&self, line: usize, text: &str) -> bool {
        line < self.line_count() && self.manifest.text().lines().nth(line) == Some(text)
    }

    /// Converts a line of the document (from 0) into a line of the template's output (from 1).
    pub(super) fn rendered_line(&self, line: usize) -> usize {
        self.manifest.span.position().map_or(1, |position| position.line) + line
    }
}

/// Renders a chart and reads its manifests; `None` if it cannot be rendered, or if its output can't be parsed.
pub(super) fn rendered_manifests(scope: &Scope<'_>) -> Option<Manifests> {
    let rendered = engine::render(scope).ok()?.into_iter().filter(|rendered| !rendered.notes);
    Manifests::read(rendered.map(|rendered| (rendered.path, rendered.text))).ok()
}

/// Returns the manifests of a render in the order of the output. If the output can't be parsed, there are none.
pub(super) fn documents(rendered: &[Rendered]) -> Vec<Document> {
    let texts = rendered.iter().map(|rendered| (rendered.path.clone(), rendered.text.clone()));
    in_output(&Manifests::read(texts).unwrap_or_default(), &[])
}

/// Returns manifests in the order of the output, which starts with the custom resource definitions (pairs of path and text).
pub(super) fn in_output(all: &Manifests, crds: &[(String, String)]) -> Vec<Document> {
    let lines = written_lines(all, crds);
    all.iter().zip(lines).map(|(manifest, lines)| Document { manifest: manifest.clone(), lines }).collect()
}
