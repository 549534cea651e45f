//! The note about templates whose output changes on every run.

use crate::diagnostic::{Diagnostic, Severity, listed};
use crate::engine::{Focus, LoadedTree, Rendered, Scope, Trace};
use crate::secrets::names_a_secret;
use crate::values::{Step, ValuePath};
use crate::yaml::Value;

/// The most templates that are named.
const SHOWN: usize = 5;

/// The most values that are named.
const MAX_VALUES: usize = 5;

/// Values that change the names of objects.
const OF_NAMES: [&str; 3] = ["nameOverride", "fullnameOverride", "namespaceOverride"];

/// Returns a note about templates whose output shows or depends on random values, except NOTES.txt, which is not printed. `trace` is the trace
/// of the render, if it was traced.
pub(super) fn random_note(
    rendered: &[Rendered],
    scope: &Scope<'_>,
    loaded: &LoadedTree,
    trace: Option<&Trace>,
) -> Option<Diagnostic> {
    let random: Vec<&Rendered> = rendered.iter().filter(|rendered| rendered.is_random()).collect();
    if random.is_empty() {
        return None;
    }
    let asked = asked_for_values(&random);
    let own;
    let trace = match trace {
        Some(trace) => Some(trace),
        None => {
            let files: Vec<_> = asked.iter().map(|file| (file.path.as_str(), file.random.count)).collect();
            own = loaded.trace(scope, Focus::Random(&files));
            own.as_ref()
        }
    };
    // A default such as `default (randAlphaNum 8)` is made even if it is not needed.
    if trace.is_some_and(|trace| !trace.uses_random()) {
        return None;
    }
    let named = |rendered: &&Rendered| format!("{} ({})", rendered.path, rendered.random.functions.join(", "));
    let named = listed(random.iter().map(named), SHOWN);
    let values = trace.map_or_else(Vec::new, |trace| unset_values(&asked, scope, trace));
    let more_values = if values.len() > MAX_VALUES { ", ..." } else { "" };
    let value_names = format!("{}{more_values}", values[..values.len().min(MAX_VALUES)].join(", "));
    let note = |message| Diagnostic::new(Severity::Info, "random", message);
    if scope.release.environment.seed.is_some() {
        let note = note(format!("random values differ from those in the manifests: {named}"));
        return Some(if values.is_empty() { note } else { note.help(format!("set them: {value_names}")) });
    }
    let note = note(format!("random values change on every run: {named}"));
    Some(note.help(match &values[..] {
        [] => "use --seed TEXT to get the same values in each run".to_owned(),
        [one] => format!("set {one}, or use --seed TEXT to get the same values in each run"),
        _ => format!("set values ({value_names}), or use --seed TEXT to get the same values in each run"),
    }))
}

/// Returns those of the files with random values that show which values would replace them.
fn asked_for_values<'r>(random: &[&'r Rendered]) -> Vec<&'r Rendered> {
    // Usually a workload has the checksum of a file with a Secret; the Secret's own file says the same.
    let own = random.iter().filter(|rendered| rendered.has_own_random_calls());
    let own: Vec<&str> = own.map(|rendered| rendered.path.as_str()).collect();
    let is_needed = |rendered: &Rendered| {
        rendered.has_own_random_calls() || rendered.random.files.iter().any(|file| !own.contains(&file.as_str()))
    };
    random.iter().copied().filter(|rendered| is_needed(rendered)).collect()
}

/// Returns the empty values that would replace something random if they were set.
fn unset_values(random: &[&Rendered], scope: &Scope<'_>, trace: &Trace) -> Vec<String> {
    let is_unset = |path: &ValuePath| match path.get(scope.values).map(|node| &node.value) {
        Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        _ => false,
    };
    let last = |path: &ValuePath| match path.steps().last() {
        Some(Step::Key(key)) => key.clone(),
        _ => String::new(),
    };
    let mut paths: Vec<ValuePath> = Vec::new();
    let beside = random.iter().flat_map(|rendered| trace.values_replacing_random(&rendered.path));
    for path in beside.map(|used| used.path).filter(is_unset) {
        // Names of objects decide much, but nothing random.
        if !OF_NAMES.contains(&last(&path).as_str()) && !paths.contains(&path) {
            paths.push(path);
        }
    }
    // Values that hold a secret come before values that name an object with one.
    paths.sort_by_key(|path| !names_a_secret(&last(path)));
    paths.iter().map(ToString::to_string).collect()
}
