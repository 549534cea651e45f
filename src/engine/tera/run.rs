//! One chart being rendered: what its functions share.

use std::borrow::Cow;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tera::{Context, Kwargs, Tera, Value};

use super::budget::{Budget, Metered, Spent};
use super::checks;
use super::expressions::IsFunction;
use super::failure::Failure;
use super::instrument::{Instrumented, Start, with_checks, with_ticks};
use crate::chart::{Chart, File};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::engine::cluster_objects::ClusterObjects;
use crate::engine::environment::MissingVersions;
use crate::engine::scope::Release;

/// How deeply `tpl` may nest, as in Helm.
const MAX_TPL_DEPTH: usize = 1_000;

/// Marks a message that stands for a kept [`Failure`]: a private-use character, then its number.
pub(super) const FAILURE_MARK: char = '\u{E000}';

/// A failure that Tera can't carry in its own errors, which hold text alone.
#[derive(Debug)]
pub(super) enum Kept {
    /// `required` or `fail` with this sentence.
    Refused(String),
    /// A text given to `tpl`, and what was wrong with it.
    Text { text: String, error: tera::Error },
}

/// Adds those functions to an instance whose names are wanted.
type Register = fn(&mut Tera, &Arc<Run>, &dyn Fn(&str) -> bool);

/// The functions that templates call. They call back here, so they are not named here.
#[derive(Clone, Copy)]
pub(super) struct Functions {
    /// Adds those functions to an instance whose names are wanted.
    pub(super) register: Register,
    /// Whether there is a function of a name.
    pub(super) is_function: IsFunction,
}

/// One chart being rendered: what its functions share.
pub(super) struct Run {
    /// The way back here for the functions of an instance.
    me: Weak<Run>,
    functions: Functions,
    /// Renders texts given to `tpl`. What those refer to is not known beforehand, so it holds all that there is.
    for_texts: OnceLock<Tera>,
    /// What it is made of: all templates, and those that are known to be sound.
    parts: OnceLock<Parts>,
    /// What the template being rendered has used up.
    pub(super) budget: Arc<Budget>,
    /// The files of a chart that is part of the program: its templates, and its files where they are given to `tpl`,
    /// need no checks of their values.
    trusted: Option<Vec<File>>,
    /// The objects of the template being rendered.
    objects: Mutex<Context>,
    /// What `lookup` finds.
    cluster: Mutex<Option<Arc<ClusterObjects>>>,
    /// Where API versions are noted that are not served.
    missing_versions: Mutex<Option<Arc<MissingVersions>>>,
    /// Whether the addresses of hosts are wanted.
    needs_dns: AtomicBool,
    kept: Mutex<Vec<Kept>>,
    tpl_depth: AtomicUsize,
    /// Whether refusals are noted and no more.
    notes_refusals: bool,
    refused: Mutex<Vec<Refused>>,
}

/// What `required` or `fail` refuses, with the chart's own sentence.
#[derive(Debug)]
pub(super) enum Refused {
    /// `required` of null, or of what is not there.
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

    /// What Helm says of it where it does not end the render.
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

/// The templates that a text given to `tpl` can refer to.
pub(super) struct Parts {
    pub(super) all: Vec<(String, Source)>,
    /// Those that the chart renders or refers to itself: they have been loaded before, without an error.
    pub(super) loaded: Vec<(String, Source)>,
    /// The prefixes that are tried for names.
    pub(super) prefixes: Vec<String>,
}

impl Run {
    /// A run of a chart, whose templates call Helm's functions. With `notes_refusals` what `required` and
    /// `fail` refuse does not end it.
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

    /// Says what texts given to `tpl` can refer to.
    pub(super) fn prepare_texts(&self, parts: Parts) {
        self.parts.get_or_init(|| parts);
    }

    /// The instance that renders texts given to `tpl`, made when the first needs it.
    fn tera_for_texts(&self) -> Result<&Tera, Failure> {
        if let Some(tera) = self.for_texts.get() {
            return Ok(tera);
        }
        let unready = || Failure::call("this chart renders no texts");
        let parts = self.parts.get().ok_or_else(unready)?;
        let me = self.me.upgrade().ok_or_else(unready)?;
        // A file that nothing refers to may be broken.
        let of = |templates: &[(String, Source)]| {
            let checked = templates.iter().map(|(name, source)| (name.as_str(), self.template(source.text()).text));
            instance(&me, checked, &parts.prefixes, &|_| true)
        };
        let made = of(&parts.all).or_else(|_| of(&parts.loaded));
        let made = made.map_err(|error| Failure::call(error.to_string()))?;
        Ok(self.for_texts.get_or_init(|| made))
    }

