//! Finds which values must change before some value has any effect.

use std::sync::OnceLock;

use super::experiment::{Change, Experiment, Outcome, same};
use crate::diagnostic::Diagnostic;
use crate::engine::Rendered;
use crate::parallel;
use crate::values::ValuePath;
use crate::yaml::{Node, Value};

/// What keeps a value from having an effect: it has one once all of these are changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// One value, or two if the first needs the second.
    pub parts: Vec<GatePart>,
}

/// One value of a [`Gate`].
#[derive(Debug, Clone, PartialEq)]
pub struct GatePart {
    /// The current value, and where it was set.
    pub now: Node,
    /// A change that opens the gate, as an example.
    pub change: Change,
}

/// The most values that are tried as gates.
const MAX_GATES: usize = 150;
/// The most pairs of gates that are tried.
const MAX_PAIRS: usize = 2_000;
/// The most alterations that are tried of one gate.
const OF_A_GATE: usize = 3;
/// The most alterations that are tried of one gated value.
const ROUNDS: usize = 2;
/// How many of the gates nearest to a value are each tried together with every switch and choice.
const NEAREST: usize = 8;
/// How many second gates are opened together.
const OF_A_GROUP: usize = 16;
/// How many trials run before the search checks whether all values are found.
const BATCH: usize = 8;

/// Finds, for each path whose alterations have no effect, a gate that gives one of them an effect. Gates are opened one after
/// the other, the likeliest first, and with each open gate all values are altered at once. Only if that changes something are
/// the values separated, by halves.
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
    // A single gate is preferred to a pair.
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

/// Pairs each gate near a value with every other gate that decides something and was seen to have an effect. With one first
/// gate, many second gates are tried at once.
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
    // Gates that have an effect on their own come first.
    firsts.sort_by_key(|gate| !gate.matters());
    let seconds: Vec<&Candidate> = candidates.iter().filter(|gate| gate.decides && gate.matters()).collect();
    let mut left = MAX_PAIRS;
    let mut trials = Vec::new();
    for first in firsts {
        let apart = seconds.iter().copied().filter(|second| second.change.path != first.change.path);
        let seconds: Vec<&Candidate> = apart.take(left).collect();
        left -= seconds.len();
        trials.extend(
            groups(&seconds).into_iter().map(|group| Trial { gates: [vec![first], group].concat(), companions: true }),
        );
    }
    trials
}

/// Groups gates that can be opened together: those that render on their own, each value at most once per group. The others stay
/// single.
fn groups<'c>(gates: &[&'c Candidate]) -> Vec<Vec<&'c Candidate>> {
    let mut groups: Vec<Vec<&Candidate>> = Vec::new();
    for gate in gates {
        let has_room = |group: &Vec<&Candidate>| {
            let fits = |other: &&Candidate| other.renders() && other.change.path != gate.change.path;
            group.len() < OF_A_GROUP && group.iter().all(fits)
        };
        match groups.iter_mut().find(|group| gate.renders() && has_room(group)) {
            Some(group) => group.push(gate),
            None => groups.push(vec![gate]),
        }
    }
    groups
}

/// A change that may give other values an effect.
struct Candidate {
    change: Change,
    /// Whether it changes a switch or a choice, which exist to decide something.
    decides: bool,
    /// What it does on its own, once that was tried.
    alone: OnceLock<Alone>,
    /// Another change with which it renders, if the templates refuse it on its own. `None` if none was found.
    companion: OnceLock<Option<Change>>,
}

/// What a change does on its own.
enum Alone {
    /// The schemas don't allow it.
    Invalid,
    /// It renders.
    Renders {
        /// Whether the output differs.
        matters: bool,
    },
    /// The templates refuse it, with this message.
    Refused(String),
}

impl Candidate {
    /// Whether it was seen to have an effect on its own.
    fn matters(&self) -> bool {
        matches!(self.alone.get(), Some(Alone::Renders { matters: true } | Alone::Refused(_)))
    }

    fn renders(&self) -> bool {
        matches!(self.alone.get(), Some(Alone::Renders { .. }))
    }

    /// Whether the templates refused it on its own with this message.
    fn is_refused_with(&self, message: &str) -> bool {
        matches!(self.alone.get(), Some(Alone::Refused(known)) if known == message)
    }
}

