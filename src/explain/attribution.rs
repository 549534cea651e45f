//! Attributes changes to the values that differ, by experiment: each value is put back, and whatever changes back with it was
//! caused by it. Values on which different objects depend are put back together.

use std::collections::{HashMap, HashSet};

use super::differing::Candidate;
use super::experiment::{Change, Experiment, Outcome};
use super::traced::TracedOutput;
use crate::diff::{self, Difference, Status};
use crate::engine::Rendered;
use crate::kubernetes::{FieldPaths, Id, Object};
use crate::manifest::{Manifest, Manifests};
use crate::parallel;

/// How many renders are made before their results are used to plan further ones.
const AT_ONCE: usize = 8;

/// A value that caused a change, all as indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Attributed {
    pub(super) difference: usize,
    /// `None` if the value made the object appear or disappear.
    pub(super) change: Option<usize>,
    pub(super) candidate: usize,
    /// Whether putting the value back fully restores the old state. Otherwise other values contributed.
    is_whole: bool,
}

/// Finds which values caused the differences between two sides.
pub(super) struct Attribution<'a> {
    experiment: &'a Experiment<'a>,
    candidates: &'a [Candidate],
    dependents: Option<Dependents<'a>>,
    old: HashMap<&'a Id, &'a Object>,
    new: HashMap<&'a Id, &'a Object>,
    /// Whether only changes that return exactly to the old state count.
    requires_full_restore: bool,
}

/// The objects that depend on each value.
struct Dependents<'a> {
    numbers: HashMap<&'a Id, usize>,
    /// The objects by index of the value.
    objects: Vec<HashSet<usize>>,
}

impl<'a> Attribution<'a> {
    /// Prepares the attribution of differences between the old and the new objects. `traces` are those of the old and of the
    /// new values, both with the new chart.
    pub(super) fn new(
        experiment: &'a Experiment<'_>,
        candidates: &'a [Candidate],
        traces: Option<(&'a TracedOutput, &'a TracedOutput)>,
        (old, new): (&'a [Object], &'a [Object]),
        requires_full_restore: bool,
    ) -> Self {
        let dependents = traces.map(|(old, new)| Dependents::collect(candidates, [old, new]));
        Attribution { experiment, candidates, dependents, old: by_id(old), new: by_id(new), requires_full_restore }
    }

    /// Returns the causes of the differences, sorted by difference, change and candidate.
    pub(super) fn attribute(&self, differences: &[Difference]) -> Vec<Attributed> {
        let mut waiting = self.groups();
        let mut found = Vec::new();
        while !waiting.is_empty() {
            let groups: Vec<Vec<usize>> = waiting.drain(..waiting.len().min(AT_ONCE)).collect();
            let outcomes = parallel::map(&groups, |group| {
                let back: Vec<&Change> = group.iter().map(|candidate| &self.candidates[*candidate].back).collect();
                self.experiment.try_values(&back)
            });
            for (group, outcome) in groups.into_iter().zip(outcomes) {
                let caused = match outcome {
                    Outcome::Rendered(rendered) => self.caused_changes(differences, &group, rendered),
                    _ => None,
                };
                match caused {
                    Some(caused) => found.extend(caused),
                    None if group.len() > 1 => {
                        let (low, high) = group.split_at(group.len() / 2);
                        waiting.extend([low.to_vec(), high.to_vec()]);
                    }
                    None => {}
                }
            }
        }
        found.sort_unstable();
        // If one value fully explains a change, values that explain it only in part are dropped: they decide about it only on
        // the new side.
        let whole: HashSet<_> =
            found.iter().filter(|caused| caused.is_whole).map(|caused| (caused.difference, caused.change)).collect();
        found.retain(|caused| caused.is_whole || !whole.contains(&(caused.difference, caused.change)));
        found
    }

    /// Groups the candidates that can be put back together; candidates that nothing depends on are left out.
    fn groups(&self) -> Vec<Vec<usize>> {
        let Some(dependents) = &self.dependents else {
            return (0..self.candidates.len()).map(|candidate| vec![candidate]).collect();
        };
        let mut groups: Vec<(Vec<usize>, HashSet<usize>)> = Vec::new();
        for (candidate, objects) in dependents.objects.iter().enumerate().filter(|(_, objects)| !objects.is_empty()) {
            let path = &self.candidates[candidate].back.path;
            let is_apart = |other: &usize| {
                let other = &self.candidates[*other].back.path;
                !path.is_prefix_of(other) && !other.is_prefix_of(path)
            };
            let fits = |(group, known): &&mut (Vec<usize>, HashSet<usize>)| {
                group.iter().all(is_apart) && objects.is_disjoint(known)
            };
            match groups.iter_mut().find(fits) {
                Some((group, known)) => {
                    group.push(candidate);
                    known.extend(objects);
                }
                None => groups.push((vec![candidate], objects.clone())),
            }
        }
        groups.into_iter().map(|(group, _)| group).collect()
    }

