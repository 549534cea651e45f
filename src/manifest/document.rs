//! One manifest.

use super::hook::Hook;
use crate::diagnostic::Span;
use crate::kubernetes::{Id, Object};

/// One document that a template gave.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The template's path, as `# Source:` lines have it: `mongooseim/templates/mongoose-sts.yaml`.
    pub path: String,
    /// What it calls itself.
    pub id: Id,
    /// What Helm would run it on, if it is a hook.
    pub hook: Option<Hook>,
    /// Its text in what the template gave: leading white space trimmed, trailing kept, nothing changed.
    pub span: Span,
}

impl Manifest {
    /// The document's text.
    pub fn text(&self) -> &str {
        self.span.text()
    }

    /// Whether it has nothing but comments: Helm prints those of a template that leaves everything else out, and `kubectl apply` skips them.
    pub fn is_comment(&self) -> bool {
        self.text().lines().map(str::trim_start).all(|line| line.is_empty() || line.starts_with('#'))
    }

    /// The object that it describes.
    pub fn object(&self) -> Object {
        Object::of_document(self.id.clone(), self.path.clone(), self.span.clone())
    }
}
