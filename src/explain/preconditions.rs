//! Which value has to be another one before some value has any effect.

use std::sync::atomic::{AtomicBool, Ordering};

use super::experiment::{Change, Experiment, Outcome, same};
use super::parallel;
use crate::engine::Rendered;
use crate::values::ValuePath;
use crate::yaml::{Node, Value};

/// What keeps a value from having an effect: it has one once all of these are changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// One value, or a second one that the first can't do without.
    pub parts: Vec<GatePart>,
}

/// One value of a [`Gate`].
#[derive(Debug, Clone, PartialEq)]
pub struct GatePart {
    /// What it is now, and where that was set.
    pub now: Node,
    /// What it has to become, for instance.
    pub change: Change,
}

/// The most values that are tried as gates.
const MOST_GATES: usize = 150;
/// The most pairs of gates.
const MOST_PAIRS: usize = 2_000;
/// Alterations of one gate that are tried.
const OF_A_GATE: usize = 3;
/// Alterations of one gated value that are tried.
const ROUNDS: usize = 2;
/// Gates nearest to a value, of which each is tried together with every switch and choice.
const NEAREST: usize = 8;
/// How many gates are opened before it is looked whether all are found.
const BATCH: usize = 8;

/// For each path, whose alterations have no effect, a gate that lets one have an effect. Gates are opened one after the
/// other, the likeliest first, and all values are altered behind each at once: only where something changes the values are
/// distinguished, by halves.
pub(super) fn gates(experiment: &Experiment<'_>, without_effect: &[(ValuePath, Vec<Change>)]) -> Vec<Option<Gate>> {
    let mut found: Vec<Option<Gate>> = vec![None; without_effect.len()];
    if without_effect.is_empty() {
        return found;
    }
    let candidates = candidates(experiment, without_effect);
    let try_all = |trials: &[Trial<'_>], found: &mut Vec<Option<Gate>>| {
        for batch in trials.chunks(BATCH) {
            let open: Vec<usize> = (0..found.len()).filter(|&at| found[at].is_none()).collect();
            if open.is_empty() {
                break;
            }
            let opened = parallel::map(batch, |trial| trial.run(experiment, without_effect, &open));
            for (at, opened) in opened.into_iter().flatten() {
                let part = |change: &Change| {
                    let now = change.path.get(&experiment.prepared.values).cloned().unwrap_or_default();
                    GatePart { now, change: change.clone() }
                };
                found[at].get_or_insert_with(|| Gate { parts: opened.iter().map(part).collect() });
            }
        }
    };
    // What one value alone opens is reported rather than what takes two.
    let single = |companions| -> Vec<Trial<'_>> {
        candidates.iter().map(move |gate| Trial { gates: vec![gate], companions }).collect()
    };
    try_all(&single(false), &mut found);
    try_all(&single(true), &mut found);
    let left = without_effect.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|((path, _), _)| path);
    let left: Vec<&ValuePath> = left.collect();
    try_all(&pairs(&candidates, &left), &mut found);
    found
}

/// Pairs of a gate that is near a value and of another one that decides something, and does so alone.
fn pairs<'c>(candidates: &'c [Candidate], near: &[&ValuePath]) -> Vec<Trial<'c>> {
    let mut firsts: Vec<&Candidate> = Vec::new();
    for path in near {
        let mut nearest: Vec<&Candidate> = candidates.iter().collect();
        nearest.sort_by_key(|gate| std::cmp::Reverse(gate.change.path.shared_with(path)));
        for gate in nearest.into_iter().take(NEAREST).filter(|gate| gate.change.path.shared_with(path) > 0) {
            if !firsts.iter().any(|known| known.change == gate.change) {
                firsts.push(gate);
            }
        }
    }
    // Those that do something alone go first.
    firsts.sort_by_key(|gate| !gate.matters.load(Ordering::Relaxed));
    let others = || candidates.iter().filter(|gate| gate.decides && gate.matters.load(Ordering::Relaxed));
    let pair = |first: &'c Candidate, second: &'c Candidate| {
        (first.change.path != second.change.path).then(|| Trial { gates: vec![first, second], companions: true })
    };
    firsts.iter().flat_map(|first| others().filter_map(|second| pair(first, second))).take(MOST_PAIRS).collect()
}

/// A change that may open something.
struct Candidate {
    change: Change,
    /// Whether it is of a switch or a choice, which are made to decide something.
    decides: bool,
    /// Whether it was seen to change something alone.
    matters: AtomicBool,
}

/// Gates to be opened together.
struct Trial<'c> {
    gates: Vec<&'c Candidate>,
    /// Whether one more is opened where the templates refuse these.
    companions: bool,
}

impl Trial<'_> {
    /// Which of the values at `open` have an effect once the gates are open, and what had to be changed for that.
    fn run(
        &self,
        experiment: &Experiment<'_>,
        without_effect: &[(ValuePath, Vec<Change>)],
        open: &[usize],
    ) -> Vec<(usize, Vec<Change>)> {
        let gates: Vec<&Change> = self.gates.iter().map(|gate| &gate.change).collect();
        let holds = |path: &ValuePath, gate: &Change| gate.path.holds(path) || path.holds(&gate.path);
        let is_apart = |path: &ValuePath| !gates.iter().any(|gate| holds(path, gate));
        let silent: Vec<usize> = open.iter().copied().filter(|&at| is_apart(&without_effect[at].0)).collect();
        let outcome = experiment.try_values(&gates);
        let matters = match &outcome {
            Outcome::Rendered(rendered) => !same(&experiment.rendered, rendered),
            Outcome::Refused(_) => true,
            Outcome::Invalid => false,
        };
        if let [gate] = self.gates[..] {
            gate.matters.store(matters, Ordering::Relaxed);
        }
        match outcome {
            Outcome::Invalid => Vec::new(),
            // Opened alone before.
            Outcome::Rendered(_) if self.companions && self.gates.len() == 1 => Vec::new(),
            Outcome::Rendered(rendered) => {
                let behind = Behind { experiment, gates: &gates, rendered: Some(&rendered) };
                behind.opened(silent, without_effect)
            }
            Outcome::Refused(errors) => {
                // The templates say what else they need: some value that the message names.
                let message = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("\n");
                let named = |path: &ValuePath| message.contains(&path.to_string());
                let (needed, others): (Vec<_>, Vec<_>) =
                    silent.into_iter().partition(|&at| named(&without_effect[at].0));
                if self.companions {
                    return with_companion(experiment, &gates, &named, others, without_effect);
                }
                Behind { experiment, gates: &gates, rendered: None }.opened(needed, without_effect)
            }
        }
    }
}

