//! Groups changes that occur in many objects.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::compare::{Change, ChangeKind};
use super::difference::{Comparison, Difference, Status};
use super::impact::Impact;
use super::origin::Origin;
use super::title::title;
use crate::json;
use crate::kubernetes::{FieldPath, Id, PathStep};
use crate::yaml::Value;

/// A change in fewer objects is shown in each of them.
const MIN_OBJECTS: usize = 3;

/// Changes that the same objects have in common.
#[derive(Debug)]
pub(super) struct Group {
    /// The changes, each as one of the objects has it.
    pub(super) changes: Vec<Shared>,
    /// The objects, by their indices in the comparison.
    pub(super) objects: Vec<usize>,
}

/// A change that many objects have in common.
#[derive(Debug)]
pub(super) struct Shared {
    /// The change in the first object, with a path that applies to all objects.
    pub(super) change: Change,
    /// The paths in all objects, without duplicates and without the identity of list items.
    pub(super) paths: Vec<FieldPath>,
}

/// A comparison with its groups.
#[derive(Debug)]
pub(super) struct Grouped<'c> {
    /// The groups, the one with the most objects first.
    pub(super) groups: Vec<Group>,
    /// For each object, the changes that are in no group.
    pub(super) own: Vec<Vec<&'c Change>>,
    /// For each object, the group that reports its impacts, if it is in a group.
    home: Vec<Option<usize>>,
}

/// Objects of a group with the same impacts.
#[derive(Debug)]
pub(super) struct Part<'c> {
    /// The impacts of each object; empty if they are reported elsewhere.
    pub(super) impacts: &'c [Impact],
    /// The objects.
    pub(super) objects: Vec<&'c Difference>,
}

impl<'c> Grouped<'c> {
    /// Whether an object needs its own section.
    pub(super) fn has_section(&self, at: usize) -> bool {
        !self.own[at].is_empty() || self.home[at].is_none()
    }

    /// Splits the objects of a group by their impacts. The impacts of an object are reported in its own section if it has one,
    /// else in one of its groups.
    pub(super) fn parts(&self, comparison: &'c Comparison, number: usize) -> Vec<Part<'c>> {
        let mut parts: Vec<Part<'c>> = Vec::new();
        type Shown<'c> = (Cow<'c, str>, Option<&'c str>);
        let mut known: HashMap<Vec<Shown<'c>>, usize> = HashMap::new();
        for &at in &self.groups[number].objects {
            let difference = &comparison.differences[at];
            let is_reported_here = !self.has_section(at) && self.home[at] == Some(number);
            let impacts: &[Impact] = if is_reported_here { &difference.impacts } else { &[] };
            let key = impacts.iter().map(|impact| (impact.text(), impact.remedy.as_deref())).collect();
            let part = *known.entry(key).or_insert_with(|| {
                parts.push(Part { impacts, objects: Vec::new() });
                parts.len() - 1
            });
            parts[part].objects.push(difference);
        }
        parts.sort_by_key(|part| !part.impacts.is_empty());
        parts
    }
}

/// Returns the names of objects by kind: `Deployment a, b, c in web (apps/v1)`.
pub(super) fn names_by_kind(objects: &[&Difference]) -> Vec<String> {
    let mut kinds: Vec<(&Id, Vec<&str>)> = Vec::new();
    let mut known: HashMap<(&str, &str, &str), usize> = HashMap::new();
    for object in objects {
        let id = &object.id;
        let at = *known.entry((&id.kind, &id.api_version, &id.namespace)).or_insert_with(|| {
            kinds.push((id, Vec::new()));
            kinds.len() - 1
        });
        kinds[at].1.push(&id.name);
    }
    kinds.into_iter().map(|(id, names)| title(&Id { name: names.join(", "), ..id.clone() })).collect()
}

/// The parts of a change that are the same in all objects of a group.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    change_text: String,
}

/// Finds the changes that many objects have in common.
pub(super) fn group(comparison: &Comparison) -> Grouped<'_> {
    let mut found: HashMap<Key, Vec<(usize, usize)>> = HashMap::new();
    let changed = |difference: &&Difference| difference.status == Status::Changed;
    for (at, difference) in comparison.differences.iter().enumerate().filter(|(_, difference)| changed(difference)) {
        for (number, change) in difference.changes.iter().enumerate() {
            let Some(key) = key(change) else { continue };
            found.entry(key).or_default().push((at, number));
        }
    }
    let mut shared: Vec<Vec<(usize, usize)>> =
        found.into_values().filter(|places| objects(places).len() >= MIN_OBJECTS).collect();
    shared.sort_unstable();
    let mut groups: Vec<Group> = Vec::new();
    let mut is_shared: Vec<Vec<bool>> =
        comparison.differences.iter().map(|difference| vec![false; difference.changes.len()]).collect();
    let mut by_objects: HashMap<Vec<usize>, usize> = HashMap::new();
    for places in shared {
        places.iter().for_each(|&(at, number)| is_shared[at][number] = true);
        let objects = objects(&places);
        let places: Vec<_> =
            places.iter().map(|&(at, number)| (at, &comparison.differences[at].changes[number])).collect();
        let at = *by_objects.entry(objects.clone()).or_insert_with(|| {
            groups.push(Group { changes: Vec::new(), objects });
            groups.len() - 1
        });
        groups[at].changes.extend(Shared::new(&places));
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.objects.len()), group.objects.first().copied()));
    let mut home = vec![None; comparison.differences.len()];
    // Prefer the first group that may have an effect: labels and annotations of the object itself have none.
    for is_first in [true, false] {
        for (number, group) in groups.iter().enumerate() {
            let may_do =
                group.changes.iter().any(|shared| shared.paths.iter().any(|path| !path.is_below(&["metadata"])));
            if may_do == is_first {
                group.objects.iter().for_each(|&at| _ = home[at].get_or_insert(number));
            }
        }
    }
    let own = comparison
        .differences
        .iter()
        .zip(&is_shared)
        .map(|(difference, shared)| {
            difference.changes.iter().zip(shared).filter(|(_, shared)| !**shared).map(|(change, _)| change).collect()
        })
        .collect();
    Grouped { groups, own, home }
}

