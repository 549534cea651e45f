//! The state of a chart while it is rendered, which its functions share.

use std::borrow::Cow;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tera::{Context, Kwargs, Tera, Value};

use super::budget::{Budget, Metered, Spent};
use super::checks;
use super::expressions::IsFunction;
use super::failure::{Failure, Kept};
use super::instrument::{Instrumented, Start, with_checks, with_ticks};
use crate::chart::{Chart, File};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::engine::cluster_objects::ClusterObjects;
use crate::engine::environment::MissingVersions;
use crate::engine::scope::Release;

/// How deeply `tpl` may nest, as in Helm.
const MAX_TPL_DEPTH: usize = 1_000;

/// Marks a message that stands for a [`Kept`] failure: this private-use character, then the number of the failure.
pub(super) const FAILURE_MARK: char = '\u{E000}';

/// Registers the wanted functions in an instance.
type Register = fn(&mut Tera, &Arc<Run>, &dyn Fn(&str) -> bool);

/// The functions that templates call. They call this module, so it does not refer to them by name.
#[derive(Clone, Copy)]
pub(super) struct Functions {
    /// Registers the wanted functions in an instance.
    pub(super) register: Register,
    /// Whether there is a function with a name.
    pub(super) is_function: IsFunction,
}

/// The state of a chart while it is rendered, which its functions share.
pub(super) struct Run {
    /// A reference to itself, for the functions of an instance.
    me: Weak<Run>,
    functions: Functions,
    /// Renders texts passed to `tpl`. What they refer to is not known in advance, so it holds all templates.
    for_texts: OnceLock<Tera>,
    /// What it is built from: all templates, and those that are known to be valid.
    parts: OnceLock<Parts>,
    /// The budget of the template that is being rendered.
    pub(super) budget: Arc<Budget>,
    /// The files of a chart that is built into the program: its templates, and its files if they are passed to `tpl`,
    /// need no checks of their values.
    trusted: Option<Vec<File>>,
    /// The objects of the template that is being rendered.
    objects: Mutex<Context>,
    /// The objects that `lookup` finds.
    cluster: Mutex<Option<Arc<ClusterObjects>>>,
    /// Records API versions that are not served.
    missing_versions: Mutex<Option<Arc<MissingVersions>>>,
    /// Whether the addresses of hosts are wanted.
    needs_dns: AtomicBool,
    kept: Mutex<Vec<Kept>>,
    tpl_depth: AtomicUsize,
    /// Whether refusals are only noted, and do not end the render.
    notes_refusals: bool,
    refused: Mutex<Vec<Refused>>,
}

/// A refusal by `required` or `fail`, with the chart's own message.
#[derive(Debug)]
pub(super) enum Refused {
    /// `required` of null, or of an undefined value.
    Missing(String),
    /// `required` of "".
    Empty(String),
    /// `fail`
    Fail(String),
}

impl Refused {
    pub(super) fn sentence(&self) -> &str {
        match self {
            Refused::Missing(sentence) | Refused::Empty(sentence) | Refused::Fail(sentence) => sentence,
        }
    }

    /// Returns Helm's message about a refusal that does not end the render.
    pub(super) fn note(&self) -> Diagnostic {
        match self {
            Refused::Missing(sentence) => {
                Diagnostic::warning("required", format!("missing required value: {sentence}"))
            }
            Refused::Empty(sentence) => Diagnostic::warning("required", format!("missing required values: {sentence}")),
            Refused::Fail(sentence) => Diagnostic::new(Severity::Info, "fail", format!("funcMap fail: {sentence}")),
        }
    }
}

/// The templates that a text passed to `tpl` can refer to.
pub(super) struct Parts {
    pub(super) all: Vec<(String, Source)>,
    /// Those that the chart itself renders or refers to, which have been loaded before without an error.
    pub(super) loaded: Vec<(String, Source)>,
    /// The prefixes that are tried for names.
    pub(super) prefixes: Vec<String>,
}

