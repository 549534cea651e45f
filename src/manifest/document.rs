//! A single manifest: one YAML document of a template's output.

use super::hook::Hook;
use crate::diagnostic::Span;
use crate::kubernetes::{Id, Object};

/// One document of a template's output.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The template's path as in `# Source:` lines: `mongooseim/templates/mongoose-sts.yaml`.
    pub path: String,
    /// The object's identity: API version, kind, namespace and name.
    pub id: Id,
    /// The events on which Helm runs it, if it is a hook.
    pub hook: Option<Hook>,
    /// The document's place in the rendered text. Leading white space is trimmed, trailing white space is kept; nothing else is
    /// changed.
    pub span: Span,
}

impl Manifest {
    /// The document's text.
    pub fn text(&self) -> &str {
        self.span.text()
    }

    /// Whether it holds only comments. Helm prints the comments of a template that renders nothing else; `kubectl apply` skips
    /// them.
    pub fn is_comment(&self) -> bool {
        self.text().lines().map(str::trim_start).all(|line| line.is_empty() || line.starts_with('#'))
    }

    /// Returns the Kubernetes object that the document describes.
    pub fn object(&self) -> Object {
        Object::of_document(self.id.clone(), self.path.clone(), self.span.clone())
    }
}
