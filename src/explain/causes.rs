//! Finds which values caused the differences between two sets of manifests, by experiment: each value that differs is put back,
//! and whatever changes back with it was caused by it.

use super::attribution::{Attributed, Attribution};
use super::differing::{Before, Candidate, candidates};
use super::experiment::{Experiment, Subject};
use super::origins::SideTrace;
use super::traced::TracedOutput;
use super::traced_causes::{TracedCauses, lacks_causes};
use super::value_sources::short_place;
use crate::diagnostic::Diagnostic;
use crate::diff::{Cause, Comparison};
use crate::json;
use crate::kubernetes::Object;
use crate::secrets::Secrets;
use crate::yaml::Value;

/// Up to this many values are put back one by one. Grouping them needs traces, which take as long as a few renders.
const FEW: usize = 4;

/// The most values that are put back. A render takes about a millisecond.
const MAX: usize = 200;

/// Adds to each difference the values that caused it. `old` and `new` are the objects of the two sides, `old_trace` and
/// `new_trace` their traces.
///
/// # Errors
/// All errors that keep the chart from being rendered.
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
        // The new chart rendered with the values of the old side.
        Before::OtherChart(values) => {
            of_old_values = new_trace.output().and_then(|_| experiment.trace_with(values)).map(TracedOutput::of_render);
            of_old_values.as_ref().zip(new_trace.output())
        }
        Before::Unknown => None,
    };
    let requires_full_restore = matches!(before, Before::Unknown);
    // With very many values, the traces are exact enough and much faster.
    let is_traced = candidates.len() > MAX && traces.is_some() && matches!(before, Before::Values(_));
    if !is_traced {
        let tried = &candidates[..candidates.len().min(MAX)];
        let attribution = Attribution::new(&experiment, tried, traces, (old, new), requires_full_restore);
        for Attributed { difference, change, candidate, .. } in attribution.attribute(&comparison.differences) {
            let cause = cause(&experiment, &candidates[candidate], secrets);
            let difference = &mut comparison.differences[difference];
            match change {
                Some(change) => difference.changes[change].causes.push(cause),
                None => difference.causes.push(cause),
            }
        }
    }
    // A change that no single value causes is caused by several together: those that the trace names for it. A single value has
    // been tried already.
    let is_done = candidates.len() < 2 || !comparison.differences.iter().any(lacks_causes);
    if is_done || matches!(before, Before::OtherChart(_)) {
        return Ok(());
    }
    if let Some(new) = new_trace.output() {
        let sides = [Some(new), old_trace.and_then(SideTrace::output)].into_iter().flatten().collect();
        let named = TracedCauses::new(sides, &candidates, &experiment.prepared.values);
        named.add(&mut comparison.differences, |candidate| cause(&experiment, candidate, secrets));
    }
    Ok(())
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