/// The same where the gates can't be opened alone: with a value that the refusal names.
fn with_companion(
    experiment: &Experiment<'_>,
    gates: &[&Change],
    named: &dyn Fn(&ValuePath) -> bool,
    silent: Vec<usize>,
    without_effect: &[(ValuePath, Vec<Change>)],
) -> Vec<(usize, Vec<Change>)> {
    const MOST_COMPANIONS: usize = 4;
    let is_another = |path: &ValuePath| !gates.iter().any(|gate| gate.path.holds(path));
    let leaves = ValuePath::leaves(&experiment.prepared.values);
    let companions = leaves.filter(|path| named(path) && is_another(path)).take(MOST_COMPANIONS);
    for companion in companions.flat_map(|path| experiment.changes(&path).into_iter().take(OF_A_GATE)) {
        let mut gates = gates.to_vec();
        gates.push(&companion);
        if let Outcome::Rendered(rendered) = experiment.try_values(&gates) {
            return Behind { experiment, gates: &gates, rendered: Some(&rendered) }.opened(silent, without_effect);
        }
    }
    Vec::new()
}

/// Changes that may open something: switches, choices, and what is empty. Those that stand near the given values come
/// first.
fn candidates(experiment: &Experiment<'_>, near: &[(ValuePath, Vec<Change>)]) -> Vec<Candidate> {
    let values = &experiment.prepared.values;
    let nearness = |path: &ValuePath| near.iter().map(|(other, _)| path.shared_with(other)).max().unwrap_or_default();
    let mut gates: Vec<(ValuePath, bool)> = ValuePath::leaves(values)
        .filter_map(|path| {
            let node = path.get(values)?;
            let decides = matches!(node.value, Value::Bool(_)) || experiment.is_choice(&path);
            let may_be_choice = is_word(node) && !experiment.describes(&path);
            (decides || may_be_choice || is_empty(&node.value)).then_some((path, decides))
        })
        .collect();
    gates.sort_by_key(|(path, decides)| (!decides, std::cmp::Reverse(nearness(path))));
    gates.truncate(MOST_GATES);
    let changes = |(path, decides): (ValuePath, bool)| {
        let most = if decides { OF_A_GATE } else { 1 };
        let changes = experiment.changes(&path).into_iter();
        let valid = changes.filter(|change| change.value.is_some() && experiment.is_valid(change));
        valid.take(most).map(move |change| Candidate { change, decides, matters: AtomicBool::new(false) })
    };
    gates.into_iter().flat_map(changes).collect()
}

/// Whether a value says nothing: null, or an empty text, list or map.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => false,
    }
}

/// A short word, which may be one of several to choose from.
fn is_word(node: &Node) -> bool {
    node.value.as_str().is_some_and(|text| text.len() < 32 && text.chars().all(|c| c.is_alphanumeric() || c == '-'))
}

/// What is rendered once gates are open.
pub(super) struct Behind<'l> {
    pub(super) experiment: &'l Experiment<'l>,
    pub(super) gates: &'l [&'l Change],
    /// `None` if the templates refuse that: whatever lets them render matters.
    pub(super) rendered: Option<&'l [Rendered]>,
}

impl Behind<'_> {
    /// Those of the values that matter with the gates open, each with the gates.
    fn opened(&self, mut silent: Vec<usize>, without_effect: &[(ValuePath, Vec<Change>)]) -> Vec<(usize, Vec<Change>)> {
        let gates: Vec<Change> = self.gates.iter().map(|gate| (*gate).clone()).collect();
        let mut found = Vec::new();
        for round in 0..ROUNDS {
            let changes: Vec<(usize, &Change)> =
                silent.iter().filter_map(|&at| Some((at, without_effect[at].1.get(round)?))).collect();
            let with_effect = self.with_effect(&changes);
            silent.retain(|at| !with_effect.contains(at));
            found.extend(with_effect.into_iter().map(|at| (at, gates.clone())));
        }
        found
    }

    /// Those of the changes that matter with the gates open: all are made at once, and distinguished by halves where something
    /// differs.
    pub(super) fn with_effect(&self, changes: &[(usize, &Change)]) -> Vec<usize> {
        let Some((&(first, _), rest)) = changes.split_first() else { return Vec::new() };
        let mut together = self.gates.to_vec();
        together.extend(changes.iter().map(|(_, change)| *change));
        match (self.experiment.try_values(&together), self.rendered) {
            (Outcome::Rendered(rendered), Some(before)) if same(before, &rendered) => Vec::new(),
            (Outcome::Invalid, _) | (Outcome::Refused(_), None) if rest.is_empty() => Vec::new(),
            _ if rest.is_empty() => vec![first],
            _ => {
                let (low, high) = changes.split_at(changes.len() / 2);
                let mut found = self.with_effect(low);
                found.extend(self.with_effect(high));
                found
            }
        }
    }
}
