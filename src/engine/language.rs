//! The interface of the engines for template languages.

use super::gotpl::parsing::ParseAhead;
use super::mentions::Found;
use super::scope::{Rendered, Scope};
use super::trace::{Focus, Trace};
use super::tree::Member;
use crate::diagnostic::{Diagnostic, Span};

/// The engine for a template language. It receives all charts of a tree that are written in the language, since their
/// templates may share names.
pub(super) trait Engine {
    /// Renders the templates of the members. The Go templates in `ahead` need not be parsed.
    fn render(&self, scope: &Scope<'_>, members: &[Member<'_>], ahead: Option<&ParseAhead>) -> Outcome;

    /// Whether the engine can trace where lines come from.
    fn can_trace(&self) -> bool {
        false
    }

    /// Renders like [`Engine::render`], and traces where the lines come from in the same run. There is no trace if the
    /// engine can't trace, a template fails, refusals are noted, or the trace would be too large.
    fn render_with_trace(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        ahead: Option<&ParseAhead>,
    ) -> (Outcome, Option<Trace>) {
        (self.render(scope, members, ahead), None)
    }

    /// Returns the place in a template that a line (from 1) of the rendered file `path` came from, if it is known. The
    /// file belongs to `member`, which is one of `members`. This may render again, so it is meant for errors.
    fn locate(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        member: &Member<'_>,
        path: &str,
        line: usize,
    ) -> Option<Span>;

    /// Renders the templates of the members, and traces where their lines come from, as far as `focus` asks. Templates
    /// that fail are skipped. Returns `None` if the engine does not support this, or the templates cannot be loaded.
    fn trace(
        &self,
        _scope: &Scope<'_>,
        _members: &[Member<'_>],
        _focus: Option<Focus<'_>>,
    ) -> Option<(Vec<Rendered>, Trace)> {
        None
    }

    /// Loads the templates of the members, to be rendered many times; `None` if the engine does not support this, or
    /// the templates cannot be loaded.
    fn session(&self, members: &[Member<'_>]) -> Option<Box<dyn LoadedTemplates + Send>>;
}

/// The loaded templates of one engine.
pub(super) trait LoadedTemplates {
    /// Renders the templates; `None` if there is any error, which [`render`](super::render) reports.
    fn render(&self, scope: &Scope<'_>) -> Option<Vec<Rendered>>;

    /// Renders the templates, and traces where their output comes from, as far as `focus` asks; `None` as for
    /// [`Engine::trace`].
    fn trace(&self, _scope: &Scope<'_>, _focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        None
    }

    /// Returns the values that the templates mention, with their places.
    fn mentions(&self, _members: &[Member<'_>]) -> Found {
        Found::default()
    }

    /// Returns only the mentions in files whose text `is_asked_for` accepts.
    fn mentions_in(&self, _is_asked_for: &(dyn Fn(&[u8]) -> bool + Sync)) -> Found {
        Found::default()
    }
}

/// The result of rendering the templates of one engine.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) rendered: Vec<Rendered>,
    pub(super) errors: Vec<Diagnostic>,
    /// The templates, if the engine keeps them.
    pub(super) loaded: Option<Box<dyn LoadedTemplates + Send>>,
}
