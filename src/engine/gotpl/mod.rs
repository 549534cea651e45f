//! Charts written in Go templates, Helm's own language.
//!
//! | file | what it does |
//! |---|---|
//! | `lex`, `number` | text -> tokens, numbers |
//! | `parse`, `ast`, `node_text` | tokens -> templates in one arena; nodes written back for errors |
//! | `parsing` | all files of a tree of charts parsed, copies of one another once |
//! | `set` | the one name space of all charts of a tree |
//! | `value` | what templates work with: Go's values |
//! | `call` | functions as templates see them: parameters, arguments, what they may ask for |
//! | `exec` | templates run |
//! | `functions` | what templates can call, a file for each family |
//! | `trace` | where what templates write comes from |
//! | `template_mentions`, `tree_mentions` | which values templates mention, run or not |
//! | `loaded` | the templates of a tree of charts, parsed and run |
//! | `flag_templates` | templates given as flags: `--name-template`, `version --template` |
//! | `objects` | what Helm gives to templates: `Release`, `Chart`, `Values`, ... |
//! | `host` | time, zones, randomness |
//! | `times` | Go's `time` as values |
//! | `limits` | budgets against templates without end |
//! | `errors`, `report`, `value_texts` | Go's and Helm's texts; diagnostics; places in values |

mod ast;
mod call;
mod errors;
mod exec;
mod flag_templates;
mod functions;
mod host;
mod lex;
mod limits;
mod loaded;
mod node_text;
mod number;
mod objects;
mod parse;
mod parsing;
mod report;
mod set;
mod template_mentions;
mod times;
mod trace;
mod tree_mentions;
mod value;
mod value_texts;

pub use self::flag_templates::{render_name, render_version};

use self::loaded::{Loaded, Output, RunScope};
use super::language::{Engine, LoadedTemplates, Outcome};
use super::mentions::Found;
use super::scope::{Rendered, Scope};
use super::trace::{Focus, Trace};
use super::tree::Member;
use crate::diagnostic::{Diagnostic, Span};
use crate::stack;

/// Renders charts whose Chart.yaml names no engine.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GoTemplateEngine;

impl Engine for GoTemplateEngine {
    fn render(&self, scope: &Scope<'_>, members: &[Member<'_>]) -> Outcome {
        let outcome = on_stack(scope, |scope| match Loaded::new(members) {
            Ok(loaded) => (loaded.render_once(scope), Some(loaded)),
            Err(errors) => (Output { errors, ..Output::default() }, None),
        });
        let no_memory = || vec![Diagnostic::error("stack", "there is no memory for running templates")];
        let (output, loaded) = outcome.unwrap_or_else(|| (Output { errors: no_memory(), ..Output::default() }, None));
        let loaded = loaded.map(|loaded| Box::new(GoTemplateSession(loaded)) as Box<dyn LoadedTemplates + Send>);
        Outcome { loaded, ..output.finished(scope) }
    }

    fn locate(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        _: &Member<'_>,
        path: &str,
        line: usize,
    ) -> Option<Span> {
        self.trace(scope, members)?.1.line(path, line)?.span()
    }

    fn trace(&self, scope: &Scope<'_>, members: &[Member<'_>]) -> Option<(Vec<Rendered>, Trace)> {
        on_stack(scope, |scope| Loaded::new(members).ok()?.trace(scope, None))?
    }

    fn session(&self, members: &[Member<'_>]) -> Option<Box<dyn LoadedTemplates + Send>> {
        let loaded = stack::call(stack::TEMPLATES, || Loaded::new(members).ok()).ok()??;
        Some(Box::new(GoTemplateSession(loaded)))
    }
}

/// Parsed templates that are rendered many times.
struct GoTemplateSession(Loaded);

impl LoadedTemplates for GoTemplateSession {
    fn render(&self, scope: &Scope<'_>) -> Option<Vec<Rendered>> {
        let outcome = on_stack(scope, |scope| self.0.render(scope))?.finished(scope);
        Some(outcome.rendered).filter(|_| outcome.errors.is_empty())
    }

    fn trace(&self, scope: &Scope<'_>, focus: Option<Focus<'_>>) -> Option<(Vec<Rendered>, Trace)> {
        on_stack(scope, |scope| self.0.trace(scope, focus))?
    }

    fn mentions(&self, members: &[Member<'_>]) -> Found {
        stack::call(stack::TEMPLATES, || self.0.mentions(members)).unwrap_or_default()
    }
}

/// Does something on a stack that is large enough for templates; `None` if there is no memory for it.
fn on_stack<T: Send>(scope: &Scope<'_>, run: impl FnOnce(&RunScope<'_>) -> T + Send) -> Option<T> {
    let Scope { chart, values, release, capabilities, refusals } = *scope;
    let scope = RunScope { chart, values, release, capabilities, notes_refusals: refusals.is_some() };
    stack::call(stack::TEMPLATES, || run(&scope)).ok()
}

impl Output {
    /// What is handed on; refusals are noted.
    fn finished(self, scope: &Scope<'_>) -> Outcome {
        for (path, refused) in &self.refusals {
            scope.refusals.iter().for_each(|refusals| refusals.extend(path, refused.iter().map(report::refusal)));
        }
        Outcome { rendered: self.rendered, errors: self.errors, loaded: None }
    }
}