/// Gates to open together.
struct Trial<'c> {
    /// A single gate, or a first gate and further ones of which each is meant to be opened together with the first.
    gates: Vec<&'c Candidate>,
    /// Whether to open one more gate if the templates refuse these.
    companions: bool,
}

impl<'c> Trial<'c> {
    /// Returns which of the values at `open` have an effect once the gates are open, each with the changes that opened them.
    fn run(
        &self,
        experiment: &Experiment<'_>,
        without_effect: &[(ValuePath, Vec<Change>)],
        open: &[usize],
    ) -> Vec<(usize, Vec<Change>)> {
        let gates: Vec<&Change> = self.gates.iter().map(|gate| &gate.change).collect();
        let is_related =
            |path: &ValuePath, gate: &Change| gate.path.is_prefix_of(path) || path.is_prefix_of(&gate.path);
        let apart = |gates: &[&Change]| -> Vec<usize> {
            let is_apart = |at: &usize| !gates.iter().any(|gate| is_related(&without_effect[*at].0, gate));
            open.iter().copied().filter(is_apart).collect()
        };
        let silent = apart(&gates);
        // Values that one gate of the group contains, or is contained in, can still be tried with the others.
        if self.is_group() && silent.len() < apart(&gates[..1]).len() {
            return self.halves(experiment, without_effect, open);
        }
        if silent.is_empty() && self.gates.len() > 1 {
            return Vec::new();
        }
        if let ([gate], true) = (&self.gates[..], self.companions)
            && gate.alone.get().is_some_and(|alone| !matches!(alone, Alone::Refused(_)))
        {
            // This gate was tried on its own before.
            return Vec::new();
        }
        let outcome = experiment.try_values(&gates);
        if let [gate] = self.gates[..] {
            gate.alone.get_or_init(|| match &outcome {
                Outcome::Invalid => Alone::Invalid,
                Outcome::Rendered(rendered) => Alone::Renders { matters: !same(&experiment.rendered, rendered) },
                Outcome::Refused(errors) => Alone::Refused(message(errors)),
            });
        }
        match outcome {
            Outcome::Invalid if self.is_group() => self.halves(experiment, without_effect, open),
            Outcome::Invalid => Vec::new(),
            Outcome::Rendered(rendered) => {
                let open_gates = OpenGates { experiment, gates: &gates, rendered: Some(&rendered) };
                self.opened(&open_gates, silent, without_effect)
            }
            Outcome::Refused(errors) => self.refused(&message(&errors), experiment, without_effect, (silent, open)),
        }
    }

    /// Returns the values that have an effect although the templates refuse the gates: the message says what else they need, a
    /// value that it names.
    fn refused(
        &self,
        message: &str,
        experiment: &Experiment<'_>,
        without_effect: &[(ValuePath, Vec<Change>)],
        (silent, open): (Vec<usize>, &[usize]),
    ) -> Vec<(usize, Vec<Change>)> {
        let gates: Vec<&Change> = self.gates.iter().map(|gate| &gate.change).collect();
        let named = |path: &ValuePath| message.contains(&path.to_string());
        let (needed, others): (Vec<_>, Vec<_>) = silent.into_iter().partition(|&at| named(&without_effect[at].0));
        if !self.companions {
            return OpenGates { experiment, gates: &gates, rendered: None }.opened(needed, without_effect);
        }
        // A gate that was refused on its own for the same reason needs the same companion.
        let known =
            self.gates.iter().filter(|gate| gate.is_refused_with(message)).find_map(|gate| gate.companion.get());
        let is_another = |change: &Change| !gates.iter().any(|gate| gate.path.is_prefix_of(&change.path));
        let again = known.cloned().flatten().filter(is_another);
        let found = match again.and_then(|change| with(experiment, &gates, change)) {
            None if self.is_group() => None,
            None if known.is_some_and(Option::is_none) => None,
            None => companion(experiment, &gates, &named),
            found => found,
        };
        if let ([gate], None) = (&self.gates[..], known) {
            gate.companion.get_or_init(|| found.as_ref().map(|(companion, _)| companion.clone()));
        }
        match found {
            Some((companion, rendered)) => {
                let mut gates = gates;
                gates.push(&companion);
                let open_gates = OpenGates { experiment, gates: &gates, rendered: Some(&rendered) };
                self.opened(&open_gates, others, without_effect)
            }
            None if self.is_group() && !known.is_some_and(Option::is_none) => {
                self.halves(experiment, without_effect, open)
            }
            None => Vec::new(),
        }
    }

