//! Finds values without any effect, by the trace of a render or by experiment.

use std::collections::HashMap;

use super::experiment::{Change, Experiment, Outcome, Subject, same};
use super::preconditions::{Gate, OpenGates, gates};
use super::traced::TracedOutput;
use crate::chart::Chart;
use crate::diagnostic::Diagnostic;
use crate::engine::Mentioned;
use crate::parallel;
use crate::values::ValuePath;
use crate::yaml::{Map, Node};

/// The most values that are checked in one run, and the most changes of one value.
const MAX_VALUES: usize = 2_000;
const MAX_TRIALS: usize = 4;

/// A value that has no effect on the output.
#[derive(Debug, Clone)]
pub struct Unused {
    /// The path of the value.
    pub path: ValuePath,
    /// The value, and where it was set.
    pub node: Node,
    /// How many changes were tried.
    pub tried: usize,
    /// The values that must change before this one matters, if they were found.
    pub gate: Option<Gate>,
    /// Whether this comes from the trace of the render rather than from experiments.
    pub is_traced: bool,
    /// The disabled subchart that the value is for, if there is one.
    pub switched_off: Option<SwitchedOffSubchart>,
    /// Where templates mention it, if they were traced: with other values it may matter there.
    pub mentions: Mentioned,
}

impl Unused {
    /// Whether the value has no effect whatever other values are, as far as known.
    pub fn is_without_condition(&self) -> bool {
        self.gate.is_none() && self.mentions.places.is_empty() && self.switched_off.is_none()
    }
}

/// A disabled subchart.
#[derive(Debug, Clone)]
pub struct SwitchedOffSubchart {
    /// The key of its values in those of its parent.
    pub name: String,
    /// The values that disable it by being false: its condition, or its tags.
    pub by: Vec<ValuePath>,
}

impl SwitchedOffSubchart {
    /// Returns the disabled subchart that a value is for, if there is one.
    pub(super) fn around(value: &ValuePath, chart: &Chart) -> Option<SwitchedOffSubchart> {
        let found = chart.switched_off_around(value)?;
        Some(SwitchedOffSubchart { name: found.dependency.key().to_owned(), by: found.by.clone() })
    }
}

/// The result of a search for unused values.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// The values without effect, in the order in which they were asked for.
    pub unused: Vec<Unused>,
    /// How many values were checked.
    pub scanned: usize,
    /// How many values were left out because there were too many.
    pub left_out: usize,
}

/// Finds the values of a map whose changes have no effect on the output. A value without any valid change is not reported, as
/// nothing is known about it.
///
/// # Errors
/// All errors that keep the chart from being rendered.
pub fn unused(subject: Subject<'_>, asked: &Map) -> Result<Scanned, Vec<Diagnostic>> {
    let experiment = Experiment::new(subject)?;
    let mut leaves = ValuePath::leaves(asked);
    let paths: Vec<ValuePath> = leaves.by_ref().take(MAX_VALUES).collect();
    if let Some(output) = TracedOutput::render(&experiment) {
        let unused = traced(&experiment, &output, &paths);
        return Ok(Scanned { unused, scanned: paths.len(), left_out: leaves.count() });
    }
    let silent = without_effect(&experiment, &paths);
    // If the chart doesn't know the value, no other value makes it matter.
    let (known, unknown): (Vec<_>, Vec<_>) = silent.into_iter().partition(|(path, _)| experiment.knows(path));
    let mut gates = gates(&experiment, &known);
    gates.resize(known.len() + unknown.len(), None);
    let mut silent = known;
    silent.extend(unknown);
    let values = &experiment.prepared.values;
    let reported = silent.into_iter().zip(gates).map(|((path, tried), gate)| Unused {
        switched_off: SwitchedOffSubchart::around(&path, &experiment.prepared.chart),
        node: path.get(values).cloned().unwrap_or_default(),
        tried: tried.len(),
        path,
        gate,
        is_traced: false,
        mentions: Mentioned::default(),
    });
    let mut unused: Vec<Unused> = reported.collect();
    let order: HashMap<&ValuePath, usize> = paths.iter().enumerate().map(|(at, path)| (path, at)).collect();
    unused.sort_by_key(|unused| order.get(&unused.path).copied());
    Ok(Scanned { unused, scanned: paths.len(), left_out: leaves.count() })
}

/// Returns the values that nothing in the output depends on.
fn traced(experiment: &Experiment<'_>, output: &TracedOutput, paths: &[ValuePath]) -> Vec<Unused> {
    let mentions = experiment.mentions();
    let unused = paths.iter().filter(|path| !output.trace.uses(path)).map(|path| Unused {
        path: path.clone(),
        switched_off: SwitchedOffSubchart::around(path, &experiment.prepared.chart),
        node: path.get(&experiment.prepared.values).cloned().unwrap_or_default(),
        tried: 0,
        gate: None,
        is_traced: true,
        mentions: mentions.mentioned(path),
    });
    unused.collect()
}

/// Returns the values whose changes have no effect, each with its valid changes. The likeliest change of each value is tried on
/// its own; then the next ones of all remaining values are tried together.
fn without_effect(experiment: &Experiment<'_>, paths: &[ValuePath]) -> Vec<(ValuePath, Vec<Change>)> {
    let tried = parallel::map(paths, |path| {
        let changes: Vec<Change> = experiment
            .changes(path)
            .into_iter()
            .filter(|change| experiment.is_valid(change))
            .take(MAX_TRIALS)
            .collect();
        match experiment.try_values(&[changes.first()?]) {
            Outcome::Rendered(rendered) if same(&experiment.rendered, &rendered) => Some((path.clone(), changes)),
            _ => None,
        }
    });
    let mut silent: Vec<(ValuePath, Vec<Change>)> = tried.into_iter().flatten().collect();
    let all = OpenGates { experiment, gates: &[], rendered: Some(&experiment.rendered) };
    for round in 1..MAX_TRIALS {
        let changes: Vec<(usize, &Change)> =
            silent.iter().enumerate().filter_map(|(at, (_, changes))| Some((at, changes.get(round)?))).collect();
        let with_effect = all.with_effect(&changes);
        let mut at = 0..;
        silent.retain(|_| at.next().is_none_or(|at| !with_effect.contains(&at)));
    }
    silent
}
