//! Removes ignored changes from a comparison and counts them. Changes whose effects need attention stay.

use super::compare::Change;
use super::difference::{Comparison, Difference, Ignored, IgnoredBy, Status};
use super::ignore::IgnoreRules;
use super::impact::changed::Changed;
use super::impact::rules::Rules;
use super::impact::{Impact, ImpactLevel};
use super::pair::Pair;
use crate::secrets::Secrets;

/// If more covered changes may have an effect, they all stay: each would have to be tried separately.
const MAX_TRIED: usize = 32;

/// For each change of an object, the index of the rule that ignores it, if any.
pub(super) type IgnoredChanges = Vec<Option<usize>>;

/// Removes ignored changes, and objects that have no other changes, and counts them. An object stays if it has an impact that
/// needs attention.
pub(super) fn fold(comparison: &mut Comparison, ignored_changes: Vec<IgnoredChanges>, rules: &IgnoreRules) {
    let mut counts = vec![0; rules.names().count()];
    let mut ignored =
        Ignored { file: rules.file().map(|(path, count)| (path.to_owned(), count)), ..Ignored::default() };
    let mut ignored_changes = ignored_changes.into_iter();
    comparison.differences.retain_mut(|difference| {
        let ignored_changes = ignored_changes.next().unwrap_or_default();
        let folded = ignored_changes.iter().flatten().count();
        if folded == 0 {
            return true;
        }
        ignored_changes.iter().flatten().for_each(|rule| counts[*rule] += 1);
        ignored.changes += folded;
        ignored.objects_with_ignored += 1;
        let mut at = ignored_changes.iter();
        difference.changes.retain(|_| at.next().is_none_or(Option::is_none));
        let is_left = !difference.changes.is_empty()
            || difference.status != Status::Changed
            || needs_attention(&difference.impacts);
        ignored.objects += usize::from(!is_left);
        is_left
    });
    let names = rules.names().map(str::to_owned).zip(counts).filter(|(_, count)| *count > 0);
    ignored.by = names.map(|(rule, changes)| IgnoredBy { rule, changes }).collect();
    ignored.by.sort_by_key(|by| std::cmp::Reverse(by.changes));
    comparison.ignored = ignored;
}

fn needs_attention(impacts: &[Impact]) -> bool {
    impacts.iter().any(|impact| impact.level > ImpactLevel::Info)
}

/// An object that differs, with its impacts.
pub(super) struct Subject<'a> {
    pub(super) difference: &'a Difference,
    pub(super) impacts: &'a [Impact],
    pub(super) pair: &'a Pair<'a>,
    pub(super) rules: &'a IgnoreRules,
    pub(super) secrets: &'a Secrets,
}

impl Subject<'_> {
    /// Returns which changes are ignored: those that a rule covers, unless the change has an impact that needs attention and that
    /// the object would not have without it.
    pub(super) fn ignored_changes(&self, of_kubernetes: &Rules<'_, '_>) -> IgnoredChanges {
        let changes = &self.difference.changes;
        if self.rules.is_empty() {
            return Vec::new();
        }
        let mut covered: IgnoredChanges =
            changes.iter().map(|change| self.rules.covering(&self.difference.id, change)).collect();
        // Labels and annotations of the object itself have no effect.
        let may_do: Vec<usize> = (0..changes.len())
            .filter(|&at| covered[at].is_some() && !changes[at].path.is_below(&["metadata"]))
            .collect();
        if may_do.is_empty() || !needs_attention(self.impacts) {
            return covered;
        }
        let other_impacts = self.impacts_without(of_kubernetes, &|_| true);
        let is_new = |impact: &Impact| impact.level > ImpactLevel::Info && !other_impacts.contains(impact);
        if !self.impacts.iter().any(is_new) {
            return covered;
        }
        let has_one = |at: usize| {
            let path = &changes[at].path;
            self.impacts_without(of_kubernetes, &|change| !change.path.meets(path)).iter().any(is_new)
        };
        let mut stay: Vec<usize> = if may_do.len() > MAX_TRIED {
            Vec::new()
        } else {
            may_do.iter().copied().filter(|&at| has_one(at)).collect()
        };
        if stay.is_empty() {
            stay = may_do;
        }
        stay.into_iter().for_each(|at| covered[at] = None);
        covered
    }

    /// Returns the impacts that the object would have without the covered changes for which `is_left_out` holds.
    fn impacts_without(
        &self,
        of_kubernetes: &Rules<'_, '_>,
        is_left_out: &(dyn Fn(&Change) -> bool + Sync),
    ) -> Vec<Impact> {
        let id = &self.difference.id;
        let without = |change: &Change| is_left_out(change) && self.rules.covering(id, change).is_some();
        of_kubernetes.impacts(&Changed::without(
            self.difference,
            (self.pair.old, self.pair.new),
            self.secrets,
            &without,
        ))
    }
}
