//! What the engine of a template language does.

use super::mentions::Found;
use super::scope::{Rendered, Scope};
use super::trace::{Focus, Trace};
use super::tree::Member;
use crate::diagnostic::{Diagnostic, Span};

/// A template language. It is given all charts of a tree that are written in it, since their templates may share names.
pub(super) trait Engine {
    /// Renders the templates of the members.
    fn render(&self, scope: &Scope<'_>, members: &[Member<'_>]) -> Outcome;

    /// The place in a template that a line (from 1) of the rendered file `path` came from, where that is known. The file is
    /// one of `member`, which is one of `members`. It may render again, and is meant for errors.
    fn locate(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        member: &Member<'_>,
        path: &str,
        line: usize,
    ) -> Option<Span>;

    /// Renders the templates of the members, and says where each line comes from. Templates that fail are left out. `None` if the
    /// engine can't say it, or the templates can't be loaded.
    fn trace(&self, _scope: &Scope<'_>, _members: &[Member<'_>]) -> Option<(Vec<Rendered>, Trace)> {
        None
    }

    /// Renders the templates of the members many times; `None` if the engine does not support that, or the templates can't
    /// be loaded.
    fn session(&self, members: &[Member<'_>]) -> Option<Box<dyn LoadedTemplates + Send>>;
}

/// Loaded templates of one engine.
pub(super) trait LoadedTemplates {
    /// Renders them; `None` if there is any error, which [`render`](super::render) reports.
    fn render(&self, scope: &Scope<'_>) -> Option<Vec<Rendered>>;

    /// Renders them, and says where what they give comes from, as far as it is asked for; `None` as for [`Engine::trace`].
    fn trace(&self, _scope: &Scope<'_>, _focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        None
    }

    /// The values that they mention, with the places.
    fn mentions(&self, _members: &[Member<'_>]) -> Found {
        Found::default()
    }
}

/// What templates gave.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) rendered: Vec<Rendered>,
    pub(super) errors: Vec<Diagnostic>,
    /// The templates, if the engine keeps them.
    pub(super) loaded: Option<Box<dyn LoadedTemplates + Send>>,
}