    /// Returns the changes that a group of candidates caused, given the render with all of them put back. `None` if it is
    /// unclear which candidate of the group caused one.
    fn caused_changes(
        &self,
        differences: &[Difference],
        group: &[usize],
        rendered: Vec<Rendered>,
    ) -> Option<Vec<Attributed>> {
        let changed_files = self.experiment.changed_files(&rendered);
        // The other files are the same as on the new side and need not be parsed.
        let texts = rendered.iter().filter(|rendered| changed_files.contains(rendered.path.as_str()));
        let texts = texts.map(|rendered| (rendered.path.clone(), rendered.text.clone()));
        let Ok(manifests) = Manifests::read(texts) else { return None };
        let objects: Vec<Object> = manifests.iter().map(Manifest::object).collect();
        let objects = by_id(&objects);
        let mut caused = Vec::new();
        for (number, difference) in differences.iter().enumerate() {
            let candidate = || match (group, &self.dependents) {
                ([candidate], _) => Some(*candidate),
                (_, dependents) => dependents.as_ref()?.dependent_candidate(group, &difference.id),
            };
            let (tried, now) = (objects.get(&difference.id), self.new.get(&difference.id));
            if now.is_some_and(|now| !changed_files.contains(now.origin.as_str())) {
                continue;
            }
            let whole = |change| -> Option<Attributed> {
                Some(Attributed { difference: number, change, candidate: candidate()?, is_whole: true })
            };
            match difference.status {
                Status::Added if tried.is_none() => caused.push(whole(None)?),
                Status::Removed if tried.is_some() => caused.push(whole(None)?),
                Status::Changed => {
                    let Some((tried, now)) = tried.zip(now) else { continue };
                    for (change, is_whole) in self.moved(difference, tried, now) {
                        caused.push(Attributed { is_whole, ..whole(Some(change))? });
                    }
                }
                _ => {}
            }
        }
        Some(caused)
    }

    /// Returns the indices of the changes that change back in the object `tried`, each with whether it fully returns to the old
    /// state.
    fn moved(&self, difference: &Difference, tried: &Object, now: &Object) -> Vec<(usize, bool)> {
        if tried.text().is_some_and(|text| now.text() == Some(text)) {
            return Vec::new();
        }
        let moved = diff::changes(tried, now);
        let left = match self.old.get(&difference.old_id()) {
            Some(old) if !moved.is_empty() => diff::changes(old, tried),
            _ => Vec::new(),
        };
        let [moved, left] = [&moved, &left].map(|changes| FieldPaths::new(changes.iter().map(|change| &change.path)));
        let changes = difference.changes.iter().enumerate().filter(|(_, change)| moved.meet(&change.path));
        let changes = changes.map(|(number, change)| (number, !left.meet(&change.path)));
        changes.filter(|(_, is_whole)| *is_whole || !self.requires_full_restore).collect()
    }
}

impl<'a> Dependents<'a> {
    fn collect(candidates: &[Candidate], traces: [&'a TracedOutput; 2]) -> Dependents<'a> {
        let mut numbers: HashMap<&Id, usize> = HashMap::new();
        let mut objects = vec![HashSet::new(); candidates.len()];
        for trace in traces {
            for (candidate, objects) in candidates.iter().zip(&mut objects) {
                for (document, _) in trace.dependents(&candidate.path) {
                    let next = numbers.len();
                    objects.insert(*numbers.entry(&document.manifest.id).or_insert(next));
                }
            }
        }
        Dependents { numbers, objects }
    }

    /// Returns the candidate of a group on which an object depends.
    fn dependent_candidate(&self, group: &[usize], object: &Id) -> Option<usize> {
        let number = self.numbers.get(object)?;
        group.iter().copied().find(|candidate| self.objects[*candidate].contains(number))
    }
}

/// Indexes objects by identity; of several, the first counts.
fn by_id(objects: &[Object]) -> HashMap<&Id, &Object> {
    objects.iter().rev().map(|object| (&object.id, object)).collect()
}