impl Run {
    /// Returns a run of a chart whose templates call Helm's functions. With `notes_refusals`, a refusal by `required`
    /// or `fail` does not end it.
    pub(super) fn new(chart: &Chart, notes_refusals: bool, functions: Functions) -> Arc<Run> {
        Arc::new_cyclic(|me| Run {
            me: me.clone(),
            functions,
            for_texts: OnceLock::new(),
            parts: OnceLock::new(),
            budget: Arc::default(),
            trusted: chart.is_built_in.then(|| chart.files.clone()),
            objects: Mutex::default(),
            cluster: Mutex::default(),
            missing_versions: Mutex::default(),
            needs_dns: AtomicBool::default(),
            kept: Mutex::default(),
            tpl_depth: AtomicUsize::new(0),
            notes_refusals,
            refused: Mutex::default(),
        })
    }

    /// Sets the templates that texts passed to `tpl` can refer to.
    pub(super) fn prepare_texts(&self, parts: Parts) {
        self.parts.get_or_init(|| parts);
    }

    /// Returns the instance that renders texts passed to `tpl`, which is created when it is first needed.
    fn tera_for_texts(&self) -> Result<&Tera, Failure> {
        if let Some(tera) = self.for_texts.get() {
            return Ok(tera);
        }
        let unready = || Failure::call("this chart renders no texts");
        let parts = self.parts.get().ok_or_else(unready)?;
        let me = self.me.upgrade().ok_or_else(unready)?;
        // A file that nothing refers to may be invalid.
        let build = |templates: &[(String, Source)]| {
            let checked = templates.iter().map(|(name, source)| (name.as_str(), self.template(source.text()).text));
            instance(&me, checked, &parts.prefixes, &|_| true)
        };
        let made = build(&parts.all).or_else(|_| build(&parts.loaded));
        let made = made.map_err(|error| Failure::call(error.to_string()))?;
        Ok(self.for_texts.get_or_init(|| made))
    }