impl Shared {
    fn new(places: &[(usize, &Change)]) -> Option<Shared> {
        let (_, first) = places.first()?;
        let mut known = HashSet::new();
        let paths = places.iter().map(|(_, change)| general(&change.path));
        let paths: Vec<FieldPath> = paths.filter(|path| known.insert(path.to_string())).collect();
        let is_in_all = |cause: &&super::cause::Cause| places.iter().all(|(_, change)| change.causes.contains(cause));
        let causes = first.causes.iter().filter(is_in_all).cloned().collect();
        let is_one = places.iter().all(|(_, change)| change.path == first.path);
        let path = match paths.as_slice() {
            _ if is_one => first.path.clone(),
            [path] => path.clone(),
            paths => common_end(paths),
        };
        // The same line may be called from different places.
        let in_all = |is_same: &dyn Fn(&Origin) -> bool| {
            places.iter().all(|(_, change)| change.origin.as_deref().is_some_and(is_same))
        };
        let origin = first.origin.as_deref().filter(|origin| in_all(&|other| other.place == origin.place));
        let origin = origin.map(|origin| {
            let calls = if in_all(&|other| other.is_at(origin)) { origin.calls.clone() } else { Vec::new() };
            Box::new(Origin { calls, ..origin.clone() })
        });
        Some(Shared { change: Change { path, kind: first.kind.clone(), causes, origin }, paths })
    }
}

/// Returns the objects of places, without duplicates.
fn objects(places: &[(usize, usize)]) -> Vec<usize> {
    let mut objects: Vec<usize> = places.iter().map(|(at, _)| *at).collect();
    objects.dedup();
    objects
}

/// Returns the key by which a change is grouped. Multi-line strings are not grouped, but compared in each object.
fn key(change: &Change) -> Option<Key> {
    const SHORTEST: usize = 5;
    let is_long = |value: &Value| value.as_str().is_some_and(|text| text.contains('\n'));
    let last = || FieldPath(change.path.0.last().cloned().into_iter().collect()).to_string();
    let (path, change_text) = match &change.kind {
        ChangeKind::Changed(old, new) if is_long(old) || is_long(new) => return None,
        ChangeKind::Changed(old, new) => {
            let is_distinctive = |value: &Value| value.as_str().is_some_and(|text| text.len() >= SHORTEST);
            let path =
                if is_distinctive(old) && is_distinctive(new) { last() } else { general(&change.path).to_string() };
            (path, format!("~{}\n{}", json::write(old), json::write(new)))
        }
        ChangeKind::Added(value) => (general(&change.path).to_string(), format!("+{}", json::write(value))),
        ChangeKind::Removed(value) => (general(&change.path).to_string(), format!("-{}", json::write(value))),
        ChangeKind::Reordered => return None,
    };
    Some(Key { path, change_text })
}

/// Removes the identity of list items from a path, except in its last step.
fn general(path: &FieldPath) -> FieldPath {
    let last = path.0.len().saturating_sub(1);
    let any = || PathStep::Item(vec![]);
    let step = |(at, step): (usize, &PathStep)| match step {
        PathStep::Item(_) | PathStep::Index(_) if at < last => any(),
        step => step.clone(),
    };
    FieldPath(path.0.iter().enumerate().map(step).collect())
}

/// Returns the last steps that all paths have in common.
pub(super) fn common_end(paths: &[FieldPath]) -> FieldPath {
    let Some((first, others)) = paths.split_first() else { return FieldPath::default() };
    let is_common = |count: &usize| {
        let end = &first.0[first.0.len() - count..];
        others.iter().all(|other| other.0.ends_with(end))
    };
    let count = (1..=first.0.len()).take_while(is_common).last().unwrap_or(1);
    let common = &first.0[first.0.len() - count..];
    let start = common.iter().position(|step| matches!(step, PathStep::Field(_))).unwrap_or_default();
    FieldPath(common[start..].to_vec())
}
