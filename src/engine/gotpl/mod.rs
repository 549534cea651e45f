//! The engine for charts written in Go templates, Helm's own template language.
//!
//! Templates are parsed once (`loaded`) and run with values (`exec`). What they write becomes the text of a rendered
//! file; `trace` can record where each part of it comes from.
//!
//! | file | what it does |
//! |---|---|
//! | `lex`, `number` | splits text into tokens; reads numeric literals |
//! | `parse`, `ast`, `node_text` | parses tokens into nodes in one arena; writes nodes back for errors |
//! | `parsing` | parses all files of a tree of charts, identical files only once |
//! | `set` | the one namespace that all templates of a tree share |
//! | `value` | Go's values, which templates work with |
//! | `call` | functions as templates call them: signatures, arguments, and the evaluator they can use |
//! | `exec` | runs templates |
//! | `functions` | the functions that templates can call, one file for each family |
//! | `trace` | records where the output of templates comes from |
//! | `template_mentions`, `tree_mentions` | finds the values that templates mention, whether they run or not |
//! | `loaded` | the parsed templates of a tree of charts, and the ways to run them |
//! | `run`, `rendering`, `two_threads` | a run with the objects of a scope; runs all files in order; many on two threads |
//! | `tracing` | a run that is traced |
//! | `flag_templates` | templates given as flags: `--name-template`, `version --template` |
//! | `objects` | the objects that Helm passes to templates: `Release`, `Chart`, `Values`, ... |
//! | `host` | time, time zones, randomness |
//! | `times` | the types of Go's `time` package as values |
//! | `limits` | budgets against templates that never end |
//! | `errors`, `report`, `tpl_places` | error texts of Go and Helm; diagnostics; places in values |

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
pub(super) mod parsing;
mod rendering;
mod report;
mod run;
mod set;
mod template_mentions;
mod times;
mod tpl_places;
mod trace;
mod tracing;
mod tree_mentions;
mod two_threads;
mod value;

pub use self::flag_templates::{render_name, render_version};
pub(super) use self::template_mentions::string_literals;

use self::loaded::Loaded;
use self::parsing::ParseAhead;
use self::rendering::Output;
use self::run::RunScope;
use super::language::{Engine, LoadedTemplates, Outcome};
use super::mentions::Found;
use super::scope::{Rendered, Scope};
use super::trace::{Focus, Trace};
use super::tree::Member;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::second_thread::SecondThread;
use crate::stack;

/// The engine of charts whose Chart.yaml does not name another one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GoTemplateEngine;

impl Engine for GoTemplateEngine {
    fn render(&self, scope: &Scope<'_>, members: &[Member<'_>], ahead: Option<&ParseAhead>) -> Outcome {
        load_and_run(scope, members, ahead, |loaded, scope| (loaded.render_once(scope), None)).0
    }

    fn can_trace(&self) -> bool {
        true
    }

    fn render_with_trace(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        ahead: Option<&ParseAhead>,
    ) -> (Outcome, Option<Trace>) {
        load_and_run(scope, members, ahead, Loaded::render_with_trace)
    }

    fn locate(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        _: &Member<'_>,
        path: &str,
        line: usize,
    ) -> Option<Span> {
        self.trace(scope, members, None)?.1.line(path, line)?.span()
    }

    fn trace(
        &self,
        scope: &Scope<'_>,
        members: &[Member<'_>],
        focus: Option<Focus<'_>>,
    ) -> Option<(Vec<Rendered>, Trace)> {
        on_stack(scope, |scope| Loaded::new(members, None).ok()?.trace(scope, focus))?
    }

    fn session(&self, members: &[Member<'_>]) -> Option<Box<dyn LoadedTemplates + Send>> {
        let loaded = stack::call(stack::TEMPLATES, || Loaded::new(members, None).ok()).ok()??;
        Some(Box::new(GoTemplateSession(loaded)))
    }
}

/// Starts to parse Go templates while the rest of their chart is read, if they are many.
pub(super) fn parse_ahead(sources: &[Source], second: Option<SecondThread>) -> Option<ParseAhead> {
    ParseAhead::while_reading(sources, functions::NAMES, second)
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

    fn mentions_in(&self, is_asked_for: &(dyn Fn(&[u8]) -> bool + Sync)) -> Found {
        stack::call(stack::TEMPLATES, || self.0.mentions_in(is_asked_for)).unwrap_or_default()
    }
}

/// Loads the templates of the members and runs them.
fn load_and_run(
    scope: &Scope<'_>,
    members: &[Member<'_>],
    ahead: Option<&ParseAhead>,
    run: impl FnOnce(&Loaded, &RunScope<'_>) -> (Output, Option<Trace>) + Send,
) -> (Outcome, Option<Trace>) {
    let failed = |errors| ((Output { errors, ..Output::default() }, None), None);
    let outcome = on_stack(scope, |scope| match Loaded::new(members, ahead) {
        Ok(loaded) => (run(&loaded, scope), Some(loaded)),
        Err(errors) => failed(errors),
    });
    let no_memory = || vec![Diagnostic::error("stack", "there is not enough memory to run templates")];
    let ((output, trace), loaded) = outcome.unwrap_or_else(|| failed(no_memory()));
    let loaded = loaded.map(|loaded| Box::new(GoTemplateSession(loaded)) as Box<dyn LoadedTemplates + Send>);
    (Outcome { loaded, ..output.finished(scope) }, trace)
}

/// Runs a closure on a stack that is large enough for templates; `None` if there is no memory for it.
fn on_stack<T: Send>(scope: &Scope<'_>, run: impl FnOnce(&RunScope<'_>) -> T + Send) -> Option<T> {
    let Scope { chart, values, release, capabilities, refusals } = *scope;
    let scope = RunScope { chart, values, release, capabilities, notes_refusals: refusals.is_some() };
    stack::call(stack::TEMPLATES, || run(&scope)).ok()
}

impl Output {
    /// Converts the output into an [`Outcome`], and passes its refusals on to the scope.
    fn finished(self, scope: &Scope<'_>) -> Outcome {
        for (path, refused) in &self.refusals {
            scope.refusals.iter().for_each(|refusals| refusals.extend(path, refused.iter().map(report::refusal)));
        }
        Outcome { rendered: self.rendered, errors: self.errors, loaded: None }
    }
}