    /// Adds to a template the code that keeps it within the budget.
    pub(super) fn template<'t>(&self, text: &'t str) -> Instrumented<'t> {
        if self.trusts_templates() {
            with_ticks(text)
        } else {
            with_checks(text, Start::Counted, self.functions.is_function)
        }
    }

    /// Adds to a text passed to `tpl` the code that keeps it within the budget.
    pub(super) fn text<'t>(&self, text: &'t str) -> Instrumented<'t> {
        let trusted = self.trusted.iter().flatten().any(|file| *file.bytes == *text.as_bytes());
        if trusted { with_ticks(text) } else { with_checks(text, Start::Free, self.functions.is_function) }
    }

    /// Whether the chart's templates are built into the program.
    pub(super) fn trusts_templates(&self) -> bool {
        self.trusted.is_some()
    }

    /// Sets the release that templates are rendered for.
    pub(super) fn see(&self, release: &Release) {
        *lock(&self.cluster) = release.environment.objects.clone();
        *lock(&self.missing_versions) = release.environment.missing_versions.clone();
        self.needs_dns.store(release.environment.needs_dns, Ordering::Relaxed);
    }

    /// Returns the objects that `lookup` finds.
    pub(super) fn cluster_objects(&self) -> Option<Arc<ClusterObjects>> {
        lock(&self.cluster).clone()
    }

    /// Records an API version that a template asked for and that is not served.
    pub(super) fn note_missing_version(&self, version: &str) {
        if let Some(missing) = &*lock(&self.missing_versions) {
            missing.note(version);
        }
    }

    /// Whether the addresses of hosts are wanted; they are never looked up.
    pub(super) fn needs_dns(&self) -> bool {
        self.needs_dns.load(Ordering::Relaxed)
    }

    /// Begins a template with these objects, after others that have used up `spent` of the budget.
    pub(super) fn begin(&self, objects: Context, spent: Spent) {
        self.budget.begin(spent);
        *lock(&self.objects) = objects;
    }

    /// Returns the error that ends the render, or notes the refusal and returns "".
    pub(super) fn refuse(&self, refused: Refused) -> Result<Value, Failure> {
        if !self.notes_refusals {
            return Err(Failure::Kept(Kept::Refused(checks::shortened(refused.sentence()))));
        }
        lock(&self.refused).push(refused);
        Ok(Value::from(""))
    }

    /// Returns the refusals noted since the last call.
    pub(super) fn take_refused(&self) -> Vec<Refused> {
        std::mem::take(&mut lock(&self.refused))
    }

    /// Returns the failures kept so far, and starts an empty list.
    pub(super) fn take_kept(&self) -> Vec<Kept> {
        std::mem::take(&mut lock(&self.kept))
    }

    /// Converts a failure to a Tera error, which contains only text. Failures that are more than text are kept here.
    pub(super) fn keep_failure(&self, function: &str, failure: Failure) -> tera::Error {
        match failure {
            Failure::Call(message) => tera::Error::message(format!("error calling {function}: {message}")),
            Failure::Kept(failure) => {
                let mut kept = lock(&self.kept);
                kept.push(failure);
                tera::Error::message(format!("{FAILURE_MARK}{}", kept.len() - 1))
            }
        }
    }

    /// Implements `tpl`: renders a text with the objects of the template that is being rendered, and with further
    /// variables (except `text`, which is the text itself).
    pub(super) fn render_text(&self, text: &str, variables: &Kwargs) -> Result<Value, Failure> {
        if !["{{", "{%", "{#"].iter().any(|delimiter| text.contains(delimiter)) {
            return Ok(Value::from(text));
        }
        self.budget.spend_parsed(text.len()).map_err(Failure::Call)?;
        let tera = self.tera_for_texts()?;
        let _depth = Depth::enter(&self.tpl_depth)?;
        let mut context = lock(&self.objects).clone();
        for (name, value) in variables.iter() {
            if let Some(name) = name.as_str().filter(|name| *name != "text") {
                context.insert_value(name.to_owned(), value.clone());
            }
        }
        let mut out = Metered { text: Vec::new(), budget: &self.budget };
        let checked = self.text(text);
        match tera.render_str_to(&checked.text, &context, false, &mut out as &mut dyn Write) {
            Ok(()) => Ok(Value::from(String::from_utf8_lossy(&out.text).into_owned())),
            Err(error) => Err(Failure::Kept(Kept::Text { text: text.to_owned(), error: Box::new(error) })),
        }
    }
}

/// Returns a Tera instance with these templates (names, and texts with checks) and the wanted functions.
///
/// # Errors
/// Tera's error about the templates.
pub(super) fn instance<'t>(
    run: &Arc<Run>,
    templates: impl IntoIterator<Item = (&'t str, Cow<'t, str>)>,
    prefixes: &[String],
    is_wanted: &dyn Fn(&str) -> bool,
) -> tera::TeraResult<Tera> {
    let mut tera = Tera::default();
    tera.autoescape_on(Vec::<&str>::new());
    tera.set_fallback_prefixes(prefixes.to_vec())?;
    (run.functions.register)(&mut tera, run, is_wanted);
    checks::register(&mut tera, &run.budget);
    tera.add_raw_templates(templates)?;
    Ok(tera)
}

/// One level of `tpl`, which ends when this is dropped.
struct Depth<'a>(&'a AtomicUsize);

impl<'a> Depth<'a> {
    fn enter(depth: &'a AtomicUsize) -> Result<Depth<'a>, Failure> {
        if depth.fetch_add(1, Ordering::Relaxed) >= MAX_TPL_DEPTH {
            depth.fetch_sub(1, Ordering::Relaxed);
            return Err(Failure::call(format!(
                "rendering template has a nested reference: tpl calls itself more than {MAX_TPL_DEPTH} levels deep"
            )));
        }
        Ok(Depth(depth))
    }
}

impl Drop for Depth<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data is always consistent, so a panic elsewhere does not invalidate it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
