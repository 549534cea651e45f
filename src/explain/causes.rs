//! Which values made the differences between two sets of manifests, by experiment: each value that differs is put back, and
//! what changes back with it was made by it.

use super::attribution::{Attributed, Attribution};
use super::differing::{Before, Candidate, candidates};
use super::experiment::{Experiment, Subject};
use super::origins::SideTrace;
use super::traced::TracedOutput;
use super::value_sources::short_place;
use crate::diagnostic::Diagnostic;
use crate::diff::{Cause, Comparison, Difference, Status};
use crate::engine::Used;
use crate::json;
use crate::kubernetes::Object;
use crate::secrets::Secrets;
use crate::yaml::Value;

/// So few values are put back one by one: the traces that say which can be put back at once take as long as a few renders.
const FEW: usize = 4;

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
    let of_old_values;
    let traces = match before {
        _ if candidates.len() <= FEW => None,
        Before::Values(_) => old_trace.and_then(SideTrace::output).zip(new_trace.output()),
        // What the new chart gives with the values of the old side.
        Before::OtherChart(values) => {
            of_old_values = new_trace.output().and_then(|_| experiment.trace_with(values)).map(TracedOutput::of_render);
            of_old_values.as_ref().zip(new_trace.output())
        }
        Before::Unknown => None,
    };
    let has_to_be_as_before = matches!(before, Before::Unknown);
    let attribution = Attribution::new(&experiment, &candidates, traces, (old, new), has_to_be_as_before);
    for Attributed { difference, change, candidate, .. } in attribution.of(&comparison.differences) {
        let cause = cause(&experiment, &candidates[candidate], secrets);
        let difference = &mut comparison.differences[difference];
        match change {
            Some(change) => difference.changes[change].causes.push(cause),
            None => difference.causes.push(cause),
        }
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