    /// A template with what keeps it within the budget.
    pub(super) fn template<'t>(&self, text: &'t str) -> Instrumented<'t> {
        if self.trusts_templates() {
            with_ticks(text)
        } else {
            with_checks(text, Start::Counted, self.functions.is_function)
        }
    }

    /// A text given to `tpl` with what keeps it within the budget.
    pub(super) fn text<'t>(&self, text: &'t str) -> Instrumented<'t> {
        let trusted = self.trusted.iter().flatten().any(|file| *file.bytes == *text.as_bytes());
        if trusted { with_ticks(text) } else { with_checks(text, Start::Free, self.functions.is_function) }
    }

    /// Whether the chart's templates are those of the program.
    pub(super) fn trusts_templates(&self) -> bool {
        self.trusted.is_some()
    }

    /// Templates are rendered for this release from now on.
    pub(super) fn see(&self, release: &Release) {
        *lock(&self.cluster) = release.environment.objects.clone();
        *lock(&self.missing_versions) = release.environment.missing_versions.clone();
        self.needs_dns.store(release.environment.needs_dns, Ordering::Relaxed);
    }

    /// What `lookup` finds.
    pub(super) fn cluster_objects(&self) -> Option<Arc<ClusterObjects>> {
        lock(&self.cluster).clone()
    }

    /// A template asked for an API version that is not served.
    pub(super) fn note_missing_version(&self, version: &str) {
        if let Some(missing) = &*lock(&self.missing_versions) {
            missing.note(version);
        }
    }

    /// Whether the addresses of hosts are wanted, which are never looked up.
    pub(super) fn needs_dns(&self) -> bool {
        self.needs_dns.load(Ordering::Relaxed)
    }

    /// Begins a template, which sees these objects, after others that have used up so much of the budget.
    pub(super) fn begin(&self, objects: Context, spent: Spent) {
        self.budget.begin(spent);
        *lock(&self.objects) = objects;
    }

    /// The end of rendering, or "" and a note of it.
    pub(super) fn refuse(&self, refused: Refused) -> Result<Value, Failure> {
        if !self.notes_refusals {
            return Err(Failure::Refused(checks::shortened(refused.sentence())));
        }
        lock(&self.refused).push(refused);
        Ok(Value::from(""))
    }

    /// What was refused since this was asked last.
    pub(super) fn take_refused(&self) -> Vec<Refused> {
        std::mem::take(&mut lock(&self.refused))
    }

    /// The failures kept so far, and an empty list in their place.
    pub(super) fn take_kept(&self) -> Vec<Kept> {
        std::mem::take(&mut lock(&self.kept))
    }

    /// Hands a failure to Tera, whose errors carry nothing but text: what doesn't fit there is kept here.
    pub(super) fn keep_failure(&self, function: &str, failure: Failure) -> tera::Error {
        let keep = |failure: Kept| {
            let mut kept = lock(&self.kept);
            kept.push(failure);
            tera::Error::message(format!("{FAILURE_MARK}{}", kept.len() - 1))
        };
        match failure {
            Failure::Call(message) => tera::Error::message(format!("error calling {function}: {message}")),
            Failure::Refused(sentence) => keep(Kept::Refused(sentence)),
            Failure::Text { text, error } => keep(Kept::Text { text, error: *error }),
        }
    }

    /// `tpl`: renders a text with the objects of the template being rendered, and further variables (but `text`, which
    /// is the text itself).
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
            Err(error) => Err(Failure::Text { text: text.to_owned(), error: Box::new(error) }),
        }
    }
}

/// A Tera instance that holds templates (names, and texts with checks), with the functions whose names are wanted.
///
/// # Errors
/// What Tera says of the templates.
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

/// One level of `tpl`, left when dropped.
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
    // What is behind the locks is whole at any time: a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