    /// Returns the values that have an effect once the gates are open. For a group, halving it finds which of its gates are
    /// needed.
    fn opened(
        &self,
        open_gates: &OpenGates<'_>,
        silent: Vec<usize>,
        without_effect: &[(ValuePath, Vec<Change>)],
    ) -> Vec<(usize, Vec<Change>)> {
        let found = open_gates.opened(silent, without_effect);
        if !self.is_group() || found.is_empty() {
            return found;
        }
        let found: Vec<usize> = found.into_iter().map(|(at, _)| at).collect();
        self.halves(open_gates.experiment, without_effect, &found)
    }

    fn is_group(&self) -> bool {
        self.gates.len() > 2
    }

    /// Runs the trial again with each half of the gates that are opened together with the first one.
    fn halves(
        &self,
        experiment: &Experiment<'_>,
        without_effect: &[(ValuePath, Vec<Change>)],
        open: &[usize],
    ) -> Vec<(usize, Vec<Change>)> {
        let Some((first, others)) = self.gates.split_first() else { return Vec::new() };
        let (low, high) = others.split_at(others.len() / 2);
        let mut open = open.to_vec();
        let mut found = Vec::new();
        for half in [low, high] {
            let trial = Trial { gates: [&[*first], half].concat(), companions: self.companions };
            let opened = trial.run(experiment, without_effect, &open);
            open.retain(|at| !opened.iter().any(|(other, _)| other == at));
            found.extend(opened);
        }
        found
    }
}

/// The messages of the errors, one per line.
fn message(errors: &[Diagnostic]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("\n")
}

/// Finds a value that the message names and whose change makes the gates render. Returns it with the render.
fn companion(
    experiment: &Experiment<'_>,
    gates: &[&Change],
    named: &dyn Fn(&ValuePath) -> bool,
) -> Option<(Change, Vec<Rendered>)> {
    const MAX_COMPANIONS: usize = 4;
    let is_another = |path: &ValuePath| !gates.iter().any(|gate| gate.path.is_prefix_of(path));
    let leaves = ValuePath::leaves(&experiment.prepared.values);
    let companions = leaves.filter(|path| named(path) && is_another(path)).take(MAX_COMPANIONS);
    let mut changes = companions.flat_map(|path| experiment.changes(&path).into_iter().take(OF_A_GATE));
    changes.find_map(|change| with(experiment, gates, change))
}

/// Renders with the gates open and one more change.
fn with(experiment: &Experiment<'_>, gates: &[&Change], change: Change) -> Option<(Change, Vec<Rendered>)> {
    let mut together = gates.to_vec();
    together.push(&change);
    match experiment.try_values(&together) {
        Outcome::Rendered(rendered) => Some((change, rendered)),
        _ => None,
    }
}

/// Returns changes that may give values an effect: of switches, choices and empty values. Switches and choices come first, and
/// among them those near the given paths.
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
    gates.truncate(MAX_GATES);
    let changes = |(path, decides): (ValuePath, bool)| {
        let most = if decides { OF_A_GATE } else { 1 };
        let changes = experiment.changes(&path).into_iter();
        let valid = changes.filter(|change| change.value.is_some() && experiment.is_valid(change));
        valid.take(most).map(move |change| Candidate {
            change,
            decides,
            alone: OnceLock::new(),
            companion: OnceLock::new(),
        })
    };
    gates.into_iter().flat_map(changes).collect()
}

/// Whether a value is empty: null, or an empty string, list or map.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => false,
    }
}

/// Whether a value is a short word, which may be one of several choices.
fn is_word(node: &Node) -> bool {
    node.value.as_str().is_some_and(|text| text.len() < 32 && text.chars().all(|c| c.is_alphanumeric() || c == '-'))
}

/// A render with gates open, in which other values can be tried.
pub(super) struct OpenGates<'l> {
    pub(super) experiment: &'l Experiment<'l>,
    pub(super) gates: &'l [&'l Change],
    /// `None` if the templates refuse to render. Then a value matters if it makes them render.
    pub(super) rendered: Option<&'l [Rendered]>,
}

impl OpenGates<'_> {
    /// Returns the values that matter with the gates open, each with the gates.
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

    /// Returns the changes that matter with the gates open. All are made at once and separated by halves if something differs.
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
