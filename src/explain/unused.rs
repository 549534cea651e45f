//! Values that no experiment gave any effect.

use super::experiment::{Change, Experiment, Outcome, Subject, same};
use super::preconditions::{Behind, Gate, gates};
use super::traced::TracedOutput;
use crate::chart::Chart;
use crate::diagnostic::Diagnostic;
use crate::engine::Mentioned;
use crate::parallel;
use crate::values::ValuePath;
use crate::yaml::{Map, Node};

/// The most values that are experimented with in one run, and the most changes of one.
const MOST_VALUES: usize = 2_000;
const MOST_TRIALS: usize = 4;

/// A value none of whose changes had an effect.
#[derive(Debug, Clone)]
pub struct Unused {
    /// Which value.
    pub path: ValuePath,
    /// What it is, and who set it.
    pub node: Node,
    /// How many changes were tried.
    pub tried: usize,
    /// The value that has to be another one before this one matters, if one was found.
    pub gate: Option<Gate>,
    /// Whether the trace of the render says so, and no experiment.
    pub is_traced: bool,
    /// The subchart that it is for and the values that switch that off, if they do.
    pub switched_off: Option<SwitchedOffSubchart>,
    /// Where templates mention it, if they were traced: there it may matter once other values are different.
    pub mentions: Mentioned,
}

impl Unused {
    /// Whether nothing was found on which it depends that it has an effect.
    pub fn is_without_condition(&self) -> bool {
        self.gate.is_none() && self.mentions.places.is_empty() && self.switched_off.is_none()
    }
}

/// A subchart that is not there.
#[derive(Debug, Clone)]
pub struct SwitchedOffSubchart {
    /// The name under which its values are.
    pub name: String,
    /// The values that are false: its condition, or its tags.
    pub by: Vec<ValuePath>,
}

impl SwitchedOffSubchart {
    /// The one that a value is for, if the chart left it out.
    pub(super) fn around(value: &ValuePath, chart: &Chart) -> Option<SwitchedOffSubchart> {
        let found = chart.switched_off_around(value)?;
        Some(SwitchedOffSubchart { name: found.dependency.key().to_owned(), by: found.by.clone() })
    }
}

/// What looking for unused values found.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// Values without effect, in the order in which they were asked for.
    pub unused: Vec<Unused>,
    /// How many values were experimented with.
    pub scanned: usize,
    /// How many were left out because there were too many.
    pub left_out: usize,
}

/// Those of the values of a map whose changes have no effect on the output. One that has no valid change is not among
/// them: nothing can be said of it.
///
/// # Errors
/// All that keeps the chart from being rendered.
pub fn unused(subject: Subject<'_>, asked: &Map) -> Result<Scanned, Vec<Diagnostic>> {
    let experiment = Experiment::new(subject)?;
    let mut leaves = ValuePath::leaves(asked);
    let paths: Vec<ValuePath> = leaves.by_ref().take(MOST_VALUES).collect();
    if let Some(output) = TracedOutput::of(&experiment) {
        let unused = traced(&experiment, &output, &paths);
        return Ok(Scanned { unused, scanned: paths.len(), left_out: leaves.count() });
    }
    let silent = without_effect(&experiment, &paths);
    // No other value makes the chart use a value that it does not know.
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
    unused.sort_by_key(|unused| paths.iter().position(|path| *path == unused.path));
    Ok(Scanned { unused, scanned: paths.len(), left_out: leaves.count() })
}

/// The values on which nothing depends that was rendered.
fn traced(experiment: &Experiment<'_>, output: &TracedOutput, paths: &[ValuePath]) -> Vec<Unused> {
    let mentions = experiment.mentions();
    let unused = paths.iter().filter(|path| !output.trace.uses(path)).map(|path| Unused {
        path: path.clone(),
        switched_off: SwitchedOffSubchart::around(path, &experiment.prepared.chart),
        node: path.get(&experiment.prepared.values).cloned().unwrap_or_default(),
        tried: 0,
        gate: None,
        is_traced: true,
        mentions: mentions.of(path),
    });
    unused.collect()
}

/// The values of which no change has an effect, with the valid changes. The likeliest change of each value is made alone,
/// the others of all that are left together.
fn without_effect(experiment: &Experiment<'_>, paths: &[ValuePath]) -> Vec<(ValuePath, Vec<Change>)> {
    let tried = parallel::map(paths, |path| {
        let changes: Vec<Change> = experiment
            .changes(path)
            .into_iter()
            .filter(|change| experiment.is_valid(change))
            .take(MOST_TRIALS)
            .collect();
        match experiment.try_values(&[changes.first()?]) {
            Outcome::Rendered(rendered) if same(&experiment.rendered, &rendered) => Some((path.clone(), changes)),
            _ => None,
        }
    });
    let mut silent: Vec<(ValuePath, Vec<Change>)> = tried.into_iter().flatten().collect();
    let all = Behind { experiment, gates: &[], rendered: Some(&experiment.rendered) };
    for round in 1..MOST_TRIALS {
        let changes: Vec<(usize, &Change)> =
            silent.iter().enumerate().filter_map(|(at, (_, changes))| Some((at, changes.get(round)?))).collect();
        let with_effect = all.with_effect(&changes);
        let mut at = 0..;
        silent.retain(|_| at.next().is_none_or(|at| !with_effect.contains(&at)));
    }
    silent
}
