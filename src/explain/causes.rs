//! Which values made the differences between two sets of manifests, by experiment: each value that differs is put back, and
//! what changes back with it was made by it.

use std::collections::BTreeSet;

use super::experiment::{Change, Experiment, Outcome, Subject};
use super::origins::SideTrace;
use super::parallel;
use super::traced::TracedOutput;
use super::value_sources::short_place;
use crate::diagnostic::Diagnostic;
use crate::diff::{self, Cause, Comparison, Difference, Status};
use crate::engine::Used;
use crate::json;
use crate::kubernetes::Object;
use crate::manifest::Manifest;
use crate::manifest::Manifests;
use crate::secrets::Secrets;
use crate::values::{ValuePath, merge_defaults};
use crate::yaml::{Map, Node, Value};

/// More values than these are not tried: a render takes about a millisecond.
const MOST: usize = 200;

/// What the values of the old side were.
#[derive(Debug, Clone, Copy)]
pub enum Before<'a> {
    /// These.
    Values(&'a Map),
    /// These, with another chart: what no value makes by itself, the chart may have made.
    OtherChart(&'a Map),
    /// Nobody knows: the chart's own defaults are tried for what the user set.
    Unknown,
}

/// Adds to each difference the values that made it. `new` are the objects of the new side, `old` of the old one; so are the traces.
///
/// # Errors
/// All that keeps the chart from being rendered.
pub fn add_causes(
    comparison: &mut Comparison,
    subject: Subject<'_>,
    before: Before<'_>,
    (old, new): (&[Object], &[Object]),
    (old_trace, new_trace): (Option<&SideTrace<'_>>, &SideTrace<'_>),
    secrets: &Secrets,
) -> Result<(), Vec<Diagnostic>> {
    if comparison.differences.is_empty() {
        return Ok(());
    }
    let experiment = Experiment::new(subject)?;
    let candidates = candidates(&experiment, subject.user, before)?;
    let outcomes = parallel::map(&candidates, |candidate| experiment.try_values(&[&candidate.back]));
    for (candidate, outcome) in candidates.iter().zip(outcomes) {
        let Outcome::Rendered(rendered) = outcome else { continue };
        let texts = rendered.into_iter().map(|rendered| (rendered.path, rendered.text));
        let Ok(manifests) = Manifests::read(texts) else { continue };
        let objects: Vec<Object> = manifests.manifests.iter().chain(&manifests.hooks).map(Manifest::object).collect();
        let cause = cause(&experiment, candidate, secrets);
        attribute(comparison, &objects, (old, new), matches!(before, Before::Unknown), &cause);
    }
    if !matches!(before, Before::OtherChart(_)) {
        add_traced(comparison, &experiment, &candidates, (old_trace, new_trace), secrets);
    }
    Ok(())
}

/// What no value made by itself was made by several together: those that the trace names for it.
fn add_traced(
    comparison: &mut Comparison,
    experiment: &Experiment<'_>,
    candidates: &[Candidate],
    (old, new): (Option<&SideTrace<'_>>, &SideTrace<'_>),
    secrets: &Secrets,
) {
    let has_none = |difference: &Difference| match difference.status {
        Status::Added | Status::Removed => difference.causes.is_empty(),
        Status::Changed => difference.changes.iter().any(|change| change.causes.is_empty()),
        _ => false,
    };
    if candidates.len() < 2 || !comparison.differences.iter().any(has_none) {
        return;
    }
    let Some(new) = new.output() else { return };
    let old = old.and_then(SideTrace::output);
    let causes = |used: &[(&TracedOutput, Used)]| -> Vec<Cause> {
        let is_named =
            |candidate: &&Candidate| used.iter().any(|(side, used)| side.trace.depends(used, &candidate.path));
        candidates.iter().filter(is_named).map(|candidate| cause(experiment, candidate, secrets)).collect()
    };
    for difference in comparison.differences.iter_mut().filter(|difference| has_none(difference)) {
        let id = difference.id.clone();
        let sides = [Some(new), old].into_iter().flatten();
        if difference.status != Status::Changed {
            let of = |side: &'_ TracedOutput| side.deciding_object(&id);
            let used: Vec<_> = sides.flat_map(|side| of(side).into_iter().map(move |used| (side, used))).collect();
            difference.causes = causes(&used);
            continue;
        }
        let sides: Vec<&TracedOutput> = sides.collect();
        for change in difference.changes.iter_mut().filter(|change| change.causes.is_empty()) {
            let of = |side: &TracedOutput| side.values_of(&id, &change.path);
            let used: Vec<_> =
                sides.iter().flat_map(|side| of(side).into_iter().map(move |used| (*side, used))).collect();
            change.causes = causes(&used);
        }
    }
}

/// A value that differs.
struct Candidate {
    path: ValuePath,
    /// What it was before.
    old: Option<Value>,
    /// The change that puts it back.
    back: Change,
}

/// The values that differ, each with what it was before.
fn candidates(experiment: &Experiment<'_>, user: &Map, before: Before<'_>) -> Result<Vec<Candidate>, Vec<Diagnostic>> {
    let now = &experiment.prepared.values;
    let is_unknown = matches!(before, Before::Unknown);
    let defaults;
    let (before, lists) = match before {
        Before::Values(before) | Before::OtherChart(before) => (before, vec![now, before]),
        Before::Unknown => {
            defaults = merge_defaults(&experiment.prepared.chart.values_tree())?.values;
            (&defaults, vec![user])
        }
    };
    let value = |map: &Map, path: &ValuePath| path.get(map).map(|node: &Node| node.value.clone());
    // The first of them: there may be very many.
    let mut differing = BTreeSet::new();
    for path in lists.into_iter().flat_map(ValuePath::leaves) {
        if value(now, &path) != value(before, &path) {
            differing.insert(path);
        }
        if differing.len() > MOST {
            differing.pop_last();
        }
    }
    let candidate = |path: ValuePath| {
        let old = value(before, &path);
        // A value without a default goes with what the user put around it: a map that stays would be empty.
        let mut at = path.clone();
        while is_unknown && value(before, &at).is_none() {
            let Some(above) = at.parent().filter(|above| !above.steps().is_empty()) else { break };
            at = above;
        }
        Candidate { old, back: Change { value: value(before, &at), path: at }, path }
    };
    Ok(differing.into_iter().map(candidate).collect())
}

fn cause(experiment: &Experiment<'_>, candidate: &Candidate, secrets: &Secrets) -> Cause {
    let now = candidate.path.get(&experiment.prepared.values);
    let shown = |value: &Value| json::write(&secrets.masked_value(&candidate.path, value));
    Cause {
        key: candidate.path.to_string(),
        old: candidate.old.as_ref().map(shown),
        new: now.map(|node| shown(&node.value)),
        place: now.filter(|node| node.span.source().is_some()).map(short_place).unwrap_or_default(),
        span: now.filter(|node| node.span.source().is_some()).map(|node| secrets.hide_span(&node.span)),
    }
}

fn attribute(
    comparison: &mut Comparison,
    tried_objects: &[Object],
    (old, new): (&[Object], &[Object]),
    has_to_be_as_before: bool,
    cause: &Cause,
) {
    for difference in &mut comparison.differences {
        let find = |objects: &'_ [Object]| objects.iter().position(|object| object.id == difference.id);
        let tried = find(tried_objects).map(|at| &tried_objects[at]);
        match difference.status {
            Status::Added if tried.is_none() => difference.causes.push(cause.clone()),
            Status::Removed if tried.is_some() => difference.causes.push(cause.clone()),
            Status::Changed => {
                let (Some(tried), Some(now)) = (tried, find(new).map(|at| &new[at])) else { continue };
                let moved = diff::changes(tried, now);
                let left = match find(old).filter(|_| has_to_be_as_before) {
                    Some(at) => diff::changes(&old[at], tried),
                    None => Vec::new(),
                };
                for change in &mut difference.changes {
                    let is_touched = moved.iter().any(|other| other.path.meets(&change.path));
                    if is_touched && !left.iter().any(|other| other.path.meets(&change.path)) {
                        change.causes.push(cause.clone());
                    }
                }
            }
            _ => {}
        }
    }
}
